package nlu

import "unicode"

// token is a piece of the normalised text: a number, a word of the date
// lexicon, or a single other rune.
type token struct {
	word       word
	han        bool // the number was written in Chinese digits
	positional bool // the Chinese digits were put side by side: 二零二六, 三五
	blocked    bool // the number counts or names something that is no date
	first      rune // the first rune, to tell tokens of one word apart
	n          int  // what the word counts or names; the value of a number
	start, end int  // runes of the normalised text
	digits     int  // how many digits a number was written with
}

func (t token) is(ws ...word) bool {
	for _, w := range ws {
		if t.word == w {
			return true
		}
	}
	return false
}

// lexer cuts normalised text into tokens.
type lexer struct {
	lex  phrases[meaning]
	text []rune
	toks []token
}

func (l *lexer) run() []token {
	quoted := false
	for i := 0; i < len(l.text); {
		r := l.text[i]
		switch {
		case r == '《' || r == '》':
			quoted = r == '《'
			i = l.other(i)
		case unicode.IsSpace(r):
			i++
		case quoted:
			i = l.other(i)
		case isDigit(r):
			i = l.number(i)
		case isLatin(r):
			i = l.latin(i)
		default:
			i = l.han(i)
		}
	}
	return l.toks
}

func (l *lexer) add(t token, end int) int {
	t.end, t.first = end, l.text[t.start]
	l.toks = append(l.toks, t)
	return end
}

func (l *lexer) other(i int) int { return l.add(token{start: i}, i+1) }

// number reads Latin digits; a value over nine digits is kept as its length only.
func (l *lexer) number(i int) int {
	end, n := i, 0
	for end < len(l.text) && isDigit(l.text[end]) {
		if end-i < 9 {
			n = n*10 + int(l.text[end]-'0')
		}
		end++
	}
	t := token{word: wNum, n: n, start: i, digits: end - i}
	if end+1 < len(l.text) && isOrdinalSuffix(l.text[end:]) {
		t.word = wOrd
		end += 2
	}
	return l.add(t, end)
}

func isOrdinalSuffix(s []rune) bool {
	if len(s) > 2 && isLatin(s[2]) {
		return false
	}
	switch string(s[:2]) {
	case "st", "nd", "rd", "th":
		return true
	}
	return false
}

// latin reads a phrase of the lexicon or one word, which may have a typo.
func (l *lexer) latin(i int) int {
	m, length := l.lex.longest(l.text[i:])
	if length > 0 {
		return l.add(token{word: m.word, n: m.n, start: i}, i+length)
	}
	end := i
	for end < len(l.text) && isLatin(l.text[end]) {
		end++
	}
	if m, ok := nearWord(l.text[i:end]); ok {
		return l.add(token{word: m.word, n: m.n, start: i}, end)
	}
	return l.add(token{start: i}, end)
}

// han reads a phrase of the lexicon, a number in Chinese digits, or one rune.
func (l *lexer) han(i int) int {
	if end := hanDigits(l.text, i); end > i {
		m, length := l.lex.longest(l.text[i:])
		if length == 0 || i+length < end || m.word == wHoliday && l.countsSomething(end) {
			n, positional := hanNumber(l.text[i:end])
			return l.add(token{word: wNum, n: n, start: i, digits: end - i, han: true, positional: positional}, end)
		}
	}
	m, length := l.lex.longest(l.text[i:])
	if length == 0 {
		return l.other(i)
	}
	end := l.add(token{word: m.word, n: m.n, start: i}, i+length)
	if m.word == wWeek || m.word == wWeekUnit {
		return l.weekday(end)
	}
	return end
}

// countsSomething reports whether a unit of dates follows at i, so that 六一 in
// 六一号 and the like is a number and no feast.
func (l *lexer) countsSomething(i int) bool {
	if i == len(l.text) {
		return false
	}
	switch l.text[i] {
	case '月', '号', '日', '天', '年', '个', '点', '周':
		return true
	}
	return false
}

// weekday reads the day after 周, 下周, 星期 …: 下周三, 周5, 礼拜天.
func (l *lexer) weekday(i int) int {
	if i == len(l.text) {
		return i
	}
	n := -1
	switch r := l.text[i]; r {
	case '天', '日':
		n = 6
	default:
		v, isHan := hanDigit(r)
		if !isHan && isDigit(r) {
			v = int(r - '0')
		}
		if v >= 1 && v <= 6 {
			n = v - 1
		}
		if v == 7 {
			n = 6
		}
	}
	if n < 0 || !l.endsWeekday(i) {
		return i
	}
	return l.add(token{word: wWeekday, n: n, start: i}, i+1)
}

// endsWeekday reports whether the digit at i stands alone as a weekday, unlike
// in 下周一定来, 一周一次, 下周5号, 周10.
func (l *lexer) endsWeekday(i int) bool {
	if i+1 == len(l.text) {
		return true
	}
	next := l.text[i+1]
	switch next {
	case '号', '月', '点', '次', '年', '个', '十', '岁':
		return false
	case '定', '起', '直', '般', '共', '样', '下':
		return l.text[i] != '一'
	}
	return !isDigit(next) && (l.text[i] != '日' || next != '期' && next != '子')
}

// correctable are the English date words whose typos are repaired.
var correctable = [...]struct {
	word string
	meaning
}{
	{"monday", meaning{wWeekday, 0}}, {"tuesday", meaning{wWeekday, 1}}, {"wednesday", meaning{wWeekday, 2}},
	{"thursday", meaning{wWeekday, 3}}, {"friday", meaning{wWeekday, 4}}, {"saturday", meaning{wWeekday, 5}},
	{"sunday", meaning{wWeekday, 6}}, {"january", meaning{wMonthName, 1}}, {"february", meaning{wMonthName, 2}},
	{"august", meaning{wMonthName, 8}}, {"september", meaning{wMonthName, 9}}, {"october", meaning{wMonthName, 10}},
	{"november", meaning{wMonthName, 11}}, {"december", meaning{wMonthName, 12}},
	{"tomorrow", meaning{wDay, 1}}, {"postpone", meaning{wDelay, 0}},
}

// nearWord repairs one wrong, missing, extra or swapped letter in longer names.
func nearWord(w []rune) (meaning, bool) {
	if len(w) < 6 || len(w) > 10 {
		return meaning{}, false
	}
	for _, k := range correctable {
		if w[0] == rune(k.word[0]) && withinOneEdit(w, []rune(k.word)) {
			return k.meaning, true
		}
	}
	return meaning{}, false
}

// withinOneEdit reports whether a and b differ by one edit or one swap of neighbours.
func withinOneEdit(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	rest := len(a) - i - j
	if rest == 2 && len(a) == len(b) {
		return a[i] == b[i+1] && a[i+1] == b[i]
	}
	return rest <= 1 && (len(a) == len(b) || rest == 0)
}
