package storetest

import (
	"fmt"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// answered is a message whose answer rides.
func (b *bench) answered() (conversation, answer string) {
	b.t.Helper()
	a := b.receive(said("u", "m1", "hello"))
	if a.Answer == nil || a.Answer.Text != "answer" {
		b.t.Fatalf("the answer is %+v", a.Answer)
	}
	return a.Conversation, a.Answer.ID
}

func (b *bench) repeat() *conversations.Message {
	b.t.Helper()
	a := b.receive(said("u", "m1", "hello"))
	if !a.Duplicate {
		b.t.Fatal("the repeated callback is new")
	}
	return a.Answer
}

func testCarried(t *testing.T, b *bench) {
	conversation, answer := b.answered()
	b.claimNothing()
	b.Carried(answer, true)
	b.settle(conversation)
	if m := b.message(answer); m.Status != conversations.Sent || len(m.History) != 1 {
		t.Errorf("status %s with history %v", m.Status, m.History)
	}
	b.clock.Advance(time.Hour)
	b.claimNothing()
	if again := b.repeat(); again == nil || again.ID != answer || again.Text != "answer" {
		t.Errorf("the repeated callback got %+v", again)
	}
	if _, ok, err := b.NextDue(t.Context(), conversations.TaskDeliver); ok || err != nil {
		t.Errorf("something is due (%v)", err)
	}
}

func testMissed(t *testing.T, b *bench) {
	conversation, answer := b.answered()
	b.Carried(answer, false)
	b.settle(conversation)
	b.clock.Advance(conversations.RideWindow - time.Millisecond)
	b.claimNothing()
	b.clock.Advance(time.Millisecond)
	it := b.claimOne()
	if it.Ride != outbox.Missed || it.ID != answer {
		t.Errorf("task %s in state %d", it.ID, it.Ride)
	}
	b.finish(sent(it, ""))
	if again := b.repeat(); again != nil {
		t.Errorf("what the outbox sent rides too: %+v", again)
	}
}

func testRearm(t *testing.T, b *bench) {
	conversation, answer := b.answered()
	b.clock.Advance(10 * time.Second)
	if again := b.repeat(); again == nil || again.ID != answer {
		t.Fatalf("the repeated callback got %+v", again)
	}
	b.clock.Advance(conversations.RideWindow - time.Millisecond)
	b.claimNothing()
	b.Carried(answer, false)
	b.settle(conversation)
	if again := b.repeat(); again == nil || again.ID != answer {
		t.Fatalf("after a missed ride the repeated callback got %+v", again)
	}
	b.clock.Advance(conversations.RideWindow)
	if it := b.claimOne(); it.Ride != outbox.Riding || it.ID != answer {
		t.Errorf("task %s in state %d", it.ID, it.Ride)
	}
}

func testNeverBoth(t *testing.T, b *bench) {
	conversation, answer := b.answered()
	b.clock.Advance(conversations.RideWindow)
	it := b.claimOne()
	if again := b.repeat(); again != nil {
		t.Errorf("what the outbox is sending rides too: %+v", again)
	}
	b.finish(sent(it, ""))
	if again := b.repeat(); again != nil {
		t.Errorf("what the outbox sent rides too: %+v", again)
	}
	b.Carried(answer, true) // a late word changes nothing
	b.settle(conversation)
	b.clock.Advance(time.Hour)
	b.claimNothing()
}

func testOvertaking(t *testing.T, b *bench) {
	first := b.receive(said("u", "m1", "twice"))
	if first.Answer == nil {
		t.Fatal("the first answer does not ride")
	}
	if a := b.receive(said("u", "m2", "hello")); a.Answer != nil {
		t.Fatalf("%q overtakes what was said before", a.Answer.Text)
	}
	b.claimNothing()
	b.Carried(first.Answer.ID, true)
	b.settle(first.Conversation)
	for _, want := range []string{"more", "answer"} {
		b.clock.Advance(time.Second)
		it := b.claimOne()
		if got := delivery(t, it).Text; got != want || it.Ride != outbox.NoRide {
			t.Errorf("sent %q in state %d, want %q", got, it.Ride, want)
		}
		b.finish(sent(it, ""))
	}
	one := b.receive(said("u", "m3", "hello"))
	two := b.receive(said("u", "m4", "hello"))
	if one.Answer == nil || two.Answer == nil {
		t.Error("answers that ride hold each other up")
	}
}

// testReplyBehindRide: what HR says while an answer rides stays behind it,
// whatever becomes of the ride.
func testReplyBehindRide(t *testing.T, b *bench) {
	for i, carried := range []bool{true, false} {
		a := b.receive(said(fmt.Sprint("u", i), fmt.Sprint("m", i), "hello"))
		b.apply(conversations.Target{Conversation: a.Conversation}, conversations.Reply{Agent: "a1", Text: "from HR", Key: fmt.Sprint(i)})
		b.claimNothing()
		b.Carried(a.Answer.ID, carried)
		b.settle(a.Conversation)
		want := []string{"from HR"}
		if !carried {
			b.claimNothing()
			b.clock.Advance(conversations.RideWindow)
			want = []string{"answer", "from HR"}
		}
		for _, text := range want {
			it := b.claimOne()
			if got := delivery(t, it).Text; got != text {
				t.Errorf("carried %v: sent %q, want %q", carried, got, text)
			}
			b.finish(sent(it, ""))
		}
		b.clock.Advance(time.Hour)
		b.claimNothing()
	}
}

// testMissedInOrder: answers that no callback carried are sent in the order
// they were given.
func testMissedInOrder(t *testing.T, b *bench) {
	first := b.receive(said("u", "m1", "hello"))
	b.clock.Advance(time.Second)
	second := b.receive(said("u", "m2", "hello"))
	if first.Answer == nil || second.Answer == nil {
		t.Fatal("answers that ride hold each other up")
	}
	b.Carried(second.Answer.ID, false)
	b.Carried(first.Answer.ID, false)
	b.settle(first.Conversation)
	if a := b.receive(said("u", "m3", "hello")); a.Answer != nil {
		t.Error("an answer overtakes those that were missed")
	}
	at, ok, err := b.NextDue(t.Context(), conversations.TaskDeliver)
	if !ok || err != nil || at.After(b.clock.Now().Add(conversations.RideWindow)) {
		t.Errorf("the next is due at %v, %v (%v)", at, ok, err)
	}
	b.clock.Advance(conversations.RideWindow)
	for _, want := range []string{first.Answer.ID, second.Answer.ID} {
		it := b.claimOne()
		if it.ID != want || it.Ride != outbox.Missed || !it.Created.Before(b.clock.Now()) {
			t.Errorf("sent %s in state %d, created %v, want %s", it.ID, it.Ride, it.Created, want)
		}
		b.finish(sent(it, ""))
	}
	if got := delivery(t, b.claimOne()).Text; got != "answer" {
		t.Errorf("the third is %q", got)
	}
}
