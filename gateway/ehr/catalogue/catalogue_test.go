package catalogue_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"jiebao/gateway/ehr/catalogue"
)

// TestComplete reads the source of the event types, so that a new one cannot
// be forgotten here.
func TestComplete(t *testing.T) {
	t.Parallel()
	var want []string
	file, err := parser.ParseFile(token.NewFileSet(), "../../../conversations/event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "EventType" {
				s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, s)
			}
		}
		return true
	})
	var got []string
	for i, e := range catalogue.Entries() {
		got = append(got, string(e.Type()))
		if e.Title.Chinese == "" || e.Title.English == "" || e.Meaning.Chinese == "" || e.Meaning.English == "" {
			t.Errorf("%s is not explained", e.Type())
		}
		if e.Example.Data.Sequence != int64(i+1) {
			t.Errorf("%s has sequence %d, want %d", e.Type(), e.Example.Data.Sequence, i+1)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the catalogue has %q, the events are %q", got, want)
	}
}
