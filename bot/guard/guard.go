// Package guard looks over what candidates are told for what a bank must not
// say: promises of pay, visa or employment, and questions that recruiting law
// forbids. It is for the bot's own phrases, for articles that HR approves and
// for whatever a language model writes.
//
// It knows words, not meanings: what it finds a person should look at, and
// what it does not find may still be wrong. The words are data (words.txt).
// It imports the standard library only.
package guard

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
)

//go:embed words.txt
var words string

// Kind is what is wrong.
type Kind string

// The kinds.
const (
	Promises Kind = "promises" // of pay, visa or employment
	Asks     Kind = "asks"     // what recruiters must not ask
)

// Finding is one sentence that should not be said as it is.
type Finding struct {
	Kind  Kind
	Topic string // pay, visa, employment; marriage, children, …
	Text  string // the sentence
	Word  string // what gave it away
}

// Check finds what must not be said in text. No finding is no permission.
func Check(text string) []Finding {
	l := lists()
	var found []Finding
	for _, s := range sentences(text) {
		found = append(found, l.promises(s)...)
		found = append(found, l.questions(s)...)
	}
	return found
}

// lexicon is words.txt: lists of words by topic.
type lexicon map[string][]entry

// entry is one word list of a topic.
type entry struct {
	topic string
	words []string
}

// lists reads words.txt once; a test reads it, too.
var lists = sync.OnceValue(func() lexicon {
	l, err := parse(words)
	if err != nil {
		panic("the guard's words: " + err.Error())
	}
	return l
})

func parse(text string) (lexicon, error) {
	l := lexicon{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		head, list, ok := strings.Cut(line, ":")
		name, topic, _ := strings.Cut(head, " ")
		if !ok {
			return nil, fmt.Errorf("%q has no colon", line)
		}
		e := entry{topic: topic}
		for _, w := range strings.Split(list, ",") {
			if w = strings.TrimSpace(w); w == "" {
				return nil, fmt.Errorf("%q has an empty word", head)
			}
			e.words = append(e.words, w)
		}
		l[name] = append(l[name], e)
	}
	return l, nil
}

// promises are what a sentence promises: something said to be certain, a
// promise in itself, or pay in figures.
func (l lexicon) promises(s sentence) (found []Finding) {
	bare := s
	for _, w := range l["not"][0].words {
		bare = bare.without(w)
	}
	_, certain := bare.first(l["promise"][0].words)
	_, money := s.first(l["money"][0].words)
	for _, e := range l["subject"] {
		w, ok := bare.first(e.words)
		if ok && (certain || e.topic == "pay" && money && s.figures) {
			found = append(found, Finding{Promises, e.topic, s.text, w})
		}
	}
	for _, e := range l["outright"] {
		if w, ok := bare.first(e.words); ok && !s.asked {
			found = append(found, Finding{Promises, e.topic, s.text, w})
		}
	}
	return found
}

// questions are what a sentence asks that must not be asked.
func (l lexicon) questions(s sentence) (found []Finding) {
	if _, asks := s.first(l["asking"][0].words); !asks && !s.asked {
		return nil
	}
	for _, e := range l["forbidden"] {
		if w, ok := s.first(e.words); ok {
			found = append(found, Finding{Asks, e.topic, s.text, w})
		}
	}
	return found
}

// sentence is one sentence in the forms that words are looked for in.
type sentence struct {
	text     string
	squeezed string // letters and digits only, in lower case
	spaced   string // words in lower case, with a space on either side of each
	asked    bool   // it ends with a question mark
	figures  bool
}

// sentences cuts a text. A full stop within a figure is no end.
func sentences(text string) (out []sentence) {
	begin := 0
	cut := func(end int, asked bool) {
		if s := strings.TrimSpace(text[begin:end]); s != "" {
			out = append(out, read(s, asked))
		}
		begin = end
	}
	for i, r := range text {
		next := i + len(string(r))
		switch r {
		case '？', '?':
			cut(next, true)
		case '。', '！', '!', '；', ';', '\n':
			cut(next, false)
		case '.':
			if next == len(text) || text[next] == ' ' || text[next] == '\n' {
				cut(next, false)
			}
		}
	}
	cut(len(text), false)
	return out
}

func read(text string, asked bool) sentence {
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return sentence{
		text: text, asked: asked, squeezed: strings.Join(fields, ""), spaced: " " + strings.Join(fields, " ") + " ",
		figures: strings.ContainsFunc(text, unicode.IsDigit),
	}
}

// first returns the first of the words that the sentence holds.
func (s sentence) first(words []string) (string, bool) {
	for _, w := range words {
		if chinese(w) && strings.Contains(s.squeezed, w) || !chinese(w) && strings.Contains(s.spaced, " "+w+" ") {
			return w, true
		}
	}
	return "", false
}

// without is the sentence with a word left out.
func (s sentence) without(w string) sentence {
	s.squeezed = strings.ReplaceAll(s.squeezed, w, " ")
	s.spaced = strings.ReplaceAll(s.spaced, " "+w+" ", " ")
	return s
}

func chinese(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
