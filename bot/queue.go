package bot

import (
	"time"

	"jiebao/conversations"
)

// patience is how long a candidate in the queue may be left without a word,
// if they write on and do not ask for a person again.
const patience = 30 * time.Minute

// beside is a message of a candidate whom a person owns. The bot answers
// nothing; it only tells somebody in the queue, now and then, that they wait.
func (t *talk) beside() {
	r := t.readAlone()
	if out := t.Conversation.OptedOut(); r.wants(optOut) && !out || wantsBack(r) && out {
		t.consent(r)
		return
	}
	if t.Conversation.Owner.Kind != conversations.OwnedByQueue {
		return
	}
	key := "handoff.waiting"
	_, danger := t.policyWords(r)
	if danger {
		key = "handoff.care"
	}
	again := danger || t.Heard.Choice == choiceHuman || r.wants(human) || t.typedHuman(r)
	since := t.Conversation.Owner.Since
	if told := t.Conversation.Owner.Told; told.After(since) {
		since = told
		again = again && t.Now.Sub(told) >= conversations.ToldEvery
	}
	if again || t.Now.Sub(since) >= patience {
		t.tell(lines(phrase(key, nil), t.wait()...))
		t.do(conversations.Acknowledge{})
	}
}
