package sqlstore

import (
	"fmt"
	"strconv"
	"strings"

	"jiebao/conversations"
)

// where is a condition under construction.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(terms ...string) { w.terms = append(w.terms, terms...) }

func (w *where) sql() string { return strings.Join(w.terms, " and ") }

// arg adds an argument and returns its placeholder.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// within confines the condition to the branches of a scope. The branches below
// one are a range by bytes, since a digit follows the slash.
func (w *where) within(scope conversations.Scope, column string) {
	any := []string{"1 = 0"}
	for _, root := range scope {
		if root == "" {
			return
		}
		any = append(any, fmt.Sprintf(`%[1]s = %[2]s or (%[1]s collate "C" >= %[3]s and %[1]s collate "C" < %[4]s)`,
			column, w.arg(root), w.arg(root+"/"), w.arg(root+"0")))
	}
	w.add("(" + strings.Join(any, " or ") + ")")
}
