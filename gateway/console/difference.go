package console

import (
	"strings"
	"unicode"
)

// piece is a part of two texts: in both, only in the old, or only in the new.
type piece struct {
	change byte // '=', '-' or '+'
	text   string
}

// mostCompared is the longest text, in words and characters, that is compared
// piece by piece; longer ones are shown whole.
const mostCompared = 2000

// difference shows how b came from a: by words where words are written apart,
// and by characters in Chinese.
func difference(a, b string) []piece {
	x, y := tokens(a), tokens(b)
	if len(x) > mostCompared || len(y) > mostCompared {
		return joined([]piece{{'-', a}, {'+', b}})
	}
	common := commonLengths(x, y)
	var out []piece
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			out = append(out, piece{'=', x[i]})
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1]:
			out = append(out, piece{'-', x[i]})
			i++
		default:
			out = append(out, piece{'+', y[j]})
			j++
		}
	}
	return joined(out)
}

// commonLengths holds, at i and j, how much x from i and y from j have in
// common.
func commonLengths(x, y []string) [][]int {
	l := make([][]int, len(x)+1)
	for i := range l {
		l[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				l[i][j] = l[i+1][j+1] + 1
			} else {
				l[i][j] = max(l[i+1][j], l[i][j+1])
			}
		}
	}
	return l
}

// joined puts neighbours of the same kind together, what went before what
// came, and drops what is empty.
func joined(pieces []piece) []piece {
	var out []piece
	var gone, come strings.Builder
	flush := func() {
		for _, p := range []piece{{'-', gone.String()}, {'+', come.String()}} {
			if p.text != "" {
				out = append(out, p)
			}
		}
		gone.Reset()
		come.Reset()
	}
	for _, p := range pieces {
		switch {
		case p.change == '-':
			gone.WriteString(p.text)
		case p.change == '+':
			come.WriteString(p.text)
		case gone.Len() == 0 && come.Len() == 0 && len(out) > 0:
			out[len(out)-1].text += p.text
		default:
			flush()
			out = append(out, p)
		}
	}
	flush()
	return out
}

// tokens cuts a text into words of letters and digits, and single characters.
func tokens(s string) []string {
	var out []string
	word := strings.Builder{}
	for _, r := range s {
		if r < 0x250 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			word.WriteRune(r)
			continue
		}
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
		out = append(out, string(r))
	}
	if word.Len() > 0 {
		out = append(out, word.String())
	}
	return out
}
