package preflight

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"jiebao/conversations"
)

// Problem is something of a result that would be refused. It never repeats a
// value.
type Problem struct {
	Field  string // its path in the posted document
	Detail string
	// Template and Slot are the message template's file, and its field as the
	// platform names it; Length and Limit are in characters, 0 unless the value
	// is too long.
	Template, Slot string
	Length, Limit  int
	Suggestion     string // what would help, "" if nobody knows
	Later          bool   // it breaks a later message, and not the posting
}

// problems are what an error of the core names.
func problems(r conversations.Result, err error, later bool) []Problem {
	var wrong *conversations.InvalidError
	if !errors.As(err, &wrong) {
		return nil
	}
	var out []Problem
	var unfit *conversations.UnfitError
	if errors.As(err, &unfit) {
		for _, v := range unfit.Values {
			out = append(out, unfitting(r, v, wrong.Fields, later))
		}
	}
	for _, f := range wrong.Fields {
		if !named(out, f) {
			out = append(out, Problem{Field: f.Path, Detail: f.Problem, Later: later})
		}
	}
	return out
}

// named says whether the field's problem is among those with a template.
func named(out []Problem, f conversations.FieldError) bool {
	for _, p := range out {
		if p.Field == f.Path && p.Detail == f.Problem {
			return true
		}
	}
	return false
}

// unfitting is the problem of a value that a template does not take.
func unfitting(r conversations.Result, v conversations.UnfitValue, fields []conversations.FieldError, later bool) Problem {
	p := Problem{Field: v.Path, Template: v.Template, Slot: v.Field, Length: v.Length, Limit: v.Limit, Later: later}
	for _, f := range fields {
		if f.Path == v.Path && strings.Contains(f.Problem, v.Template) && strings.Contains(f.Problem, v.Field) {
			p.Detail = f.Problem
		}
	}
	if over := v.Length - v.Limit; v.Limit > 0 {
		p.Suggestion = shorter(valueOf(r, v.Path), over)
	}
	return p
}

// shorter says how a text gets shorter by so many characters.
func shorter(text string, over int) string {
	if n := bracketed(text); n >= over {
		return fmt.Sprintf("leave out what stands in brackets, %d characters", n)
	}
	if over == 1 {
		return "shorten it by 1 character"
	}
	return fmt.Sprintf("shorten it by %d characters", over)
}

// bracketed is how many characters of a text stand in brackets, with them.
func bracketed(text string) int {
	n := 0
	for _, pair := range [][2]string{{"（", "）"}, {"(", ")"}} {
		rest := text
		for {
			_, after, open := strings.Cut(rest, pair[0])
			inside, tail, closed := strings.Cut(after, pair[1])
			if !open || !closed {
				break
			}
			n += utf8.RuneCountInString(inside) + 2
			rest = tail
		}
	}
	return n
}

// valueOf is the value of a field that templates are filled in from.
func valueOf(r conversations.Result, path string) string {
	switch path {
	case "candidate.name":
		return r.Candidate.Name
	case "position.title":
		return r.Position.Title
	case "offer.workplace":
		return r.Offer.Workplace
	case "offer.contact_name":
		return r.Offer.ContactName
	}
	return ""
}

// together finds what is wrong among the results of one list: an id that
// stands twice would be a conflict, or nothing new, and of two results of a
// candidate the later takes the earlier one's place.
func together(rows []Row, items []Item) {
	byID, byCandidate := map[string]int{}, map[string]int{}
	for i := range rows {
		r := items[i].Result
		if first, twice := byID[r.ID]; twice && r.ID != "" {
			rows[i].repeated(first, items[first].Digest == items[i].Digest)
			continue
		}
		byID[r.ID] = i
		if r.Candidate.ID == "" {
			continue
		}
		if _, again := byCandidate[r.Candidate.ID]; again {
			rows[i].Supersedes = true
		}
		byCandidate[r.Candidate.ID] = i
	}
}

// repeated is for a result whose id stood in the list before.
func (r *Row) repeated(first int, same bool) {
	verdict := Conflict
	if same {
		verdict = Posted
	}
	*r = Row{Result: r.Result, Candidate: r.Candidate, Verdict: verdict, Problems: []Problem{{
		Field: "id", Detail: fmt.Sprintf("stands in the list already, at %d (counted from 0)", first),
	}}}
}
