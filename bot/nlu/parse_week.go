package nlu

// weekTerm reads weeks, weekdays and weekends: 下周三, 周三, 周末, 周三四, next
// Friday, Monday next week, Friday after next.
func (p *parser) weekTerm(i int) (term, int) {
	switch t := p.at(i); t.word {
	case wWeek:
		return p.inWeek(i+1, t.n)
	case wWeekUnit:
		if p.is(i+1, wWeekday) {
			return p.weekdays(i+1, anyWeek)
		}
	case wWeekend:
		return weekend{t.n}, i + 1
	case wWeekPart:
		return week{0, t.n}, i + 1
	case wWeekday:
		return p.englishWeekday(i)
	case wThis:
		j := p.skip(i+1, 1, wThis, wNext, wThe)
		switch {
		case p.is(j, wWeekday):
			if p.said(i) == "this" && j == i+1 {
				return weekday{0, p.at(j).n}, j + 1
			}
			return weekday{anyWeek, p.at(j).n}, j + 1
		case p.is(j, wWeekUnit):
			return p.inWeek(j+1, 1)
		case p.is(j, wWeekend):
			return weekend{anyWeek}, j + 1
		case p.is(j, wMonthName):
			return month{m: p.at(j).n}, j + 1
		}
	case wNext:
		return p.next(i)
	case wPart:
		return p.partOfWeek(i)
	}
	if n, ok := p.number(i); ok && p.is(i+1, wWeekday) && p.is(i+2, wFromNow) {
		return nthOf{n: n.n, what: wWeekday, wd: p.at(i + 1).n, in: dayOffset{}, after: true}, i + 3
	}
	return nil, 0
}

// inWeek reads what follows 下周: a weekday, a part, or nothing.
func (p *parser) inWeek(i, shift int) (term, int) {
	j := i
	if p.rune(j, '的') || p.is(j, wThe) {
		j++
	}
	j = p.skip(j, 1, wWeekUnit)
	switch t := p.at(j); {
	case t.word == wWeekday:
		return p.weekdays(j, shift)
	case t.word == wFrom && p.said(j) == "between" || t.word == wFrom:
		if r, end := p.weekdayRange(j+1, shift); end > 0 {
			return r, end
		}
	case t.word == wWeekend:
		return weekend{shift}, j + 1
	case t.word == wWeekPart:
		return week{shift, t.n}, j + 1
	case t.word == wPart && (t.n == partFirst || t.n == partLast || t.n == partMiddle) && t.end == t.start+1 && t.first > 128 && t.first != '头':
		return week{shift, t.n}, j + 1
	case t.word == wYearPart && t.n >= partFirstHalf, p.said(j) == "上半" || p.said(j) == "下半":
		return week{shift, t.n}, j + 1
	}
	if t, end := p.ordinal(j, week{shift, -1}, false); end > 0 {
		return t, end
	}
	return week{shift, -1}, i
}

// weekdays reads one weekday, or two that stand side by side: 周三四.
func (p *parser) weekdays(i, shift int) (term, int) {
	wd := p.at(i).n
	first := weekday{shift, wd}
	j := i + 1
	if p.rune(j, '、') || p.is(j, wAnd) {
		j++
	}
	if wd == 5 && (p.is(i+1, wRi) || p.rune(i+1, '天')) { // 周六日
		return between{first, weekday{shift, 6}}, i + 2
	}
	if n, ok := p.number(j); ok && n.han && !n.positional && n.n == wd+2 && n.n <= 6 && !p.startsUnit(j+1) && !p.is(j+1, wMonth, wHao, wRi) {
		return between{first, weekday{shift, wd + 1}}, j + 1
	}
	return first, i + 1
}

// weekdayRange reads Tue to Thur within a week.
func (p *parser) weekdayRange(i, shift int) (term, int) {
	if p.is(i, wWeekday) && p.is(i+1, wTo, wAnd) && p.is(i+2, wWeekday) {
		return between{weekday{shift, p.at(i).n}, weekday{shift, p.at(i + 2).n}}, i + 3
	}
	return nil, 0
}

// englishWeekday reads Friday, Monday next week, Friday after next, Monday the 6th.
func (p *parser) englishWeekday(i int) (term, int) {
	wd := p.at(i).n
	j := i + 1
	if p.rune(j, ',') {
		j++
	}
	j = p.skip(j, 2, wThe)
	switch {
	case p.is(j, wWeek):
		return weekday{p.at(j).n, wd}, j + 1
	case p.is(j, wAfterPre) && p.is(j+1, wNext) && !p.is(j+2, wWeekday):
		return nthOf{n: 2, what: wWeekday, wd: wd, in: dayOffset{}, after: true}, j + 2
	case p.is(j, wOrd) && !p.is(j+1, wThe) && !p.is(j+1, wMonthName) && !p.is(j+1, wTo):
		return dayOnWeekday{p.at(j).n, wd}, j + 1
	}
	if t, end := p.englishDate(j); end > j && p.at(j).first < 128 {
		switch t.(type) {
		case monthDay, fullDate:
			return t, end
		}
	}
	return weekday{anyWeek, wd}, i + 1
}

// next reads next Friday, next week, next month, next June.
func (p *parser) next(i int) (term, int) {
	switch t := p.at(i + 1); t.word {
	case wWeekday:
		return weekday{1, t.n}, i + 2
	case wWeekUnit:
		return p.inWeek(i+2, 1)
	case wMonthName:
		if d, end := p.englishDate(i + 1); end > 0 {
			return d, end
		}
		return month{m: t.n}, i + 2
	case wMonthUnit:
		return relMonth{1}, i + 2
	case wYear:
		return year{1, true}, i + 2
	case wQuarter:
		return relQuarter{1}, i + 2
	case wWeekend:
		return weekend{1}, i + 2
	case wWorkday:
		return offset{by: duration{n: 1, unit: inWorkdays}, sign: 1}, i + 2
	case wThis, wNext:
		return p.next(i + 1)
	}
	return nil, 0
}

// partOfWeek reads early next week, the end of this week.
func (p *parser) partOfWeek(i int) (term, int) {
	part := p.at(i).n
	if p.at(i).first > 128 || part > partLast {
		return nil, 0
	}
	j := p.skip(i+1, 2, wThe)
	switch t := p.at(j); {
	case t.word == wWeek:
		return week{t.n, part}, j + 1
	case t.word == wWeekUnit:
		return week{0, part}, j + 1
	case t.word == wNext && p.is(j+1, wWeekUnit):
		return week{1, part}, j + 2
	}
	return nil, 0
}
