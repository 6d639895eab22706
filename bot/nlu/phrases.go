package nlu

import (
	"slices"
	"strings"
)

// phrases finds the longest known phrase at the start of a text. The values
// are what a phrase means. It is keyed by the first two runes of a phrase (the
// second is 0 for a single rune), so that few phrases are compared; heads tells
// at once which runes no phrase starts with.
type phrases[V any] struct {
	byHead map[[2]rune][]phrase[V]
	heads  *[1 << 10]uint64 // a bit for each rune below 0x10000
}

type phrase[V any] struct {
	text  []rune
	value V
}

func newPhrases[V any]() phrases[V] {
	return phrases[V]{map[[2]rune][]phrase[V]{}, new([1 << 10]uint64)}
}

// add registers a phrase; the first meaning of a phrase wins.
func (p phrases[V]) add(text string, v V) {
	key := []rune(text)
	if len(key) == 0 {
		return
	}
	head := [2]rune{key[0]}
	if len(key) > 1 {
		head[1] = key[1]
	}
	list := p.byHead[head]
	at := len(list)
	for at > 0 && len(list[at-1].text) < len(key) { // longest first
		at--
	}
	for _, same := range list {
		if slices.Equal(same.text, key) {
			return
		}
	}
	p.byHead[head] = slices.Insert(list, at, phrase[V]{key, v})
	if key[0] < 1<<16 {
		p.heads[key[0]>>6] |= 1 << (key[0] & 63)
	}
}

// longest returns the meaning and the length in runes of the longest phrase
// that text starts with; the length is 0 when there is none. A phrase of Latin
// letters matches whole words only.
func (p phrases[V]) longest(text []rune) (v V, length int) {
	if r := text[0]; r < 1<<16 && p.heads[r>>6]&(1<<(r&63)) == 0 {
		return v, 0
	}
	if len(text) > 1 {
		for _, e := range p.byHead[[2]rune{text[0], text[1]}] {
			if e.starts(text) {
				return e.value, len(e.text)
			}
		}
	}
	for _, e := range p.byHead[[2]rune{text[0]}] {
		if e.starts(text) {
			return e.value, 1
		}
	}
	return v, 0
}

func (e phrase[V]) starts(text []rune) bool {
	if len(e.text) > len(text) || !slices.Equal(e.text, text[:len(e.text)]) {
		return false
	}
	return !isLatin(e.text[len(e.text)-1]) || len(e.text) == len(text) || !isLatin(text[len(e.text)])
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
