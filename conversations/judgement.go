package conversations

import "time"

// StartDates judges start dates by the bank's policies: equal proposals,
// equal judgements.
type StartDates interface {
	// Judge says whether the candidate can start on the proposed date.
	Judge(p Proposal) Judgement
	// Nearest returns up to three other dates that the candidate could start
	// on, the nearest first. Each of them is possible; if the proposed date
	// is possible too, they are such that HR need not be asked for.
	Nearest(p Proposal) []Date
	// Classes are the intake classes that people of a position start in. If
	// there are any, they start on the day of one.
	Classes(branch string, p Position) []Class
}

// Proposal is a start date, and all that counts when it is judged.
type Proposal struct {
	Now          time.Time // in the bank's time zone
	Conversation string    // whose own seats count as free
	Branch       string
	Position     Position
	Offer        Offer
	Seats        Seats // of the position's classes
	Date         Date
}

// Judgement is what becomes of a proposed start date.
type Judgement struct {
	Verdict DateVerdict
	Reasons []DateReason // why it was not accepted
	// AskHR says of an impossible date that HR may be asked for it anyway.
	AskHR bool
	Class Class // that starts on the date; zero if none does
	Left  int   // free seats of the class; negative if it is overbooked
}

// DateVerdict is what a judgement comes to.
type DateVerdict string

// The verdicts. Nothing is accepted unless a policy says so.
const (
	DateNeedsHR    DateVerdict = ""
	DateAccepted   DateVerdict = "accepted"
	DateImpossible DateVerdict = "impossible"
)

// DateReason is why a date was not accepted. Limit is the day that the code
// speaks of, if it does: the first or last one possible.
type DateReason struct {
	Code  DateCode `json:"code"`
	Limit Date     `json:"limit,omitzero"`
}

// DateCode is a reason that programs can read. The EHR is told these.
type DateCode string

// The reasons.
const (
	DateRestDay       DateCode = "rest_day"
	DateHoliday       DateCode = "holiday"
	DateTooEarly      DateCode = "too_early"       // before Limit
	DateTooLate       DateCode = "too_late"        // after Limit
	DateNoticePeriod  DateCode = "notice_period"   // the present employer has to be given notice until Limit
	DateMedical       DateCode = "medical_expired" // the medical report is valid until Limit
	DatePayroll       DateCode = "payroll_cutoff"  // after Limit, the last day of the month to get on the payroll
	DateNoClass       DateCode = "not_a_class_day"
	DateClassFull     DateCode = "class_full"
	DateNeedsApproval DateCode = "needs_approval" // possible, and not for the candidate alone to choose
)

// DateCodes are all reasons.
func DateCodes() []DateCode {
	return []DateCode{DateRestDay, DateHoliday, DateTooEarly, DateTooLate, DateNoticePeriod, DateMedical, DatePayroll, DateNoClass, DateClassFull, DateNeedsApproval}
}

// Class is a group of new colleagues who start together.
type Class struct {
	ID       string
	Name     string
	Date     Date
	Capacity int
}

// IsZero says whether there is no class.
func (c Class) IsZero() bool { return c.ID == "" }

// Dates judges start dates for one candidate, as things stand. Its zero value
// knows no policies: HR decides everything.
type Dates struct {
	by    StartDates
	now   time.Time
	c     *Conversation
	seats Seats
}

// Dates returns the judge of dates for the current application of c, which it
// reads whenever it judges.
func (e *Engine) Dates(now time.Time, c *Conversation, seats Seats) Dates {
	if e.StartDates == nil || c.Application() == nil {
		return Dates{}
	}
	return Dates{e.StartDates, now, c, seats}
}

// proposal is to start on a date.
func (d Dates) proposal(on Date) Proposal {
	app := d.c.Application()
	return Proposal{
		Now: d.now, Conversation: d.c.ID, Branch: d.c.Branch, Position: app.Position, Offer: app.Offer, Seats: d.seats, Date: on,
	}
}

// Judge says whether the candidate can start on d.
func (d Dates) Judge(on Date) Judgement {
	if d.by == nil {
		return Judgement{Reasons: []DateReason{{Code: DateNeedsApproval}}}
	}
	return d.by.Judge(d.proposal(on))
}

// Nearest returns up to three dates near d, as StartDates does.
func (d Dates) Nearest(to Date) []Date {
	if d.by == nil {
		return nil
	}
	return d.by.Nearest(d.proposal(to))
}

// Classes are the intake classes that the candidate may start in.
func (d Dates) Classes() []Class {
	if d.by == nil {
		return nil
	}
	return d.by.Classes(d.c.Branch, d.c.Application().Position)
}

func (t *turn) dates() Dates { return t.e.Dates(t.now, t.c, t.s.Seats) }
