package console

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jiebao/conversations"
)

// The groups of what was searched for.
const (
	ofPeople   = "people"
	ofMessages = "messages"
)

// groupOf is the group of a row that was found.
func groupOf(r conversations.InboxRow) string {
	if r.Hit != nil {
		return ofMessages
	}
	return ofPeople
}

// heads says whether row i of the list begins a group.
func (l list) heads(i int) bool {
	if l.search == "" {
		return false
	}
	before := l.group
	if i > 0 {
		before = groupOf(l.page.Rows[i-1])
	}
	return groupOf(l.page.Rows[i]) != before
}

// lastGroup is the group that the next page continues.
func (l list) lastGroup() string {
	if l.search == "" || len(l.page.Rows) == 0 {
		return ""
	}
	return groupOf(l.page.Rows[len(l.page.Rows)-1])
}

// snippet is a part of a text: words that were searched for, or not.
type snippet struct {
	text  string
	found bool
}

// marked parts a text where the words of a search stand in it, whatever their
// case.
func marked(text, search string) (out []snippet) {
	words := strings.Fields(search)
	plain := 0
	for at := 0; at < len(text); {
		n := 0
		for _, w := range words {
			n = max(n, foldedPrefix(text[at:], w))
		}
		if n == 0 {
			_, size := utf8.DecodeRuneInString(text[at:])
			at += size
			continue
		}
		if plain < at {
			out = append(out, snippet{text[plain:at], false})
		}
		out = append(out, snippet{text[at : at+n], true})
		at += n
		plain = at
	}
	if plain < len(text) {
		out = append(out, snippet{text[plain:], false})
	}
	return out
}

// foldedPrefix is how many bytes of text are the word, whatever its case; 0 if
// text does not begin with it.
func foldedPrefix(text, word string) int {
	n := 0
	for _, want := range word {
		have, size := utf8.DecodeRuneInString(text[n:])
		if size == 0 || unicode.ToLower(have) != unicode.ToLower(want) {
			return 0
		}
		n += size
	}
	return n
}
