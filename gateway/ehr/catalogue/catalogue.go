// Package catalogue lists every event that can be told of a candidate: its
// name, when it is told, the JSON Schema of its data in every version, and an
// example. The API's documentation and the page about events show it and tests
// hold real events to it, so that what is written about events is what they are.
//
// # What may change within a version
//
// A receiver written for a version of a type never stumbles over another event
// of that version. Fields may be added, also ones that are always there, and
// explanations may be bettered. Everything else takes a new version, which
// [conversations.EventType.Version] gives: a field that goes, is renamed or may
// be missing from now on, another type or format, another value of a closed
// list. Schemas of versions that were ever told stay in the folder schemas.
//
// A new type needs its constant in conversations/event.go, an entry here with
// the fields of its data, words for new fields in fields.go, and
// go test ./gateway/ehr/catalogue -update, which writes its schema.
//
// Imports: conversations and the standard library.
package catalogue

import (
	"slices"
	"strings"

	"jiebao/conversations"
)

// Entry is one type of event.
type Entry struct {
	Title   Words
	Meaning Words // when it is told, and what to do with it
	// Fields are those that its data has besides candidate_id, sequence and
	// result_id, as names with dots. A question mark follows one that may be
	// missing, and an equals sign goes before the only possible values. Parts
	// of a field that are always there need not be listed.
	Fields  []string
	Example conversations.Event
}

// Type is the entry's type of event.
func (e Entry) Type() conversations.EventType { return e.Example.Type }

// Entries returns the catalogue by subject. The examples tell one candidate's
// story.
func Entries() []Entry {
	s := &story{}
	var all []Entry
	for _, chapter := range []func() []Entry{
		s.notification, s.channels, s.messages, s.schedule, s.offers, s.documents, s.people, s.consent, s.conflicts,
	} {
		all = append(all, chapter()...)
	}
	return all
}

// Knows says whether there are events of a type, or, of a beginning with a star
// such as start_date.*, of types that begin so.
func Knows(t string) bool {
	beginning, starred := strings.CutSuffix(t, "*")
	return slices.ContainsFunc(Entries(), func(e Entry) bool {
		return string(e.Type()) == t || starred && strings.HasPrefix(string(e.Type()), beginning)
	})
}
