package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	c "jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
	"jiebao/gateway/reconcile"
)

// bench is a reconciler over a real database.
type bench struct {
	t     *testing.T
	clock *clock.Virtual
	store *sqlstore.Store
	*reconcile.Reconciler
}

func newBench(t *testing.T, change ...func(*reconcile.Options)) *bench {
	t.Helper()
	b := &bench{t: t, clock: clock.NewVirtual(time.Date(2026, 6, 24, 1, 0, 0, 0, time.FixedZone("CST", 8*3600)))}
	var ids atomic.Int64
	newID := func() string { return fmt.Sprint("id", ids.Add(1)) }
	var err error
	b.store, err = sqlstore.Open(t.Context(), sqlstore.Options{
		Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), Engine: storetest.Engine(), Now: b.clock.Now, NewID: newID,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.store.Close() })
	o := reconcile.Options{Store: b.store, Clock: b.clock, NewID: newID, At: 150 * time.Minute, Zone: b.clock.Now().Location()}
	for _, f := range change {
		f(&o)
	}
	if b.Reconciler, err = reconcile.New(o); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.PutEndpoint(t.Context(), relay.Endpoint{ID: "ehr", Kind: relay.Webhook}, relay.FromBeginning); err != nil {
		t.Fatal(err)
	}
	return b
}

// candidate makes one with some events.
func (b *bench) candidate(id string) int64 {
	b.t.Helper()
	to := c.Target{Scope: c.Everything, Candidate: id}
	if _, err := b.store.Apply(b.t.Context(), c.Target{Scope: c.Everything, Candidate: id, Branch: "head"}, storetest.Result("r-"+id, id)); err != nil {
		b.t.Fatal(err)
	}
	for i := range 4 {
		hand := c.Command(c.Assign{Agent: "li"})
		if i%2 == 1 {
			hand = c.Release{Agent: "li"}
		}
		if _, err := b.store.Apply(b.t.Context(), to, hand); err != nil {
			b.t.Fatal(err)
		}
	}
	return b.conversation(id).Events
}

func (b *bench) conversation(id string) *c.Conversation {
	b.t.Helper()
	found, err := b.store.Candidate(b.t.Context(), c.Everything, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return &found
}

// deliver has the endpoint take everything, and returns the sequences.
func (b *bench) deliver() (taken []int64) {
	b.t.Helper()
	b.tell(func(it outbox.Item) outbox.Outcome {
		taken = append(taken, it.Asked)
		return outbox.Outcome{Item: it, Verdict: outbox.Done}
	})
	return taken
}

// tell tells the endpoint what is due; the answer says what becomes of each.
func (b *bench) tell(answer func(outbox.Item) outbox.Outcome) {
	b.t.Helper()
	b.clock.Advance(time.Minute)
	q := b.store.Deliveries("ehr")
	for {
		lanes, err := q.Claim(b.t.Context(), c.TaskEvent, b.clock.Now(), time.Minute, 100, 100)
		if err != nil {
			b.t.Fatal(err)
		}
		var done []outbox.Outcome
		for _, l := range lanes {
			for _, it := range l.Items {
				done = append(done, answer(it))
			}
		}
		if len(done) == 0 {
			return
		}
		if err := q.Finish(b.t.Context(), done); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) check(call reconcile.Call) (c.Reconciliation, []c.Difference) {
	b.t.Helper()
	call.System, call.Scope, call.Endpoints = "api:ehr", c.Everything, []string{"ehr"}
	rec, found, err := b.Check(b.t.Context(), call)
	if err != nil {
		b.t.Fatal(err)
	}
	return rec, found
}

func TestCheck(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	last := b.candidate("a")
	for _, id := range []string{"b", "c", "d", "e"} {
		b.candidate(id)
	}
	b.deliver()
	other := c.Date{Year: 2030, Month: 1, Day: 7}
	call := reconcile.Call{Complete: true, Beliefs: []c.Belief{
		{Candidate: "a", Sequence: last}, {Candidate: "b", Sequence: last - 3}, {Candidate: "c", Sequence: last, StartDate: &other},
		{Candidate: "d", Sequence: last + 1}, {Candidate: "nobody", Sequence: 1},
	}}
	want := []c.Disagreement{c.BehindUs, c.InConflict, c.AheadOfUs, c.UnknownToUs, c.UnknownToThem}
	verdicts := func(found []c.Difference) (out []c.Disagreement) {
		for _, d := range found {
			out = append(out, d.Verdict)
		}
		return out
	}
	dry := call
	dry.Dry = true
	if rec, found := b.check(dry); !slices.Equal(verdicts(found), want) || rec.Agree != 1 || found[0].Events != 3 {
		t.Errorf("looking: %+v %+v", rec, found)
	}
	if taken := b.deliver(); len(taken) > 0 || b.conversation("c").OpenConflict() != nil {
		t.Errorf("looking did something: %v", taken)
	}
	rec, found := b.check(call)
	if !slices.Equal(verdicts(found), want) || rec.Candidates != 6 || rec.Agree != 1 || rec.Agrees() {
		t.Errorf("%+v %+v", rec, found)
	}
	if x := b.conversation("c").OpenConflict(); x == nil || found[1].Conflict != x.ID {
		t.Errorf("the conflict is %+v, the report has %+v", x, found[1])
	}
	taken := b.deliver()
	slices.Sort(taken)
	all := []int64{last - 2, last - 1, last, last + 1} // of b; of c the conflict
	for i := range last {
		all = append(all, i+1) // of e
	}
	slices.Sort(all)
	if !slices.Equal(taken, all) {
		t.Errorf("told again %v, want %v", taken, all)
	}
	if kept, differences, _, err := b.store.Reconciliation(t.Context(), c.Everything, rec.ID, 0, 9); err != nil || kept.Agree != 1 || len(differences) != 5 {
		t.Errorf("kept %+v %+v, %v", kept, differences, err)
	}
}

func TestTheOtherSideComesToAgree(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	last := b.candidate("a")
	other := c.Date{Year: 2030, Month: 1, Day: 7}
	b.check(reconcile.Call{Beliefs: []c.Belief{{Candidate: "a", Sequence: last, StartDate: &other}}})
	conv := b.conversation("a")
	right := conv.Digest().StartDate()
	if _, found := b.check(reconcile.Call{Beliefs: []c.Belief{{Candidate: "a", Sequence: last + 1, StartDate: &right}}}); len(found) > 0 {
		t.Errorf("%+v", found)
	}
	if x := b.conversation("a").Conflicts[0]; x.Choice != c.ChosenAgreed || x.Agent != "api:ehr" {
		t.Errorf("the conflict is %+v", x)
	}
}

// TestNight makes the comparison of a night, after a candidate whom the
// endpoint gave up, and one about whom the EHR says something else.
func TestNight(t *testing.T) {
	t.Parallel()
	other := c.Date{Year: 2030, Month: 1, Day: 7}
	asked := asker{pages: [][]c.Belief{{{Candidate: "a", Sequence: 4}, {Candidate: "b", Sequence: 4, StartDate: &other}}, {{Candidate: "stranger", Sequence: 1}}}}
	b := newBench(t, func(o *reconcile.Options) { o.Asker = &asked })
	for _, id := range []string{"a", "b", "c"} {
		b.candidate(id)
	}
	b.deliver()
	rec := b.night()
	if rec.Kind != c.ReconcileNightly || rec.Candidates != 4 || rec.Agree != 1 || rec.Hash == "" || rec.Agrees() {
		t.Fatalf("%+v", rec)
	}
	_, found, _, err := b.store.Reconciliation(t.Context(), c.Everything, rec.ID, 0, 9)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		who string
		how c.Disagreement
	}{{"b", c.InConflict}, {"stranger", c.UnknownToUs}, {"c", c.UnknownToThem}} {
		if i >= len(found) || found[i].Candidate != want.who || found[i].Verdict != want.how {
			t.Errorf("difference %d of %+v, want %+v", i, found, want)
		}
	}
	if taken := b.deliver(); len(taken) != 5 { // four of c and the conflict
		t.Errorf("told again %v", taken)
	}
	asked.err = errors.New("it answered 500")
	b.clock.Advance(24 * time.Hour)
	if rec := b.night(); rec.Agrees() || rec.Agree != 3 || len(rec.Failed) != 1 {
		t.Errorf("a night without the EHR: %+v", rec)
	}
}

// night advances to the night's comparison and waits for its report.
func (b *bench) night() c.Reconciliation {
	b.t.Helper()
	b.clock.Advance(2 * time.Hour)
	return b.report()
}

// report waits for the report of the night that is due.
func (b *bench) report() c.Reconciliation {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.Run(ctx) }()
	defer func() { cancel(); <-done }()
	id := "nightly-" + c.DateOf(b.clock.Now()).String()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for range look.C {
		rec, _, _, err := b.store.Reconciliation(ctx, c.Everything, id, 0, 1)
		if err == nil && !rec.Finished.IsZero() {
			return rec
		}
		b.clock.Advance(time.Second)
	}
	return c.Reconciliation{}
}

type asker struct {
	pages [][]c.Belief
	err   error
}

func (a *asker) Ask(_ context.Context, cursor string) ([]c.Belief, string, error) {
	n := len(cursor)
	if a.err != nil {
		return nil, "", a.err
	}
	next := ""
	if n < len(a.pages)-1 {
		next = cursor + "x"
	}
	return a.pages[n], next, nil
}
