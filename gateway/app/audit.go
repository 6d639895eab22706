package app

import (
	"context"
	"io"
	"sync"

	"jiebao/conversations/audit"
	"jiebao/conversations/sqlstore"
)

// auditor looks after the log of what people and systems do.
type auditor struct {
	store  *sqlstore.Store
	keys   audit.Keys
	sealer *audit.Sealer
	watch  *audit.Watch
}

func (a *App) openAudit(context.Context, Options) error {
	keys, err := audit.NewKeys(a.files.auditSecrets...)
	if err != nil {
		return err
	}
	a.audit = auditor{
		store:  a.store,
		keys:   keys,
		sealer: &audit.Sealer{Book: a.store, Keys: keys, Clock: a.clock, Log: a.log, Keep: a.cfg.Audit.Keep},
		watch:  &audit.Watch{Book: a.store, Keys: keys, Clock: a.clock, Log: a.log},
	}
	return nil
}

// Entries implements console.AuditLog.
func (a auditor) Entries(ctx context.Context, q audit.Query) (audit.Page, error) {
	return a.store.AuditEntries(ctx, q)
}

// State implements console.AuditLog.
func (a auditor) State(ctx context.Context) audit.State { return a.watch.Fresh(ctx) }

// Verify implements console.AuditLog. What was just done is looked at as well.
func (a auditor) Verify(ctx context.Context) (audit.State, error) {
	if err := a.sealer.Seal(ctx); err != nil {
		return audit.State{}, err
	}
	return a.watch.Look(ctx)
}

// Export implements console.AuditLog.
func (a auditor) Export(ctx context.Context, to io.Writer, x audit.Export) (int, error) {
	x.Links, x.Keys = a.store, a.keys
	return x.Write(ctx, to)
}

// run links what is written into the log's chain, and verifies it, until ctx
// ends.
func (a auditor) run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { a.sealer.Run(ctx) })
	both.Go(func() { a.watch.Run(ctx) })
	both.Wait()
}
