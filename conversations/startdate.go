package conversations

import "strconv"

// confirmStartDate records that both sides agreed: on the offered date, on
// HR's counter-proposal, or on a date that the policies accept. It fails
// rather than give a seat of a full class away.
func (t *turn) confirmStartDate(app *Application, d Date) error {
	if app == nil || app.Answer == Withdrawn || app.Answer == Confirmed && app.StartDate == d {
		return nil
	}
	by := t.agreedBy(app, d)
	if by == "" {
		return nil
	}
	was := *app
	app.Answer, app.StartDate = Confirmed, d
	if err := t.promise(app, d, false); err != nil {
		*app = was
		return err
	}
	t.note("confirmed", d.String())
	t.confirmed(app, by, t.from)
	return nil
}

// agreedBy says who agrees to d for the bank; nobody may.
func (t *turn) agreedBy(app *Application, d Date) AgreedBy {
	switch {
	case d == app.Offer.StartDate:
		return AgreedByOffer
	case app.Request != nil && app.Request.Verdict == Counter && d == app.Request.Counter:
		return AgreedByHR
	case t.dates().Judge(d).Verdict == DateAccepted:
		return AgreedByPolicy
	}
	return ""
}

// confirmed tells the EHR that the start date is settled.
func (t *turn) confirmed(app *Application, by AgreedBy, about *Message) {
	t.event(EventStartDateConfirmed, EventData{Message: about.told(), StartDate: &StartDateDetail{
		Date: app.StartDate, Offered: app.Offer.StartDate, By: by, Class: app.classOn(app.StartDate),
	}})
	t.tellCalendar(app)
}

// requestSchedule files the wish for another start date. A later wish takes
// the place of one that HR has not decided; the agreed date stands meanwhile.
func (t *turn) requestSchedule(app *Application, a RequestSchedule) {
	if app == nil || app.Answer == Withdrawn || a.Date.IsZero() {
		return
	}
	t.c.Requests++
	req := &ScheduleRequest{ID: t.c.ID + "-r" + strconv.FormatInt(t.c.Requests, 10), Date: a.Date, Said: a.Said, At: t.now}
	if t.from != nil {
		req.Message = t.from.ID
	}
	app.Answer, app.Request = Requested, req
	t.leaveOthers(app)
	var reasons []DateCode
	for _, r := range t.dates().Judge(a.Date).Reasons {
		reasons = append(reasons, r.Code)
	}
	t.note("requested", a.Date.String())
	detail := app.scheduleDetail()
	detail.Reasons = reasons
	t.event(EventScheduleRequested, EventData{Message: t.from.told(), Schedule: detail})
}

// message is the candidate's that the request was made with, in its words.
func (r *ScheduleRequest) message() *Message {
	return &Message{ID: r.Message, Author: ByCandidate, Kind: Text, Text: r.Said, At: r.At}
}

func (a *Application) scheduleDetail() *ScheduleDetail {
	r := a.Request
	return &ScheduleDetail{ID: r.ID, Offered: a.Offer.StartDate, Requested: r.Date, Said: r.Said, Verdict: r.Verdict, Counter: r.Counter, Agent: r.Agent}
}

func (t *turn) declineOffer(app *Application, a DeclineOffer) {
	if app == nil || app.Answer.Over() {
		return
	}
	app.Answer = Declined
	t.leaveOthers(app)
	t.note("declined", "")
	t.event(EventOfferDeclined, EventData{Message: t.from.told(), Decline: &DeclineDetail{Reason: a.Reason}})
	t.tellCalendar(app)
}

// decide is HR's answer to the open schedule request. The candidate is told
// in the bot's words and the agent's name, whoever owns the conversation.
// What HR approves or proposes is a promise, and takes a seat.
func (t *turn) decide(c Decide) error {
	app := t.c.Application()
	if app == nil || app.Request == nil || app.Request.ID != c.Request || app.Request.Verdict != Pending || app.Answer != Requested {
		return ErrStale
	}
	req := app.Request
	req.Verdict, req.Agent, req.Note, req.DecidedAt = c.Verdict, c.Agent, c.Note, t.now
	var promised Date
	switch c.Verdict {
	case Approve:
		app.Answer, app.StartDate, promised = Confirmed, req.Date, req.Date
	case Refuse:
		app.Answer = Open
		if !app.StartDate.IsZero() {
			app.Answer = Confirmed // the date agreed before stands
		}
	case Counter:
		if c.Counter.IsZero() || c.Counter.Before(DateOf(t.now)) {
			return &InvalidError{[]FieldError{{"counter", "must be a date from today on"}}}
		}
		app.Answer, req.Counter, promised = Countered, c.Counter, c.Counter
	default:
		return &InvalidError{[]FieldError{{"verdict", "must be approved, refused or countered"}}}
	}
	if promised != (Date{}) {
		if err := t.promise(app, promised, c.Overbook); err != nil {
			return err
		}
	}
	t.note("decided:"+string(c.Verdict), req.Date.String())
	t.from = nil
	about := req.message()
	t.event(EventScheduleDecided, EventData{Message: about.told(), Schedule: app.scheduleDetail()})
	if c.Verdict == Approve {
		t.confirmed(app, AgreedByHR, about)
	}
	t.move(ByAgent(c.Agent), Heard{Cue: CueDecided, Verdict: req})
	return nil
}
