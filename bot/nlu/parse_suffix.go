package nlu

// suffixed reads what follows a term: a time of day, an event, and the bound
// (之后, 以前, 起, 及以后, at the latest).
func (p *parser) suffixed(m mention, end int) (mention, int) {
	j := p.timeOfDay(end)
	m.timed = j > end
	end = j
	if p.is(end, wTo) { // 明天下午3点至下午8点
		if k := p.timeOfDay(end + 1); k > end+1 {
			end, j = k, k
		}
	}
	j = p.skip(j, 1, wAbout)
	if p.rune(j, '(') && p.rune(j+1, '含') && p.rune(j+2, ')') && p.is(j+3, wAfter, wBefore) {
		m.tree.rel = fromFirst
		if p.is(j+3, wBefore) {
			m.tree.rel = untilLast
		}
		return m, j + 4
	}
	j = p.skip(j, 3, wEvent)
	if p.rune(j, ',') && p.is(j+1, wAfter) && p.opensAfterwards(j+2) {
		m.tree.rel = afterLast
		return m, j + 2
	}
	if j > end {
		if t, e := p.ordinal(j, daysOff(m.tree.term), true); e > 0 { // 国庆放假回来第一天
			m.tree.term = t
			return m, e
		}
	}
	switch t := p.at(j); t.word {
	case wAfter, wTrap:
		if t.word == wTrap && p.said(j) != "后来" || p.rune(j, '后') && p.is(j+1, wTrap) {
			break
		}
		return p.afterTerm(m, j+1)
	case wAdvance:
		if p.said(j) == "往前" && !p.startsDuration(j+1) && !p.is(j+1, wAdvance, wFiller) {
			m.tree.rel = beforeFirst
			return m, j + 1
		}
	case wDelay, wNextN:
		if said := p.said(j); said == "往后" && !p.startsDuration(j+1) && !p.is(j+1, wDelay, wFiller) || said == "往后的" {
			return p.afterTerm(m, j+1)
		}
	case wBreak:
		if p.said(j) == "放完假" {
			return p.afterTerm(m, j+1)
		}
	case wBefore:
		if by, e := p.duration(j + 1); e > 0 && !by.vague && by.unit <= inWeeks && !p.is(e, wWithin, wAfter, wBefore) && p.at(j).end == p.at(j+1).start && p.rune(j, '前') {
			m.tree.term = lead(m.tree.term, by) // 国庆前三天
			return m, e
		}
		m.tree.rel = beforeFirst
		if m.timed || namesAnEnd(m.tree.term) {
			m.tree.rel = untilLast
		}
		return m, j + 1
	case wOnward:
		m.tree.rel = fromFirst
		return m, j + 1
	case wOnOrBefore:
		m.tree.rel = untilLast
		return m, j + 1
	case wWithin:
		return m, j + 1
	case wNextDay:
		m.tree.term = offset{by: duration{n: 1}, sign: 1, base: baseTerm, term: daysOff(m.tree.term)}
		return m, j + 1
	case wPrevDay:
		m.tree.term = offset{by: duration{n: 1}, sign: -1, base: baseTerm, term: m.tree.term}
		return m, j + 1
	}
	return m, end
}

// opensAfterwards reports whether 之后 at the head of a clause speaks of free
// time: 1号毕业，之后都可以.
func (p *parser) opensAfterwards(i int) bool {
	switch p.at(i).first {
	case '都', '就', '可', '能', '随', '有', '行', '任':
		return true
	}
	return false
}

// afterTerm reads what follows 之后: nothing, a duration or an ordinal.
func (p *parser) afterTerm(m mention, i int) (mention, int) {
	base := daysOff(m.tree.term)
	j := p.skip(i, 2, wFiller)
	if by, end := p.duration(j); end > 0 && !by.vague && !p.is(end, wWithin, wAfter) {
		m.tree.term = offset{by: by, sign: 1, base: baseTerm, term: base}
		return m, end
	}
	if t, end := p.ordinal(j, base, true); end > 0 {
		m.tree.term = t
		return m, end
	}
	if p.is(j, wNextDay) {
		m.tree.term = offset{by: duration{n: 1}, sign: 1, base: baseTerm, term: base}
		return m, j + 1
	}
	m.tree.term, m.tree.rel = base, afterLast
	return m, i
}

// daysOff reads a feast before 之后 as its official days off.
func daysOff(t term) term {
	if f, ok := t.(feast); ok {
		f.off = true
		return f
	}
	return t
}

// namesAnEnd reports whether a term is the end of something (月底, 年底), so that
// "before it" includes it.
func namesAnEnd(t term) bool {
	switch t := t.(type) {
	case monthPart:
		return t.part == partLast
	case yearPart:
		return t.part == partLast
	}
	return false
}

// timeOfDay skips 上午, 下午3点, 早上8点半, 20:01, at 3 pm, (周三).
func (p *parser) timeOfDay(i int) int {
	for range 6 {
		switch {
		case p.is(i, wTime):
			i++
		case (p.rune(i, '晚') || p.rune(i, '早')) && !p.startsDuration(i+1):
			i++
		case p.clock(i) > i:
			i = p.clock(i)
		case p.rune(i, '(') && p.is(i+1, wWeekUnit) && p.is(i+2, wWeekday):
			i = p.skip(i+3, 1, wOther)
		default:
			return i
		}
	}
	return i
}

// clock skips a time on the clock, and returns i when there is none.
func (p *parser) clock(i int) int {
	k := i
	if p.said(k) == "at" || p.rune(k, '的') {
		k++
	}
	if !p.is(k, wNum) {
		return i
	}
	switch j := k + 1; {
	case p.is(j, wClock):
		j++
		if p.is(j, wNum, wHalf) {
			j++
		}
		if p.is(j, wClock) && p.is(j+1, wNum) {
			j += 2
		}
		return p.skip(j, 2, wHour, wTime)
	case p.is(j, wTime) && p.at(j).first < 128:
		return j + 1
	}
	return i
}

func (p *parser) startsDuration(i int) bool {
	_, end := p.duration(i)
	return end > 0
}

// lead is the day that lies days before a term, or the week before it.
func lead(t term, by duration) term {
	first := offset{by: by, sign: -1, base: baseTerm, term: t}
	if by.unit == inWeeks {
		return between{first, offset{by: duration{n: 1}, sign: -1, base: baseTerm, term: t}}
	}
	return first
}
