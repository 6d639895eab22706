// Package reconcile finds out whether other systems know what there is to
// know of each candidate, and sees to it that they do: what they lack is told
// again, what both sides changed goes to HR, and nothing is overwritten.
//
// compare.go is the comparison, a pure function. check.go holds what a system
// believes against what there is, endpoints.go what every endpoint took.
// run.go compares everything and everybody, and night.go does so at night and
// when somebody asks, on one node at a time. ask.go asks a system for what it
// believes.
//
// Imports: conversations, relay, clock and the standard library.
package reconcile

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/relay"
)

// Store is where candidates, endpoints and reports are kept.
type Store interface {
	conversations.Store
	Thread(ctx context.Context, s conversations.Scope, id string) (conversations.Conversation, error)
	Events(ctx context.Context, s conversations.Scope, candidate string, after int64, limit int) ([]conversations.Event, error)

	Digests(ctx context.Context, s conversations.Scope, after, through string, limit int) ([]conversations.Digest, error)
	DigestsOf(ctx context.Context, s conversations.Scope, candidates []string) (map[string]conversations.Digest, error)
	CountCandidates(ctx context.Context, s conversations.Scope) (int, error)
	PutBeliefs(ctx context.Context, system string, beliefs []conversations.Belief) error
	Beliefs(ctx context.Context, system, after string, limit int) ([]conversations.Belief, error)
	Believers(ctx context.Context) ([]string, error)

	PutReconciliation(ctx context.Context, r conversations.Reconciliation, found []conversations.Difference) (bool, error)
	ClaimReconciliation(ctx context.Context, holder string, until time.Time) (*conversations.Reconciliation, error)
	AdvanceReconciliation(ctx context.Context, r conversations.Reconciliation, holder string, until time.Time, n int, found []conversations.Difference) error
	PruneReconciliations(ctx context.Context, t time.Time) (int, error)

	Endpoints(ctx context.Context, s conversations.Scope) ([]relay.Standing, error)
	Replay(ctx context.Context, s conversations.Scope, endpoint string, pick relay.Selection, dry bool) (int, error)
	ProgressOf(ctx context.Context, s conversations.Scope, endpoint, after string, candidates []string, limit int) ([]relay.Progress, error)
}

// Asker asks a system for what it believes.
type Asker interface {
	// Ask returns one page of beliefs, and the cursor of the next, "" at the
	// end. The first page's is "".
	Ask(ctx context.Context, cursor string) (beliefs []conversations.Belief, next string, err error)
}

// AskedSystem is the name of the system that is asked, in reports and conflicts.
const AskedSystem = "ehr"

// Options say how to reconcile.
type Options struct {
	Store Store
	Clock clock.Clock
	Log   *slog.Logger
	NewID func() string
	// At is the time of day of the nightly run, in the bank's zone.
	At   time.Duration
	Zone *time.Location
	// Asker, if set, is asked every night. What it lacks is told again to the
	// endpoints, all of them if none is named.
	Asker     Asker
	Endpoints []string
}

// Reconciler compares and repairs.
type Reconciler struct{ Options }

// New returns a reconciler.
func New(o Options) (*Reconciler, error) {
	if o.Store == nil || o.Clock == nil || o.NewID == nil {
		return nil, errors.New("reconciling needs a store, a clock and ids")
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Reconciler{o}, nil
}
