package conversations

import (
	"slices"
	"time"
)

// Office knows when people answer at each branch.
type Office interface {
	Hours(branch string) OfficeHours
}

// OfficeHours are when people answer: from From until To, in minutes after
// midnight in the bank's time zone, on Days. The zero OfficeHours say that
// nobody knows when.
type OfficeHours struct {
	Days     []time.Weekday
	From, To int
	// Workday is the calendar of holidays and adjusted working days: a
	// holiday is no office day, and a Saturday that is worked is one. Without
	// it every week is like the other.
	Workday func(Date) bool
}

// Known says whether there are any.
func (o OfficeHours) Known() bool { return len(o.Days) > 0 && o.From < o.To }

// Open says whether people answer at t.
func (o OfficeHours) Open(t time.Time) bool {
	return o.on(DateOf(t)) && o.From <= minutes(t) && minutes(t) < o.To
}

func minutes(t time.Time) int { return t.Hour()*60 + t.Minute() }

// on says whether d is an office day.
func (o OfficeHours) on(d Date) bool {
	listed := slices.Contains(o.Days, d.Weekday())
	switch {
	case o.Workday == nil:
		return listed
	case !weekend(d):
		return listed && o.Workday(d)
	case o.Workday(d):
		return slices.ContainsFunc(o.Days, func(w time.Weekday) bool { return w != time.Saturday && w != time.Sunday })
	}
	return listed && !o.holidayWeekend(d)
}

func weekend(d Date) bool { w := d.Weekday(); return w == time.Saturday || w == time.Sunday }

// holidayWeekend says whether the weekend of d is part of longer days off.
func (o OfficeHours) holidayWeekend(d Date) bool {
	friday := d.AddDays(-1)
	if d.Weekday() == time.Sunday {
		friday = d.AddDays(-2)
	}
	return !o.Workday(friday) || !o.Workday(friday.AddDays(3))
}

// farthest is how many days ahead an office day is looked for; no run of days
// off is as long.
const farthest = 31

// Next returns when people answer next, from t on, or the zero time if nobody
// knows.
func (o OfficeHours) Next(t time.Time) time.Time {
	if !o.Known() || o.Open(t) {
		if o.Known() {
			return t
		}
		return time.Time{}
	}
	d := DateOf(t)
	if minutes(t) >= o.From {
		d = d.AddDays(1)
	}
	for range farthest {
		if o.on(d) {
			return o.at(d, o.From, t.Location())
		}
		d = d.AddDays(1)
	}
	return time.Time{}
}

// Closes returns when people stop answering on the day of t.
func (o OfficeHours) Closes(t time.Time) time.Time { return o.at(DateOf(t), o.To, t.Location()) }

func (o OfficeHours) at(d Date, minute int, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, minute/60, minute%60, 0, 0, zone)
}

// Between returns how much office time lies between two points in time; all
// of it if the hours are unknown.
func (o OfficeHours) Between(from, to time.Time) time.Duration {
	if !o.Known() {
		return to.Sub(from)
	}
	var sum time.Duration
	d, last := DateOf(from), DateOf(to)
	for range farthest {
		if d.After(last) {
			break
		}
		if o.on(d) {
			begin, end := o.at(d, o.From, to.Location()), o.at(d, o.To, to.Location())
			if begin.Before(from) {
				begin = from
			}
			if end.After(to) {
				end = to
			}
			sum += max(end.Sub(begin), 0)
		}
		d = d.AddDays(1)
	}
	return sum
}

// Desk is how soon a person can answer.
type Desk struct {
	Hours OfficeHours
	Open  bool      // people answer now
	Back  time.Time // when they answer again after the present or last office day; zero if nobody knows
	Queue
}

// Queue is what a store measured of a branch's queue a moment ago.
type Queue struct {
	Ahead int           // how many wait for a person
	Usual time.Duration // office time within which most were answered lately; 0 if too little is known to say
}

// desk is how soon a person of the conversation's branch can answer.
func (t *turn) desk() Desk {
	d := Desk{Queue: t.s.Queue}
	if !t.c.Waiting.IsZero() { // they are in the queue themselves
		d.Ahead = 0
		if t.waited() >= d.Usual {
			d.Usual = 0
		}
	}
	if t.e.Office == nil {
		return d
	}
	d.Hours = t.e.Office.Hours(t.c.Branch)
	d.Open = d.Hours.Known() && d.Hours.Open(t.now)
	switch {
	case d.Open:
		d.Back = d.Hours.Next(d.Hours.Closes(t.now))
	case d.Hours.Known():
		d.Back = d.Hours.Next(t.now)
	}
	return d
}

// waited is the office time that the candidate waited for a person.
func (t *turn) waited() time.Duration {
	if t.e.Office == nil {
		return t.now.Sub(t.c.Waiting)
	}
	return t.e.Office.Hours(t.c.Branch).Between(t.c.Waiting, t.now)
}

// Answered is how long a candidate waited for a person's words, for the
// estimate that the next ones are told.
type Answered struct {
	Branch string
	Waited time.Duration // office time
}
