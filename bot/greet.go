package bot

import "jiebao/conversations"

// greet greets a candidate and tells how things stand.
func (t *talk) greet() {
	greeted := t.memory.Greeted
	t.memory.Greeted = true
	if t.app.Answer == conversations.Open && !greeted {
		t.askStartAfter(lines(phrase("greet.result", args{"hello": t.hello(), "position": t.title()}), t.offer()...))
		return
	}
	t.overview(phrase("greet.again", args{"hello": t.hello()}))
}

// welcome returns a greeting.
func (t *talk) welcome() {
	if !t.memory.Greeted && t.pending() == nil {
		t.greet()
		return
	}
	t.say("chat.hello", nil)
	t.remind()
}

// offer is what the candidate is offered, line by line. The start date is in
// the question that follows.
func (t *talk) offer() []conversations.Say {
	return t.facts(factWorkplace, factContact, factReplyBy, factDocuments)
}

// overview tells how things stand after first.
func (t *talk) overview(first conversations.Say) {
	told := func(facts ...fact) conversations.Say {
		return lines(first, t.facts(facts...)...)
	}
	if t.open() { // the question says what the status is
		t.askStartAfter(told(factPosition, factWorkplace, factContact, factReplyBy, factMissing))
		return
	}
	if t.app.Answer == conversations.Withdrawn {
		t.tell(told(factPosition, factStatus, factContact))
		return
	}
	t.tell(told(factPosition, factStatus, factWorkplace, factContact, factMissing))
}

// notified prepares for the answer to a notification. It asked whether the
// candidate can start, in few words and without a button, so that a mere OK
// does not count. Where buttons cost nothing they follow at once.
func (t *talk) notified() {
	switch {
	case t.app.Answer != conversations.Open:
	case t.Heard.Buttons:
		t.askStart(t.app.Offer.StartDate)
	default:
		t.memory.Asked, t.memory.Date, t.memory.Lightly = askedStart, t.app.Offer.StartDate, true
	}
}

// scanned is a candidate's scan of a QR code while following.
func (t *talk) scanned() {
	if t.Heard.Scan == conversations.ScanTaken {
		t.say("identity.scan_taken", nil, choice(choiceHuman))
		return
	}
	t.greet()
}

// released picks up where the bot was before a person took over.
func (t *talk) released() {
	t.memory.Greeted = true
	back := phrase("handoff.back", nil)
	switch {
	case t.takesUp(phrase("handoff.back_to", nil)):
	case t.open():
		t.askStartAfter(back)
		t.memory.Lightly = true
	case t.app.Answer == conversations.Requested && !t.requested().IsZero():
		t.tell(lines(back, phrase("schedule.pending", args{"date": t.requested()})))
	default:
		t.tell(back)
	}
}

// noOffer is a turn with a candidate who has no offer.
func (t *talk) noOffer() {
	if t.wantsPerson() {
		return
	}
	t.say("greet.no_offer", nil, choice(choiceHuman))
}

// unreadable returns what to say to a message that holds no words.
func unreadable(h conversations.Heard) (key string, ok bool) {
	switch h.Kind {
	case conversations.Image:
		return "documents.no_media", true
	case conversations.Location:
		return "chat.location", true
	case conversations.Voice:
		return "chat.voice", h.Text == ""
	case conversations.Text, "":
		return "", false
	}
	return "chat.other_kind", true
}
