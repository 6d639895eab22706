package api

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
)

// PageInput is what every list takes. Its fields come first in the input of an
// operation; the answer has Next.
type PageInput struct {
	Cursor string `query:"cursor" maxLength:"512" doc:"Where to go on: next of the page before. Without it, the beginning." example:"eyJvZiI6ImV2ZW50cyJ9"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most." example:"100"`
}

// place is what a cursor stands for: somewhere in one list, with one choice of
// what is listed. Callers take it as it is; it is no secret, and what they may
// see is looked at anew with every page.
type place[T any] struct {
	Of string `json:"of"` // the list, and what was chosen of it
	At T      `json:"at"`
}

// cursorAt is the cursor of a place in a list.
func cursorAt[T any](of string, at T) string {
	b, err := json.Marshal(place[T]{of, at})
	if err != nil {
		return "" // places are made of words and numbers
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// placeOf reads a cursor of a list; the zero place if there is none.
func placeOf[T any](of, cursor string) (at T, err error) {
	if cursor == "" {
		return at, nil
	}
	var p place[T]
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil || p.Of != of {
		return at, invalid([]FieldProblem{{"query.cursor", "expected next of the page before, of the same list"}})
	}
	return p.At, nil
}

// listOf names a list with what was chosen of it, so that a cursor of another
// choice is refused and not misread.
func listOf(name string, chosen ...string) string {
	for _, c := range chosen {
		name += "/" + url.QueryEscape(c)
	}
	return name
}
