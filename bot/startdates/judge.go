package startdates

import (
	"cmp"
	"slices"
	"time"

	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// Calendar tells working days and holidays. *nlu.Calendar is one.
type Calendar interface {
	IsWorkday(nlu.Date) bool
	AddWorkdays(d nlu.Date, n int) nlu.Date
	// NextHoliday returns the first run of days off that ends on or after d.
	NextHoliday(d nlu.Date) (nlu.Block, bool)
}

// Policies says what holds for a branch and a position.
type Policies interface {
	StartDates(branch string, p conversations.Position) Policy
	// IntakeClasses are in no particular order. It is nil wherever people
	// start on any day.
	IntakeClasses(branch string, p conversations.Position) []conversations.Class
}

// Engine is the conversations.StartDates. It does not change and may be
// shared.
type Engine struct {
	calendar Calendar
	policies Policies
}

var _ conversations.StartDates = (*Engine)(nil)

// New returns an Engine.
func New(c Calendar, p Policies) *Engine { return &Engine{c, p} }

// Classes implements conversations.StartDates.
func (e *Engine) Classes(branch string, p conversations.Position) []conversations.Class {
	return e.policies.IntakeClasses(branch, p)
}

// Judge implements conversations.StartDates.
func (e *Engine) Judge(p conversations.Proposal) conversations.Judgement {
	return e.rules(p).judge(p.Date)
}

// rules are what holds for one proposal's candidate today.
type rules struct {
	Policy
	calendar        Calendar
	p               conversations.Proposal
	today           conversations.Date
	classes         []conversations.Class
	earliest        conversations.Date
	latest          conversations.Date // zero: none
	accepted, until conversations.Date // the span that needs no HR
	notice          conversations.Date // until when the present employer's notice runs; zero: none
}

func (e *Engine) rules(p conversations.Proposal) *rules {
	r := &rules{
		Policy: e.policies.StartDates(p.Branch, p.Position), calendar: e.calendar, p: p,
		today: conversations.DateOf(p.Now), classes: e.Classes(p.Branch, p.Position),
	}
	offered := p.Offer.StartDate
	r.accepted, r.until = offered.AddDays(-r.Accept.Before), offered.AddDays(r.Accept.After)
	r.earliest = r.today.AddDays(max(r.Earliest.InDays, 1))
	if n := r.Earliest.BeforeOffer; n != nil {
		r.earliest = later(r.earliest, offered.AddDays(-*n))
	}
	r.earliest = later(r.earliest, r.Earliest.On)
	if n := r.Latest.InDays; n != nil {
		r.latest = r.today.AddDays(*n)
	}
	if n := r.Latest.AfterOffer; n != nil {
		r.latest = sooner(r.latest, offered.AddDays(*n))
	}
	r.latest = sooner(r.latest, r.Latest.On)
	if n := p.Offer.NoticeDays; n > 0 {
		switch r.Notice {
		case NoticeCalendar:
			r.notice = r.today.AddDays(n)
		case NoticeWorking:
			r.notice = r.calendar.AddWorkdays(r.today, n)
		}
	}
	return r
}

func later(a, b conversations.Date) conversations.Date {
	if b.After(a) {
		return b
	}
	return a
}

// sooner is the sooner one of those that are set.
func sooner(a, b conversations.Date) conversations.Date {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// judge judges one date.
func (r *rules) judge(d conversations.Date) conversations.Judgement {
	j := conversations.Judgement{}
	var full bool
	j.Class, j.Left, full = r.class(d)
	if d == r.p.Offer.StartDate && d.After(r.today) {
		if full {
			j.Reasons = []conversations.DateReason{{Code: conversations.DateClassFull}}
		}
	} else {
		j.Reasons = r.against(d, j.Class, full)
	}
	j.Verdict = r.verdict(j.Reasons)
	j.AskHR = j.Verdict == conversations.DateImpossible && r.AskHR && d.After(r.today)
	return j
}

func (r *rules) verdict(reasons []conversations.DateReason) conversations.DateVerdict {
	verdict := conversations.DateAccepted
	for _, reason := range reasons {
		if reason.Code != conversations.DateNeedsApproval && !slices.Contains(r.HRDecides, reason.Code) {
			return conversations.DateImpossible
		}
		verdict = conversations.DateNeedsHR
	}
	return verdict
}

// class is the one that starts on d, with its free seats: one of those that
// have any, if there are several. full says that none has.
func (r *rules) class(d conversations.Date) (class conversations.Class, left int, full bool) {
	for _, c := range r.classes {
		if c.Date != d {
			continue
		}
		if n := r.p.Seats.Left(c, r.p.Conversation); class.IsZero() || left <= 0 && n > 0 {
			class, left = c, n
		}
	}
	return class, left, !class.IsZero() && left <= 0
}

// against are the reasons against d, which is not the offered date.
func (r *rules) against(d conversations.Date, class conversations.Class, full bool) (found []conversations.DateReason) {
	add := func(holds bool, code conversations.DateCode, limit conversations.Date) {
		if holds {
			found = append(found, conversations.DateReason{Code: code, Limit: limit})
		}
	}
	none := conversations.Date{}
	add(d.Before(r.earliest), conversations.DateTooEarly, r.earliest)
	add(!r.latest.IsZero() && d.After(r.latest), conversations.DateTooLate, r.latest)
	add(d.Before(r.notice), conversations.DateNoticePeriod, r.notice)
	valid := r.p.Offer.MedicalValidUntil
	add(r.Medical && !valid.IsZero() && d.After(valid), conversations.DateMedical, valid)
	switch {
	case !class.IsZero(): // the bank chose the day
		add(full, conversations.DateClassFull, none)
	case len(r.classes) > 0:
		add(true, conversations.DateNoClass, none)
	default:
		add(!r.RestDays && !r.calendar.IsWorkday(d), r.restCode(d), none)
		cutoff := r.cutoff(d)
		add(r.PayrollCutoff > 0 && d.After(cutoff), conversations.DatePayroll, cutoff)
	}
	if len(found) == 0 {
		add(d.Before(r.accepted) || d.After(r.until), conversations.DateNeedsApproval, none)
	}
	return found
}

func (r *rules) restCode(d conversations.Date) conversations.DateCode {
	if b, ok := r.calendar.NextHoliday(d); ok && !d.Before(b.First) {
		return conversations.DateHoliday
	}
	return conversations.DateRestDay
}

// cutoff is the last day to start on in the month of d.
func (r *rules) cutoff(d conversations.Date) conversations.Date {
	last := time.Date(d.Year, d.Month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return conversations.Date{Year: d.Year, Month: d.Month, Day: min(r.PayrollCutoff, last)}
}

// How many dates are offered in place of another, and how far from it, or
// from the bounds of what is possible, they may be, in days.
const (
	offers  = 3
	horizon = 180
)

// Nearest implements conversations.StartDates. Of two dates as near the later
// comes first, so that nobody is hurried.
func (e *Engine) Nearest(p conversations.Proposal) []conversations.Date {
	r := e.rules(p)
	impossible := r.judge(p.Date).Verdict == conversations.DateImpossible
	var found []conversations.Date
	for _, d := range r.around(p.Date) {
		v := r.judge(d).Verdict
		if v == conversations.DateAccepted || impossible && v == conversations.DateNeedsHR {
			if found = append(found, d); len(found) == offers {
				break
			}
		}
	}
	return found
}

// around are the dates that may be offered in place of d, the nearest first.
func (r *rules) around(d conversations.Date) []conversations.Date {
	var days []conversations.Date
	if len(r.classes) > 0 {
		days = append(days, r.p.Offer.StartDate)
		for _, c := range r.classes {
			days = append(days, c.Date)
		}
	} else {
		near := later(sooner(d, r.latest), r.earliest)
		for day := near.AddDays(-horizon); !day.After(near.AddDays(horizon)); day = day.AddDays(1) {
			days = append(days, day)
		}
	}
	days = slices.DeleteFunc(days, func(day conversations.Date) bool { return day == d || !day.After(r.today) })
	slices.SortFunc(days, func(a, b conversations.Date) int {
		return cmp.Or(cmp.Compare(distance(a, d), distance(b, d)), b.Compare(a))
	})
	return slices.Compact(days)
}

func distance(a, b conversations.Date) int { return max(a.Sub(b), b.Sub(a)) }
