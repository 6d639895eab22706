package reconcile_test

import (
	"testing"

	c "jiebao/conversations"
	"jiebao/gateway/reconcile"
)

// TestSettlingIsSeenToItsEnd: a node settles a conflict as ours and dies before
// it has everything told again. The same command, repeated, sees to that, and
// does not settle twice.
func TestSettlingIsSeenToItsEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	last := b.candidate("a")
	b.deliver()
	other := c.Date{Year: 2030, Month: 1, Day: 7}
	b.check(reconcile.Call{Beliefs: []c.Belief{{Candidate: "a", Sequence: last, StartDate: &other}}})
	b.deliver()
	conv := b.conversation("a")
	to := c.Target{Scope: c.Everything, Conversation: conv.ID, Condition: c.Condition{Once: "the request"}}
	settle := c.Settle{Agent: "api:ehr", Conflict: conv.OpenConflict().ID, Choice: c.ChooseOurs}
	if _, err := b.store.Apply(t.Context(), to, settle); err != nil { // and the node dies
		t.Fatal(err)
	}
	if taken := b.deliver(); len(taken) != 1 {
		t.Fatalf("the endpoint is told %v, want only that it is settled", taken)
	}
	done, err := b.SettleAt(t.Context(), to, settle)
	if err != nil || !done.Duplicate {
		t.Fatalf("settling it again: %+v, %v", done, err)
	}
	now := b.conversation("a").Events
	if taken := b.deliver(); int64(len(taken)) != now || taken[0] != 1 {
		t.Errorf("the endpoint is told %v, want all %d", taken, now)
	}
	if b.conversation("a").Events != now {
		t.Error("it was settled twice")
	}
}
