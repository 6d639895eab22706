package reconcile

import (
	"context"
	"time"

	"jiebao/conversations"
)

const (
	// look is how often a node looks whether somebody asked for a comparison.
	look = 5 * time.Second
	// Kept is how long reports are kept.
	Kept = 365 * 24 * time.Hour
)

// Run makes the comparison of every night, and those that are asked for, until
// ctx ends. Of several nodes one makes each; a night on which none was up is
// made up for.
func (r *Reconciler) Run(ctx context.Context) {
	var made conversations.Date // the last night that was asked for
	for {
		if night := r.night(r.Clock.Now()); night != made {
			if err := r.ask(ctx, night); err == nil {
				made = night
			} else if ctx.Err() == nil {
				r.Log.Warn("the nightly reconciliation could not be asked for; trying again", "error", err)
			}
		}
		r.work(ctx)
		select {
		case <-r.Clock.At(r.Clock.Now().Add(look)):
		case <-ctx.Done():
			return
		}
	}
}

// night is the date of the last nightly run that is due.
func (r *Reconciler) night(now time.Time) conversations.Date {
	now = now.In(r.Zone)
	today := conversations.DateOf(now)
	y, m, d := now.Date()
	at := time.Date(y, m, d, int(r.At.Hours()), int(r.At.Minutes())%60, 0, 0, now.Location())
	if now.Before(at) {
		return today.AddDays(-1)
	}
	return today
}

// ask asks for a night's comparison. The one who asks first also forgets old
// reports.
func (r *Reconciler) ask(ctx context.Context, night conversations.Date) error {
	now := r.Clock.Now()
	rec := conversations.Reconciliation{ID: "nightly-" + night.String(), Kind: conversations.ReconcileNightly, Asked: now}
	began, err := r.Store.PutReconciliation(ctx, rec, nil)
	if err != nil || !began {
		return err
	}
	_, err = r.Store.PruneReconciliations(ctx, now.Add(-Kept))
	return err
}

// work makes what was asked for.
func (r *Reconciler) work(ctx context.Context) {
	for ctx.Err() == nil {
		holder := r.NewID()
		rec, err := r.Store.ClaimReconciliation(ctx, holder, r.Clock.Now().Add(lease))
		if err != nil && ctx.Err() == nil {
			r.Log.Warn("reconciliations cannot be read; trying again", "error", err)
		}
		if err != nil || rec == nil {
			return
		}
		done, err := r.compareAll(ctx, *rec, holder)
		if err != nil {
			err = r.finish(ctx, done, holder, err)
		}
		switch {
		case err != nil && ctx.Err() == nil:
			r.Log.Error("a reconciliation failed", "id", rec.ID, "error", err)
		case err != nil:
			return
		case done.Agrees():
			r.Log.Info("all candidates agree", "id", done.ID, "candidates", done.Candidates, "hash", done.Hash)
		default:
			r.Log.Warn("not all candidates agree; the report names them", "id", done.ID,
				"candidates", done.Candidates, "agree", done.Agree, "failed", len(done.Failed), "dry", done.Dry)
		}
	}
}

// Ask asks for a comparison now, and returns its id. One of the nodes makes it.
func Ask(ctx context.Context, s interface {
	PutReconciliation(ctx context.Context, r conversations.Reconciliation, found []conversations.Difference) (bool, error)
}, id, by string, now time.Time, dry bool) (string, error) {
	rec := conversations.Reconciliation{ID: "rec_" + id, Kind: conversations.ReconcileAsked, Dry: dry, By: by, Asked: now}
	_, err := s.PutReconciliation(ctx, rec, nil)
	return rec.ID, err
}
