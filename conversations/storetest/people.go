package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// testWithdrawn: what waits for a candidate who wants no more messages is not
// sent any more, but for a person's own words and what is said about it.
func testWithdrawn(t *testing.T, b *bench) {
	a := b.notify(Result("r1", "E1", oa("u1")))
	b.receive(said("u1", "m1", "quiet"))
	notice := b.claimOne()
	b.finish(outbox.Outcome{Item: notice, Verdict: outbox.Retry, RetryAt: b.clock.Now().Add(time.Hour), Note: "down", Release: true})
	to := conversations.Target{Conversation: a.Conversation}
	b.apply(to, conversations.Reply{Agent: "hr", Text: "a person's words", Key: "k"})
	b.apply(to, conversations.Release{Agent: "hr"})
	b.receive(said("u1", "m2", "unsubscribe"))
	if c := b.thread(a.Conversation); !c.OptedOut() {
		t.Fatal("the candidate still gets messages")
	}
	b.clock.Advance(conversations.RideWindow)
	left := map[string]outbox.Ride{}
	for range 10 {
		lanes := b.claim()
		if len(lanes) == 0 {
			break
		}
		it := lanes[0].Items[0]
		d := delivery(t, it)
		left[d.Text] = it.Ride
		if d.Agent == "" && it.ID == notice.ID && it.Ride != outbox.Withdrawn {
			t.Errorf("%q may still leave", d.Text)
		}
		b.finish(sent(it, ""))
	}
	if _, there := left["a person's words"]; !there || len(left) < 3 {
		t.Errorf("the outbox held %v", left)
	}
	if ride := left["answer"]; ride == outbox.Withdrawn {
		t.Error("nobody tells the candidate that it was done")
	}
}

// testTick: a tick that is asked for comes when it is due, and counts once.
func testTick(t *testing.T, b *bench) {
	b.notify(Result("r1", "E1", oa("u1")))
	if lanes := b.claimOf(b.Store, conversations.TaskTick, 10, 1); len(lanes) > 0 {
		t.Fatalf("%v is due at once", lanes)
	}
	b.clock.Advance(remindAfter)
	lanes := b.claimOf(b.Store, conversations.TaskTick, 10, 1)
	if len(lanes) != 1 {
		t.Fatalf("%d ticks are due", len(lanes))
	}
	it := lanes[0].Items[0]
	var at conversations.TickAt
	if err := json.Unmarshal(it.Body, &at); err != nil {
		t.Fatal(err)
	}
	to, tick := conversations.Target{Conversation: at.Conversation}, conversations.Tick{At: at.At}
	b.finish(outbox.Outcome{Item: it, Release: true, Then: tick, Target: to})
	first := b.thread(at.Conversation)
	if first.Application().Reminded.Times != 1 {
		t.Errorf("reminded %+v", first.Application().Reminded)
	}
	b.apply(to, tick)
	if again := b.thread(at.Conversation); again.Messages != first.Messages {
		t.Error("the same tick reminds twice")
	}
}

// testQueue: how long people take is told to those who come later, once
// enough of them were answered.
func testQueue(t *testing.T, b *bench) {
	for i := range 5 {
		a := b.receive(said(fmt.Sprint("u", i), fmt.Sprint("m", i), "person"))
		b.clock.Advance(7 * time.Minute)
		b.apply(conversations.Target{Conversation: a.Conversation}, conversations.Reply{Agent: "hr", Text: "hello", Key: "k"})
	}
	b.receive(said("w", "w1", "person"))
	b.clock.Advance(time.Minute)
	a := b.receive(said("x", "x1", "queue"))
	if a.Answer == nil || a.Answer.Text != "queue 1 7m0s" {
		t.Errorf("the dialogue knows of %+v", a.Answer)
	}
}

// remindAfter is when candidates of the suite are reminded.
const remindAfter = 24 * time.Hour

// once reminds of offers once.
type once struct{}

func (once) For(string, conversations.Position) conversations.ReminderPolicy {
	return conversations.ReminderPolicy{Offer: conversations.ReminderPlan{After: []time.Duration{remindAfter}, Most: 1}}
}
