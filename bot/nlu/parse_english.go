package nlu

import "strings"

// englishDate reads dates with English words: July 15, the 15th of July, 15 Jul
// 2026, early March, the first Monday of next month, the end of the month.
func (p *parser) englishDate(i int) (term, int) {
	i = p.skip(i, 2, wThe, wIn)
	switch t := p.at(i); t.word {
	case wMonthName:
		return p.monthFirst(i)
	case wOrd, wNum:
		if t, end := p.dayFirst(i); end > 0 {
			return t, end
		}
	case wPart:
		return p.englishPart(i)
	case wMonthRel:
		if t.first < 128 {
			return relMonth{t.n}, i + 1
		}
	case wYearRel:
		if t.first < 128 {
			return year{t.n, true}, i + 1
		}
	}
	if n, j := p.nth(i); j > 0 && p.at(i).first < 128 && n != 0 {
		return p.englishOrdinal(i)
	}
	return nil, 0
}

// monthFirst reads July 15th, 2026; Oct/2; Feb.
func (p *parser) monthFirst(i int) (term, int) {
	m := p.at(i).n
	j := i + 1
	if p.rune(j, '.') || p.rune(j, '/') || p.rune(j, '-') {
		j++
	}
	j = p.skip(j, 1, wThe, wIn)
	if d, ok := p.dayNumber(j); ok && !d.han && !p.startsUnit(j+1) {
		if y, end := p.englishYear(j + 1); end > 0 {
			return fullDate{newDate(y, m, d.n)}, end
		}
		return monthDay{m, d.n}, j + 1
	}
	if d, ok := p.number(j); ok && d.n > 31 && d.digits == 2 {
		return nowhere{}, j + 1
	}
	if y, end := p.englishYear(i + 1); end > 0 {
		return month{m, year{n: y}}, end
	}
	if !p.namesMonth(i) {
		return nil, 0
	}
	return month{m: m}, i + 1
}

// namesMonth tells the month from the verb in may and march.
func (p *parser) namesMonth(i int) bool {
	if s := p.said(i); s != "may" && s != "march" && s != "mar" && s != "dec" && s != "sec" {
		return true
	}
	return p.is(i-1, wThe, wNext, wThis, wPart, wAtLatest, wAfterPre, wBeforePre, wFrom, wTo, wAtEarliest) || len(p.toks) == 1
}

// englishYear reads the year after a day: ", 2026", "2026", "15" after 14th April.
func (p *parser) englishYear(i int) (int, int) {
	j := i
	if p.rune(j, ',') || p.rune(j, '-') || p.rune(j, '/') || p.said(j) == "of" || p.said(j) == "in" {
		j++
	}
	n, ok := p.number(j)
	if ok && n.digits == 4 && n.n >= 1900 && n.n < 2200 && !p.is(j+1, wClock) {
		return n.n, j + 1
	}
	return 0, 0
}

// dayFirst reads 15 July, the 15th of next month, the 15th.
func (p *parser) dayFirst(i int) (term, int) {
	d, ok := p.dayNumber(i)
	if d.is(wNum, wOrd) && !d.blocked && !d.han && d.digits == 2 && d.n > 31 && p.is(p.skip(i+1, 2, wThe, wIn), wMonthName) && !p.is(i-1, wMonthName) {
		return nowhere{}, p.skip(i+1, 2, wThe, wIn) + 1 // 32 July
	}
	if !ok || d.han || d.first > 128 {
		return nil, 0
	}
	j := i + 1
	if p.rune(j, '-') || p.rune(j, '/') || p.rune(j, '.') {
		j++
	} else {
		j = p.skip(j, 2, wThe, wIn)
	}
	j = p.skip(j, 1, wDayUnit)
	j = p.skip(j, 2, wThe, wIn)
	switch t := p.at(j); {
	case t.word == wMonthName:
		if y, end := p.englishYear(j + 1); end > 0 {
			return fullDate{newDate(y, t.n, d.n)}, end
		}
		if y, ok := p.number(j + 1); ok && y.digits == 2 && !p.startsUnit(j+2) && !p.is(j+2, wTime) {
			return fullDate{newDate(2000+y.n, t.n, d.n)}, j + 2
		}
		return monthDay{t.n, d.n}, j + 1
	case t.word == wMonthRel && t.first < 128:
		return dayOfMonth{d: d.n, in: relMonth{t.n}}, j + 1
	case t.word == wNext && p.is(j+1, wMonthUnit):
		return dayOfMonth{d: d.n, in: relMonth{1}}, j + 2
	case t.word == wThis && p.is(j+1, wMonthUnit):
		return dayOfMonth{d: d.n, in: relMonth{0}}, j + 2
	}
	switch {
	case d.word == wOrd && d.digits > 0, d.word == wOrd && p.is(i-1, wThe) && d.n > 3:
		if p.said(i+1) == "round" || p.said(i+1) == "floor" || p.said(i+1) == "interview" || p.said(i+1) == "time" || p.said(i+1) == "choice" || p.is(i+1, wWeekday, wWeekUnit, wWorkday) {
			return nil, 0
		}
		return dayOfMonth{d: d.n}, i + 1
	case d.word == wNum && d.digits > 0 && p.said(i-1) == "on" && !p.startsUnit(i+1) && !isSeparator(p.at(i+1).first):
		return dayOfMonth{d: d.n}, i + 1
	}
	return nil, 0
}

// englishPart reads early March, mid-July, the end of next month, EOM.
func (p *parser) englishPart(i int) (term, int) {
	t := p.at(i)
	if t.first > 128 {
		return nil, 0
	}
	if t.n == 10+partLast {
		return monthPart{part: partLast}, i + 1
	}
	j := i + 1
	if p.rune(j, '-') {
		j++
	}
	if p.said(j) == "on" {
		return nil, 0
	}
	j = p.skip(j, 2, wThe, wIn)
	switch m := p.at(j); {
	case m.word == wMonthName:
		in := month{m: m.n}
		if y, end := p.englishYear(j + 1); end > 0 {
			in.year, j = year{n: y}, end-1
		}
		return monthPart{t.n, in}, j + 1
	case p.said(j) == "the month":
		return monthPart{part: t.n}, j + 1
	case m.word == wMonthRel:
		return monthPart{t.n, relMonth{m.n}}, j + 1
	case m.word == wNext && p.is(j+1, wMonthUnit):
		return monthPart{t.n, relMonth{1}}, j + 2
	case m.word == wThis && p.is(j+1, wMonthUnit):
		return monthPart{t.n, relMonth{0}}, j + 2
	case m.word == wNext && p.is(j+1, wMonthName):
		return monthPart{t.n, month{m: p.at(j + 1).n}}, j + 2
	case m.word == wMonthUnit && (p.is(j-1, wThe) || strings.HasSuffix(p.said(i), " of")):
		return monthPart{part: t.n}, j + 1
	case m.word == wYear, m.word == wYearRel:
		y := year{relative: true}
		if m.word == wYearRel {
			y.n = m.n
		}
		return yearPart{t.n, y}, j + 1
	}
	return nil, 0
}

// englishOrdinal reads the first Monday of July, the last working day of the month.
func (p *parser) englishOrdinal(i int) (term, int) {
	_, j := p.nth(i)
	if !p.is(j, wWeekday, wWorkday, wDayUnit, wWeekUnit) {
		return nil, 0
	}
	k := p.skip(j+1, 3, wThe, wIn)
	var in term
	end := k + 1
	switch t := p.at(k); {
	case t.word == wMonthName:
		in = month{m: t.n}
		if y, e := p.englishYear(k + 1); e > 0 {
			in, end = month{t.n, year{n: y}}, e
		}
	case t.word == wMonthRel && t.first < 128:
		in = relMonth{t.n}
	case t.word == wNext && p.is(k+1, wMonthUnit):
		in, end = relMonth{1}, k+2
	case t.word == wWeek && t.first < 128:
		in = week{t.n, -1}
	case t.word == wAfterPre:
		base, e := p.term(p.skip(k+1, 1, wThe, wIn))
		if e == 0 {
			return nil, 0
		}
		t, _ := p.ordinal(i, daysOff(base), true)
		return t, e
	default:
		return nil, 0
	}
	t, _ := p.ordinal(i, in, false)
	if t == nil {
		return nil, 0
	}
	return t, end
}
