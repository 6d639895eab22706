package bot

import "jiebao/conversations"

// askDecline makes sure before a refusal is recorded. said are the words that
// will be told as the reason.
func (t *talk) askDecline(said string) {
	if t.over() {
		t.sayOver()
		return
	}
	t.ask(askedSure, conversations.Date{}, "decline.sure", args{"position": t.title()},
		choice(choiceDecline), choice(choiceKeep))
	t.memory.Said = clip(said, maxSaid)
}

// askDeclineClearly asks for words that nobody says in passing.
func (t *talk) askDeclineClearly() {
	t.ask(askedSure, conversations.Date{}, "decline.clearly", nil, choice(choiceDecline), choice(choiceKeep))
	t.memory.Said = t.was.Said
}

// declineTapped is a tap on "yes, decline". On an old message the question is
// asked again.
func (t *talk) declineTapped() {
	if !t.over() && (t.Heard.Shown || t.was.Asked == askedSure) {
		t.decline()
		return
	}
	t.askDecline("")
}

// decline records the refusal that the candidate insists on.
func (t *talk) decline() {
	t.do(conversations.DeclineOffer{Reason: t.saidBefore()})
	t.answers(conversations.Declined)
	t.say("decline.done", nil)
}

// saidBefore are the words that led to what is settled now: those in the chat
// that were asked about, or the ones that came with the choice.
func (t *talk) saidBefore() string {
	if t.was.Said == "" || t.Heard.Shown {
		return clip(t.Heard.Text, maxSaid)
	}
	return t.was.Said
}

// kept follows second thoughts: about a refusal, or about withdrawing a
// schedule request.
func (t *talk) kept() {
	switch t.app.Answer {
	case conversations.Declined, conversations.Withdrawn:
		t.sayOver()
	case conversations.Requested:
		t.say("schedule.kept", nil)
	case conversations.Confirmed:
		t.say("start_date.already", args{"date": t.standing()})
	default:
		t.askStartAfter(phrase("decline.kept", nil))
	}
}

// reopen follows a change of mind after a refusal, which only HR can take back.
// What the bank withdrew is not taken back for the asking.
func (t *talk) reopen() {
	if t.app.Answer == conversations.Withdrawn {
		t.sayOver()
		return
	}
	t.handoff("decline.reopen", conversations.HandoffPolicy)
}
