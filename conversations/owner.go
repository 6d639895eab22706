package conversations

import (
	"errors"
	"time"
)

var errPanicked = errors.New("the dialogue panicked")

// handoff asks for a person. The bot keeps quiet until one hands back.
func (t *turn) handoff(reason string, u Understanding) {
	if t.c.Owner.Kind != OwnedByBot {
		return
	}
	t.rouse()
	t.own(Owner{Kind: OwnedByQueue, Reason: reason, Summary: t.summarise(reason, u), Said: t.lastSaid()})
	t.c.Waiting = t.now
	t.note("handoff", reason)
	t.event(EventHandoffStarted, EventData{Message: t.from.told(), Handoff: &HandoffDetail{Reason: reason, Epoch: t.c.Owner.Epoch, Summary: t.c.Owner.Summary}})
}

// ToldEvery is how often, at most, a candidate in the queue is told that they
// wait.
const ToldEvery = 10 * time.Minute

// beside is a message of a candidate whom a person owns. The dialogue answers
// nothing and remembers nothing, so that it picks up later where it was. It
// files a document where it is certain that it belongs, ends messages that are
// not wanted at once, and may tell somebody in the queue that they wait.
func (t *turn) beside(h Heard) {
	d, err := t.decideSafely(Turn{Heard: h, Silent: true})
	if err != nil {
		return // the person sees the message
	}
	for _, a := range d.Do {
		switch a.(type) {
		case FileUnder:
			t.act(a)
		case WithdrawConsent, GiveConsent:
			t.act(a)
			_ = t.speak(ByBot, d.Say)
		case Acknowledge:
			if t.c.Owner.Kind == OwnedByQueue && t.now.Sub(t.c.Owner.Told) >= ToldEvery {
				t.c.Owner.Told = t.now
				_ = t.speak(ByBot, d.Say) // words that fail cost nothing but themselves
			}
		}
	}
}

// settled is a choice on the candidate's own page while a person owns the
// conversation, and says whether it settled something. What the candidate
// answers on the offer counts and is acknowledged; the rest is the person's.
func (t *turn) settled(h Heard) (done bool) {
	d, err := t.decideSafely(Turn{Heard: h})
	if err != nil {
		return false
	}
	for _, a := range d.Do {
		switch a.(type) {
		case ConfirmStartDate, RequestSchedule, DeclineOffer:
			done = t.act(a) == nil || done
		}
	}
	if done {
		t.c.Memory = d.Memory
		_ = t.speak(ByBot, d.Say) // the page shows how things stand, whatever becomes of the words
	}
	return done
}

// own changes hands, which ends what anybody said in the epoch before.
func (t *turn) own(o Owner) {
	o.Epoch, o.Since = t.c.Owner.Epoch+1, t.now
	t.c.Owner, t.c.Puzzle = o, nil
}

// assign makes an agent the owner. Taking over from the bot starts a
// handoff; taking over from the queue or a colleague continues it.
func (t *turn) assign(c Assign) error {
	o := t.c.Owner
	if o.Kind == OwnedByAgent && o.Agent == c.Agent {
		t.unchanged()
		return nil
	}
	t.reopen(c.Agent)
	if c.By != "" {
		t.c.Snoozed = noTime
	}
	if o.Kind == OwnedByBot {
		o.Summary, o.Said = t.summarise("taken_over", Understanding{}), t.lastSaid()
	}
	t.own(Owner{Kind: OwnedByAgent, Agent: c.Agent, Reason: o.Reason, Summary: o.Summary, Said: o.Said})
	if c.By != "" {
		t.note("assigned", c.Agent+" "+c.By)
	} else {
		t.note("taken_over", c.Agent)
	}
	typ, detail := EventHandoffAssigned, HandoffDetail{Reason: o.Reason, Agent: c.Agent, By: c.By, From: o.Agent, Epoch: t.c.Owner.Epoch}
	if o.Kind == OwnedByBot {
		typ, detail.Reason, detail.Summary = EventHandoffStarted, "taken_over", o.Summary
	}
	t.event(typ, EventData{Handoff: &detail})
	return nil
}

// release hands back to the bot, which picks up where it was.
func (t *turn) release(c Release) error {
	if t.c.Owner.Kind == OwnedByBot {
		t.unchanged()
		return nil
	}
	t.own(Owner{Kind: OwnedByBot})
	t.c.Waiting, t.c.Unread = noTime, 0
	t.settleReplied(c.Agent)
	t.note("handed_back", c.Agent)
	t.handedBack(c.Agent)
	if !t.muted() {
		t.converse(Heard{Cue: CueReleased})
	}
	return nil
}

// handedBack tells the EHR that the bot speaks again.
func (t *turn) handedBack(agent string) {
	t.event(EventHandoffEnded, EventData{Handoff: &HandoffDetail{Agent: agent, Epoch: t.c.Owner.Epoch}})
}

// seen marks everything up to now as read by HR. That is no news: the inbox
// leaves the conversation where it is, under the hand that opened it.
func (t *turn) seen(Seen) error {
	if t.c.Unread == 0 {
		t.unchanged()
		return nil
	}
	t.c.Unread, t.aside = 0, true
	return nil
}
