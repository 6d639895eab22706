package bot

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words are words to look for in what candidates write. They may be shared.
type Words struct {
	byFirst map[rune][]string // by the first letter, the longest first
}

// NewWords returns the words of all lists.
func NewWords(lists ...[]string) Words {
	byFirst := map[rune][]string{}
	for _, word := range slices.Concat(lists...) {
		first, _ := utf8.DecodeRuneInString(word)
		byFirst[first] = append(byFirst[first], word)
	}
	for _, alike := range byFirst {
		slices.SortFunc(alike, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	}
	return Words{byFirst}
}

// madeOf says whether s is one or more of the words and nothing else.
func madeOf(s string, words Words) bool {
	if s == "" {
		return false
	}
	for s != "" {
		longest := words.leading(s)
		if longest == "" {
			return false
		}
		s = s[len(longest):]
	}
	return true
}

// leading is the longest word that s begins with, "" if there is none.
func (w Words) leading(s string) string {
	first, _ := utf8.DecodeRuneInString(s)
	for _, word := range w.byFirst[first] {
		if strings.HasPrefix(s, word) {
			return word
		}
	}
	return ""
}

// holdsAny says whether a message holds one of the words: Chinese ones anywhere
// in squeezed, which is the message as plain leaves it, others as whole words
// in spaced, which is it as spacedWords leaves it, with the ending of a plural.
// Words are written small and without punctuation.
func holdsAny(squeezed, spaced string, words Words) bool {
	for i, r := range squeezed {
		for _, w := range words.byFirst[r] {
			if strings.HasPrefix(squeezed[i:], w) && strings.ContainsFunc(w, han) {
				return true
			}
		}
	}
	for i, r := range spaced {
		if i == 0 || spaced[i-1] != ' ' {
			continue
		}
		for _, w := range words.byFirst[r] {
			after, begins := strings.CutPrefix(spaced[i:], w)
			if begins && (strings.HasPrefix(after, " ") || strings.HasPrefix(after, "s ")) {
				return true
			}
		}
	}
	return false
}

func han(r rune) bool { return ideograph(r) || unicode.Is(unicode.Han, r) }

// spacedWords are the words of s in lower case, with a space on either side
// of each.
func spacedWords(s string) string {
	spaced := make([]byte, 0, len(s)+2)
	spaced = append(spaced, ' ')
	for _, r := range s {
		if !ideograph(r) {
			r = unicode.ToLower(r)
		}
		if ideograph(r) || unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' {
			spaced = utf8.AppendRune(spaced, r)
		} else if spaced[len(spaced)-1] != ' ' {
			spaced = append(spaced, ' ')
		}
	}
	if spaced[len(spaced)-1] != ' ' {
		spaced = append(spaced, ' ')
	}
	return string(spaced)
}
