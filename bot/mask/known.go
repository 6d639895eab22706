package mask

import (
	"slices"
	"strings"
	"unicode"
)

// known finds every place where the letters and digits of something known
// stand in a row, whatever stands between them.
func (m *Masker) known(t *text, k Known) []span {
	var found []span
	for _, form := range m.forms(k) {
		found = append(found, t.inARow(form, k.Kind)...)
	}
	if k.Kind == Name {
		for _, word := range m.words(k.Text) {
			found = append(found, t.word(word, k.Kind)...)
		}
	}
	return found
}

// forms are what a known text may be shortened to.
func (m *Masker) forms(k Known) [][]rune {
	plain := m.fold.plain(k.Text)
	var forms [][]rune
	add := func(form []rune) {
		if tellsApart(form) {
			forms = append(forms, form)
		}
	}
	add(plain)
	switch {
	case k.Kind == Phone:
		for _, code := range []string{"0086", "86", "00852", "852"} {
			if rest, ok := strings.CutPrefix(string(plain), code); ok && len(rest) >= 8 {
				add([]rune(rest))
			}
		}
	case k.Kind == Name && len(plain) > 2 && han(plain):
		add(plain[len(plain)-2:]) // the given name
	}
	return forms
}

// tellsApart says whether a text is long enough to be looked for within other
// words.
func tellsApart(form []rune) bool {
	if slices.ContainsFunc(form, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return len(form) >= 2
	}
	return len(form) >= 4
}

func han(s []rune) bool {
	return !slices.ContainsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) && (r < '0' || r > '9') })
}

// words are the words of a name in letters. Those that are months or days
// stay, since people speak of them.
func (m *Masker) words(name string) []string {
	var out []string
	for w := range strings.FieldsFuncSeq(string(m.fold.text(name).folded), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(w) >= 2 && w[0] < 0x80 && !calendarWords[w] {
			out = append(out, w)
		}
	}
	return out
}

// inARow finds form in the letters and digits, overlapping places included.
func (t *text) inARow(form []rune, k Kind) []span {
	var found []span
	for i := 0; i+len(form) <= len(t.plain); i++ {
		if slices.Equal(t.plain[i:i+len(form)], form) {
			found = append(found, t.span(t.from[i], t.from[i+len(form)-1]+1, k))
		}
	}
	return found
}

// word finds a word that stands by itself.
func (t *text) word(w string, k Kind) []span {
	var found []span
	letter := func(i int) bool {
		return i >= 0 && i < len(t.folded) && t.folded[i] < 0x80 && unicode.IsLetter(t.folded[i])
	}
	form := []rune(w)
	for i := 0; i+len(form) <= len(t.folded); i++ {
		if slices.Equal(t.folded[i:i+len(form)], form) && !letter(i-1) && !letter(i+len(form)) {
			found = append(found, t.span(i, i+len(form), k))
		}
	}
	return found
}
