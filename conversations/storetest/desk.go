package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// testHands: of many who act on what they saw, the first has the conversation
// and the others are told who that is; nothing of theirs is said.
func testHands(t *testing.T, b *bench) {
	const agents, rounds = 8, 5
	id := b.notify(Result("r1", "E1", oa("u"))).Conversation
	for round := range rounds {
		b.receive(said("u", fmt.Sprint("m", round), "quiet"))
		epoch := b.thread(id).Owner.Epoch
		var wg sync.WaitGroup
		errs := make([]error, agents)
		for i := range agents {
			wg.Go(func() {
				to := conversations.Target{Conversation: id, Condition: conversations.Condition{Epoch: &epoch}}
				agent := fmt.Sprint("agent", i)
				var c conversations.Command = conversations.Assign{Agent: agent}
				if i%2 == 0 {
					c = conversations.Reply{Agent: agent, Text: agent, Key: fmt.Sprint(round, agent)}
				}
				_, errs[i] = b.Apply(t.Context(), to, c)
			})
		}
		wg.Wait()
		c := b.thread(id)
		var won []string
		for i, err := range errs {
			var moved *conversations.HandsError
			switch {
			case err == nil:
				won = append(won, fmt.Sprint("agent", i))
			case !errors.Is(err, conversations.ErrStale), !errors.As(err, &moved), moved.Owner.Agent != c.Owner.Agent:
				t.Errorf("agent %d ended with %v", i, err)
			}
		}
		if len(won) != 1 || c.Owner.Agent != won[0] || c.Owner.Epoch != epoch+1 {
			t.Fatalf("%v have it; the owner is %+v, was epoch %d", won, c.Owner, epoch)
		}
		b.apply(conversations.Target{Conversation: id}, conversations.Release{Agent: c.Owner.Agent})
	}
	for _, m := range b.messages(id) {
		if n := len(m.Author.Agent()); n > 0 && m.Text != m.Author.Agent() {
			t.Errorf("%s said %q", m.Author, m.Text)
		}
	}
}

// testUndo: what may be taken back does not leave before its time is over, and
// not at all if it is taken back; what is said after it leaves behind it.
func testUndo(t *testing.T, b *bench) {
	const pause = 5 * time.Second
	id := b.notify(Result("r1", "E1", oa("u"))).Conversation
	b.finish(sent(b.claimOne(), "p1"))
	b.receive(said("u", "m1", "quiet"))
	to := conversations.Target{Conversation: id}
	b.apply(to, conversations.Reply{Agent: "li", Text: "one", Key: "1", Undo: pause})
	if lanes := b.claim(); len(lanes) > 0 {
		t.Fatalf("%v leaves at once", lanes)
	}
	first := fmt.Sprint(id, "-", b.thread(id).Messages)
	b.apply(to, conversations.CancelSend{Agent: "li", Message: first})
	if left, _ := b.thread(id).Reaches[0].Quota(b.clock.Now()); left != 5 {
		t.Errorf("%d may still be sent, want 5", left)
	}
	it := b.claimOne()
	if it.ID != first || it.Ride != outbox.Cancelled {
		t.Fatalf("claimed %s, which stands at %d", it.ID, it.Ride)
	}
	b.finish(outbox.Outcome{Item: it, Release: true, Target: to, Then: conversations.Report{
		Message: it.ID, Status: conversations.Failed, Reason: conversations.Cancelled,
	}})
	b.apply(to, conversations.Reply{Agent: "li", Text: "two", Key: "2", Undo: pause})
	b.apply(to, conversations.Reply{Agent: "li", Text: "three", Key: "3"})
	if lanes := b.claim(); len(lanes) > 0 {
		t.Fatalf("%v overtakes what may be taken back", lanes)
	}
	b.clock.Advance(pause)
	for _, want := range []string{"two", "three"} {
		next := b.claimOne()
		if d := delivery(t, next); d.Text != want {
			t.Errorf("there leaves %q, want %q", d.Text, want)
		}
		b.finish(sent(next, "p-"+want))
	}
}

// testDesk: a conversation that HR looks away from comes back at its time, one
// that is closed with the candidate's words, and a form is filled in once.
func testDesk(t *testing.T, b *bench) {
	id := b.notify(Result("r1", "E1", oa("u"))).Conversation
	b.receive(said("u", "m1", "quiet"))
	to := conversations.Target{Conversation: id}
	until := b.clock.Now().Add(time.Hour)
	b.apply(to, conversations.Snooze{Agent: "li", Until: until})
	if c := b.thread(id); !c.Snoozed.Equal(until) {
		t.Errorf("it sleeps until %v", c.Snoozed)
	}
	b.clock.Advance(time.Hour)
	for _, l := range b.claimOf(b.Store, conversations.TaskTick, 10, 1) {
		b.finish(outbox.Outcome{Item: l.Items[0], Release: true, Then: conversations.Tick{At: until}, Target: to})
	}
	if c := b.thread(id); !c.Snoozed.IsZero() {
		t.Errorf("it sleeps until %v", c.Snoozed)
	}
	for range 2 {
		b.apply(to, conversations.Annotate{Agent: "li", Text: "remark", Key: "k"})
		b.apply(to, conversations.SendTemplate{Agent: "li", Purpose: conversations.PurposeWaiting, Key: "k"})
	}
	var remarks, templates int
	for _, m := range b.messages(id) {
		switch {
		case m.Kind == conversations.Remark:
			remarks++
		case m.Kind == conversations.Template && m.Author.Agent() == "li":
			templates++
		}
	}
	if remarks != 1 || templates != 1 {
		t.Errorf("%d remarks and %d templates of one form each", remarks, templates)
	}
	b.apply(to, conversations.Close{Agent: "li"})
	if c := b.thread(id); !c.Closed.Equal(b.clock.Now()) {
		t.Errorf("closed at %v", c.Closed)
	}
	b.receive(said("u", "m2", "quiet"))
	if c := b.thread(id); !c.Closed.IsZero() {
		t.Errorf("still closed since %v", c.Closed)
	}
}
