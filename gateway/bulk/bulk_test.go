package bulk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
)

// desk is many conversations in a real store, and who does things to them.
type desk struct {
	*Bulk
	t     *testing.T
	store *sqlstore.Store
	clock *clock.Virtual
	ids   map[string]string // conversations by the EHR's id of the candidate
}

func newDesk(t *testing.T, candidates ...string) *desk {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 6, 24, 12, 0, 0, 0, time.FixedZone("CST", 8*3600)))
	var n atomic.Int64
	newID := func() string { return fmt.Sprintf("id%05d", n.Add(1)) }
	engine := storetest.Engine()
	store, err := sqlstore.Open(t.Context(), sqlstore.Options{
		Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), Engine: engine, Now: v.Now, NewID: newID,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &desk{t: t, store: store, clock: v, ids: map[string]string{}}
	d.Bulk = New(Bulk{
		Store: store, Engine: engine, Clock: v, NewID: newID, Log: slog.New(slog.DiscardHandler),
		May: func(_ context.Context, agent string, _ conversations.Command) (conversations.Scope, error) {
			if agent == "south" {
				return conversations.Scope{"head/south"}, nil
			}
			return conversations.Scope{"head"}, nil
		},
	})
	for _, c := range candidates {
		n := storetest.Result("r-"+c, c, conversations.Address{Account: "oa", ID: "u-" + c})
		d.ids[c] = d.apply(conversations.Target{Candidate: c, Branch: n.Result.Branch}, n).Conversation
	}
	return d
}

func (d *desk) apply(to conversations.Target, c conversations.Command) conversations.Applied {
	d.t.Helper()
	applied, err := d.store.Apply(d.t.Context(), to, c)
	if err != nil {
		d.t.Fatalf("%T: %v", c, err)
	}
	return applied
}

func (d *desk) to(candidate string, c conversations.Command) {
	d.t.Helper()
	d.apply(conversations.Target{Conversation: d.ids[candidate]}, c)
}

func (d *desk) thread(candidate string) conversations.Conversation {
	d.t.Helper()
	c, err := d.store.Thread(d.t.Context(), conversations.Everything, d.ids[candidate])
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// begin drafts a deed to all candidates.
func (d *desk) begin(deed Deed, candidates ...string) (Run, Plan) {
	d.t.Helper()
	var ids []string
	for _, c := range candidates {
		ids = append(ids, d.ids[c])
	}
	deed.Agent = "me"
	r, err := d.Begin(d.t.Context(), deed, ids)
	if err != nil {
		d.t.Fatal(err)
	}
	plan, err := d.Preview(d.t.Context(), r)
	if err != nil {
		d.t.Fatal(err)
	}
	return r, plan
}

func (d *desk) confirm(r Run, plan Plan) {
	d.t.Helper()
	if _, _, err := d.Confirm(d.t.Context(), "me", r.ID, plan.Seal); err != nil {
		d.t.Fatal(err)
	}
}

// finish lets time pass until nothing is left to do.
func (d *desk) finish(r Run) Run {
	d.t.Helper()
	for range 100 {
		if _, err := d.work(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
		got, err := d.Find(d.t.Context(), "me", r.ID)
		if err != nil {
			d.t.Fatal(err)
		}
		if got.Due.IsZero() {
			return got
		}
		d.clock.Advance(time.Second)
	}
	d.t.Fatal("it never ends")
	return r
}

func (r Run) outcomes() (out []string) {
	for _, it := range r.Items {
		out = append(out, string(it.Outcome)+string(it.Skip))
	}
	return out
}

func (d *desk) wantOutcomes(r Run, want ...string) {
	d.t.Helper()
	if got := r.outcomes(); !slices.Equal(got, want) {
		d.t.Errorf("it came to %q, want %q", got, want)
	}
}

func (d *desk) sent(candidate string) (n int) {
	d.t.Helper()
	all, err := d.store.Messages(d.t.Context(), conversations.Everything, d.ids[candidate], 0, 100)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, m := range all {
		if m.Template != nil && m.Template.Purpose == conversations.PurposeOfferReminder {
			n++
		}
	}
	return n
}

func TestRemindSaysWhoGetsWhatAndDoesJustThat(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "a", "b", "c", "d")
	d.to("b", conversations.OptOut{})
	d.to("c", conversations.Assign{Agent: "colleague"})
	r, plan := d.begin(Deed{Kind: Remind}, "a", "b", "c", "d")
	if plan.Done != 2 || plan.Skipped[OptedOut] != 1 || plan.Skipped[Owned] != 1 || len(plan.Accounts) != 1 || plan.Accounts[0] != (Count{"oa", 2}) {
		t.Fatalf("the plan is %+v", plan)
	}
	if s := plan.Rows[0].Sends; len(s) != 1 || s[0].Template == nil || s[0].Template.Purpose != conversations.PurposeOfferReminder {
		t.Fatalf("a is sent %+v", s)
	}
	if _, now, err := d.Confirm(t.Context(), "me", r.ID, "another"); !errors.Is(err, conversations.ErrStale) || now.Seal != plan.Seal {
		t.Errorf("another seal: %v", err)
	}
	if _, err := d.Find(t.Context(), "somebody", r.ID); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("somebody else's run: %v", err)
	}
	d.confirm(r, plan)
	d.confirm(r, plan) // the form twice
	if _, err := d.work(t.Context()); err != nil || d.sent("a") != 0 {
		t.Errorf("it began while it could be taken back: %v", err)
	}
	done := d.finish(r)
	d.wantOutcomes(done, "done", "skippedopted_out", "skippedowned", "done")
	if a, b := d.sent("a"), d.sent("b"); a != 1 || b != 0 {
		t.Errorf("a was reminded %d times, b %d", a, b)
	}
	if _, again := d.begin(Deed{Kind: Remind}, "a"); again.Skipped[Reminded] != 1 {
		t.Errorf("a second reminder at once: %+v", again.Skipped)
	}
	if _, err := d.Undo(t.Context(), "me", r.ID); err != nil {
		t.Fatal(err)
	}
	d.wantOutcomes(d.finish(r), "undone", "skippedopted_out", "skippedowned", "undone") // nothing had left yet
}

func TestWhatChangedSinceIsLeftOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "a", "b")
	r, plan := d.begin(Deed{Kind: Close}, "a", "b")
	d.to("a", conversations.Assign{Agent: "colleague"})
	if _, now, err := d.Confirm(t.Context(), "me", r.ID, plan.Seal); !errors.Is(err, conversations.ErrStale) || now.Skipped[Owned] != 1 {
		t.Errorf("what was shown is not so any more: %v, %+v", err, now.Skipped)
	}
	plan, err := d.Preview(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	d.confirm(r, plan)
	said := storetest.Said(conversations.Address{Account: "oa", ID: "u-b"}, "m1", "quiet")
	d.apply(conversations.Target{Address: said.Address}, said)
	d.wantOutcomes(d.finish(r), "skippedowned", "skippedchanged")
	if c := d.thread("b"); !c.Closed.IsZero() {
		t.Error("it was closed over words that nobody had seen")
	}
}

func TestAssignIsUndoneWhereNothingCameOfIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "a", "b", "c")
	for _, c := range []string{"a", "b"} {
		said := storetest.Said(conversations.Address{Account: "oa", ID: "u-" + c}, "m-"+c, "person")
		d.apply(conversations.Target{Address: said.Address}, said)
	}
	_, plan := d.begin(Deed{Kind: Assign, To: "south"}, "a")
	if plan.Done != 0 || plan.Skipped[NotTheirs] != 1 {
		t.Errorf("who may not work there gets %+v", plan)
	}
	r, plan := d.begin(Deed{Kind: Assign, To: "li"}, "a", "b", "c")
	d.confirm(r, plan)
	d.wantOutcomes(d.finish(r), "done", "done", "done")
	d.to("b", conversations.Reply{Agent: "li", Text: "您好"})
	if _, err := d.Undo(t.Context(), "me", r.ID); err != nil {
		t.Fatal(err)
	}
	d.wantOutcomes(d.finish(r), "undone", "stays", "undone")
	a, b, c := d.thread("a").Owner, d.thread("b").Owner, d.thread("c").Owner
	if a.Kind != conversations.OwnedByQueue || a.Reason != conversations.HandoffAsked || b.Agent != "li" || c.Kind != conversations.OwnedByBot {
		t.Errorf("after undoing a is %+v, b %+v, c %+v", a, b, c)
	}
}

func TestStopLeavesTheRest(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "a", "b")
	r, plan := d.begin(Deed{Kind: Remind}, "a", "b")
	d.confirm(r, plan)
	if _, err := d.Stop(t.Context(), "me", r.ID); err != nil {
		t.Fatal(err)
	}
	d.wantOutcomes(d.finish(r), "stopped", "stopped")
	if d.sent("a") != 0 {
		t.Error("what was taken back was sent")
	}
}

// A node that ends between doing and noting it leaves the rest to another,
// which does nothing twice.
func TestNothingIsDoneTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "a", "b")
	r, plan := d.begin(Deed{Kind: Remind}, "a", "b")
	d.confirm(r, plan)
	d.clock.Advance(Pause)
	r, err := d.Find(t.Context(), "me", r.ID)
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.world(t.Context(), r.Deed)
	if err != nil {
		t.Fatal(err)
	}
	if it, _ := d.do(t.Context(), r, r.Items[0], w); it.Outcome != Did {
		t.Fatalf("a came to %+v", it)
	}
	d.wantOutcomes(d.finish(r), "done", "done")
	if n := d.sent("a"); n != 1 {
		t.Errorf("a was reminded %d times", n)
	}
}
