package bot

import "jiebao/conversations"

// handoff asks for a person and says so.
func (t *talk) handoff(key, reason string) {
	t.memory.Failures = 0
	t.say(key, nil)
	t.do(conversations.RequestHandoff{Reason: reason})
}

// handedOff deals with messages that need a person at once.
func (t *talk) handedOff(r reading) bool {
	switch {
	case r.wants(optOut):
		t.handoff("chat.optout", conversations.HandoffPolicy)
	case r.wants(human), t.typedHuman():
		t.handoff("handoff.asked", conversations.HandoffAsked)
	case r.wants(complaint):
		t.handoff("handoff.upset", conversations.HandoffUpset)
	default:
		return false
	}
	return true
}

// typedHuman says whether the words of that choice were typed, which the
// phrases tell people to do wherever they are.
func (t *talk) typedHuman() bool {
	words, err := t.o.Phrases.Words(t.locale(), choice(choiceHuman).Key, nil)
	return err == nil && plain(t.Heard.Text) == plain(words)
}

// failed follows a message that the bot did not understand.
func (t *talk) failed() {
	switch {
	case t.memory.Failures >= t.o.HandoffAfter:
		t.handoff("handoff.failed", conversations.HandoffFailed)
	case t.was.Asked == askedDate:
		t.askDate("schedule.ask_again")
	case t.was.Asked == askedReadBack:
		t.readBack("schedule.read_back", t.was.Date, t.was.Said)
	case t.was.Asked == askedSure:
		t.askDecline(t.was.Said)
	case t.open():
		t.askStartAfter(phrase("chat.not_understood", nil))
		t.memory.Lightly = true
	default:
		t.say("chat.not_understood", nil, choice(choiceQuestion), choice(choiceHuman))
	}
}
