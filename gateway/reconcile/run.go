package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jiebao/conversations"
)

// lease is how long a node may be silent before another makes its comparison.
const lease = 5 * time.Minute

// run is a comparison of all candidates under way.
type run struct {
	r      *Reconciler
	rec    conversations.Reconciliation
	holder string

	endpoints []endpoint
	believers []*believer
	disagree  map[string]bool // candidates
	n         int             // differences that are kept
}

// believer is a system with what it last posted.
type believer struct {
	system string
	ahead  []conversations.Belief // that were read, above the last page
	after  string
	end    bool
}

// compareAll compares everything there is with what everybody knows.
func (r *Reconciler) compareAll(ctx context.Context, rec conversations.Reconciliation, holder string) (conversations.Reconciliation, error) {
	x := &run{r: r, rec: rec, holder: holder, disagree: map[string]bool{}}
	x.rec.Started, x.rec.Done, x.rec.Agree, x.rec.Hash, x.rec.Failed = r.Clock.Now(), 0, 0, "", nil
	var err error
	if x.rec.Candidates, err = r.Store.CountCandidates(ctx, conversations.Everything); err != nil {
		return x.rec, err
	}
	if x.endpoints, err = r.endpoints(ctx); err != nil {
		return x.rec, err
	}
	systems, err := r.Store.Believers(ctx)
	if err != nil {
		return x.rec, err
	}
	for _, s := range systems {
		x.believers = append(x.believers, &believer{system: s})
	}
	if err := x.ask(ctx); err != nil {
		return x.rec, err
	}
	if err := x.walk(ctx); err != nil {
		return x.rec, err
	}
	// Candidates that came meanwhile were looked at, and those that nobody
	// knows here count as well.
	x.rec.Candidates = x.rec.Done
	x.rec.Agree = max(x.rec.Candidates-len(x.disagree), 0)
	x.rec.Finished = r.Clock.Now()
	return x.rec, x.keep(ctx, nil)
}

// keep keeps what was found and says that this node is still there.
func (x *run) keep(ctx context.Context, found []conversations.Difference) error {
	for _, d := range found {
		x.disagree[d.Candidate] = true
	}
	n := x.n
	x.n += len(found)
	return x.r.Store.AdvanceReconciliation(ctx, x.rec, x.holder, x.r.Clock.Now().Add(lease), n, found)
}

// maxPages bounds what one system is asked for.
const maxPages = 10_000

// ask asks the system for what it believes, page by page, and compares it. A
// system that does not answer is named in the report, and the rest goes on.
func (x *run) ask(ctx context.Context) error {
	if x.r.Asker == nil {
		return nil
	}
	c := Call{System: AskedSystem, Scope: conversations.Everything, Endpoints: x.r.Endpoints, Dry: x.rec.Dry, Complete: true}
	if len(c.Endpoints) == 0 {
		for _, e := range x.endpoints {
			c.Endpoints = append(c.Endpoints, e.ID)
		}
	}
	for cursor, pages := "", 0; ; pages++ {
		beliefs, next, err := x.r.Asker.Ask(ctx, cursor)
		if err == nil && pages == maxPages {
			err = fmt.Errorf("it has more than %d pages", maxPages)
		}
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			x.rec.Failed = append(x.rec.Failed, fmt.Sprintf("%s did not say what it believes: %v", AskedSystem, err))
			return x.keep(ctx, nil)
		}
		found, _, err := x.r.compare(ctx, c, beliefs)
		if err != nil {
			return err
		}
		for _, d := range found {
			if d.Verdict == conversations.UnknownToUs {
				x.rec.Done++ // the walk will not meet them
			}
		}
		for _, b := range beliefs { // only to know whom it knows
			c.Beliefs = append(c.Beliefs, conversations.Belief{Candidate: b.Candidate})
		}
		if err := x.keep(ctx, found); err != nil {
			return err
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	missing, err := x.r.missing(ctx, c)
	if err != nil {
		return err
	}
	return x.keep(ctx, missing)
}

// walk looks at every candidate: what the endpoints took, and what systems
// posted that they believe.
func (x *run) walk(ctx context.Context) error {
	for after := ""; ; {
		page, err := x.r.Store.Digests(ctx, conversations.Everything, after, "", pageSize)
		if err != nil {
			return err
		}
		var found []conversations.Difference
		for _, e := range x.endpoints {
			some, err := x.r.taken(ctx, e, page, x.rec.Dry)
			if err != nil {
				return err
			}
			found = append(found, some...)
		}
		for _, b := range x.believers {
			some, err := x.believed(ctx, b, page)
			if err != nil {
				return err
			}
			found = append(found, some...)
		}
		for _, d := range page {
			x.rec.Hash = conversations.ChainHash(x.rec.Hash, d.Hash())
		}
		x.rec.Done += len(page)
		if err := x.keep(ctx, found); err != nil {
			return err
		}
		if len(page) < pageSize {
			return nil
		}
		after = page[len(page)-1].Candidate
	}
}

// believed compares what a system posted last about some candidates. That it
// lacks what happened since it did is no difference: whoever is told by an
// endpoint is held to what that took.
func (x *run) believed(ctx context.Context, b *believer, page []conversations.Digest) ([]conversations.Difference, error) {
	if len(page) == 0 {
		return nil, nil
	}
	beliefs, err := b.upTo(ctx, x.r.Store, page[len(page)-1].Candidate)
	if err != nil {
		return nil, err
	}
	digests := make(map[string]conversations.Digest, len(page))
	for _, d := range page {
		digests[d.Candidate] = d
	}
	c := Call{System: b.system, Scope: conversations.Everything, Dry: x.rec.Dry}
	return each(beliefs, func(one conversations.Belief) (*conversations.Difference, error) {
		d, ok := digests[one.Candidate]
		if !ok {
			return nil, nil
		}
		found, err := x.r.one(ctx, c, one, d)
		if found != nil && found.Verdict == conversations.BehindUs {
			found = nil
		}
		return found, err
	})
}

// upTo returns the beliefs about candidates up to that one.
func (b *believer) upTo(ctx context.Context, s Store, last string) (out []conversations.Belief, err error) {
	for !b.end && (len(b.ahead) == 0 || b.ahead[len(b.ahead)-1].Candidate <= last) {
		page, err := s.Beliefs(ctx, b.system, b.after, pageSize)
		if err != nil {
			return nil, err
		}
		b.ahead = append(b.ahead, page...)
		if b.end = len(page) < pageSize; len(page) > 0 {
			b.after = page[len(page)-1].Candidate
		}
	}
	i := slices.IndexFunc(b.ahead, func(one conversations.Belief) bool { return one.Candidate > last })
	if i < 0 {
		i = len(b.ahead)
	}
	out, b.ahead = b.ahead[:i:i], b.ahead[i:]
	return out, nil
}

// finish keeps a comparison that failed, so that its report says so.
func (r *Reconciler) finish(ctx context.Context, rec conversations.Reconciliation, holder string, err error) error {
	if errors.Is(err, conversations.ErrStale) || ctx.Err() != nil {
		return err // another node makes it, or this one will when it is started again
	}
	rec.Failed = append(rec.Failed, err.Error())
	rec.Finished = r.Clock.Now()
	return errors.Join(err, r.Store.AdvanceReconciliation(ctx, rec, holder, rec.Finished, 0, nil))
}
