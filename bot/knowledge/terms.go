package knowledge

import (
	"strings"
	"unicode"

	"jiebao/bot/nlu"
)

// reader turns texts into terms. It does not change after newReader.
type reader struct {
	norm *nlu.Normaliser
	lex  *lexicon
}

func newReader() *reader { return &reader{nlu.NewNormaliser(), newLexicon()} }

// term is one thing a text speaks of: a subject or an aspect of the tables, a
// Latin word, or a pair of characters.
type term struct {
	word    string
	subject bool
	weight  float64 // beside its rarity: a subject says more than half a word
}

const (
	subjectWeight = 1.6
	aspectWeight  = 0.5
	wordWeight    = 1.0
	pairWeight    = 0.8
	singleWeight  = 0.35 // of one character, which may be a filler that nobody listed
)

// terms reads a text. Equal terms are there once.
func (r *reader) terms(text string) []term {
	c := collector{seen: map[string]bool{}}
	runes := r.norm.Normal(text)
	for i := 0; i < len(runes); {
		t, length := r.longest(runes, i)
		switch {
		case length > 0:
			c.flush()
			c.token(t)
			i += length
		case isLatin(runes[i]):
			end := i
			for end < len(runes) && isLatin(runes[end]) {
				end++
			}
			c.flush()
			c.add(term{stem(string(runes[i:end])), false, wordWeight})
			i = end
		case unicode.Is(unicode.Han, runes[i]):
			c.run = append(c.run, runes[i])
			i++
		default:
			c.flush()
			i++
		}
	}
	c.flush()
	return c.terms
}

// longest returns the longest spelling of the tables that begins at i. Latin
// words match whole.
func (r *reader) longest(text []rune, i int) (token, int) {
	if isLatin(text[i]) && i > 0 && isLatin(text[i-1]) {
		return token{}, 0
	}
	for n := min(r.lex.longest, len(text)-i); n > 0; n-- {
		end := i + n
		if isLatin(text[end-1]) && end < len(text) && isLatin(text[end]) {
			continue
		}
		if t, ok := r.lex.words[string(text[i:end])]; ok {
			return t, n
		}
	}
	return token{}, 0
}

func isLatin(r rune) bool {
	return r < 0x250 && (unicode.IsLetter(r) || r == '\'' || r == '-') || r >= '0' && r <= '9'
}

// stem makes one of the commonest English endings.
func stem(w string) string {
	if len(w) > 4 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
		return w[:len(w)-1]
	}
	return w
}

// collector gathers the terms of a text.
type collector struct {
	terms []term
	seen  map[string]bool
	run   []rune // characters that no table knows, side by side
}

func (c *collector) token(t token) {
	switch {
	case t.word == "":
	case t.subject:
		c.add(term{t.word, true, subjectWeight})
	default:
		c.add(term{t.word, false, aspectWeight})
	}
}

func (c *collector) add(t term) {
	if !c.seen[t.word] {
		c.seen[t.word] = true
		c.terms = append(c.terms, t)
	}
}

// flush takes the run as pairs of characters.
func (c *collector) flush() {
	if len(c.run) == 1 {
		c.add(term{string(c.run), false, singleWeight})
	}
	for i := 0; i+1 < len(c.run); i++ {
		c.add(term{string(c.run[i : i+2]), false, pairWeight})
	}
	c.run = c.run[:0]
}
