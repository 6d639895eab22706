package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

const (
	// atOnce is how many candidates' repairs are under way at once: enough to
	// share commits.
	atOnce = 16
	// pageSize is how many candidates are read at once.
	pageSize = 200
	// tries is how often a candidate is compared again who changed meanwhile.
	tries = 3
)

// Call is what a system says it believes.
type Call struct {
	System    string // api: and the key's name
	Scope     conversations.Scope
	Branch    string // the scope's root
	Beliefs   []conversations.Belief
	Endpoints []string // to be told again what the system lacks
	Dry       bool     // only look
	// Complete says that the system knows nobody else with an id above After
	// and up to Through, "" for the end.
	Complete       bool
	After, Through string
}

// Check compares what a system says with what there is, repairs what it can,
// and keeps the report, unless it was only to look.
func (r *Reconciler) Check(ctx context.Context, c Call) (conversations.Reconciliation, []conversations.Difference, error) {
	now := r.Clock.Now()
	rec := conversations.Reconciliation{
		ID: "rec_" + r.NewID(), Kind: conversations.ReconcilePosted, System: c.System, Branch: c.Branch, Dry: c.Dry,
		Asked: now, Started: now,
	}
	found, known, err := r.compare(ctx, c, c.Beliefs)
	if err != nil {
		return rec, nil, err
	}
	rec.Candidates = len(c.Beliefs)
	if c.Complete {
		missing, err := r.missing(ctx, c)
		if err != nil {
			return rec, nil, err
		}
		found, rec.Candidates = append(found, missing...), rec.Candidates+len(missing)
	}
	rec.Agree, rec.Done, rec.Finished = rec.Candidates-len(found), rec.Candidates, r.Clock.Now()
	if c.Dry {
		return rec, found, nil
	}
	if err := r.Store.PutBeliefs(ctx, c.System, known); err != nil {
		return rec, nil, err
	}
	_, err = r.Store.PutReconciliation(ctx, rec, found)
	return rec, found, err
}

// compare compares beliefs and repairs. It returns what does not agree, in the
// order of the beliefs, and the beliefs about candidates of the scope.
func (r *Reconciler) compare(ctx context.Context, c Call, beliefs []conversations.Belief) (found []conversations.Difference, known []conversations.Belief, err error) {
	for some := range slices.Chunk(beliefs, pageSize) {
		var ids []string
		for _, b := range some {
			ids = append(ids, b.Candidate)
		}
		digests, err := r.Store.DigestsOf(ctx, c.Scope, ids)
		if err != nil {
			return nil, nil, err
		}
		differences, err := each(some, func(b conversations.Belief) (*conversations.Difference, error) {
			d, ok := digests[b.Candidate]
			if !ok {
				return &conversations.Difference{Candidate: b.Candidate, System: c.System, Verdict: conversations.UnknownToUs, Theirs: b.Sequence}, nil
			}
			return r.one(ctx, c, b, d)
		})
		if err != nil {
			return nil, nil, err
		}
		found = append(found, differences...)
		for _, b := range some {
			if _, ok := digests[b.Candidate]; ok {
				known = append(known, b)
			}
		}
	}
	return found, known, nil
}

// each does the same for many, some at once, and collects what there is to
// say, in order.
func each[T any](all []T, do func(T) (*conversations.Difference, error)) ([]conversations.Difference, error) {
	results, errs := make([]*conversations.Difference, len(all)), make([]error, len(all))
	places := make(chan int)
	var wg sync.WaitGroup
	for range min(atOnce, len(all)) {
		wg.Go(func() {
			for i := range places {
				results[i], errs[i] = do(all[i])
			}
		})
	}
	for i := range all {
		places <- i
	}
	close(places)
	wg.Wait()
	var found []conversations.Difference
	for _, d := range results {
		if d != nil {
			found = append(found, *d)
		}
	}
	return found, errors.Join(errs...)
}

// one compares one belief and repairs. Nil means that they agree.
func (r *Reconciler) one(ctx context.Context, c Call, b conversations.Belief, d conversations.Digest) (*conversations.Difference, error) {
	for try := 1; ; try++ {
		found, err := r.once(ctx, c, b, d)
		if !errors.Is(err, conversations.ErrStale) {
			return found, err
		}
		if try == tries {
			found.Detail = "the candidate changes all the time; the next comparison looks again"
			return found, nil
		}
		again, err := r.Store.DigestsOf(ctx, c.Scope, []string{b.Candidate})
		if err != nil {
			return nil, err
		}
		now, ok := again[b.Candidate]
		if !ok {
			return nil, nil // moved to a branch of which the caller knows nothing
		}
		d = now
	}
}

func (r *Reconciler) once(ctx context.Context, c Call, b conversations.Belief, d conversations.Digest) (*conversations.Difference, error) {
	past, err := r.past(ctx, b, &d)
	if err != nil {
		return nil, err
	}
	how, differs := Compare(b, &d, past)
	found := &conversations.Difference{
		Candidate: b.Candidate, Branch: d.Branch, System: c.System, Verdict: how, Theirs: b.Sequence, Ours: d.Sequence, Differs: differs,
	}
	if how == conversations.InConflict && d.SettledWith(c.System, b) {
		if d.HandledWith(c.System, b) && b.Sequence == d.Sequence {
			return nil, nil
		}
		found.Verdict, found.Differs = conversations.BehindUs, nil // it has still to hear of the decision
	}
	switch found.Verdict {
	case conversations.Agreement:
		if err := r.agreed(ctx, c, b, &d); !errors.Is(err, conversations.ErrStale) {
			return nil, err
		}
		return nil, nil // what changed meanwhile is another comparison's
	case conversations.BehindUs:
		err = r.tellAgain(ctx, c, found)
	case conversations.InConflict:
		err = r.conflict(ctx, c, b, &d, found)
	case conversations.AheadOfUs:
		found.Detail = fmt.Sprintf("event %d never was; the last is %d", b.Sequence, d.Sequence)
	}
	return found, err
}

// past finds out how things stood when the system took its last event, if that
// counts.
func (r *Reconciler) past(ctx context.Context, b conversations.Belief, d *conversations.Digest) (*Past, error) {
	if !NeedsPast(b, d) {
		return nil, nil
	}
	var events []conversations.Event
	if b.Sequence > 0 { // no limit means a hundred
		var err error
		if events, err = r.Store.Events(ctx, conversations.Everything, b.Candidate, 0, int(b.Sequence)); err != nil {
			return nil, err
		}
	}
	stand, dated := conversations.StandAt(events)
	return &Past{stand, dated}, nil
}

// tellAgain has what the system lacks told to the endpoints once more.
func (r *Reconciler) tellAgain(ctx context.Context, c Call, found *conversations.Difference) error {
	for _, e := range c.Endpoints {
		n, err := r.Store.Replay(ctx, conversations.Everything, e, relay.Selection{Candidate: found.Candidate, After: found.Theirs}, c.Dry)
		if err != nil {
			return fmt.Errorf("telling endpoint %s again: %w", e, err)
		}
		found.Repair, found.Events = conversations.RepairReplay, found.Events+n
	}
	return nil
}

// conflict opens a conflict for HR, unless there is one about it.
func (r *Reconciler) conflict(ctx context.Context, c Call, b conversations.Belief, d *conversations.Digest, found *conversations.Difference) error {
	found.Repair = conversations.RepairByHR
	if x := d.ConflictWith(c.System); x != nil && x.Open() {
		found.Conflict = x.ID
	}
	if c.Dry {
		return nil
	}
	to := conversations.Target{Scope: c.Scope, Candidate: b.Candidate, Condition: conversations.Condition{Version: &d.Sequence}}
	done, err := r.Store.Apply(ctx, to, conversations.Disagree{System: c.System, Belief: b, Differs: found.Differs})
	if err != nil {
		return fmt.Errorf("opening a conflict: %w", err)
	}
	if done.State != nil {
		if x := done.State.ConflictWith(c.System); x != nil {
			found.Conflict = x.ID
		}
	}
	return nil
}

// agreed ends a conflict that is over: the system says now what we say.
func (r *Reconciler) agreed(ctx context.Context, c Call, b conversations.Belief, d *conversations.Digest) error {
	x := d.ConflictWith(c.System)
	if x == nil || !x.Open() || c.Dry || !speaksOf(b, x.Differs) {
		return nil
	}
	to := conversations.Target{Scope: c.Scope, Candidate: b.Candidate, Condition: conversations.Condition{Version: &d.Sequence}}
	_, err := r.Store.Apply(ctx, to, conversations.Settle{Agent: c.System, Conflict: x.ID, Choice: conversations.ChosenAgreed})
	return err
}

func speaksOf(b conversations.Belief, parts []string) bool {
	for _, part := range parts {
		if part == conversations.PartStartDate && b.StartDate == nil || part == conversations.PartAnswer && b.Answer == nil ||
			part == conversations.PartDocuments && b.Documents == nil {
			return false
		}
	}
	return true
}

// missing are the candidates that the system should know and does not name.
// They are told from the first event on.
func (r *Reconciler) missing(ctx context.Context, c Call) (found []conversations.Difference, err error) {
	named := make(map[string]bool, len(c.Beliefs))
	for _, b := range c.Beliefs {
		named[b.Candidate] = true
	}
	for after := c.After; ; {
		page, err := r.Store.Digests(ctx, c.Scope, after, c.Through, pageSize)
		if err != nil {
			return nil, err
		}
		some, err := each(page, func(d conversations.Digest) (*conversations.Difference, error) {
			if named[d.Candidate] || d.Sequence == 0 {
				return nil, nil
			}
			lacks := &conversations.Difference{Candidate: d.Candidate, Branch: d.Branch, System: c.System, Verdict: conversations.UnknownToThem, Ours: d.Sequence}
			return lacks, r.tellAgain(ctx, c, lacks)
		})
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
		if len(page) < pageSize {
			return found, nil
		}
		after = page[len(page)-1].Candidate
	}
}

// Settle puts HR's decision about a conflict into effect: if ours is right,
// everything about the candidate is told again to the endpoints.
func (r *Reconciler) Settle(ctx context.Context, s conversations.Scope, conversation string, c conversations.Settle) error {
	_, err := r.SettleAt(ctx, conversations.Target{Scope: s, Conversation: conversation}, c)
	return err
}

// SettleAt is Settle on a condition.
func (r *Reconciler) SettleAt(ctx context.Context, to conversations.Target, c conversations.Settle) (conversations.Applied, error) {
	done, err := r.Store.Apply(ctx, to, c)
	if err != nil || c.Choice != conversations.ChooseOurs {
		return done, err
	}
	of := done.State
	if done.Duplicate { // whoever settled it may have died before it had everything told
		conv, err := r.Store.Thread(ctx, to.Scope, to.Conversation)
		if err != nil {
			return done, err
		}
		of = &conv
	}
	if of == nil {
		return done, nil
	}
	return done, r.tellEverything(ctx, of)
}

// tellEverything has every endpoint of a candidate told all their events again.
func (r *Reconciler) tellEverything(ctx context.Context, of *conversations.Conversation) error {
	all, err := r.Store.Endpoints(ctx, conversations.Everything)
	if err != nil {
		return err
	}
	for _, e := range all {
		if !(conversations.Scope{e.Branch}).Allows(of.Branch) {
			continue
		}
		if _, err := r.Store.Replay(ctx, conversations.Everything, e.ID, relay.Selection{Candidate: of.Candidate.ID}, false); err != nil {
			return fmt.Errorf("telling endpoint %s again: %w", e.ID, err)
		}
	}
	return nil
}
