package storetest

import (
	"fmt"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// testHasten: what waits for its next attempt becomes due at once; what is
// planned, leased or of another kind stays as it is.
func testHasten(t *testing.T, b *bench) {
	const failing = 20
	for i := range failing {
		b.notify(Result(fmt.Sprint("r", i), fmt.Sprint("E", i), oa(fmt.Sprint("u", i))))
		b.notify(Result(fmt.Sprint("i", i), fmt.Sprint("I", i))) // who has to be invited
	}
	var done []outbox.Outcome
	for _, l := range b.claimOf(b.Store, conversations.TaskInvite, failing, 1) {
		done = append(done, outbox.Outcome{
			Item: l.Items[0], Verdict: outbox.Retry, RetryAt: b.clock.Now().Add(6 * time.Hour), Note: "down", Release: true,
		})
	}
	b.finish(done...)
	deliveries := b.claim()
	for _, l := range deliveries { // they fail, too
		b.finish(outbox.Outcome{Item: l.Items[0], Verdict: outbox.Retry, RetryAt: b.clock.Now().Add(time.Hour), Note: "down", Release: true})
	}
	if len(done) != failing || len(deliveries) == 0 {
		t.Fatalf("%d invitations and %d deliveries failed", len(done), len(deliveries))
	}
	b.drain(conversations.TaskInvite)
	if err := b.Hasten(t.Context(), conversations.TaskInvite); err != nil {
		t.Fatal(err)
	}
	select {
	case <-b.Wake(conversations.TaskInvite):
	default:
		t.Error("nobody is woken")
	}
	lanes := b.claimOf(b.Store, conversations.TaskInvite, 2*failing, 1)
	if len(lanes) != failing {
		t.Fatalf("%d lanes are due, want %d", len(lanes), failing)
	}
	for _, l := range lanes {
		if len(l.Items) != 1 || l.Items[0].Attempts != 1 {
			t.Fatalf("the lane begins with %+v", l.Items)
		}
	}
	if err := b.Hasten(t.Context(), conversations.TaskInvite); err != nil {
		t.Fatal(err)
	}
	if again := b.claimOf(b.Store, conversations.TaskInvite, 2*failing, 1); len(again) > 0 {
		t.Errorf("%d leased lanes were given away", len(again))
	}
	if at, ok, err := b.NextDue(t.Context(), conversations.TaskDeliver); err != nil || !ok || at.Before(b.clock.Now().Add(time.Minute)) {
		t.Errorf("deliveries are due at %v (%v, %v)", at, ok, err)
	}
}

// drain forgets the wake-ups so far, as a dispatcher does that looks again.
func (b *bench) drain(kind conversations.TaskKind) {
	b.t.Helper()
	if _, _, err := b.NextDue(b.t.Context(), kind); err != nil {
		b.t.Fatal(err)
	}
	select {
	case <-b.Wake(kind):
	default:
	}
}
