package sqlstore

import (
	"strings"
	"unicode"
)

// Texts are found by their words. Of scripts that put no blanks between words
// every two neighbouring characters are a word; of others a word is what is
// between blanks. Where both meet, the two characters at the border are one
// too. So whatever has two characters can be found, in the middle of a text as
// well, but for the inner of Latin words and of numbers: those are found by
// how they begin. Traditional characters are others than simplified ones.

// Of a longer text, or word, only so much is found.
const (
	longestText = 10_000 // characters
	longestWord = 32
)

// The words of who a candidate is, and of where the conversation is, begin with
// these.
const (
	ofPerson = "\x01"
	ofBranch = "\x02"
)

// fold makes equal what people take to be equal: capitals and small letters,
// full-width and usual forms.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '\u3000':
			return ' '
		}
		return unicode.ToLower(r)
	}, text)
}

// sort is what a character is part of.
type sort int

const (
	between sort = iota // words
	letters             // words with blanks around
	dense               // words without
)

func sortOf(r rune) sort {
	switch {
	case r < 0x80:
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return letters
		}
		return between
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
		return dense
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
		return letters
	}
	return between
}

// runs calls each for every stretch of one script in a folded text, with the
// character before and after it, 0 where that is between words.
func runs(folded []rune, each func(s sort, run []rune, before, after rune)) {
	for i := 0; i < len(folded); {
		s, end := sortOf(folded[i]), i+1
		for end < len(folded) && sortOf(folded[end]) == s {
			end++
		}
		if s != between {
			each(s, folded[i:end], neighbour(folded, i-1), neighbour(folded, end))
		}
		i = end
	}
}

func neighbour(folded []rune, i int) rune {
	if i < 0 || i >= len(folded) || sortOf(folded[i]) == between {
		return 0
	}
	return folded[i]
}

// wordsOf calls each for the words of a text. A word may come several times.
func wordsOf(text string, each func(word string)) {
	folded := []rune(fold(text))
	runs(folded[:min(len(folded), longestText)], func(s sort, run []rune, _, after rune) {
		if s == letters {
			each(string(run[:min(len(run), longestWord)]))
		}
		for i := range len(run) - 1 {
			if s == dense {
				each(string(run[i : i+2]))
			}
		}
		if after != 0 {
			each(string([]rune{run[len(run)-1], after}))
		}
	})
}

// personWords are the words of a name: those of a text, and each character.
func personWords(name string, each func(word string)) {
	wordsOf(name, func(word string) { each(ofPerson + word) })
	for _, r := range fold(name) {
		if sortOf(r) == dense {
			each(ofPerson + string(r))
		}
	}
}

// branchWords are the branch, and those above it, but for the head office:
// all conversations are of that.
func branchWords(branch string, each func(word string)) {
	for i, r := range branch {
		if r == '/' && !headOffice(branch[:i]) {
			each(ofBranch + branch[:i])
		}
	}
	if !headOffice(branch) {
		each(ofBranch + branch)
	}
}

// headOffice says whether the branch is one that all others are below, "" or
// one segment.
func headOffice(branch string) bool { return !strings.Contains(branch, "/") }

// term is a word that has to be in a text, or one that begins so.
type term struct {
	word   string
	begins bool
}

// termsOf are the terms of one word that is searched for, without blanks.
// There are none if it is too short to be found.
func termsOf(sought, mark string) (terms []term) {
	add := func(begins bool, word ...rune) {
		if t := (term{mark + string(word), begins}); len(word) > 1 || mark != "" {
			terms = append(terms, t)
		}
	}
	runs([]rune(sought), func(s sort, run []rune, before, after rune) {
		switch {
		case s == letters && (before != 0 || after == 0):
			// What comes after other characters of a text is a word's beginning.
			add(after == 0, run[:min(len(run), longestWord)]...)
		case s == dense && len(run) == 1 && before == 0 && after == 0:
			add(false, run...)
		}
		for i := range len(run) - 1 {
			if s == dense {
				add(false, run[i], run[i+1])
			}
		}
		if after != 0 {
			add(false, run[len(run)-1], after)
		}
	})
	return terms
}
