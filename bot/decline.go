package bot

import "jiebao/conversations"

// askDecline makes sure before a refusal is recorded. said are the words that
// will be told as the reason.
func (t *talk) askDecline(said string) {
	if t.app.Answer == conversations.Declined {
		t.say("decline.already", nil)
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
	if t.app.Answer != conversations.Declined && (t.Heard.Shown || t.was.Asked == askedSure) {
		t.decline()
		return
	}
	t.askDecline("")
}

// decline records the refusal that the candidate insists on.
func (t *talk) decline() {
	t.do(conversations.DeclineOffer{Reason: t.saidBefore()})
	t.app.Answer = conversations.Declined
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
	case conversations.Declined:
		t.say("decline.already", nil)
	case conversations.Requested:
		t.say("schedule.kept", nil)
	case conversations.Confirmed:
		t.say("start_date.already", args{"date": t.standing()})
	default:
		t.askStartAfter(phrase("decline.kept", nil))
	}
}

// reopen follows a change of mind after a refusal, which only HR can take back.
func (t *talk) reopen() { t.handoff("decline.reopen", conversations.HandoffPolicy) }
