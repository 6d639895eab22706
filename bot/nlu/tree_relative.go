package nlu

import "time"

func newDate(y, m, d int) Date { return civil(y, time.Month(m), d) }

// unit is what a duration counts.
type unit uint8

const (
	inDays unit = iota
	inWeeks
	inMonths
	inYears
	inWorkdays
	inHours
	inFortnights
)

// duration is a length of time in whole units, n to m of them (两三天), plus
// half a unit when half is set.
type duration struct {
	n, m  int
	unit  unit
	half  bool
	vague bool // 几天
	extra bool // 3 more days
	plus  int  // days on top: 一周零两天
}

// shift moves d by sign times the duration, at its shortest or its longest.
func (u duration) shift(r resolver, d Date, sign int, longest bool) Date {
	n := u.n
	if longest {
		n = max(u.n, u.m)
	}
	half := 0
	if u.half {
		half = 1
	}
	switch u.unit {
	case inWeeks:
		d = d.AddDays(sign * (7*n + 4*half))
	case inFortnights:
		d = d.AddDays(sign * (14*n + 7*half))
	case inMonths:
		d = d.AddMonths(sign * n).AddDays(sign * 15 * half)
	case inYears:
		d = d.AddMonths(sign * (12*n + 6*half))
	case inWorkdays:
		d = r.cal.AddWorkdays(d, sign*n)
	case inDays:
		d = d.AddDays(sign * n)
	}
	return d.AddDays(sign * u.plus)
}

// Bases of an offset.
const (
	baseNow = iota
	baseOffered
	baseOfferedOrNow
	baseTerm
)

// offset is a duration counted from now, from the offered date or from a term.
type offset struct {
	by   duration
	sign int
	base int
	term term // for baseTerm
}

func (t offset) days(r resolver) (days, bool) {
	if t.by.vague {
		return days{}, false
	}
	d := r.now
	switch t.base {
	case baseOffered:
		d = r.offered
	case baseOfferedOrNow:
		if !r.offered.IsZero() {
			d = r.offered
		}
	case baseTerm:
		s, ok := t.term.days(r)
		if !ok {
			return days{}, false
		}
		d = s.last
		if t.sign < 0 {
			d = s.first
		}
	}
	if d.IsZero() {
		return days{}, false
	}
	a, b := t.by.shift(r, d, t.sign, false), t.by.shift(r, d, t.sign, true)
	if b.Before(a) {
		a, b = b, a
	}
	return days{a, b}, true
}

// within is the time from today to the end of a duration (N天内); upcoming
// begins tomorrow when days are counted, and weeks and months end a day earlier
// (未来两天, 未来两个月).
type within struct {
	by       duration
	upcoming bool
}

func (t within) days(r resolver) (days, bool) {
	last := t.by.shift(r, r.now, 1, true)
	switch {
	case t.by.vague:
		return days{}, false
	case !t.upcoming:
		return days{r.now, last}, true
	case t.by.unit == inDays || t.by.unit == inWorkdays:
		return days{r.now.AddDays(1), last}, true
	}
	return days{r.now, last.AddDays(-1)}, true
}

// moved is a date that the start is moved to: 推迟到, 提前到.
type moved struct {
	to      term
	earlier bool
}

func (t moved) days(r resolver) (days, bool) {
	if r.offered.IsZero() {
		return t.to.days(r)
	}
	if !t.earlier {
		return t.to.days(r.after(r.offered.AddDays(1)))
	}
	r.back, r.anchored = r.offered.AddDays(-1), true
	return t.to.days(r)
}

// between runs from one term to another, both ends in. What the second leaves
// unsaid it takes from the first.
type between struct{ first, last term }

func (t between) days(r resolver) (days, bool) {
	a, ok := t.first.days(r)
	if !ok {
		return days{}, false
	}
	b, ok := t.last.days(r.after(a.first))
	return days{a.first, b.last}, ok && !b.last.Before(a.first)
}

// nthOf is the n-th day, weekday, working day, week or month of a period, or
// counted from the day after it (国庆后第一个周一); n = -1 is the last one.
type nthOf struct {
	n     int
	what  word // wDayUnit, wWeekday, wWorkday, wWeekUnit, wMonthUnit
	wd    int
	in    term
	after bool
}

func (t nthOf) days(r resolver) (days, bool) {
	p, ok := t.in.days(r)
	if !ok {
		return days{}, false
	}
	if t.after {
		p = days{p.last.AddDays(1), p.last.AddDays(366)}
	}
	var s days
	switch t.what {
	case wDayUnit:
		s = oneDay(p.first.AddDays(t.n - 1))
		if t.n < 0 {
			s = oneDay(p.last)
		}
	case wWeekday:
		s = oneDay(nthWeekdayOf(p, t.n, t.wd))
	case wWorkday:
		s = oneDay(r.cal.AddWorkdays(p.first.AddDays(-1), t.n))
		if t.n < 0 {
			s = oneDay(r.cal.AddWorkdays(p.last.AddDays(1), -1))
		}
	case wWeekUnit:
		s = nthWeek(p, t.n)
	case wMonthUnit:
		first := p.first.AddMonths(t.n - 1)
		if t.n < 0 {
			first = p.last
		}
		s = monthOf(first)
	}
	return s, !s.last.Before(p.first) && !s.first.After(p.last)
}

// nthWeek counts the ISO weeks that have their Thursday in the period.
func nthWeek(p days, n int) days {
	if n < 0 {
		return weekOf(p.last)
	}
	return weekOf(nthWeekdayOf(p, n, 3))
}

// feast is a holiday; off stands for the official days off around it.
type feast struct {
	index int
	year  term
	off   bool
}

func (t feast) days(r resolver) (days, bool) {
	h := holidays[t.index]
	s, ok := days{}, true
	if t.year != nil {
		var y days
		y, ok = t.year.days(r)
		s = oneDay(h.on(y.first.Year))
	} else {
		s, ok = r.pick(3, func(a Date, k int) (days, bool) {
			d := oneDay(h.on(a.Year + k))
			if t.off {
				d = r.daysOff(h, d)
			}
			return d, d.first.Valid()
		})
	}
	if t.off {
		s = r.daysOff(h, s)
	}
	return s, ok && s.first.Valid()
}

// daysOff widens a feast to its official days off, where there is a notice.
func (r resolver) daysOff(h holiday, s days) days {
	if b, ok := r.cal.Holiday(h.name, s.first); ok {
		return days{b.First, b.Last}
	}
	if len(r.cal.blocks) > 0 {
		switch n := usualDaysOff[h.name]; {
		case n > 1:
			return days{s.first, s.first.AddDays(n - 1)}
		case n == 1:
			return longWeekend(s.first)
		}
	}
	return s
}

// longWeekend is a single day off with the weekend it touches; one that falls on
// a weekend is made up for on Monday.
func longWeekend(d Date) days {
	switch isoDay(d) {
	case 0: // Monday
		return days{d.AddDays(-2), d}
	case 4, 5: // Friday, Saturday
		return days{d, d.AddDays(2)}
	case 6:
		return days{d.AddDays(-1), d.AddDays(1)}
	}
	return oneDay(d)
}

// usualDaysOff is taken for years whose notice is not known yet.
var usualDaysOff = map[string]int{"春节": 7, "国庆节": 7, "劳动节": 5, "元旦": 1, "清明节": 1, "端午节": 1, "中秋节": 1}

// comingBreak is the next run of official days off: 节后, 放完假.
type comingBreak struct{}

func (comingBreak) days(r resolver) (days, bool) {
	b, ok := r.cal.NextHoliday(r.now)
	return days{b.First, b.Last}, ok
}

// solarTermDay is one of the 24 solar terms.
type solarTermDay struct {
	index int
	year  term
}

func (t solarTermDay) days(r resolver) (days, bool) {
	if t.year != nil {
		y, ok := t.year.days(r)
		return oneDay(solarTerm(y.first.Year, t.index)), ok
	}
	return r.pick(2, func(a Date, k int) (days, bool) { return oneDay(solarTerm(a.Year+k, t.index)), true })
}

// lunarDate is a day of the lunar calendar, or a whole month when d is 0.
type lunarDate struct {
	m, d int
	leap bool
	year term
}

func (t lunarDate) days(r resolver) (days, bool) {
	if t.year != nil {
		y, ok := t.year.days(r)
		s, found := t.in(y.first.Year)
		return s, ok && found
	}
	return r.pick(20, func(a Date, k int) (days, bool) { return t.in(lunarYearOf(a) + k) })
}

func (t lunarDate) in(y int) (days, bool) {
	first, ok := FromLunar(y, t.m, max(t.d, 1), t.leap)
	if !ok || t.d > 0 {
		return oneDay(first), ok
	}
	return days{first, first.AddDays(lunarMonthDays(y, t.m, t.leap) - 1)}, true
}
