package bot

import (
	"strings"
	"unicode"

	"jiebao/conversations"
)

// policyWords says whether a message holds words that only a person may
// answer, or words of somebody who may be in danger.
func (t *talk) policyWords(text string) (policy, danger bool) {
	if t.o.HandoffWords == nil {
		return false, false
	}
	var position conversations.Position
	if t.app != nil {
		position = t.app.Position
	}
	words, care := t.o.HandoffWords(t.Conversation.Branch, position)
	return holdsAny(text, words), holdsAny(text, care)
}

// wantsPromise says whether a message wants a promise of pay, permits or
// employment, which nobody but a person may give or deny.
func (t *talk) wantsPromise(r reading) bool {
	return mentions(r.plain, []string{"保证", "保證", "承诺", "承諾", "担保", "擔保", "guarantee", "promise"}) && mentions(r.plain, t.lex.beyond)
}

// holdsAny says whether text holds one of the words: Chinese ones anywhere,
// others as whole words, with the ending of a plural. Words are written small
// and without punctuation.
func holdsAny(text string, words []string) bool {
	squeezed, spaced := plain(text), spacedWords(text)
	for _, w := range words {
		if strings.ContainsFunc(w, han) && strings.Contains(squeezed, w) || holdsWhole(spaced, w) {
			return true
		}
	}
	return false
}

// holdsWhole says whether w stands in spaced between spaces.
func holdsWhole(spaced, w string) bool {
	for rest := spaced; ; {
		_, after, found := strings.Cut(rest, w)
		if !found {
			return false
		}
		begins := spaced[len(spaced)-len(after)-len(w)-1] == ' '
		if begins && (strings.HasPrefix(after, " ") || strings.HasPrefix(after, "s ")) {
			return true
		}
		rest = after
	}
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// spacedWords are the words of s in lower case, with a space on either side
// of each.
func spacedWords(s string) string {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
	return " " + strings.Join(fields, " ") + " "
}
