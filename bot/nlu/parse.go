package nlu

// parser reads date expressions from tokens by recursive descent. Every method
// looks a bounded number of tokens ahead, so that reading a text is linear.
//
// A method that reads something at token i returns it with the index of the
// token after it; an index of 0 says that it is not there.
type parser struct {
	text []rune
	toks []token
}

// at returns token i, or a token that matches nothing.
func (p *parser) at(i int) token {
	if i < 0 || i >= len(p.toks) {
		return token{start: len(p.text), end: len(p.text)}
	}
	return p.toks[i]
}

func (p *parser) is(i int, ws ...word) bool { return p.at(i).is(ws...) }

// said returns what stands in the text for token i.
func (p *parser) said(i int) string {
	t := p.at(i)
	return string(p.text[t.start:t.end])
}

// touching reports whether nothing stands between tokens i-1 and i.
func (p *parser) touching(i int) bool { return p.at(i).start == p.at(i-1).end }

// rune reports whether token i is this single rune.
func (p *parser) rune(i int, r rune) bool {
	t := p.at(i)
	return t.first == r && t.end == t.start+1
}

// number reads a number that may be part of a date.
func (p *parser) number(i int) (token, bool) {
	t := p.at(i)
	return t, t.word == wNum && !t.blocked
}

// skip returns the first index from i on whose token is none of ws, at most
// limit tokens further.
func (p *parser) skip(i, limit int, ws ...word) int {
	for n := 0; n < limit && p.is(i, ws...); n++ {
		i++
	}
	return i
}

// mention is a date expression and where it stands, in tokens.
type mention struct {
	tree       dateTree
	first, end int
	timed      bool // a time of day was said with it
	moved      bool // 推迟, 提前, 改到
	vague      bool // it names a time but no date
}

// maxMentions bounds how many dates are read; nobody names as many.
const maxMentions = 100

// mentions reads the date expressions, left to right, at most one more than
// maxMentions.
func (p *parser) mentions() []mention {
	var list []mention
	for i := 0; i < len(p.toks) && len(list) <= maxMentions; {
		m, end := p.mention(i)
		if end == 0 {
			i++
			continue
		}
		m.first, m.end = i, end
		list = append(list, m)
		i = end
	}
	return list
}

// mention reads one date expression at i: a move, a bound, a range or a term.
func (p *parser) mention(i int) (mention, int) {
	if p.is(i, wTrap, wOther, wTo, wAnd) || p.at(i).blocked {
		return mention{}, 0
	}
	if end := p.vague(i); end > 0 {
		return mention{tree: dateTree{term: nowhere{}}, vague: true}, end
	}
	if m, end := p.move(i); end > 0 {
		return m, end
	}
	if m, end := p.bounded(i); end > 0 {
		return m, end
	}
	t, end := p.rangeOrTerm(i)
	if end == 0 {
		return mention{}, 0
	}
	return p.suffixed(mention{tree: dateTree{term: t}}, end)
}

// vague reads 过几天, 改天, yesterday, a duration of unknown length, or an
// announcement period (提前30天通知).
func (p *parser) vague(i int) int {
	if p.is(i, wVague, wPast) {
		end := i + 1
		if p.is(i, wPast) && p.is(end, wWeekday, wWeekUnit) {
			end++
		}
		if p.is(i, wPast) && p.is(end, wNum) && p.is(end+1, wHao, wRi) { // 上个月15号
			end += 2
		}
		return end
	}
	if p.is(i, wAdvance, wIn) || p.is(i, wNum) {
		j := i
		if !p.is(i, wNum) {
			j++
		}
		if _, end := p.duration(j); end > 0 && p.announces(end) {
			return end
		}
	}
	return 0
}

// announces reports whether telling somebody is what the duration before i is about.
func (p *parser) announces(i int) bool {
	switch p.said(i) {
	case "通", "告", "申", "预", "打", "联", "提", "说", "notice", "报", "书":
		return !p.is(i, wFiller, wThat)
	}
	return false
}

// bounded reads an expression that starts with its bound: 最早7月15号, 从下周一,
// by Friday, between 3 and 12 of September.
func (p *parser) bounded(i int) (mention, int) {
	rel := exactly
	if p.is(i, wPassed) {
		return p.passed(i)
	}
	switch p.at(i).word {
	case wAtEarliest:
		rel = fromFirst
	case wAtLatest:
		rel = untilLast
	case wAfterPre:
		rel = afterLast
	case wBeforePre:
		rel = beforeFirst
	case wFrom:
		rel = fromFirst
	default:
		return mention{}, 0
	}
	j := p.skip(i+1, 4, wFiller, wAbout, wThe, wTo, wIn)
	t, end := p.rangeOrTerm(j)
	if end == 0 {
		t, end = p.lastWord(i, j)
	}
	if end == 0 {
		return mention{}, 0
	}
	m, end := p.suffixed(mention{tree: dateTree{term: t}}, end)
	if _, isRange := t.(between); isRange && p.is(i, wFrom) {
		return m, end
	}
	switch {
	case rel == untilLast && p.said(i) == "赶在" && m.tree.rel == beforeFirst:
	case rel == fromFirst && m.tree.rel == afterLast, rel == untilLast && m.tree.rel == beforeFirst:
		// 最早要15号以后, 最晚15号之前: the narrower bound was said second
	case rel == beforeFirst && namesAnEnd(m.tree.term):
		m.tree.rel = untilLast
	default:
		m.tree.rel = rel
	}
	if rel == afterLast {
		m.tree.term = daysOff(m.tree.term)
	}
	return m, end
}

// lastWord reads the bare day at j that a bound ends with: 12号到不了,最早13.
func (p *parser) lastWord(i, j int) (term, int) {
	switch p.said(i) {
	case "最早", "最快", "最晚", "最迟", "不早于", "不晚于":
		if n, ok := p.dayNumber(j); ok && p.endsHere(j+1) {
			return dayOfMonth{d: n.n}, j + 1
		}
	}
	return nil, 0
}

// endsHere reports whether a clause ends before token i.
func (p *parser) endsHere(i int) bool {
	return i >= len(p.toks) || endsClause(p.at(i).first) || p.said(i) == "吧" || p.said(i) == "了"
}

// passed reads 过完国庆, 过了15号, 过完年.
func (p *parser) passed(i int) (mention, int) {
	t, end := term(feast{index: springFestival}), i+1
	if p.at(i).n == 0 {
		t, end = p.term(i + 1)
	}
	if end == 0 {
		return mention{}, 0
	}
	return p.afterTerm(mention{tree: dateTree{term: t}}, p.skip(end, 1, wAfter))
}

// rangeOrTerm reads a term and, after 到 or a dash, the end of the range.
func (p *parser) rangeOrTerm(i int) (term, int) {
	if t, end := p.dayRange(i); end > 0 {
		return t, end
	}
	first, end := p.term(i)
	if end == 0 {
		return nil, 0
	}
	j := p.timeOfDay(end)
	if !p.is(j, wTo, wAnd) || p.arrives(j) {
		return first, end
	}
	k := p.skip(j+1, 3, wThe, wIn, wFiller)
	last, lastEnd := p.term(k)
	if lastEnd == 0 {
		last, lastEnd = p.bareDay(k, first)
	}
	if lastEnd == 0 {
		return first, end
	}
	closing := p.timeOfDay(lastEnd)
	among := p.rune(closing, '之') && p.rune(closing+1, '间')
	switch {
	case among:
		lastEnd = closing + 2
	case p.is(j, wAnd) && p.said(i-1) != "between":
		return first, end
	}
	return between{p.withMonthOf(first, last), last}, lastEnd
}

// arrives reports whether the 到 at i ends its clause, as in 我5号到 6号报到.
func (p *parser) arrives(i int) bool {
	return p.rune(i, '到') && p.touching(i) && !p.touching(i+1)
}

// bareDay reads a number that can only be a day because a date stands before it.
func (p *parser) bareDay(i int, before term) (term, int) {
	n, ok := p.dayNumber(i)
	if !ok || p.startsUnit(i+1) {
		return nil, 0
	}
	switch t := before.(type) {
	case monthDay:
		return monthDay{t.m, n.n}, i + 1
	case dayOfMonth:
		return dayOfMonth{d: n.n, in: t.in}, i + 1
	case fullDate:
		return fullDate{newDate(t.date.Year, int(t.date.Month), n.n)}, i + 1
	}
	return nil, 0
}

// withMonthOf gives the first end of a range the month that only its last end
// names: the 13th to the 15th of July.
func (p *parser) withMonthOf(first, last term) term {
	a, ok := first.(dayOfMonth)
	if !ok || a.in != nil {
		return first
	}
	switch b := last.(type) {
	case monthDay:
		if a.d <= b.d {
			return monthDay{b.m, a.d}
		}
	case dayOfMonth:
		if b.in != nil && a.d <= b.d {
			return dayOfMonth{d: a.d, in: b.in}
		}
	case fullDate:
		if a.d <= b.date.Day {
			return fullDate{newDate(b.date.Year, int(b.date.Month), a.d)}
		}
	}
	return first
}

// dayRange reads days with a dash that share a month which stands behind them:
// 15-20号, 3 until 12 of Sept, 4-23 in next month.
func (p *parser) dayRange(i int) (term, int) {
	a, ok := p.dayNumber(i)
	if ok && p.is(i+1, wAnd) {
		return p.dayList(i)
	}
	if !ok || !p.is(i+1, wTo) {
		return nil, 0
	}
	k := p.skip(i+2, 1, wThe)
	b, ok := p.dayNumber(k)
	if !ok || b.n <= a.n {
		return nil, 0
	}
	if m := p.skip(k+1, 2, wThe, wIn); m > k+1 || p.is(m, wMonthName) {
		switch t := p.at(m); t.word {
		case wMonthName:
			return between{monthDay{t.n, a.n}, monthDay{t.n, b.n}}, m + 1
		case wMonthRel:
			in := relMonth{t.n}
			return between{dayOfMonth{d: a.n, in: in}, dayOfMonth{d: b.n, in: in}}, m + 1
		}
	}
	if p.is(k+1, wHao, wRi) && !p.countedDays(k+1) {
		return between{dayOfMonth{d: a.n}, dayOfMonth{d: b.n}}, k + 2
	}
	return nil, 0
}

// dayList reads neighbouring days that share what stands behind them: 14、15、16号,
// 14 or 15 July.
func (p *parser) dayList(i int) (term, int) {
	first, _ := p.dayNumber(i)
	last := first
	k := i + 1
	for range 6 {
		n, ok := p.dayNumber(k + 1)
		if !ok || !p.is(k, wAnd) || n.n != last.n+1 {
			break
		}
		last, k = n, k+2
	}
	switch t := p.at(k); {
	case last.n == first.n:
	case t.is(wHao, wRi) && !p.countedDays(k):
		return between{dayOfMonth{d: first.n}, dayOfMonth{d: last.n}}, k + 1
	case t.word == wMonthName:
		return between{monthDay{t.n, first.n}, monthDay{t.n, last.n}}, k + 1
	}
	return nil, 0
}
