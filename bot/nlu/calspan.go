package nlu

import "time"

// days is a run of civil days, both ends included.
type days struct{ first, last Date }

func oneDay(d Date) days { return days{d, d} }

func (s days) expr() DateExpr { return span(s.first, s.last) }

func monthSpan(y, m int) days {
	d := civil(y, time.Month(m), 1)
	return days{d, civil(y, time.Month(m), daysIn(y, time.Month(m)))}
}

func monthOf(d Date) days { return monthSpan(d.Year, int(d.Month)) }

func weekOf(d Date) days {
	m := d.Monday()
	return days{m, m.AddDays(6)}
}

func yearSpan(y int) days { return days{civil(y, time.January, 1), civil(y, time.December, 31)} }

// partOfMonth cuts a month into 1–10, 11–20 and 21–end, or into halves.
func partOfMonth(m days, part int) days {
	at := func(day int) Date { return civil(m.first.Year, m.first.Month, day) }
	switch part {
	case partFirst:
		return days{at(1), at(10)}
	case partMiddle:
		return days{at(11), at(20)}
	case partLast:
		return days{at(21), m.last}
	case partFirstHalf:
		return days{at(1), at(15)}
	case partFirstTwo:
		return days{at(1), at(20)}
	case partLastTwo:
		return days{at(11), m.last}
	}
	return days{at(16), m.last}
}

// partOfYear: 年初 is January, 年中 June, 年底 December; halves are six months.
func partOfYear(y, part int) days {
	switch part {
	case partFirst:
		return monthSpan(y, 1)
	case partMiddle:
		return monthSpan(y, 6)
	case partLast:
		return monthSpan(y, 12)
	case partFirstHalf:
		return days{monthSpan(y, 1).first, monthSpan(y, 6).last}
	}
	return days{monthSpan(y, 7).first, monthSpan(y, 12).last}
}

// partOfWeek: the beginning is Monday to Wednesday, the middle is Wednesday,
// the end is Friday to Sunday, the second half begins on Thursday.
func partOfWeek(w days, part int) days {
	switch part {
	case partFirst, partFirstHalf:
		return days{w.first, w.first.AddDays(2)}
	case partMiddle:
		return oneDay(w.first.AddDays(2))
	case partLast:
		return days{w.first.AddDays(4), w.last}
	}
	return days{w.first.AddDays(3), w.last}
}

// nthWeekdayOf returns the n-th weekday wd (Monday = 0) of a period; n = -1 is
// the last one. It may lie outside the period when that has fewer.
func nthWeekdayOf(p days, n, wd int) Date {
	if n < 0 {
		return p.last.AddDays(-((isoDay(p.last) - wd + 7) % 7))
	}
	return p.first.AddDays((wd-isoDay(p.first)+7)%7 + 7*(n-1))
}
