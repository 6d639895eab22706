package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

func testEventRetry(t *testing.T, b *bench) {
	b.endpoint("ehr", "head", relay.FromNow)
	b.eventful("E1", 2)
	began := b.clock.Now()
	b.tolds("ehr", b.refused(b.tellOne("ehr"), time.Minute))
	b.tellNothing("ehr")
	b.happen("E1", 2, 3) // what is new does not go ahead
	b.tellNothing("ehr")
	if at, ok, err := b.Deliveries("ehr").NextDue(t.Context(), conversations.TaskEvent); err != nil || !ok || !at.Equal(began.Add(time.Minute)) {
		t.Errorf("next due at %v, %v (%v)", at, ok, err)
	}
	b.clock.Advance(time.Minute)
	it := b.tellOne("ehr")
	if it.Asked != 1 || it.Attempts != 1 || !it.Since.Equal(began) {
		t.Errorf("again comes %+v, tried first at %v", it, began)
	}
	b.tolds("ehr", outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: b.clock.Now().Add(6 * time.Hour), Uncounted: true, Release: true})
	if err := b.Hurry(t.Context(), "ehr"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-b.Deliveries("ehr").Wake(conversations.TaskEvent):
	default:
		t.Error("nobody is woken")
	}
	it = b.tellOne("ehr")
	if it.Asked != 1 || it.Attempts != 1 || !it.Since.Equal(began) {
		t.Errorf("then comes %+v", it)
	}
	b.tolds("ehr", b.took(it))
	if it = b.tellOne("ehr"); it.Asked != 2 || it.Attempts != 0 || !it.Since.IsZero() {
		t.Errorf("the next is %+v", it)
	}
	b.tolds("ehr", b.took(it))
	b.expectSequences("ehr", 3)
}

// testEventLease: what a worker had who died comes again; what one books who
// was too slow is void.
func testEventLease(t *testing.T, b *bench) {
	b.endpoint("ehr", "head", relay.FromNow)
	b.eventful("E1", 2)
	first := b.tellOne("ehr")
	b.clock.Advance(lease - time.Millisecond)
	b.tellNothing("ehr")
	b.clock.Advance(time.Millisecond)
	again := b.tellOne("ehr")
	if again.ID != first.ID {
		t.Fatalf("after the lease comes %s, want %s", again.ID, first.ID)
	}
	b.tolds("ehr", b.refused(first, time.Hour))
	b.tellNothing("ehr")
	b.tolds("ehr", b.took(again))
	b.tolds("ehr", b.refused(first, time.Hour))
	b.expectSequences("ehr", 2)
}

func testDeadLetters(t *testing.T, b *bench) {
	b.endpoint("ehr", "head", relay.FromNow)
	id := b.eventful("E1", 3)
	b.eventful("E2", 1)
	for _, l := range b.tell("ehr", 10, 3) {
		done := outcomes(l)
		done[0].Verdict, done[0].Note = outbox.Dead, "it answered 400"
		b.tolds("ehr", done...)
	}
	b.tellNothing("ehr")
	dead := b.dead("ehr", relay.Selection{})
	if len(dead) != 2 {
		t.Fatalf("dead letters: %+v", dead)
	}
	i := slices.IndexFunc(dead, func(d relay.DeadLetter) bool { return d.Candidate == "E1" })
	want := relay.DeadLetter{
		Endpoint: "ehr", Candidate: "E1", Event: conversations.EventID(id, 1), Type: conversations.EventMessageReceived, Sequence: 1,
		At: b.clock.Now(), Attempts: 1, Note: "it answered 400",
	}
	dead[i].At = dead[i].At.In(want.At.Location())
	if dead[i] != want {
		t.Errorf("a dead letter is %+v, want %+v", dead[i], want)
	}
	if page, err := b.DeadLetters(t.Context(), conversations.Everything, "ehr", relay.Selection{}, dead[0].Event, 10); err != nil || len(page) != 1 || page[0].Event != dead[1].Event {
		t.Errorf("behind the first comes %+v (%v)", page, err)
	}
	if got := b.standing("ehr").Dead; got != 2 {
		t.Errorf("the endpoint counts %d", got)
	}
	b.replay("ehr", relay.Selection{DeadOnly: true, Candidate: "E1"}, 1)
	if dead := b.dead("ehr", relay.Selection{Candidate: "E1"}); len(dead) != 1 || !dead[0].Replaying {
		t.Errorf("to be told again: %+v", dead)
	}
	it := b.tellOne("ehr")
	if it.Asked != 1 || !it.Again {
		t.Fatalf("again comes %+v", it)
	}
	b.tolds("ehr", outbox.Outcome{Item: it, Verdict: outbox.Dead, Note: "still 400", Release: true})
	if dead := b.dead("ehr", relay.Selection{Candidate: "E1"}); len(dead) != 1 || dead[0].Attempts != 2 || dead[0].Note != "still 400" || dead[0].Replaying {
		t.Errorf("given up again: %+v", dead)
	}
	b.replay("ehr", relay.Selection{Events: []string{want.Event}}, 1)
	b.tolds("ehr", b.took(b.tellOne("ehr")))
	if dead := b.dead("ehr", relay.Selection{Candidate: "E1"}); len(dead) != 0 {
		t.Errorf("a letter that was taken is dead: %+v", dead)
	}
	if n, err := b.Dismiss(t.Context(), conversations.Everything, "ehr", relay.Selection{Candidate: "E2"}); err != nil || n != 1 || len(b.dead("ehr", relay.Selection{})) != 0 {
		t.Errorf("%d letters are dismissed (%v)", n, err)
	}
}

func (b *bench) dead(endpoint string, p relay.Selection) []relay.DeadLetter {
	b.t.Helper()
	dead, err := b.DeadLetters(b.t.Context(), conversations.Everything, endpoint, p, "", 0)
	if err != nil {
		b.t.Fatal(err)
	}
	return dead
}

// replay has events told again and expects them to be so many.
func (b *bench) replay(endpoint string, p relay.Selection, want int) {
	b.t.Helper()
	for _, dry := range []bool{true, false} {
		if n, err := b.Replay(b.t.Context(), conversations.Everything, endpoint, p, dry); err != nil || n != want {
			b.t.Fatalf("%d events are told again, dry %v (%v), want %d", n, dry, err, want)
		}
	}
}

// testReplay: what is told again comes before what is new, in order, and holds
// up nothing that was not asked for.
func testReplay(t *testing.T, b *bench) {
	b.endpoint("ehr", "head", relay.FromNow)
	b.endpoint("it", "head", relay.FromNow)
	b.eventful("E1", 3)
	b.expectSequences("ehr", 1, 2, 3)
	b.clock.Advance(time.Hour)
	later := b.clock.Now()
	b.happen("E1", 3, 5)
	b.tolds("ehr", b.refused(b.tellOne("ehr"), time.Hour))
	b.replay("ehr", relay.Selection{Candidate: "E1", After: 1}, 2)
	b.replay("ehr", relay.Selection{Candidate: "E1", After: 1}, 2) // twice is once
	it := b.tellOne("ehr")
	if it.Asked != 2 || !it.Again || it.Attempts != 0 {
		t.Fatalf("again comes %+v", it)
	}
	b.tolds("ehr", b.refused(it, time.Minute))
	b.tellNothing("ehr")
	b.clock.Advance(time.Minute)
	if it = b.tellOne("ehr"); it.Asked != 2 || it.Attempts != 1 || it.Since.IsZero() {
		t.Errorf("once more comes %+v", it)
	}
	b.tolds("ehr", b.took(it))
	b.expectSequences("ehr", 3, 4, 5)
	b.expectSequences("it", 1, 2, 3, 4, 5)
	b.replay("ehr", relay.Selection{From: later}, 2)
	b.expectSequences("ehr", 4, 5)
	b.replay("ehr", relay.Selection{To: later, Type: conversations.EventMessageReceived}, 3)
	b.expectSequences("ehr", 1, 2, 3)
	b.replay("ehr", relay.Selection{Type: conversations.EventCallMade}, 0)
	b.replay("ehr", relay.Selection{Candidate: "nobody"}, 0)
	if n, err := b.Replay(t.Context(), conversations.Scope{"head/north", "head"}, "ehr", relay.Selection{Candidate: "E1"}, true); err != nil || n != 5 {
		t.Errorf("%d events may be told again (%v)", n, err)
	}
}

// testReplayMany: more than one commit has told again, of candidates of whom
// an endpoint was never told.
func testReplayMany(t *testing.T, b *bench) {
	const candidates, events = 140, 4
	for i := range candidates {
		b.eventful(fmt.Sprint("E", i), events)
	}
	b.endpoint("ehr", "head", relay.FromNow)
	b.tellNothing("ehr")
	b.replay("ehr", relay.Selection{}, candidates*events)
	told := map[string]int64{}
	for {
		lanes := b.tell("ehr", 50, 3)
		if len(lanes) == 0 {
			break
		}
		for _, l := range lanes {
			for _, it := range l.Items {
				if told[l.ID]++; it.Asked != told[l.ID] {
					t.Fatalf("%s comes after %d", it.ID, told[l.ID]-1)
				}
			}
			b.tolds("ehr", outcomes(l)...)
		}
	}
	if len(told) != candidates {
		t.Errorf("%d candidates were told again, want %d", len(told), candidates)
	}
	for lane, n := range told {
		if n != events {
			t.Errorf("%d events of %s were told again", n, lane)
		}
	}
}

func testPause(t *testing.T, b *bench) {
	ctx := t.Context()
	b.endpoint("ehr", "head", relay.FromNow)
	b.eventful("E1", 1)
	b.tolds("ehr", b.refused(b.tellOne("ehr"), time.Hour))
	p := relay.Pause{At: b.clock.Now(), Reason: relay.PausedFailing, Detail: "it answered 500"}
	for _, first := range []bool{true, false} {
		if paused, err := b.PauseEndpoint(ctx, conversations.Everything, "ehr", p); err != nil || paused != first {
			t.Errorf("it was paused: %v (%v)", paused, err)
		}
	}
	if got := b.standing("ehr"); got.Paused.Reason != p.Reason || got.Paused.Detail != p.Detail || !got.Paused.At.Equal(p.At) || got.Waiting != 1 {
		t.Errorf("it stands at %+v", got)
	}
	b.clock.Advance(2 * time.Hour)
	b.happen("E1", 1, 2)
	b.eventful("E2", 1)
	b.tellNothing("ehr")
	if _, ok, err := b.Deliveries("ehr").NextDue(ctx, conversations.TaskEvent); ok || err != nil {
		t.Errorf("a paused endpoint is due: %v (%v)", ok, err)
	}
	if got := b.standing("ehr"); got.Waiting != 2 || got.Oldest.IsZero() {
		t.Errorf("of %d candidates events wait, want 2", got.Waiting)
	}
	if err := b.ResumeEndpoint(ctx, conversations.Everything, "ehr", "li"); err != nil {
		t.Fatal(err)
	}
	lanes := b.tell("ehr", 10, 5)
	if len(lanes) != 2 {
		t.Fatalf("then it is told of %d candidates, want 2", len(lanes))
	}
	for _, l := range lanes {
		if it := l.Items[0]; it.Asked != 1 || it.Attempts != 0 || !it.Since.IsZero() {
			t.Errorf("after the pause comes %+v", it)
		}
		b.tolds("ehr", outcomes(l)...)
	}
	if got := b.standing("ehr"); got.Waiting != 0 || !got.Paused.At.IsZero() {
		t.Errorf("in the end it stands at %+v", got)
	}
}

// testStarts: from now on means from the next event of each candidate on.
func testStarts(t *testing.T, b *bench) {
	b.eventful("E1", 3)
	b.eventful("E2", 2)
	b.endpoint("now", "head", relay.FromNow)
	b.endpoint("all", "head", relay.FromBeginning)
	b.tellNothing("now")
	if got := b.sequences("all"); len(got) != 5 {
		t.Errorf("from the beginning come %v", got)
	}
	b.happen("E1", 3, 4)
	b.expectSequences("now", 4)
	b.expectSequences("all", 4)
	b.eventful("E3", 1)
	b.expectSequences("now", 1)
	b.expectSequences("all", 1)
}

func testRemoveEndpoint(t *testing.T, b *bench) {
	ctx := t.Context()
	b.endpoint("ehr", "head", relay.FromNow)
	b.eventful("E1", 3)
	b.tolds("ehr", b.took(b.tellOne("ehr")))
	at := b.tellOne("ehr")
	b.replay("ehr", relay.Selection{Candidate: "E1"}, 1)
	if err := b.RemoveEndpoint(ctx, conversations.Everything, "ehr", 7); !errors.Is(err, conversations.ErrStale) || b.standing("ehr").Version != 1 {
		t.Errorf("removing what was changed meanwhile: %v", err)
	}
	if err := b.RemoveEndpoint(ctx, conversations.Everything, "ehr", 1); err != nil {
		t.Fatal(err)
	}
	b.tolds("ehr", b.took(at))
	b.tellNothing("ehr")
	b.endpoint("ehr", "head", relay.FromNow)
	b.tolds("ehr", b.refused(at, 0))
	b.tellNothing("ehr")
	if got := b.standing("ehr"); got.Waiting != 0 || !got.Took.IsZero() || !got.Failed.IsZero() {
		t.Errorf("the new endpoint stands at %+v", got)
	}
	b.happen("E1", 3, 4)
	b.expectSequences("ehr", 4)
	if n, err := b.PruneAttempts(ctx, b.clock.Now(), b.clock.Now()); err != nil || n != 0 {
		t.Errorf("%d attempts are left of what was removed (%v)", n, err)
	}
}

func testAttempts(t *testing.T, b *bench) {
	ctx := t.Context()
	b.endpoint("ehr", "head", relay.FromNow)
	id := b.eventful("E1", 2)
	b.tolds("ehr", b.refused(b.tellOne("ehr"), 0))
	failed := b.clock.Now()
	b.clock.Advance(time.Minute)
	b.tolds("ehr", b.took(b.tellOne("ehr")))
	b.tolds("ehr", outbox.Outcome{Item: b.tellOne("ehr"), Release: true}) // passed over
	b.eventful("E2", 1)
	b.tolds("ehr", b.took(b.tellOne("ehr")))
	list := func(p relay.Selection, before int64, limit int) []relay.Attempt {
		t.Helper()
		got, err := b.Attempts(ctx, conversations.Everything, "ehr", p, before, limit)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	all := list(relay.Selection{}, 0, 0)
	if len(all) != 3 || all[0].Candidate != "E2" || all[0].ID <= all[1].ID || all[1].ID <= all[2].ID {
		t.Fatalf("attempts: %+v", all)
	}
	first := all[2]
	if first.Event != conversations.EventID(id, 1) || first.Sequence != 1 || first.Type != conversations.EventMessageReceived || first.Candidate != "E1" ||
		first.Status != 500 || first.Note != "it answered 500" || first.Answer != "oops" || !first.At.Equal(failed) || first.Endpoint != "ehr" {
		t.Errorf("the first attempt is %+v", first)
	}
	if all[1].Took != 7*time.Millisecond || all[1].Note != "" {
		t.Errorf("the second attempt is %+v", all[1])
	}
	for want, got := range map[int][]relay.Attempt{
		1: list(relay.Selection{Failed: true}, 0, 0),
		2: list(relay.Selection{Candidate: "E1"}, 0, 0),
		3: list(relay.Selection{To: b.clock.Now().Add(time.Second), Type: conversations.EventMessageReceived}, 0, 0),
		0: list(relay.Selection{}, first.ID, 0),
	} {
		if len(got) != want {
			t.Errorf("%d attempts, want %d: %+v", len(got), want, got)
		}
	}
	if page := list(relay.Selection{}, all[0].ID, 1); len(page) != 1 || page[0].ID != all[1].ID {
		t.Errorf("the next page is %+v", page)
	}
	if got := b.standing("ehr"); !got.Failed.Equal(failed) || !got.Took.Equal(b.clock.Now()) {
		t.Errorf("it took %v, failed %v", got.Took, got.Failed)
	}
	if n, err := b.PruneAttempts(ctx, b.clock.Now(), b.clock.Now()); err != nil || n != 1 || len(list(relay.Selection{}, 0, 0)) != 2 {
		t.Errorf("%d attempts are forgotten (%v)", n, err)
	}
}

func testProgress(t *testing.T, b *bench) {
	b.eventful("E0", 2)
	b.endpoint("ehr", "head", relay.FromNow)
	b.eventful("E1", 3)
	b.eventful("E2", 1)
	for _, l := range b.tell("ehr", 10, 1) {
		if l.Items[0].ID[:len(l.Items[0].ID)-1] != "" {
			b.tolds("ehr", outbox.Outcome{Item: l.Items[0], Verdict: outbox.Dead, Note: "no", Release: true})
		}
	}
	b.tolds("ehr", b.refused(b.tellOne("ehr"), time.Hour))
	now := b.clock.Now()
	got, err := b.ProgressOf(t.Context(), conversations.Everything, "ehr", "", nil, 0)
	want := []relay.Progress{
		{Candidate: "E0", Known: 2, Taken: 2},
		{Candidate: "E1", Known: 3, Taken: 1, Dead: 1, Attempts: 1, Note: "it answered 500"},
		{Candidate: "E2", Known: 1, Taken: 1, Dead: 1},
	}
	if err != nil || len(got) != len(want) {
		t.Fatalf("progress: %+v (%v)", got, err)
	}
	if !got[1].Since.Equal(now) {
		t.Errorf("it was first tried at %v", got[1].Since)
	}
	got[1].Since = time.Time{}
	if !slices.Equal(got, want) {
		t.Errorf("progress: %+v, want %+v", got, want)
	}
	for i, q := range []struct {
		after string
		named []string
	}{{"E1", nil}, {"", []string{"E2", "nobody"}}} {
		if got, err := b.ProgressOf(t.Context(), conversations.Everything, "ehr", q.after, q.named, 5); err != nil || len(got) != 1 || got[0].Candidate != "E2" {
			t.Errorf("question %d: %+v (%v)", i, got, err)
		}
	}
}
