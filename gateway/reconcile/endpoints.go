package reconcile

import (
	"context"
	"fmt"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// patience is how long what an endpoint is told may be on its way.
const patience = 15 * time.Minute

// endpoint is one that is held to what it took.
type endpoint struct {
	relay.Standing
	late bool // what waits has waited longer than it should
}

// endpoints are those that are told of candidates.
func (r *Reconciler) endpoints(ctx context.Context) ([]endpoint, error) {
	all, err := r.Store.Endpoints(ctx, conversations.Everything)
	if err != nil {
		return nil, err
	}
	var out []endpoint
	for _, e := range all {
		out = append(out, endpoint{e, e.Waiting > 0 && !e.Oldest.IsZero() && r.Clock.Now().Sub(e.Oldest) > patience})
	}
	return out, nil
}

// taken holds an endpoint to what it took of some candidates. What it did not
// take for too long is told again; what waits goes on waiting.
func (r *Reconciler) taken(ctx context.Context, e endpoint, page []conversations.Digest, dry bool) (found []conversations.Difference, err error) {
	branches, ids := map[string]string{}, []string(nil)
	for _, d := range page {
		if (conversations.Scope{e.Branch}).Allows(d.Branch) {
			branches[d.Candidate], ids = d.Branch, append(ids, d.Candidate)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	progress, err := r.Store.ProgressOf(ctx, conversations.Everything, e.ID, "", ids, len(ids))
	if err != nil {
		return nil, err
	}
	for _, p := range progress {
		d := conversations.Difference{Candidate: p.Candidate, Branch: branches[p.Candidate], System: e.ID, Theirs: p.Taken, Ours: p.Known, Detail: p.Note}
		switch {
		case p.Dead > 0:
			d.Verdict, d.Repair = conversations.GivenUp, conversations.RepairReplay
			d.Events, err = r.Store.Replay(ctx, conversations.Everything, e.ID, relay.Selection{Candidate: p.Candidate, DeadOnly: true}, dry)
			if err != nil {
				return nil, fmt.Errorf("telling endpoint %s again: %w", e.ID, err)
			}
		case p.Taken < p.Known && (p.Attempts > 0 || e.late || !e.Paused.At.IsZero()):
			d.Verdict = conversations.NotTaken
			if !e.Paused.At.IsZero() {
				d.Detail = "the endpoint is paused: " + string(e.Paused.Reason)
			}
		default:
			continue
		}
		found = append(found, d)
	}
	return found, nil
}
