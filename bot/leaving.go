package bot

import (
	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// Whoever still works elsewhere, or is away, tells when that ends. That day is
// none to start on: the days after it are.

// afterLeaving reads the last day at the present employer, or away, as "from
// the day after it".
func (r reading) afterLeaving() reading {
	if !r.Notice.IsZero() && !r.wants(question) && !r.wants(decline) {
		r.left, r.notice = conversations.Date(r.Notice), true
		r.Date = nlu.DateExpr{Kind: nlu.From, From: r.Notice.AddDays(1)}
		return r
	}
	if !r.Leaves && !r.Away {
		return r
	}
	last := r.Date.To
	if r.Date.Kind == nlu.From { // not before that day: nobody knows how much later
		last = r.Date.From
	}
	r.left = conversations.Date(last)
	r.Date = nlu.DateExpr{Kind: nlu.From, From: last.AddDays(1)}
	return r
}

// leaving deals with the last day at the present employer, or away. The date
// that is on the table fits if it comes later; otherwise the first one after
// that day is proposed that the policies allow.
func (t *talk) leaving(r reading) {
	d := t.settled()
	key := "schedule.leaving"
	switch {
	case r.Away:
		key = "schedule.away"
	case r.notice:
		key = "schedule.notice"
	}
	t.memory.Until = r.left
	fits := !d.IsZero() && r.left.Before(d)
	t.ledBy([]conversations.Say{phrase(key, args{"date": r.left})}, func() {
		switch {
		case fits && t.app.Answer == conversations.Confirmed:
			t.say("start_date.already", args{"date": d})
		case fits && t.app.Answer == conversations.Requested:
			t.say("schedule.pending", args{"date": d})
		case fits && t.confirmable(d):
			t.ask(askedStart, d, "start_date.in_time", args{"date": d}, t.startChoices(d)...)
		case fits:
			t.askStart(d)
		default:
			t.proposeWithin(r)
		}
	})
}

// clashes says whether d is a day on which the candidate is not free, by what
// they told before.
func (t *talk) clashes(d conversations.Date) bool {
	return !t.over() && d.After(t.today()) && !t.memory.Until.IsZero() && !d.After(t.memory.Until)
}

// remark reminds the candidate of what they told, and has ask ask for d. What
// they say then counts.
func (t *talk) remark(d conversations.Date, ask func()) {
	until := t.memory.Until
	t.memory.Until = conversations.Date{}
	t.ledBy([]conversations.Say{phrase("schedule.not_free", args{"date": d, "limit": until})}, ask)
}
