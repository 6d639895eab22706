package nlu

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
	return best, p.trailingWeekday(end, best)
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
	case p.is(j, wWeekUnit) && p.is(j+1, wWeekday):
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

// dayNumber reads a number that can be the day of a month.
func (p *parser) dayNumber(i int) (token, bool) {
	t := p.at(i)
	if !t.is(wNum, wOrd) || t.blocked || t.positional || t.n < 1 || t.n > 31 || t.digits > 2 && !t.han {
		return t, false
	}
	return t, true
}

// numeric reads dates in digits: 2026-07-15, 20260715, 7/15, 7.15, 0715.
func (p *parser) numeric(i int) (term, int) {
	a, ok := p.number(i)
	if !ok || a.han {
		return nil, 0
	}
	if t, end := p.packed(i, a); end > 0 {
		return t, end
	}
	sep := p.at(i + 1).first
	if m, d := p.at(i+2), p.at(i+4); a.digits == 4 && isSeparator(sep) && m.word == wMonthName && p.at(i+3).first == sep && d.word == wNum {
		return fullDate{newDate(a.n, m.n, d.n)}, i + 5 // 2026-jul-15
	}
	b, ok := p.number(i + 2)
	if !ok || b.han || !isSeparator(sep) || p.at(i+1).end != p.at(i+1).start+1 {
		return p.spaced(i, a)
	}
	if sep != '/' && !(p.touching(i+1) && p.touching(i+2)) {
		return nil, 0
	}
	c, three := p.number(i + 4)
	three = three && p.at(i+3).first == sep && !c.han && p.touching(i+4)
	switch {
	case three && a.digits == 4 && b.digits <= 2 && c.digits <= 2:
		return p.numericEnd(fullDate{newDate(a.n, b.n, c.n)}, i+5)
	case three && (c.digits == 4 || c.digits == 2 && sep == '/') && a.digits <= 2 && b.digits <= 2:
		y := c.n
		if c.digits == 2 {
			y += 2000
		}
		m, d := monthFirst(a.n, b.n)
		return p.numericEnd(fullDate{newDate(y, m, d)}, i+5)
	case three:
		return nil, 0
	case a.digits == 4 && b.digits <= 2 && b.n >= 1 && b.n <= 12 && a.n >= 1900 && a.n < 2200:
		return month{b.n, year{n: a.n}}, i + 3
	case a.digits <= 2 && b.digits <= 2 && a.n > 0 && b.n > 0:
		if p.startsUnit(i + 3) {
			return nil, 0
		}
		m, d := monthFirst(a.n, b.n)
		if m > 12 || d > 31 {
			return nil, 0
		}
		return p.numericEnd(monthDay{m, d}, i+3)
	}
	return nil, 0
}

func isSeparator(r rune) bool { return r == '/' || r == '.' || r == '-' }

// monthFirst reads month/day, and day/month only where that is impossible.
func monthFirst(a, b int) (m, d int) {
	if a > 12 && b <= 12 {
		return b, a
	}
	return a, b
}

// numericEnd skips the 号 or 日 after 7.15.
func (p *parser) numericEnd(t term, end int) (term, int) {
	if p.is(end, wHao, wRi) && !p.countedDays(end) {
		end++
	}
	return t, end
}

// startsUnit reports whether a unit of time follows, so that 2-3 in 2-3天 is a length.
func (p *parser) startsUnit(i int) bool {
	return p.is(i, wDayUnit, wWeekUnit, wMonthUnit, wWorkday, wGe, wHour, wClock, wYear) || p.is(i, wMonth)
}

// packed reads 20260715, 0715 and, where nothing else is said, 1015.
func (p *parser) packed(i int, a token) (term, int) {
	switch {
	case a.digits == 8:
		if d := newDate(a.n/10000, a.n/100%100, a.n%100); d.Valid() && d.Year >= 1900 && d.Year < 2200 {
			return fullDate{d}, i + 1
		}
	case a.digits == 4 && !p.is(i+1, wYear) && !isSeparator(p.at(i+1).first):
		m, d := a.n/100, a.n%100
		plausible := a.first == '0' || len(p.toks) == 1 || p.is(i-1, wChange) || p.is(i-1, wTo) || p.is(i+1, wHao)
		if plausible && m >= 1 && m <= 12 && d >= 1 && d <= 31 {
			return p.numericEnd(monthDay{m, d}, i+1)
		}
	}
	return nil, 0
}

// spaced reads 2022 11 23.
func (p *parser) spaced(i int, a token) (term, int) {
	b, ok1 := p.number(i + 1)
	c, ok2 := p.number(i + 2)
	if a.digits != 4 || !ok1 || !ok2 || b.digits > 2 || c.digits > 2 || b.han || c.han {
		return nil, 0
	}
	if d := newDate(a.n, b.n, c.n); d.Valid() && a.n >= 1900 {
		return fullDate{d}, i + 3
	}
	return nil, 0
}

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
	if y != nil {
		if p.said(i) == "今年" && len(p.toks) > 2 || p.rune(j, '的') || p.said(j) == "毕业" { // 我今年25岁, 95年的
			return nil, 0
		}
		return y, j
	}
	if p.is(i, wPart) && p.at(i).first == '月' {
		return monthPart{part: p.at(i).n}, i + 1
	}
	return p.bareDayOfMonth(i)
}

// bareDayOfMonth reads 15号, and 15日 unless days are counted (15日后).
func (p *parser) bareDayOfMonth(i int) (term, int) {
	if p.rune(i, '这') || p.rune(i, '下') && p.said(i+1) == "次" {
		i++
	}
	n, ok := p.dayNumber(i)
	if !ok || n.word == wOrd || p.is(i-1, wTrap) && p.at(i-1).first == '每' {
		return nil, 0
	}
	switch {
	case p.is(i+1, wHao), p.is(i+1, wRi) && !p.countedDays(i+1):
		return dayOfMonth{d: n.n}, i + 2
	case p.misheardHao(i + 1):
		return dayOfMonth{d: n.n}, i + 2
	}
	return nil, 0
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

// inMonth reads what follows a month: a day, a part, an ordinal, or nothing.
func (p *parser) inMonth(m term, i int) (term, int) {
	j := i
	if p.rune(j, '的') || p.rune(j, '份') {
		j++
	}
	if t := p.at(j); t.word == wPart {
		return monthPart{t.n, m}, j + 1
	}
	if t, end := p.ordinal(j, m, false); end > 0 {
		return t, end
	}
	n, ok := p.dayNumber(j)
	if n.word == wNum && !n.blocked && n.n > 31 && n.digits <= 2 && p.is(j+1, wHao, wRi) {
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
		return dayOfMonth{d, m}
	case hasYear:
		return fullDate{newDate(y.n, t.m, d)}
	}
	return monthDay{t.m, d}
}

// feast reads a holiday or a solar term, with its year before it.
func (p *parser) feast(i int) (term, int) {
	y, j := p.year(i)
	if y == nil {
		j = i
	}
	j = p.skip(j, 1, wLunar)
	if p.rune(j, '的') {
		j++
	}
	switch t := p.at(j); {
	case t.word == wHoliday:
		return feast{index: t.n, year: y}, p.skip(j+1, 1, wBreak)
	case t.word == wTerm:
		return solarTermDay{t.n, y}, j + 1
	case t.word == wNum && t.han && t.n == 11 && p.nationalDay(j):
		return feast{index: nationalDay, year: y}, p.skip(j+1, 1, wBreak)
	case t.word == wYear && y == nil && p.is(j+1, wAfter, wBefore) && !p.is(j-1, wNum):
		return feast{index: springFestival}, j + 1
	case t.word == wBreak && y == nil && !p.ownHoliday(j-1) && (p.is(j+1, wAfter) || p.said(j) == "放完假"):
		return comingBreak{}, j + 1
	}
	return nil, 0
}

// ownHoliday reports whether a break is not an official one: 暑假, 年假, 病假.
func (p *parser) ownHoliday(i int) bool {
	switch p.at(i).first {
	case '暑', '寒', '年', '婚', '产', '病', '事', '请', '休':
		return true
	}
	return false
}

// The places of two feasts in holidays.
const (
	springFestival = 1
	nationalDay    = 6
)

// nationalDay reports whether the 十一 at i is 1 October, and no eleven.
func (p *parser) nationalDay(i int) bool {
	return p.is(i+1, wAfter, wBefore, wBreak) || p.rune(i-1, '过') || p.said(i-1) == "过完" || p.rune(i-1, '完')
}

// lunar reads lunar dates: 农历八月十五, 腊月初十, 五月廿二, 正月.
func (p *parser) lunar(i int) (term, int) {
	if p.rune(i, '初') && !p.is(i-1, wMonth, wNum, wLunarMonth) { // 初八 is said of the first month
		if d, end, ok := p.lunarDay(i); ok {
			return lunarDate{m: 1, d: d}, end
		}
	}
	said := p.is(i, wLunar)
	y, j := p.year(p.skip(i, 1, wLunar))
	if y == nil {
		j = p.skip(i, 1, wLunar)
	}
	if p.is(j, wLunar) {
		said, j = true, j+1
	}
	leap := p.is(j, wLeap)
	if leap {
		said, j = true, j+1
	}
	m := 0
	switch t, ok := p.number(j); {
	case p.is(j, wLunarMonth):
		m, said, j = p.at(j).n, true, j+1
	case ok && t.n >= 1 && t.n <= 12 && !t.positional && p.is(j+1, wMonth):
		m, j = t.n, j+2
	case ok && t.n >= 1 && t.n <= 12 && p.is(j+1, wPart) && p.rune(j+1, '月'):
		return nil, 0
	default:
		if ok && t.n >= 1 && t.n <= 12 && p.lunarFirst(j+1) {
			m, j = t.n, j+1
		} else {
			return nil, 0
		}
	}
	d, end, unmistakable := p.lunarDay(j)
	if !said && !unmistakable {
		return nil, 0
	}
	return lunarDate{m: m, d: d, leap: leap, year: y}, end
}

// lunarFirst reports whether 月初 at i begins a lunar day: 三月初一.
func (p *parser) lunarFirst(i int) bool {
	n, ok := p.number(i + 1)
	return p.said(i) == "月初" && ok && n.han && n.n <= 10
}

// lunarDay reads 初五, 廿二, 十五. Days that only the lunar calendar writes in
// this way (初…, 廿…, and 8月十五) are unmistakable.
func (p *parser) lunarDay(i int) (d, end int, unmistakable bool) {
	if p.rune(i, '初') || p.lunarFirst(i) {
		if n, ok := p.number(i + 1); ok && n.n >= 1 && n.n <= 10 {
			return n.n, i + 2, true
		}
	}
	n, ok := p.dayNumber(i)
	if !ok || n.n > 30 {
		return 0, i, false
	}
	if p.is(i+1, wHao, wRi) {
		return n.n, i + 2, false
	}
	month := p.at(i - 2)
	mixed := n.han && month.word == wNum && !month.han && month.n == 8 && n.n == 15
	return n.n, i + 1, n.first == '廿' || mixed
}
