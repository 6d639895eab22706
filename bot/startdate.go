package bot

import (
	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// proposed is the date that the bank would like: HR's counter-proposal, or
// else the date of the offer.
func (t *talk) proposed() conversations.Date {
	if t.app.Answer == conversations.Countered && t.app.Request != nil {
		return t.app.Request.Counter
	}
	return t.app.Offer.StartDate
}

// open says whether the bank waits for the candidate's answer.
func (t *talk) open() bool {
	return (t.app.Answer == conversations.Open || t.app.Answer == conversations.Countered) && !t.proposed().IsZero()
}

// confirmable says whether the candidate's yes to d settles it: it has to be
// HR's counter-proposal, the date of the offer as long as there is a seat, or
// a date that the policies accept.
func (t *talk) confirmable(d conversations.Date) bool {
	switch {
	case d.IsZero() || t.over(),
		t.app.Answer == conversations.Confirmed && d == t.standing():
		return false
	case t.app.Answer != conversations.Confirmed && (d == t.proposed() || d == t.app.Offer.StartDate):
		return !t.full(d)
	}
	return t.accepted(d)
}

// startQuestion is the question whether the candidate can start on d.
func (t *talk) startQuestion(d conversations.Date) (key string, a args) {
	switch {
	case t.app.Answer == conversations.Requested && !t.requested().IsZero():
		return "start_date.ask_instead", args{"date": d, "requested": t.requested()}
	case t.app.Answer == conversations.Countered && d == t.proposed():
		return "start_date.ask_countered", args{"date": d}
	case t.app.Answer == conversations.Countered && d == t.app.Offer.StartDate:
		return "start_date.ask_original", args{"date": d}
	case t.app.Answer == conversations.Confirmed:
		return "start_date.ask_move", args{"date": d, "current": t.standing()}
	case d != t.app.Offer.StartDate:
		return "start_date.ask_possible", args{"date": d}
	}
	return "start_date.ask", args{"date": d}
}

func (t *talk) startChoices(d conversations.Date) []conversations.SayChoice {
	switch t.app.Answer {
	case conversations.Requested:
		return []conversations.SayChoice{choiceOn(choiceConfirm, d), choice(choiceKeepRequest)}
	case conversations.Confirmed:
		return []conversations.SayChoice{choiceOn(choiceConfirm, d), choice(choiceKeep)}
	}
	return []conversations.SayChoice{
		choiceOn(choiceConfirm, d), choice(choiceReschedule),
		choice(choiceQuestion), choice(choiceHuman),
	}
}

// askStart asks whether the candidate can start on d.
func (t *talk) askStart(d conversations.Date) {
	if d.IsZero() {
		t.handoff("question.unknown", conversations.HandoffPolicy)
		return
	}
	if t.full(d) {
		t.instead(d, "")
		return
	}
	key, a := t.startQuestion(d)
	t.ask(askedStart, d, key, a, t.startChoices(d)...)
}

// askStartAfter tells something and asks, in one message.
func (t *talk) askStartAfter(body conversations.Say) {
	d := t.proposed()
	if d.IsZero() {
		t.tell(body)
		return
	}
	if t.full(d) {
		t.instead(d, "", body)
		return
	}
	key, a := t.startQuestion(d)
	t.askWith(body, askedStart, d, key, a, t.startChoices(d)...)
}

// remind asks for the open answer beside something else that was said. A mere
// OK then answers that, not the question, which is not asked with every
// message either.
func (t *talk) remind() {
	switch {
	case !t.open():
	case !t.was.Eased && t.takesUp():
		t.memory.Eased = true
	case t.was.Eased:
		if t.was.Asked == askedStart {
			t.keepQuestion()
			t.memory.Eased = false
		}
	default:
		t.askStart(t.proposed())
		t.memory.Lightly, t.memory.Eased = true, true
	}
}

// goOn comes back to the question that something else interrupted, or else to
// whether the candidate can start.
func (t *talk) goOn() {
	if !t.resumes() {
		t.remind()
	}
}

// resumes goes on with the date or the refusal that was being spoken of, and
// says whether there is one.
func (t *talk) resumes() bool {
	if t.over() {
		return false
	}
	switch t.was.Asked {
	case askedDate:
		t.askDate("schedule.ask")
	case askedReadBack:
		t.readBack("schedule.read_back", t.was.Date, t.was.Said)
	case askedPick:
		t.again(t.was.Date, t.was.Said)
	case askedSure:
		t.askDecline(t.was.Said)
	default:
		return false
	}
	return true
}

// agree deals with words that confirm.
func (t *talk) agree(r reading) {
	d := t.proposed()
	if t.was.Asked == askedStart {
		d = t.was.Date
	}
	switch {
	case t.was.Asked == nothing && !r.dated() && !(t.was.Eased && t.lex.acknowledges(r.short)) && t.takesUp():
	case r.Date.Kind == nlu.Point && !r.names(d):
		t.propose(conversations.Date(r.Date.From), r.text)
	case r.dated() && (r.Date.Kind != nlu.Point || !r.Date.Contains(d)):
		t.reschedule(r)
	case r.dated() && t.clashes(d):
		t.remark(d, func() { t.settle(d) })
	case t.confirms(r, d):
		t.confirm(d)
		t.alsoAsked(r)
	case !t.memory.Greeted && t.pending() == nil:
		t.greet()
	case t.was.Asked == nothing && (t.lex.acknowledges(r.short) || t.app.Answer == conversations.Requested && t.lex.agrees(r.short)):
		t.acknowledged()
	default:
		t.settle(d)
	}
}

// acknowledged follows an OK to something that was no question.
func (t *talk) acknowledged() {
	if t.app.Answer == conversations.Requested && !t.requested().IsZero() {
		t.say("schedule.pending", args{"date": t.requested()})
		return
	}
	t.say("chat.noted", nil)
	t.remind()
}

// confirms says whether r is an explicit yes to the question that the bot's
// latest words asked about d. Another day of the week, or setting out on that
// day, leave a doubt.
func (t *talk) confirms(r reading, d conversations.Date) bool {
	return t.was.Asked == askedStart && t.was.Date == d && t.confirmable(d) && r.names(d) && t.agreed(r) && !t.lex.mixesUp(r.plain, d.Weekday()) && !t.lex.setsOut(r.plain)
}

// settle says how things stand with d, and asks if the candidate's yes is
// still needed.
func (t *talk) settle(d conversations.Date) {
	switch {
	case t.over():
		t.reopen()
	case t.app.Answer == conversations.Confirmed && !t.confirmable(d):
		t.say("start_date.already", args{"date": t.standing()})
	case t.app.Answer == conversations.Open && t.was.Asked == askedStart && t.was.Date == d && t.confirmable(d):
		t.ask(askedStart, d, "start_date.ask_clearly", args{"date": d}, t.startChoices(d)...)
	default:
		t.askStart(d)
	}
}

// confirmTapped is a tap on "confirm", which names its date. A tap on an old
// message counts as long as that date still is the one to be confirmed; one on
// a page that asked for it counts anyhow.
func (t *talk) confirmTapped(d conversations.Date) {
	current := t.Heard.Shown || t.was.Asked == askedStart && t.was.Date == d
	if t.confirmable(d) && (current || t.open() && d == t.proposed()) {
		t.confirm(d)
		return
	}
	switch {
	case t.confirmable(d):
		t.askStart(d)
	case t.app.Answer == conversations.Confirmed && d.After(t.today()) && d != t.standing():
		t.propose(d, "")
	case t.app.Answer == conversations.Confirmed || t.over():
		t.settle(d)
	default:
		t.askStart(t.proposed())
	}
}

// confirmCalled is a key pressed in a call: a yes that names no date. Calls
// name the date of the offer, so that it counts while that is what the bot
// asked last; otherwise the question is put again.
func (t *talk) confirmCalled() {
	if d := t.app.Offer.StartDate; t.was.Asked == askedStart && t.was.Date == d {
		t.confirmTapped(d)
		return
	}
	t.overview(phrase("greet.again", args{"hello": t.hello()}))
}

// confirm records the candidate's yes.
func (t *talk) confirm(d conversations.Date) {
	moved := t.app.Answer == conversations.Confirmed
	t.do(conversations.ConfirmStartDate{Date: d})
	t.answers(conversations.Confirmed).StartDate = d
	t.memory.Greeted = true
	if moved { // they know the rest
		t.tell(lines(phrase("start_date.confirmed", args{"date": d}), phrase("start_date.see_you", nil)))
		return
	}
	told := append(t.facts(factWorkplace, factContact), phrase("start_date.see_you", nil))
	t.tell(lines(phrase("start_date.confirmed", args{"date": d}), told...))
	t.startDocuments()
}

// notOK follows a plain no to a start date.
func (t *talk) notOK(d conversations.Date) {
	t.ask(askedDate, conversations.Date{}, "start_date.not_ok", args{"date": d},
		append(t.others(d), choice(choiceGiveUp), choice(choiceHuman))...)
}

// later follows "I cannot say yet". A date that was spoken of waits, too.
func (t *talk) later() {
	if h := t.interrupted(); h != nil {
		t.memory.Held = h
	}
	if by := t.app.Offer.ReplyBy; t.open() && by.After(t.Now) {
		t.say("chat.later_by", args{"time": by.In(t.Now.Location())})
		t.memory.Eased = true
		return
	}
	if !t.open() {
		t.say("chat.noted", nil)
		return
	}
	t.say("chat.later", nil)
	t.memory.Eased = true
}
