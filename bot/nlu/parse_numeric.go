package nlu

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
		if sep == '/' && m <= 12 && d > 31 && d < 40 {
			return nowhere{}, i + 3 // 7/32
		}
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

// offersDayFirst reads 6/7 as the sixth of July if that is the offered date and
// the seventh of June has passed this year: nobody means the one a year from now.
func (p *parser) offersDayFirst(r resolver, m mention) (dateTree, bool) {
	t, ok := m.tree.term.(monthDay)
	if !ok || r.offered.IsZero() || t.m == t.d || t.m != r.offered.Day || t.d != int(r.offered.Month) || !isSeparator(p.at(m.first+1).first) {
		return m.tree, false
	}
	const farOff = 180 // days after the offer
	if next := r.expr(dateTree{term: t}); next.From.Year <= r.offered.Year || next.From.Sub(r.offered) < farOff {
		return m.tree, false
	}
	m.tree.term = monthDay{t.d, t.m}
	return m.tree, r.expr(dateTree{term: m.tree.term}) == point(r.offered)
}

// numericEnd skips the 号 or 日 after 7.15.
func (p *parser) numericEnd(t term, end int) (term, int) {
	if p.is(end, wHao, wRi) && !p.countedDays(end) {
		end++
	}
	return t, end
}

// startsUnit reports whether a unit of time follows, so that 2-3 in 2-3天 is a
// length. The 周 of 周一 is none.
func (p *parser) startsUnit(i int) bool {
	if p.namesWeekday(i) {
		return false
	}
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
