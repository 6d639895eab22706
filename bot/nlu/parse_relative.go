package nlu

import "unicode"

// duration reads 三天, 两三天, 一个半月, 半个月, 2-3 weeks, 几天. A unit without a
// number (another week) counts one where one is set by the caller.
func (p *parser) duration(i int) (duration, int) {
	i = p.skip(i, 1, wAbout)
	if p.is(i, wFew) {
		if _, end := p.unit(p.skip(i+1, 1, wGe)); end > 0 {
			return duration{vague: true}, end
		}
		return duration{}, 0
	}
	if p.is(i, wHalf) {
		return p.halfUnit(i + 1)
	}
	t, ok := p.number(i)
	if !ok || t.digits > 3 && !t.han {
		return duration{}, 0
	}
	d := duration{n: t.n, m: t.n}
	if t.han && t.positional {
		if t.n > 99 {
			return duration{}, 0
		}
		d.n, d.m = t.n/10, t.n%10 // 两三天
		if d.m < d.n {
			return duration{}, 0
		}
	}
	j := i + 1
	if m, ok := p.number(j + 1); ok && p.is(j, wTo, wAnd) && m.n >= d.n {
		d.m, j = m.n, j+2
	}
	if p.rune(j, '来') || p.rune(j, '多') || p.rune(j, '余') || p.rune(j, '几') {
		j++
	}
	for k := j; p.is(j, wMore, wGe) && j < k+2; j++ {
		d.extra = d.extra || p.is(j, wMore)
	}
	if p.is(j, wHalf) { // 一个半月, 两周半 is read below
		d.half = true
		j++
		if p.said(j) == "a" {
			j++
		}
	}
	u, end := p.unit(j)
	if end == 0 {
		return duration{}, 0
	}
	d.unit = u
	if p.is(end, wHalf) && (u == inWeeks || u == inYears || u == inMonths) {
		d.half = true
		end++
	}
	if plus, ok := p.number(end); ok && plus.first == '零' && plus.n > 0 && p.is(end+1, wDayUnit, wRi) {
		d.plus, end = plus.n, end+2
	}
	if p.is(end, wMore) && p.at(end).first < 128 { // two weeks more
		d.extra = true
		end++
	}
	return d, end
}

// halfUnit reads 半个月, 半年, half a month.
func (p *parser) halfUnit(i int) (duration, int) {
	u, end := p.unit(p.skip(i, 1, wGe, wNum))
	if end == 0 {
		return duration{}, 0
	}
	return duration{unit: u, half: true}, end
}

// unit reads the unit of a duration. 月 alone is one only after 个, 半 or 两.
func (p *parser) unit(i int) (unit, int) {
	t := p.at(i)
	switch t.word {
	case wDayUnit:
		return inDays, i + 1
	case wRi:
		return inDays, i + 1
	case wWeekUnit:
		return inWeeks, i + 1
	case wMonthUnit:
		return inMonths, i + 1
	case wMonth:
		if n := p.at(i - 1); n.han && n.n <= 3 && p.is(i+1, wWithin) && p.rune(i, '月') { // 三月之内
			return inMonths, i + 1
		}
		if p.is(i-1, wGe, wHalf) || p.rune(i-1, '两') || p.rune(i-1, '仨') || p.rune(i-1, '俩') {
			return inMonths, i + 1
		}
	case wYear:
		return inYears, i + 1
	case wWorkday:
		return inWorkdays, i + 1
	case wHour:
		return inHours, i + 1
	case wOther:
		switch p.said(i) {
		case "d":
			return inDays, i + 1
		case "w":
			return inWeeks, i + 1
		case "fortnight", "fortnights":
			return inFortnights, i + 1
		}
	}
	return 0, 0
}

// counted reads durations that name days: 三天后, 10天内, 未来两周, 再给我三天,
// in a week, two weeks from now, 第二天.
func (p *parser) counted(i int) (term, int) {
	switch t := p.at(i); t.word {
	case wNextN, wNext, wThis:
		by, end := p.duration(i + 1)
		if end > 0 && by.unit != inHours && (t.first > 128 || !p.is(end, wWeekday)) {
			return within{by: by, upcoming: true}, p.skip(end, 1, wWithin)
		}
	case wWithin:
		if by, end := p.duration(p.skip(i+1, 1, wThe)); end > 0 {
			return within{by: by}, end
		}
	case wYear:
		if p.is(i+1, wWithin) && !p.is(i-1, wNum, wHalf, wGe) { // 年内
			return between{dayOffset{}, yearPart{partLast, year{relative: true}}}, i + 2
		}
	case wMonth:
		if p.is(i+1, wWithin) && !p.is(i-1, wNum, wHalf, wGe, wMonthRel) { // 月内
			return between{dayOffset{}, relMonth{}}, i + 2
		}
	case wIn:
		j := i + 1
		if p.rune(j, '多') {
			j++
		}
		if by, end := p.duration(j); end > 0 && by.unit != inHours {
			return offset{by: by, sign: 1}, p.skip(end, 1, wAfter)
		}
	case wMore:
		return p.grantedTime(i + 1)
	case wThat:
		return p.fromThat(i)
	case wNextDay, wPrevDay:
		return p.neighbour(i)
	}
	return p.afterDuration(i)
}

// grantedTime reads the rest of 再给我三天, another week.
func (p *parser) grantedTime(i int) (term, int) {
	j := p.skip(i, 4, wFiller, wMore, wDelay)
	by, end := p.duration(j)
	if end == 0 {
		if u, e := p.unit(j); e > 0 && p.at(j).first < 128 {
			by, end = duration{n: 1, unit: u}, e
		}
	}
	if end == 0 || by.unit == inHours || p.is(end, wAfter) || p.ponders(end) {
		return nil, 0
	}
	return offset{by: by, sign: 1, base: baseOffered}, end
}

// ponders reports whether the time before i is asked for to decide: 给我三天时间考虑.
func (p *parser) ponders(i int) bool {
	for k := i; k < i+4; k++ {
		switch p.at(k).first {
		case '考', '想', '答', '回', '看', '问', '商', '决':
			return true
		}
	}
	return false
}

// fromThat reads 原定日期之后三天, the offered date plus two weeks.
func (p *parser) fromThat(i int) (term, int) {
	j := p.skip(i+1, 3, wFiller)
	sign := 1
	switch {
	case p.is(j, wAfter, wDelay), p.rune(j, '加'):
	case p.is(j, wBefore, wAdvance):
		sign = -1
	case p.is(j, wNextDay, wPrevDay):
		return p.neighbour(j)
	default:
		return nil, 0
	}
	by, end := p.duration(p.skip(j+1, 4, wFiller, wDelay, wAdvance))
	if end == 0 {
		return nil, 0
	}
	return offset{by: by, sign: sign, base: baseOffered}, end
}

// neighbour reads 第二天, the day after July 6 or the week after.
func (p *parser) neighbour(i int) (term, int) {
	sign := 1
	if p.is(i, wPrevDay) {
		sign = -1
	}
	t := offset{by: duration{n: p.at(i).n}, sign: sign, base: baseOffered}
	if p.at(i).first < 128 {
		if base, end := p.term(i + 1); end > 0 {
			t.base, t.term = baseTerm, base
			return t, end
		}
	}
	return t, i + 1
}

// afterDuration reads what a duration is followed by: 三天后, 10天内, 3 days
// later, two weeks from tomorrow, a week before the planned date.
func (p *parser) afterDuration(i int) (term, int) {
	by, end := p.duration(i)
	if end == 0 || by.unit == inHours {
		return nil, 0
	}
	if by.extra {
		return offset{by: by, sign: 1, base: baseOffered}, end
	}
	j := p.skip(end, 1, wAbout, wTime)
	switch t := p.at(j); t.word {
	case wAfter:
		return offset{by: by, sign: 1}, j + 1
	case wWithin:
		return within{by: by}, j + 1
	case wLater:
		return offset{by: by, sign: 1, base: baseOfferedOrNow}, p.skip(j+1, 2, wThat)
	case wEarlier:
		return offset{by: by, sign: -1, base: baseOffered}, j + 1
	case wFromNow:
		return offset{by: by, sign: 1}, j + 1
	case wFrom, wAfterPre:
		if t.word == wAfterPre && p.ends(t.end) { // a week after
			return offset{by: by, sign: 1, base: baseOfferedOrNow}, j + 1
		}
		return p.offsetFrom(by, 1, p.skip(j+1, 1, wThe))
	case wBeforePre:
		return p.offsetFrom(by, -1, p.skip(j+1, 1, wThe))
	case wMore:
		return offset{by: by, sign: 1, base: baseOffered}, j + 1
	case wDelay:
		if t.first < 128 || p.said(j) == "延期" {
			return offset{by: by, sign: 1, base: baseOffered}, j + 1
		}
	}
	return nil, 0
}

// ends reports whether the sentence ends there.
func (p *parser) ends(at int) bool {
	for _, r := range p.text[at:] {
		if r != ' ' {
			return unicode.IsPunct(r)
		}
	}
	return true
}

func (p *parser) offsetFrom(by duration, sign, i int) (term, int) {
	if p.is(i, wThat) {
		return offset{by: by, sign: sign, base: baseOffered}, i + 1
	}
	base, end := p.term(i)
	if end == 0 {
		return nil, 0
	}
	return offset{by: by, sign: sign, base: baseTerm, term: base}, end
}

// move reads 推迟三天, 推迟到下周三, 提前两天, 改到15号, push back by a week.
func (p *parser) move(i int) (mention, int) {
	t := p.at(i)
	if p.said(i) == "晚上" && p.startsDuration(i+1) { // 晚上一周: later by a week, no evening
		t.word = wDelay
	}
	if !t.is(wDelay, wAdvance, wChange) || endsWithAny(p.text[:t.start], notMoved) {
		return mention{}, 0
	}
	if p.lasted(i) {
		return mention{}, 0
	}
	j := p.skip(i+1, 6, wFiller, wAbout, wThe, wThat, wGe)
	if k := p.skip(j+1, 3, wFiller, wAbout); p.rune(j, ',') && p.startsDuration(k) {
		j = k // 往后延一下,大概三天
	}
	if p.said(j) == "by" {
		j = p.skip(j+1, 2, wAbout, wThe)
	}
	if t.word != wChange {
		if tree, end := p.movedBy(t, j); end > 0 {
			return mention{tree: tree, moved: true}, end
		}
	}
	short := t.end == t.start+1
	to := false
	if p.is(j, wTo, wChange) || p.said(i) == "晚到" || p.said(i) == "早到" {
		to = true
		j = p.skip(p.skip(j, 1, wTo, wChange), 4, wFiller, wAbout, wThe)
	}
	if !to && short && t.first > 128 {
		return mention{}, 0
	}
	m, end := p.boundedOrTerm(j)
	if end == 0 {
		if n, ok := p.dayNumber(j); ok && to && !p.startsUnit(j+1) {
			m, end = mention{tree: dateTree{term: dayOfMonth{d: n.n}}}, j+1
		}
	}
	if end == 0 || m.vague {
		return m, end
	}
	if t.word != wChange {
		m.tree.term = moved{m.tree.term, t.word == wAdvance}
	}
	m.moved = true
	return m, end
}

// lasted reports whether the delay at i is over and only told: 流程拖了两个月.
func (p *parser) lasted(i int) bool {
	switch p.said(i) {
	case "拖", "拖延", "耽误", "耽搁", "延误", "迟", "晚":
		return p.rune(i+1, '了') && p.startsDuration(i+2)
	}
	return false
}

// notMoved stand right before a move that is not wanted: 不用推迟了,6号可以.
var notMoved = fields("不用 不必 不需要 无需 不 别 不要 没 没有 不会 不想 不用再 不再 no_need_to not don't")

// boundedOrTerm reads the date that something is moved to.
func (p *parser) boundedOrTerm(i int) (mention, int) {
	if end := p.vague(i); end > 0 {
		return mention{tree: dateTree{term: nowhere{}}, vague: true, moved: true}, end
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

// movedBy reads the duration after 推迟 or 提前.
func (p *parser) movedBy(t token, i int) (dateTree, int) {
	by, end := p.duration(i)
	if end == 0 && p.at(i).first < 128 {
		if u, e := p.unit(i); e > 0 {
			by, end = duration{n: 1, unit: u}, e
		}
	}
	if end == 0 || by.unit == inHours {
		return dateTree{}, 0
	}
	switch {
	case p.announces(end), t.word == wAdvance && givesNotice(p.sentence(t.end, p.at(end-1).end)):
		return dateTree{term: nowhere{}}, end
	case p.is(end, wAfter, wWithin) && !p.is(i-1, wDelay, wAdvance, wFiller):
		return dateTree{}, 0
	}
	sign := 1
	if t.word == wAdvance {
		sign = -1
	}
	return dateTree{term: offset{by: by, sign: sign, base: baseOffered}}, end
}
