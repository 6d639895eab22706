package nlu

import (
	"slices"
	"strings"
)

// phrases finds the longest known phrase at the start of a text. The values
// are what a phrase means. Looking up costs at most the length of the longest
// phrase that begins with the same rune, times the number of such phrases.
type phrases[V any] map[rune][]phrase[V]

type phrase[V any] struct {
	text  []rune
	value V
}

// add registers a phrase; the first meaning of a phrase wins.
func (p phrases[V]) add(text string, v V) {
	key := []rune(text)
	if len(key) == 0 {
		return
	}
	list := p[key[0]]
	at, found := slices.BinarySearchFunc(list, key, func(e phrase[V], k []rune) int {
		if d := len(k) - len(e.text); d != 0 {
			return d
		}
		return slices.Compare(e.text, k)
	})
	if !found {
		p[key[0]] = slices.Insert(list, at, phrase[V]{key, v})
	}
}

// longest returns the meaning and the length in runes of the longest phrase
// that text starts with; the length is 0 when there is none. A phrase of Latin
// letters matches whole words only.
func (p phrases[V]) longest(text []rune) (v V, length int) {
	for _, e := range p[text[0]] {
		if len(e.text) > len(text) || !slices.Equal(e.text, text[:len(e.text)]) {
			continue
		}
		if isLatin(e.text[len(e.text)-1]) && len(e.text) < len(text) && isLatin(text[len(e.text)]) {
			continue
		}
		return e.value, len(e.text)
	}
	return v, 0
}

func isLatin(r rune) bool { return 'a' <= r && r <= 'z' || r == '\'' }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// fields splits a list of phrases at spaces; an underscore stands for a space.
func fields(list string) [][]rune {
	var words [][]rune
	for w := range strings.FieldsSeq(list) {
		words = append(words, []rune(strings.ReplaceAll(w, "_", " ")))
	}
	return words
}
