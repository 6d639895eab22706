package nlu

import "strings"

// term reads the longest single date that starts at i.
func (p *parser) term(i int) (term, int) {
	var best term
	end := 0
	for _, read := range []func(int) (term, int){
		p.lunar, p.numeric, p.dayWord, p.calendarDate, p.feast, p.weekTerm, p.englishDate, p.counted,
	} {
		if t, e := read(i); e > end {
			best, end = t, e
		}
	}
	if end == 0 {
		return nil, 0
	}
	after := p.trailingWeekday(end, best)
	if d, ok := best.(dayOfMonth); ok && after > end {
		d.weekday = 1 + p.weekdayWithin(end, after)
		best = d
	}
	return best, after
}

// weekdayWithin returns the weekday that stands somewhere from token i up to end.
func (p *parser) weekdayWithin(i, end int) int {
	for ; i < end; i++ {
		if p.is(i, wWeekday) {
			return p.at(i).n
		}
	}
	return -1
}

// trailingWeekday skips the weekday that is said along with a date.
func (p *parser) trailingWeekday(i int, t term) int {
	switch t.(type) {
	case monthDay, fullDate, dayOfMonth, dayOffset:
	default:
		return i
	}
	j := i
	if p.rune(j, '(') || p.rune(j, ',') {
		j++
	}
	switch {
	case p.namesWeekday(j):
		j += 2
	case p.is(j, wWeekday) && p.at(j).first < 128 && j == i:
		j++
	default:
		return i
	}
	if p.rune(j, ')') {
		j++
	} else if p.rune(i, ',') {
		return i
	}
	return j
}

// namesWeekday reports whether 周一 or its like stands at i.
func (p *parser) namesWeekday(i int) bool { return p.is(i, wWeekUnit) && p.is(i+1, wWeekday) }

// dayWord reads 今天, 明天, 明后天, tomorrow.
func (p *parser) dayWord(i int) (term, int) {
	t := p.at(i)
	if t.word != wDay {
		return nil, 0
	}
	switch t.n {
	case 100:
		return dayOffset{1, 2}, i + 1
	case 101:
		return dayOffset{0, 1}, i + 1
	case 102:
		return dayOffset{1, 2}, i + 1
	}
	if p.rune(i, '今') && t.end == t.start+1 { // 今 alone begins 今起, 今到周五
		if !p.is(i+1, wOnward, wTo) {
			return nil, 0
		}
	}
	return dayOffset{t.n, t.n}, i + 1
}

// calendarDate reads [year] [month] [day], in Chinese.
func (p *parser) calendarDate(i int) (term, int) {
	y, j := p.year(i)
	if y == nil {
		j = i
	}
	k := j
	if p.rune(k, '的') && y != nil {
		k++
	}
	if t, end := p.inYear(k, y); end > 0 {
		return t, end
	}
	if m, end := p.month(k, y); end > 0 {
		return p.inMonth(m, end)
	}
	if end := p.noMonth(k); end > 0 {
		return nowhere{}, end
	}
	if y != nil {
		if p.said(i) == "今年" && len(p.toks) > 2 || p.rune(j, '的') || p.said(j) == "毕业" { // 我今年25岁, 95年的
			return nil, 0
		}
		return y, j
	}
	if p.is(i, wPart) && (p.at(i).first == '月' || strings.HasSuffix(p.said(i), "旬")) {
		part := monthPart{part: p.at(i).n}
		if last, end := p.ordinal(i+1, part, false); end > 0 && p.is(i+1, wLast) { // 月底最后一天
			return last, end
		}
		return part, i + 1
	}
	return p.bareDayOfMonth(i)
}

// bareDayOfMonth reads 15号, 15 周三, and 15日 unless days are counted (15日后).
func (p *parser) bareDayOfMonth(i int) (term, int) {
	if p.rune(i, '这') || p.rune(i, '下') && p.said(i+1) == "次" {
		i++
	}
	n, ok := p.dayNumber(i)
	if p.noDay(i) {
		return nowhere{}, i + 2
	}
	if !ok || n.word == wOrd || p.is(i-1, wTrap) && p.at(i-1).first == '每' {
		return nil, 0
	}
	switch {
	case p.is(i+1, wHao), p.is(i+1, wRi) && !p.countedDays(i+1):
		return dayOfMonth{d: n.n}, i + 2
	case p.misheardHao(i + 1):
		return dayOfMonth{d: n.n}, i + 2
	case n.digits == 2 && !n.han && p.namesWeekday(i+1):
		return dayOfMonth{d: n.n}, i + 1
	}
	return nil, 0
}

// noDay reports whether a message or a clause starts with a day that no month
// has, or moves to one: 32号, 改到35号. Elsewhere it is the number of a house.
func (p *parser) noDay(i int) bool {
	t, ok := p.number(i)
	if !ok || t.positional || t.n <= 31 && t.n != 0 || t.n > 99 || t.digits > 2 && !t.han || !p.is(i+1, wHao) {
		return false
	}
	return i == 0 || endsClause(p.at(i-1).first) || p.is(i-1, wChange, wTo)
}

// misheardHao accepts 15好可以 for 15号可以.
func (p *parser) misheardHao(i int) bool {
	if !p.rune(i, '好') && !p.rune(i, '浩') {
		return false
	}
	return p.rune(i, '浩') || p.is(i+1, wFiller, wAfter, wBefore, wOnward, wTo) && !p.rune(i+1, '的') && !p.rune(i+1, '了')
}

// countedDays reports whether the 日 at i counts days: 三日后, 5日内.
func (p *parser) countedDays(i int) bool {
	if !p.is(i, wRi) {
		return false
	}
	if p.is(i+1, wWithin) {
		return true
	}
	n := p.at(i - 1)
	return p.is(i+1, wAfter) && (n.han || n.n <= 10) && !p.is(i-2, wMonth, wTo)
}

// year reads 2026年, 26年, 明年.
func (p *parser) year(i int) (term, int) {
	if t := p.at(i); t.word == wYearRel {
		return year{t.n, true}, i + 1
	}
	t, ok := p.number(i)
	if !ok || !p.is(i+1, wYear) && !(p.is(i+1, wYearPart) && p.at(i+1).first == '年') {
		return nil, 0
	}
	n := t.n
	switch {
	case (t.digits == 4 || t.positional && t.n > 999) && n >= 1900 && n < 2200:
	case t.digits == 2 && (!t.han || t.positional):
		n += 2000
		if t.n >= 70 {
			n -= 100
		}
	default:
		return nil, 0
	}
	end := i + 1
	if p.is(end, wYear) {
		end++
	}
	if p.rune(end, ',') {
		if _, e := p.month(end+1, nil); e > 0 {
			end++
		}
	}
	return year{n: n}, end
}

// inYear reads what follows a year and is not a month: 年底, 上半年, 首季度, 第十天.
func (p *parser) inYear(i int, y term) (term, int) {
	in := y
	if in == nil {
		in = year{relative: true}
	}
	switch t := p.at(i); {
	case t.word == wYearPart && (y != nil || t.first == '年' || t.n >= partFirstHalf):
		return yearPart{t.n, in}, i + 1
	case y != nil && t.word == wPart && t.end == t.start+1 && t.n <= partLast && t.first != '中':
		return yearPart{t.n, in}, i + 1
	case t.word == wQuarterRel:
		return relQuarter{t.n}, i + 1
	case t.word == wNth && p.is(i+1, wQuarter):
		return yearPart{firstQuarter, in}, i + 2
	}
	if n, j := p.nth(i); j > 0 && p.is(j, wQuarter) && n >= 1 && n <= 4 {
		return yearPart{firstQuarter + n - 1, in}, j + 1
	}
	if n, ok := p.number(i); ok && p.is(i+1, wQuarter) && n.n >= 1 && n.n <= 4 {
		return yearPart{firstQuarter + n.n - 1, in}, i + 2
	}
	if y != nil {
		return p.ordinal(i, y, false)
	}
	return nil, 0
}

// nth reads 第三, 第3个, first.
func (p *parser) nth(i int) (int, int) {
	if p.is(i, wNth) {
		if p.rune(i, '首') {
			return 1, i + 1
		}
		t, ok := p.number(i + 1)
		if !ok {
			return 0, 0
		}
		return t.n, p.skip(i+2, 1, wGe)
	}
	if t := p.at(i); t.word == wOrd && !t.blocked {
		return t.n, i + 1
	}
	if p.is(i, wLast) {
		return -1, i + 1
	}
	return 0, 0
}

// ordinal reads the n-th day, weekday, working day, week or month of a period
// or, with after set, counted from its end.
func (p *parser) ordinal(i int, in term, after bool) (term, int) {
	if p.is(i, wLast) && p.at(i).n == 1 {
		return nthOf{n: -1, what: wDayUnit, in: in}, i + 1
	}
	n, j := p.nth(i)
	if j == 0 {
		return nil, 0
	}
	t := p.at(j)
	switch {
	case t.word == wWeekUnit && p.is(j+1, wWeekday):
		return nthOf{n, wWeekday, p.at(j + 1).n, in, after}, j + 2
	case t.word == wWeekday:
		return nthOf{n, wWeekday, t.n, in, after}, j + 1
	case t.is(wDayUnit, wWorkday, wWeekUnit, wMonthUnit):
		return nthOf{n: n, what: t.word, in: in, after: after}, j + 1
	case t.word == wMonth && !after:
		return nthOf{n: n, what: wMonthUnit, in: in}, j + 1
	}
	return nil, 0
}

// month reads 7月, 七月份, 下个月. The end stays before 月初 and the like.
func (p *parser) month(i int, y term) (term, int) {
	if t := p.at(i); t.word == wMonthRel && t.first > 128 {
		return relMonth{t.n}, i + 1
	}
	t, ok := p.number(i)
	if !ok || t.positional || t.n < 1 || t.n > 12 || t.digits > 2 {
		return nil, 0
	}
	switch {
	case p.is(i+1, wMonth):
		return month{t.n, y}, i + 2
	case p.is(i+1, wPart) && p.at(i+1).first == '月':
		return month{t.n, y}, i + 1
	case p.is(i+1, wNum) && !t.han && (p.said(i+1) == "越" || p.said(i+1) == "粤"):
		return month{t.n, y}, i + 2
	}
	return nil, 0
}

// noMonth skips a day of a month that no year has: 13月1号.
func (p *parser) noMonth(i int) int {
	t, ok := p.number(i)
	if !ok || t.positional || t.n > 0 && t.n <= 12 || t.digits > 2 && !t.han || !p.is(i+1, wMonth) {
		return 0
	}
	if n := p.at(i + 2); n.word != wNum || n.blocked || n.digits > 2 && !n.han || !p.is(i+3, wHao, wRi) {
		return 0
	}
	return i + 4
}

// inMonth reads what follows a month: a day, a part, an ordinal, or nothing.
func (p *parser) inMonth(m term, i int) (term, int) {
	j := i
	if p.rune(j, '的') || p.rune(j, '份') {
		j++
	}
	if t := p.at(j); t.word == wPart {
		part := monthPart{t.n, m}
		if last, end := p.ordinal(p.skip(j+1, 1, wFiller), part, false); end > 0 { // 月底最后一个工作日
			return last, end
		}
		return part, j + 1
	}
	if t, end := p.ordinal(j, m, false); end > 0 {
		return t, end
	}
	n, ok := p.dayNumber(j)
	if n.positional && n.digits == 2 && n.n%10 == n.n/10+1 && p.is(j+1, wHao, wRi) { // 七月八九号
		return between{dayIn(m, n.n/10), dayIn(m, n.n%10)}, j + 2
	}
	if n.word == wNum && !n.blocked && !n.positional && (n.n > 31 || n.n == 0) && (n.digits <= 2 || n.han) && p.is(j+1, wHao, wRi) {
		return nowhere{}, j + 2
	}
	if !ok || p.startsUnit(j+1) && !p.is(j+1, wClock) || p.is(j+1, wClock) && n.han {
		return m, i
	}
	end := j + 1
	if p.is(end, wHao, wRi) || p.misheardHao(end) {
		end++
	}
	return dayIn(m, n.n), end
}

// dayIn is day d of month m, in the most general form that m allows.
func dayIn(m term, d int) term {
	t, ok := m.(month)
	switch y, hasYear := t.year.(year); {
	case !ok || hasYear && y.relative:
		return dayOfMonth{d: d, in: m}
	case hasYear:
		return fullDate{newDate(y.n, t.m, d)}
	}
	return monthDay{t.m, d}
}
