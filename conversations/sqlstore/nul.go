package sqlstore

import (
	"slices"
	"strings"

	"jiebao/conversations"
)

// PostgreSQL's texts hold no NUL, SQLite's do. So that both are the same to
// everybody, and nobody from outside can make a statement fail, texts with NUL
// are refused here, which all of them have to pass: as what the caller got wrong.
// In JSON documents NUL is an escape sequence, and is kept.

// refuseNUL says whether one of the arguments holds NUL.
func refuseNUL(args []any) error {
	for _, a := range args {
		var held bool
		switch a := a.(type) {
		case string:
			held = strings.IndexByte(a, 0) >= 0
		case []string:
			held = slices.ContainsFunc(a, func(s string) bool { return strings.IndexByte(s, 0) >= 0 })
		}
		if held {
			return &conversations.InvalidError{Fields: []conversations.FieldError{{Problem: "holds the character NUL, which no text may have"}}}
		}
	}
	return nil
}

// refuseNUL looks at all arguments of the script.
func (s *script) refuseNUL() error {
	for i := range s.steps {
		if err := refuseNUL(s.steps[i].args); err != nil {
			return err
		}
		for _, row := range s.steps[i].rows {
			if err := refuseNUL(row); err != nil {
				return err
			}
		}
	}
	return nil
}
