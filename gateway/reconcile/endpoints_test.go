package reconcile_test

import (
	"strings"
	"testing"
	"time"

	c "jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// found is what a night found of the endpoint, nil if all agreed.
func (b *bench) found() *c.Difference {
	b.t.Helper()
	rec := b.report()
	_, all, _, err := b.store.Reconciliation(b.t.Context(), c.Everything, rec.ID, 0, 9)
	if err != nil {
		b.t.Fatal(err)
	}
	if rec.Agrees() != (len(all) == 0) || len(all) > 1 {
		b.t.Fatalf("the report %+v has %+v", rec, all)
	}
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

// TestANightWithAPausedEndpoint: what a paused endpoint is not told is named,
// and nothing is told it again by force.
func TestANightWithAPausedEndpoint(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	last := b.candidate("a")
	pause := relay.Pause{At: b.clock.Now(), Reason: relay.PausedGone}
	if _, err := b.store.PauseEndpoint(t.Context(), c.Everything, "ehr", pause); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(2 * time.Hour)
	want := c.Difference{Candidate: "a", System: "ehr", Verdict: c.NotTaken, Ours: last}
	if d := b.found(); d == nil || d.Candidate != want.Candidate || d.Verdict != want.Verdict || d.Theirs != 0 || d.Ours != want.Ours ||
		d.Repair != "" || !strings.Contains(d.Detail, string(relay.PausedGone)) {
		t.Errorf("%+v, want %+v", d, want)
	}
	if err := b.store.ResumeEndpoint(t.Context(), c.Everything, "ehr", "li"); err != nil {
		t.Fatal(err)
	}
	if taken := b.deliver(); len(taken) != int(last) {
		t.Errorf("it took %v after the pause", taken)
	}
	b.clock.Advance(24 * time.Hour)
	if d := b.found(); d != nil {
		t.Errorf("after the pause %+v", d)
	}
}

// TestANightWithASlowEndpoint: what is on its way for some minutes is no
// difference; what the endpoint refuses or leaves lying is.
func TestANightWithASlowEndpoint(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.clock.Advance(2 * time.Hour)
	last := b.candidate("a")
	b.clock.Advance(10 * time.Minute)
	if d := b.found(); d != nil {
		t.Errorf("ten minutes are too long: %+v", d)
	}
	b.clock.Advance(24 * time.Hour)
	if d := b.found(); d == nil || d.Verdict != c.NotTaken || d.Theirs != 0 || d.Ours != last {
		t.Errorf("after a day %+v", d)
	}
	b.clock.Advance(24 * time.Hour)
	b.tell(func(it outbox.Item) outbox.Outcome {
		if it.Asked < last {
			return outbox.Outcome{Item: it, Verdict: outbox.Done}
		}
		return outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: b.clock.Now().Add(time.Hour), Note: "it answered 503", Release: true}
	})
	if d := b.found(); d == nil || d.Verdict != c.NotTaken || d.Theirs != last-1 || d.Detail != "it answered 503" {
		t.Errorf("refused %+v", d)
	}
}

// TestTheNightTellsDeadLettersAgain: what an endpoint was given up on is told
// again at night, alone.
func TestTheNightTellsDeadLettersAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.candidate("a")
	b.tell(func(it outbox.Item) outbox.Outcome {
		if it.Asked == 2 {
			return outbox.Outcome{Item: it, Verdict: outbox.Dead, Note: "it answered 422"}
		}
		return outbox.Outcome{Item: it, Verdict: outbox.Done}
	})
	b.clock.Advance(2 * time.Hour)
	if d := b.found(); d == nil || d.Verdict != c.GivenUp || d.Repair != c.RepairReplay || d.Events != 1 {
		t.Fatalf("%+v", d)
	}
	if taken := b.deliver(); len(taken) != 1 || taken[0] != 2 {
		t.Errorf("told again %v", taken)
	}
	b.clock.Advance(24 * time.Hour)
	if d := b.found(); d != nil {
		t.Errorf("the night after %+v", d)
	}
}
