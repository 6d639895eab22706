package bot

import (
	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// requested is the date that the candidate asked HR for, zero if none.
func (t *talk) requested() conversations.Date {
	if t.app.Request == nil {
		return conversations.Date{}
	}
	return t.app.Request.Date
}

// standing is the date that holds until HR answers.
func (t *talk) standing() conversations.Date {
	if !t.app.StartDate.IsZero() {
		return t.app.StartDate
	}
	return t.app.Offer.StartDate
}

// reschedule deals with the wish for another start date.
func (t *talk) reschedule(r reading) {
	if t.over() {
		t.reopen()
		return
	}
	if day, ok := t.dayAlone(r); ok {
		r = day
	}
	switch {
	case t.endsRefusing(r):
		t.askDecline(r.text)
	case !r.dated():
		t.askDate("schedule.ask")
	case !r.left.IsZero():
		t.leaving(r)
	case r.Date.Contains(t.spokenOf()) && t.lex.away(r.plain):
		t.notOK(t.spokenOf())
	case r.Date.Kind == nlu.Point:
		t.propose(conversations.Date(r.Date.From), r.text)
	case t.open() && r.Date.Contains(t.proposed()) && t.confirmable(t.proposed()):
		d := t.proposed()
		t.ask(askedStart, d, "start_date.fits", args{"date": d}, t.startChoices(d)...)
	default:
		t.proposeWithin(r)
	}
}

// askDate asks for a date.
func (t *talk) askDate(key string) {
	t.ask(askedDate, conversations.Date{}, key, nil, t.others(t.standing())...)
}

// propose deals with a date that the candidate named. One that the policies
// accept needs the candidate's yes; one that HR decides on is read back; for
// one that is not possible there are others.
func (t *talk) propose(d conversations.Date, said string) {
	if t.clashes(d) {
		t.remark(d, func() { t.propose(d, said) })
		return
	}
	switch {
	case t.over():
		t.reopen()
	case t.app.Answer == conversations.Confirmed && d == t.standing():
		t.say("start_date.already", args{"date": d})
	case t.app.Answer == conversations.Requested && d == t.requested():
		t.say("schedule.pending", args{"date": d})
	case t.confirmable(d) && t.app.Answer == conversations.Open && t.was.Asked == askedStart && t.was.Date == d && !t.was.Lightly:
		t.settle(d)
	case t.confirmable(d):
		t.askStart(d)
	case !d.After(t.today()):
		t.ask(askedDate, conversations.Date{}, "schedule.past", args{"date": d})
	case t.impossible(d):
		t.instead(d, said)
	default:
		t.readBack("schedule.read_back", d, said)
	}
}

// readBack asks whether d is what the candidate means, says why HR has to be
// asked if that is not plain, and offers dates for which it need not be.
func (t *talk) readBack(key string, d conversations.Date, said string) {
	told, atOnce := t.why(d), t.atOnce(d)
	if len(atOnce) > 0 {
		told = append(told, phrase("schedule.needs_hr", args{"date": d}))
	}
	choices := append([]conversations.SayChoice{choiceOn(choiceRight, d)}, atOnce...)
	choices = append(choices, choice(choiceAnother))
	if len(told) > 0 {
		t.askWith(lines(told[0], told[1:]...), askedReadBack, d, key, args{"date": d}, choices...)
	} else {
		t.ask(askedReadBack, d, key, args{"date": d}, choices...)
	}
	t.memory.Said = clip(said, maxSaid)
}

// proposeWithin turns a range of dates into one that the candidate can say yes
// to.
func (t *talk) proposeWithin(r reading) {
	d := t.pickFrom(r.Date, monthsEnd(r.Date) && !t.lex.lastThird(r.plain))
	switch {
	case d.IsZero():
		t.askDate("schedule.past_all")
	case t.app.Answer == conversations.Confirmed && d == t.standing(),
		t.app.Answer == conversations.Requested && d == t.requested(),
		t.confirmable(d), t.impossible(d):
		t.propose(d, r.text)
	default:
		t.readBack("schedule.propose", d, r.text)
	}
}

// far is how many days of a range are looked at.
const far = 120

// monthsEnd says whether e is "at the end of the month", which nobody takes to
// begin on the 21st.
func monthsEnd(e nlu.DateExpr) bool {
	return e.Kind == nlu.Range && e.From.Day == 21 && e.To.AddDays(1).Day == 1 && e.From.Month == e.To.Month
}

// pick chooses a day after today from a range, going on from its beginning or
// back from its bound or the month's end: the first that the policies accept, or
// else the first that HR decides on, or else the first. It is zero if every day
// has passed.
func (t *talk) pick(e nlu.DateExpr) conversations.Date { return t.pickFrom(e, monthsEnd(e)) }

// pickFrom is pick, going back from the end of the range if that is asked for.
func (t *talk) pickFrom(e nlu.DateExpr, end bool) conversations.Date {
	tomorrow := t.today().AddDays(1)
	first, step := e.From, 1
	if end || e.Kind == nlu.Until {
		first, step = e.To, -1
	} else if first.Before(tomorrow) {
		first = tomorrow
	}
	if first.Before(tomorrow) || !e.Contains(first) {
		return conversations.Date{}
	}
	best := conversations.Date{}
	for d, n := first, 0; n < far && e.Contains(d) && !d.Before(tomorrow); d, n = d.AddDays(step), n+1 {
		switch t.Dates.Judge(d).Verdict {
		case conversations.DateAccepted:
			return d
		case conversations.DateNeedsHR:
			if best.IsZero() {
				best = d
			}
		}
	}
	if best.IsZero() {
		return first
	}
	return best
}

// request files the wish that was read back.
func (t *talk) request(d conversations.Date) {
	t.do(conversations.RequestSchedule{Date: d, Said: t.saidBefore()})
	t.answers(conversations.Requested)
	if t.standing().IsZero() || t.standing() == d {
		t.say("schedule.pending", args{"date": d})
		return
	}
	t.say("schedule.requested", args{"date": d, "current": t.standing()})
}

// rightTapped is a tap on "that's right" below a date that was read back. On
// an old message the date is read back once more.
func (t *talk) rightTapped(d conversations.Date) {
	asked := t.was.Asked == askedReadBack && t.was.Date == d || t.Heard.Shown && d.After(t.today()) && !t.impossible(d)
	if asked && !t.over() {
		t.request(d)
		return
	}
	t.propose(d, t.Heard.Text)
}

// decided tells HR's answer to the schedule request.
func (t *talk) decided() {
	v := t.Heard.Verdict
	if v == nil {
		return
	}
	switch v.Verdict {
	case conversations.Approve:
		t.tell(verdict("schedule.approved", v))
	case conversations.Refuse:
		told := verdict("schedule.refused", v)
		if t.app.Answer == conversations.Confirmed {
			t.say("with_question", args{"body": told, "question": phrase("start_date.already", args{"date": t.standing()})})
			return
		}
		t.askStartAfter(told)
	case conversations.Counter:
		t.askStartAfter(verdict("schedule.countered", v))
	}
}

// verdict tells an answer about the date that was asked for, with HR's note.
func verdict(key string, v *conversations.ScheduleRequest) conversations.Say {
	told := phrase(key, args{"date": v.Date})
	if v.Note == "" {
		return told
	}
	return lines(told, phrase("schedule.note", args{"note": clip(v.Note, maxNote)}))
}
