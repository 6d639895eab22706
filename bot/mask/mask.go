// Package mask takes personal data out of a message before it leaves the
// house: names, phone, identity and card numbers, e-mail and other addresses,
// accounts, codes and links give way to placeholders such as [PHONE_A]. Dates
// and plain words stay.
//
// What the conversation knows of a person never remains, however it is
// written: full width, with spaces or dashes between, in traditional
// characters, in Chinese numerals. What it does not know is found by its
// shape, and in doubt goes too: a word too many that is masked costs a guess,
// a number too few costs trust.
//
// fold.go makes one spelling, numbers.go, names.go and patterns.go know
// shapes. The package may import the standard library except net, os and
// database/sql, and golang.org/x/text/unicode/norm.
package mask

import (
	"cmp"
	"slices"
	"strings"
)

// Kind is what a placeholder stands for.
type Kind string

// The kinds, as placeholders show them.
const (
	Name    Kind = "NAME"
	Phone   Kind = "PHONE"
	ID      Kind = "ID"
	Card    Kind = "CARD"
	Number  Kind = "NUMBER"
	Email   Kind = "EMAIL"
	Account Kind = "ACCOUNT"
	Code    Kind = "CODE"
	Link    Kind = "LINK"
	Place   Kind = "ADDRESS"
)

// Known is something personal that a conversation knows.
type Known struct {
	Kind Kind
	Text string
}

// Masker masks. It does not change after New and may be shared.
type Masker struct {
	fold     folder
	patterns []pattern
}

// New returns a Masker. simplify turns a traditional character into the
// simplified one.
func New(simplify func(rune) rune) *Masker {
	return &Masker{fold: folder{simplify}, patterns: patterns()}
}

// Masked is a message without personal data.
type Masked struct {
	Text   string
	unmask *strings.Replacer
}

// Unmask puts back what the placeholders in s stand for.
func (m Masked) Unmask(s string) string { return m.unmask.Replace(s) }

// Mask masks a message. The same words get the same placeholder, and equal
// messages are masked alike.
func (m *Masker) Mask(text string, known []Known) Masked {
	t := m.fold.text(text)
	var found []span
	for _, k := range known {
		found = append(found, m.known(t, k)...)
	}
	found = append(found, numbers(t)...)
	for _, p := range m.patterns {
		found = append(found, p.find(t)...)
	}
	return replace(t, merge(found))
}

// span is a part of the message, by the indexes of its characters.
type span struct {
	start, end int
	kind       Kind
}

// merge joins spans that overlap. The one that begins first says the kind.
func merge(spans []span) []span {
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var out []span
	for _, s := range spans {
		if last := len(out) - 1; last >= 0 && s.start < out[last].end {
			out[last].end = max(out[last].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}

func replace(t *text, spans []span) Masked {
	var out strings.Builder
	var pairs []string
	names, counts := map[string]string{}, map[Kind]int{}
	end := 0
	for _, s := range spans {
		original := string(t.runes[s.start:s.end])
		key := string(s.kind) + " " + t.letters(s)
		if names[key] == "" {
			names[key] = "[" + string(s.kind) + "_" + letter(counts[s.kind]) + "]"
			counts[s.kind]++
			pairs = append(pairs, names[key], original)
		}
		out.WriteString(string(t.runes[end:s.start]) + names[key])
		end = s.end
	}
	out.WriteString(string(t.runes[end:]))
	return Masked{out.String(), strings.NewReplacer(pairs...)}
}

// letter numbers placeholders without digits, which could seem to belong to
// those around them: A to Z, AA, AB, …
func letter(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return letter(n/26-1) + letter(n%26)
}
