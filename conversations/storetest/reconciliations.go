package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
)

func testDigests(t *testing.T, b *bench) {
	for _, id := range []string{"b", "B", "a-1", "a"} {
		b.notify(Result("r-"+id, id))
	}
	page := func(scope conversations.Scope, after, through string, limit int) (ids []string) {
		t.Helper()
		digests, err := b.Digests(t.Context(), scope, after, through, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range digests {
			ids = append(ids, d.Candidate)
		}
		return ids
	}
	all := conversations.Everything
	if got, want := page(all, "", "", 9), []string{"B", "a", "a-1", "b"}; !slices.Equal(got, want) {
		t.Errorf("in the order of bytes %v, want %v", got, want)
	}
	if got, want := page(all, "B", "a-1", 9), []string{"a", "a-1"}; !slices.Equal(got, want) {
		t.Errorf("after B, through a-1: %v, want %v", got, want)
	}
	if got := page(all, "a", "", 1); !slices.Equal(got, []string{"a-1"}) {
		t.Errorf("one after a: %v", got)
	}
	if got := page(conversations.Scope{"elsewhere"}, "", "", 9); len(got) > 0 {
		t.Errorf("another branch has %v", got)
	}
	if n, err := b.CountCandidates(t.Context(), all); n != 4 || err != nil {
		t.Errorf("%d candidates, %v", n, err)
	}
	some, err := b.DigestsOf(t.Context(), all, []string{"a", "nobody"})
	if err != nil || len(some) != 1 || some["a"].Result != "r-a" || some["a"].Sequence == 0 && some["a"].Offered.IsZero() {
		t.Errorf("%+v, %v", some, err)
	}
	if some, err := b.DigestsOf(t.Context(), conversations.Scope{"elsewhere"}, []string{"a"}); err != nil || len(some) > 0 {
		t.Errorf("another branch has %v, %v", some, err)
	}
}

func testBeliefs(t *testing.T, b *bench) {
	date := conversations.Date{Year: 2026, Month: 7, Day: 6}
	put := func(system string, beliefs ...conversations.Belief) {
		t.Helper()
		if err := b.PutBeliefs(t.Context(), system, beliefs); err != nil {
			t.Fatal(err)
		}
	}
	put("api:ehr", conversations.Belief{Candidate: "b", Sequence: 1}, conversations.Belief{Candidate: "a", Sequence: 2, StartDate: &date})
	put("api:ehr", conversations.Belief{Candidate: "b", Sequence: 3}, conversations.Belief{Candidate: "b", Sequence: 4})
	put("api:oa", conversations.Belief{Candidate: "b", Sequence: 9})
	got, err := b.Beliefs(t.Context(), "api:ehr", "", 9)
	if err != nil || len(got) != 2 || got[0].Candidate != "a" || *got[0].StartDate != date || got[1].Sequence != 4 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := b.Beliefs(t.Context(), "api:ehr", "a", 9); err != nil || len(got) != 1 || got[0].Candidate != "b" {
		t.Errorf("after a: %+v, %v", got, err)
	}
	if got, err := b.Believers(t.Context()); err != nil || !slices.Equal(got, []string{"api:ehr", "api:oa"}) {
		t.Errorf("%v believe something, %v", got, err)
	}
}

// testReconciliations has two nodes after one comparison.
func testReconciliations(t *testing.T, b *bench) {
	ctx, now := t.Context(), b.clock.Now()
	rec := conversations.Reconciliation{ID: "nightly-2026-06-24", Kind: conversations.ReconcileNightly, Asked: now}
	for i, want := range []bool{true, false} {
		if began, err := b.PutReconciliation(ctx, rec, nil); began != want || err != nil {
			t.Errorf("asked for time %d: %v, %v", i, began, err)
		}
	}
	claim := func(holder string) *conversations.Reconciliation {
		t.Helper()
		got, err := b.ClaimReconciliation(ctx, holder, b.clock.Now().Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := claim("one"); got == nil || got.ID != rec.ID {
		t.Fatalf("claimed %+v", got)
	}
	if got := claim("two"); got != nil {
		t.Fatalf("two hold %s", got.ID)
	}
	differs := func(n int, branch string) (out []conversations.Difference) {
		for i := range n {
			out = append(out, conversations.Difference{Candidate: fmt.Sprint("c", i), Branch: branch, Verdict: conversations.BehindUs})
		}
		return out
	}
	rec.Done = 2
	if err := b.AdvanceReconciliation(ctx, rec, "one", b.clock.Now().Add(time.Minute), 0, differs(2, "head")); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(2 * time.Minute) // the first holder died
	if got := claim("two"); got == nil || got.Done != 2 {
		t.Fatalf("claimed %+v", got)
	}
	if err := b.AdvanceReconciliation(ctx, rec, "one", b.clock.Now().Add(time.Minute), 2, nil); !errors.Is(err, conversations.ErrStale) {
		t.Errorf("who lost it goes on: %v", err)
	}
	rec.Candidates, rec.Agree, rec.Finished = 4, 1, b.clock.Now()
	if err := b.AdvanceReconciliation(ctx, rec, "two", b.clock.Now(), 0, append(differs(2, "head/north"), differs(1, "head/south")...)); err != nil {
		t.Fatal(err)
	}
	if got := claim("two"); got != nil {
		t.Errorf("what is finished is made again: %+v", got)
	}
	b.reports(rec)
}

// reports looks at the kept report of a comparison of all branches.
func (b *bench) reports(rec conversations.Reconciliation) {
	b.t.Helper()
	ctx := b.t.Context()
	for _, tc := range []struct {
		scope conversations.Scope
		want  int
	}{{conversations.Everything, 3}, {conversations.Scope{"head"}, 3}, {conversations.Scope{"head/north"}, 2}} {
		got, found, next, err := b.Reconciliation(ctx, tc.scope, rec.ID, 0, 9)
		if err != nil || len(found) != tc.want || next != 0 || got.Agree != 1 || got.Finished.IsZero() {
			b.t.Errorf("%q reads %+v, %+v, %d, %v", tc.scope, got, found, next, err)
		}
	}
	if _, found, next, err := b.Reconciliation(ctx, conversations.Everything, rec.ID, 1, 1); err != nil || len(found) != 1 || next != 2 {
		b.t.Errorf("a page of one: %+v, %d, %v", found, next, err)
	}
	posted := conversations.Reconciliation{ID: "posted-1", Kind: conversations.ReconcilePosted, Branch: "head/north", Asked: b.clock.Now(), Finished: b.clock.Now()}
	if _, err := b.PutReconciliation(ctx, posted, []conversations.Difference{{Candidate: "nobody"}}); err != nil {
		b.t.Fatal(err)
	}
	for _, tc := range []struct {
		scope conversations.Scope
		want  int
	}{{conversations.Everything, 2}, {conversations.Scope{"head/north/one"}, 2}, {conversations.Scope{"head/south"}, 1}, {nil, 0}} {
		if got, err := b.Reconciliations(ctx, tc.scope, "", time.Time{}, 9); err != nil || len(got) != tc.want {
			b.t.Errorf("%q has %+v, %v", tc.scope, got, err)
		}
	}
	if _, _, _, err := b.Reconciliation(ctx, conversations.Scope{"head/south"}, posted.ID, 0, 9); !errors.Is(err, conversations.ErrNotFound) {
		b.t.Errorf("another branch's report: %v", err)
	}
	if got, err := b.Reconciliations(ctx, conversations.Everything, "", posted.Asked, 9); err != nil || len(got) != 1 || got[0].ID != rec.ID {
		b.t.Errorf("before the last: %+v, %v", got, err)
	}
	if n, err := b.PruneReconciliations(ctx, posted.Asked); n != 1 || err != nil {
		b.t.Errorf("%d forgotten, %v", n, err)
	}
	if _, _, _, err := b.Reconciliation(ctx, conversations.Everything, rec.ID, 0, 9); !errors.Is(err, conversations.ErrNotFound) {
		b.t.Errorf("what was forgotten: %v", err)
	}
}

func testConflict(t *testing.T, b *bench) {
	b.notify(Result("r1", "a"))
	date := conversations.Date{Year: 2030, Month: 1, Day: 7}
	done := b.apply(conversations.Target{Scope: conversations.Everything, Candidate: "a"}, conversations.Disagree{
		System: "api:ehr", Belief: conversations.Belief{Candidate: "a", StartDate: &date}, Differs: []string{conversations.PartStartDate},
	})
	got, err := b.Conflicts(t.Context(), conversations.Everything, 9)
	if err != nil || len(got) != 1 || got[0].ID != done.Conversation || got[0].OpenConflict() == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	page, err := b.Inbox(t.Context(), conversations.InboxQuery{Scope: conversations.Everything, View: conversations.ViewRequests})
	if err != nil || len(page.Rows) != 1 || !page.Rows[0].Action {
		t.Errorf("waiting for HR: %+v, %v", page, err)
	}
	b.apply(conversations.Target{Scope: conversations.Everything, Conversation: done.Conversation},
		conversations.Settle{Agent: "li", Conflict: got[0].OpenConflict().ID, Choice: conversations.ChooseOurs})
	if got, err := b.Conflicts(t.Context(), conversations.Everything, 9); err != nil || len(got) > 0 {
		t.Errorf("after the decision %+v, %v", got, err)
	}
}
