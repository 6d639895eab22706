package conversations

import "strconv"

// confirmStartDate records that both sides agreed: on the offered date, or
// on HR's counter-proposal.
func (t *turn) confirmStartDate(app *Application, d Date) {
	if app == nil || !app.mayConfirm(d) || app.Answer == Confirmed && app.StartDate == d {
		return
	}
	app.Answer, app.StartDate = Confirmed, d
	t.note("confirmed", d.String())
	t.event(EventStartDateConfirmed, t.from, func(e *EventData) {
		e.StartDate = &StartDateDetail{Date: d, Offered: app.Offer.StartDate}
	})
}

func (a *Application) mayConfirm(d Date) bool {
	return d == a.Offer.StartDate || a.Request != nil && a.Request.Verdict == Counter && d == a.Request.Counter
}

// requestSchedule files the wish for another start date. A later wish takes
// the place of one that HR has not decided.
func (t *turn) requestSchedule(app *Application, a RequestSchedule) {
	if app == nil || a.Date.IsZero() {
		return
	}
	t.c.Requests++
	req := &ScheduleRequest{ID: t.c.ID + "-r" + strconv.FormatInt(t.c.Requests, 10), Date: a.Date, Said: a.Said, At: t.now}
	if t.from != nil {
		req.Message = t.from.ID
	}
	app.Answer, app.Request = Requested, req
	t.note("requested", a.Date.String())
	t.event(EventScheduleRequested, t.from, func(e *EventData) { e.Schedule = app.scheduleDetail() })
}

func (a *Application) scheduleDetail() *ScheduleDetail {
	r := a.Request
	return &ScheduleDetail{ID: r.ID, Offered: a.Offer.StartDate, Requested: r.Date, Verdict: r.Verdict, Counter: r.Counter, Agent: r.Agent}
}

func (t *turn) declineOffer(app *Application, a DeclineOffer) {
	if app == nil || app.Answer == Declined {
		return
	}
	app.Answer = Declined
	t.note("declined", "")
	t.event(EventOfferDeclined, t.from, func(e *EventData) { e.Decline = &DeclineDetail{Reason: a.Reason} })
}

// decide is HR's answer to the open schedule request. The candidate is told
// in the bot's words and the agent's name, whoever owns the conversation.
func (t *turn) decide(c Decide) error {
	app := t.c.Application()
	if app == nil || app.Request == nil || app.Request.ID != c.Request || app.Request.Verdict != Pending || app.Answer != Requested {
		return ErrStale
	}
	req := app.Request
	switch c.Verdict {
	case Approve:
		app.Answer, app.StartDate = Confirmed, req.Date
	case Refuse:
		app.Answer = Open
	case Counter:
		if c.Counter.IsZero() || c.Counter.Before(DateOf(t.now)) {
			return &InvalidError{[]FieldError{{"counter", "must be a date from today on"}}}
		}
		app.Answer, req.Counter = Countered, c.Counter
	default:
		return &InvalidError{[]FieldError{{"verdict", "must be approved, refused or countered"}}}
	}
	req.Verdict, req.Agent, req.Note, req.DecidedAt = c.Verdict, c.Agent, c.Note, t.now
	t.note("decided:"+string(c.Verdict), req.Date.String())
	t.from = nil
	about := &Message{ID: req.Message, Author: ByCandidate, Kind: Text, Text: req.Said, At: req.At}
	t.event(EventScheduleDecided, about, func(e *EventData) { e.Schedule = app.scheduleDetail() })
	if c.Verdict == Approve {
		t.event(EventStartDateConfirmed, about, func(e *EventData) {
			e.StartDate = &StartDateDetail{Date: req.Date, Offered: app.Offer.StartDate}
		})
	}
	t.move(ByAgent(c.Agent), Heard{Cue: CueDecided, Verdict: req})
	return nil
}
