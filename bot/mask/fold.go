package mask

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folder brings text into one spelling: half width, lower case, without
// accents and invisible characters, simplified characters, and every digit,
// Chinese ones too, as 0 to 9.
type folder struct{ simplify func(rune) rune }

func (f folder) rune(r rune) []rune {
	if d, ok := digit(r); ok {
		return []rune{d}
	}
	if r < utf8.RuneSelf {
		return []rune{unicode.ToLower(r)}
	}
	var out []rune
	for _, c := range norm.NFKD.String(string(r)) {
		if d, ok := digit(c); ok {
			out = append(out, d)
		} else if !unicode.In(c, unicode.M, unicode.Cf) {
			out = append(out, unicode.ToLower(f.simplify(c)))
		}
	}
	return out
}

// hanDigits are the digits that numbers are spelled with, ten characters a
// row; 幺 is one, and 两 is two.
const hanDigits = "零一二三四五六七八九" + "〇壹贰叁肆伍陆柒捌玖" + "○壹貳參肆伍陸柒捌玖" + "〇幺两叄四伍六柒八九" + "〇么兩弎四五六七八九"

// digit returns the digit that r is in any script.
func digit(r rune) (rune, bool) {
	if r >= '0' && r <= '9' {
		return r, true
	}
	if r < utf8.RuneSelf {
		return 0, false
	}
	i := 0
	for _, h := range hanDigits {
		if h == r {
			return rune('0' + i%10), true
		}
		i++
	}
	if !unicode.IsDigit(r) {
		return 0, false
	}
	for _, block := range unicode.Nd.R16 {
		if r >= rune(block.Lo) && r <= rune(block.Hi) {
			return '0' + (r-rune(block.Lo))%10, true
		}
	}
	for _, block := range unicode.Nd.R32 {
		if r >= rune(block.Lo) && r <= rune(block.Hi) {
			return '0' + (r-rune(block.Lo))%10, true
		}
	}
	return 0, false
}

// text is a message beside its one spelling.
type text struct {
	runes  []rune // as written
	folded []rune
	at     []int  // of each folded character: the index in runes
	flat   string // folded, for patterns
	bytes  []int  // of each byte of flat, and its end: the index in folded
	plain  []rune // letters and digits of folded
	from   []int  // of each of plain: the index in folded
}

func (f folder) text(s string) *text {
	t := &text{runes: []rune(strings.ToValidUTF8(s, "\uFFFD"))}
	for i, r := range t.runes {
		for _, c := range f.rune(r) {
			t.folded, t.at = append(t.folded, c), append(t.at, i)
		}
	}
	for i, c := range t.folded {
		for range utf8.RuneLen(c) {
			t.bytes = append(t.bytes, i)
		}
		if unicode.IsLetter(c) || unicode.IsNumber(c) {
			t.plain, t.from = append(t.plain, c), append(t.from, i)
		}
	}
	t.bytes = append(t.bytes, len(t.folded))
	t.flat = string(t.folded)
	return t
}

// span is the part of the message that folded[start:end] comes from.
func (t *text) span(start, end int, k Kind) span {
	return span{t.at[start], t.at[end-1] + 1, k}
}

// letters are the letters and digits of a span, in their one spelling.
func (t *text) letters(s span) string {
	var b strings.Builder
	for i, c := range t.plain {
		if at := t.at[t.from[i]]; at >= s.start && at < s.end {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// plain are the letters and digits of s in their one spelling.
func (f folder) plain(s string) []rune { return f.text(s).plain }
