package nlu

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// traditionalPairs lists pairs of one traditional and one simplified character.
//
//go:embed traditional.txt
var traditionalPairs string

// normaliser brings an utterance into the one spelling that the lexicons use.
// It does not change after it was built.
type normaliser struct {
	simplified map[rune]rune
	rewrites   phrases[string]
}

func newNormaliser() *normaliser {
	n := &normaliser{simplified: simplifiedForms(), rewrites: newPhrases[string]()}
	for _, pair := range strings.Fields(characterRewrites) {
		from, to, _ := strings.Cut(pair, ">")
		n.simplified[[]rune(from)[0]] = []rune(to)[0]
	}
	for _, pair := range strings.Fields(cantonese + typos + proposals + emoji) {
		from, to, _ := strings.Cut(pair, ">")
		n.rewrites.add(from, strings.ReplaceAll(to, "_", " "))
	}
	return n
}

// maxRunes bounds what is read of one message. No channel carries a longer text.
const maxRunes = 20000

// runes returns the text in normal form: NFKC, lower case, simplified
// characters, written Chinese for Cantonese, plain punctuation, known typos
// near date words repaired. It reports false when the text was too long to be
// read to its end.
func (n *normaliser) runes(text string) (normal []rune, whole bool) {
	text = norm.NFKC.String(strings.Map(halfWidth, text))
	flat := make([]rune, 0, min(utf8.RuneCountInString(text), maxRunes))
	for _, r := range text {
		if len(flat) == maxRunes {
			return n.rewrite(flat), false
		}
		if r < utf8.RuneSelf {
			if r = unicode.ToLower(r); r != 0 {
				flat = append(flat, r)
			}
			continue
		}
		if s, ok := n.simplified[r]; ok {
			flat = append(flat, s)
		} else if isIdeograph(r) {
			flat = append(flat, r)
		} else if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			flat = append(flat, unicode.ToLower(r))
		}
	}
	return n.rewrite(flat), true
}

// halfWidth is what NFKC makes of the forms in full width. Messages in Chinese
// are full of them and mostly in normal form but for them.
func halfWidth(r rune) rune {
	if '！' <= r && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

// isIdeograph reports whether r is a frequent Chinese character, which has no
// case and is no mark.
func isIdeograph(r rune) bool { return '一' <= r && r <= '\u9fff' }

// rewrite replaces the longest phrases of the rewrite tables, left to right;
// Latin words are replaced whole or not at all.
func (n *normaliser) rewrite(flat []rune) []rune {
	out := make([]rune, 0, len(flat)+8)
	for i := 0; i < len(flat); {
		to, length := n.rewrites.longest(flat[i:])
		if length > 0 && !(flat[i] == '点' && i > 0 && endsInPoint(flat[i-1])) {
			out = append(out, []rune(to)...)
			i += length
			continue
		}
		end := i + 1
		for isLatin(flat[i]) && end < len(flat) && isLatin(flat[end]) {
			end++
		}
		out = append(out, flat[i:end]...)
		i = end
	}
	return out
}

// beforePoint are the characters that make a word with 点 after them: 地点都清楚.
const beforePoint = "地时有一重要优缺观景网站早晚快慢差终起特焦疑难整准到几半两多少高低好大小同热亮卖看论弱试据"

// endsInPoint reports whether 点 after r is o'clock or the end of a word, and not
// the Cantonese "how".
func endsInPoint(r rune) bool {
	_, han := hanDigit(r)
	return han || isDigit(r) || strings.ContainsRune(beforePoint, r)
}
