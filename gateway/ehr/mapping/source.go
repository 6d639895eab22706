package mapping

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
)

// SourceError says where an expression is wrong.
type SourceError struct{ Spots []Spot }

// Spot is one place; lines and columns count from 1.
type Spot struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
}

// maxSpots is how many places are named: the later ones mostly follow from
// the first.
const maxSpots = 5

func newSourceError(issues *cel.Issues) *SourceError {
	e := &SourceError{}
	for _, issue := range issues.Errors() {
		if len(e.Spots) == maxSpots {
			break
		}
		text, _, _ := strings.Cut(issue.Message, "\n")
		at := Spot{Line: 1, Column: 1, Text: asWritten().Replace(strings.TrimSpace(text))}
		if issue.Location != nil {
			at.Line, at.Column = max(1, issue.Location.Line()), max(0, issue.Location.Column())+1
		}
		e.Spots = append(e.Spots, at)
	}
	if len(e.Spots) == 0 {
		e.Spots = []Spot{{1, 1, "the expression cannot be read"}}
	}
	return e
}

// Error names every place.
func (e *SourceError) Error() string {
	parts := make([]string, len(e.Spots))
	for i, s := range e.Spots {
		parts[i] = fmt.Sprintf("line %d, column %d: %s", s.Line, s.Column, s.Text)
	}
	return strings.Join(parts, "; ")
}

// asWritten gives functions the names again by which they were called.
func asWritten() *strings.Replacer {
	return strings.NewReplacer("'"+replaced+"'", "'replace'", "'"+joined+"'", "'join'")
}
