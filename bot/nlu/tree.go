package nlu

// A term is a node of the syntax tree that names a run of days. It reports
// false when there are no such days: 30 February, the offered date when none
// was offered.
type term interface {
	days(r resolver) (days, bool)
}

// relation tells which days around a term an expression allows.
type relation uint8

const (
	exactly relation = iota
	fromFirst
	afterLast
	untilLast
	beforeFirst
)

// dateTree is the root of a date expression: a term and a bound.
type dateTree struct {
	term term
	rel  relation
}

// resolver holds what a syntax tree is read against.
type resolver struct {
	now, offered Date
	cal          *Calendar
	from         Date // bare terms mean their first occurrence on or after from …
	back         Date // … or, when back is set, the last one up to back
	anchored     bool // from was set on purpose: weekdays may fall on it
	close        Date // unless it was, bare days of a month mean those nearest to close; zero: from
	lean         int  // 1: those after close, -1: those before it, if there are any
}

func (r resolver) expr(t dateTree) DateExpr {
	s, ok := t.term.days(r)
	if !ok {
		return DateExpr{}
	}
	switch t.rel {
	case fromFirst:
		return from(s.first)
	case afterLast:
		return from(s.last.AddDays(1))
	case untilLast:
		return until(s.last)
	case beforeFirst:
		return until(s.first.AddDays(-1))
	}
	return s.expr()
}

// unreal reports whether a term names a day that the calendar does not have:
// 30 February, and not the offered date when none was offered.
func (r resolver) unreal(t term) bool {
	switch t := t.(type) {
	case nowhere:
		return true
	case between:
		return r.unreal(t.first) || r.unreal(t.last)
	case monthDay, fullDate:
	case dayOfMonth:
		if t.in == nil {
			return false
		}
	default:
		return false
	}
	_, ok := t.days(r)
	return !ok
}

// after returns a resolver whose bare terms mean the first occurrence on or after d.
func (r resolver) after(d Date) resolver {
	r.from, r.back, r.anchored = d, Date{}, true
	return r
}

// pick chooses among the occurrences of a bare term; near(k) is the k-th
// occurrence counted from the period that holds the anchor.
func (r resolver) pick(limit int, near func(anchor Date, k int) (days, bool)) (days, bool) {
	if !r.back.IsZero() {
		for k := 1; k >= -limit; k-- {
			if s, ok := near(r.back, k); ok && !s.first.After(r.back) {
				if s.last.Before(r.now) {
					break
				}
				return s, true
			}
		}
	}
	for k := -1; k <= limit; k++ {
		if s, ok := near(r.from, k); ok && !s.last.Before(r.from) {
			return s, true
		}
	}
	return days{}, false
}

// inSomeMonth chooses among the occurrences of a bare day or part of a month;
// in gives that of the month that begins on first.
func (r resolver) inSomeMonth(in func(first Date) (days, bool)) (days, bool) {
	at := func(a Date, k int) (days, bool) { return in(newDate(a.Year, int(a.Month), 1).AddMonths(k)) }
	if r.anchored || r.close.IsZero() {
		return r.pick(12, at)
	}
	var best days
	score := -1
	for k := -2; k <= 2; k++ { // a month without the day is next to two that have it
		s, ok := at(r.close, k)
		if !ok || s.last.Before(r.from) {
			continue
		}
		if away := r.strays(s); score < 0 || away <= score {
			best, score = s, away
		}
	}
	if score < 0 { // close is long past
		return r.pick(12, at)
	}
	return best, true
}

// strays is how far s is from what is close, in days. What is on the wrong side
// of it is farther than everything else.
func (r resolver) strays(s days) int {
	const far = 1000
	away := max(s.first.Sub(r.close), r.close.Sub(s.last), 0)
	if r.lean > 0 && s.last.Before(r.close) || r.lean < 0 && s.first.After(r.close) {
		away += far
	}
	return away
}

// nowhere is a date that does not exist, said by its form: 13月40日.
type nowhere struct{}

func (nowhere) days(resolver) (days, bool) { return days{}, false }

// dayOffset is 明天, 后天, …; with m > n a run of such days (明后天).
type dayOffset struct{ n, m int }

func (t dayOffset) days(r resolver) (days, bool) {
	return days{r.now.AddDays(t.n), r.now.AddDays(max(t.n, t.m))}, true
}

// fullDate is a date whose year was said.
type fullDate struct{ date Date }

func (t fullDate) days(resolver) (days, bool) { return oneDay(t.date), t.date.Valid() }

// monthDay is a month and a day: 7月15日.
type monthDay struct{ m, d int }

func (t monthDay) days(r resolver) (days, bool) {
	return r.pick(8, func(a Date, k int) (days, bool) {
		return fullDate{newDate(a.Year+k, t.m, t.d)}.days(r)
	})
}

// dayOfMonth is a bare day: 15号. With in set it is a day of that period.
type dayOfMonth struct {
	d       int
	in      term
	weekday int // the day of the week that was said with it, Monday = 1: 30号周一; 0: none was
}

func (t dayOfMonth) days(r resolver) (days, bool) {
	if t.in != nil {
		p, ok := t.in.days(r)
		d := newDate(p.first.Year, int(p.first.Month), t.d)
		return oneDay(d), ok && d.Valid()
	}
	in := func(first Date) (days, bool) {
		return fullDate{newDate(first.Year, int(first.Month), t.d)}.days(r)
	}
	if t.weekday > 0 && !r.close.IsZero() { // it tells which of the months nearby is meant, if it fits one
		const month = 31 // days
		both, ok := r.inSomeMonth(func(first Date) (days, bool) {
			s, ok := in(first)
			return s, ok && isoDay(s.first) == t.weekday-1
		})
		if ok && max(both.first.Sub(r.close), r.close.Sub(both.first)) <= month {
			return both, true
		}
	}
	return r.inSomeMonth(in)
}

// weekday is a day (Monday = 0) of the week that is shift weeks from now, or
// the coming one for anyWeek.
type weekday struct{ shift, wd int }

func (t weekday) days(r resolver) (days, bool) {
	if t.shift != anyWeek {
		return oneDay(r.now.Monday().AddDays(7*t.shift + t.wd)), true
	}
	if !r.anchored {
		r.from = r.now.AddDays(1)
	}
	return r.pick(2, func(a Date, k int) (days, bool) {
		return oneDay(a.Monday().AddDays(7*k + t.wd)), true
	})
}

// dayOnWeekday is a day of the month that is said with its weekday (Thu 15th):
// the next one on which both agree.
type dayOnWeekday struct{ d, wd int }

func (t dayOnWeekday) days(r resolver) (days, bool) {
	return r.pick(24, func(a Date, k int) (days, bool) {
		first := newDate(a.Year, int(a.Month), 1).AddMonths(k)
		d := newDate(first.Year, int(first.Month), t.d)
		return oneDay(d), d.Valid() && isoDay(d) == t.wd
	})
}

// week is the ISO week that is shift weeks from now, or a part of it.
type week struct {
	shift int
	part  int // -1: all of it
}

func (t week) days(r resolver) (days, bool) {
	w := weekOf(r.now.AddDays(7 * t.shift))
	if t.part >= 0 {
		w = partOfWeek(w, t.part)
	}
	return w, true
}

// weekend is Saturday and Sunday of a week, or the coming ones for anyWeek.
type weekend struct{ shift int }

func (t weekend) days(r resolver) (days, bool) {
	at := func(monday Date) days { return days{monday.AddDays(5), monday.AddDays(6)} }
	if t.shift != anyWeek {
		return at(r.now.Monday().AddDays(7 * t.shift)), true
	}
	return r.pick(2, func(a Date, k int) (days, bool) { return at(a.Monday().AddDays(7 * k)), true })
}

// month is a month by name: the coming one, or of the year that was said.
type month struct {
	m    int
	year term // nil: none was said
}

func (t month) days(r resolver) (days, bool) {
	if t.year != nil {
		y, ok := t.year.days(r)
		return monthSpan(y.first.Year, t.m), ok
	}
	return r.pick(2, func(a Date, k int) (days, bool) { return monthSpan(a.Year+k, t.m), true })
}

// relMonth is 这个月 (0), 下个月 (1), ….
type relMonth struct{ shift int }

func (t relMonth) days(r resolver) (days, bool) {
	return monthOf(newDate(r.now.Year, int(r.now.Month), 1).AddMonths(t.shift)), true
}

// monthPart is 月初, 中旬, 月底, … of a month, or of the coming one.
type monthPart struct {
	part int
	in   term
}

func (t monthPart) days(r resolver) (days, bool) {
	if t.in != nil {
		m, ok := t.in.days(r)
		return partOfMonth(monthOf(m.first), t.part), ok
	}
	return r.inSomeMonth(func(first Date) (days, bool) {
		return partOfMonth(monthOf(first), t.part), true
	})
}

// year is a year by number, or relative to this one.
type year struct {
	n        int
	relative bool
}

func (t year) days(r resolver) (days, bool) {
	y := t.n
	if t.relative {
		y += r.now.Year
	}
	return yearSpan(y), y > 0 && y < 9999
}

// yearPart is 年初, 年底, 上半年, …, and quarters as part 10 to 13.
type yearPart struct {
	part int
	in   term
}

const firstQuarter = 10

func (t yearPart) days(r resolver) (days, bool) {
	y, ok := t.in.days(r)
	if t.part >= firstQuarter {
		q := t.part - firstQuarter
		return days{monthSpan(y.first.Year, 3*q+1).first, monthSpan(y.first.Year, 3*q+3).last}, ok
	}
	return partOfYear(y.first.Year, t.part), ok
}

// relQuarter is the quarter that is shift quarters from now.
type relQuarter struct{ shift int }

func (t relQuarter) days(r resolver) (days, bool) {
	q := r.now.Year*4 + (int(r.now.Month)-1)/3 + t.shift
	return yearPart{firstQuarter + q%4, year{n: q / 4}}.days(r)
}
