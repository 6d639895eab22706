package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jiebao/config"
	"jiebao/conversations"
	"jiebao/gateway/ehr/wire"
	"jiebao/gateway/reconcile"
)

func (a *App) openReconciler(context.Context, Options) (err error) {
	cfg := a.cfg.EHR.Reconcile
	o := reconcile.Options{
		Store: a.store, Clock: a.clock, Log: a.log, NewID: newID,
		At: time.Duration(cfg.At) * time.Minute, Zone: a.cfg.OfficeHours.TimeZone, Endpoints: cfg.Endpoints,
	}
	if cfg.URL != "" {
		to, err := wire.New(reconcileSettings(a.cfg.EHR), wire.Options{Reach: wire.Reach{Trusted: true, Allow: a.cfg.EHR.AllowNetworks}, Clock: a.clock})
		if err != nil {
			return fmt.Errorf("the EHR's address of ehr.reconcile: %w", err)
		}
		o.Asker = &reconcile.Remote{Road: to, NewID: newID}
	}
	a.reconciler, err = reconcile.New(o)
	return err
}

// compare asks for a comparison now, on behalf of an agent.
func (a *App) compare(ctx context.Context, by string) (id string, err error) {
	return reconcile.Ask(ctx, a.store, newID(), by, a.clock.Now(), false)
}

// asked is how long a comparison may wait for a gateway to make it.
const asked = time.Minute

// Reconcile has the gateways that run compare everything with everybody, and
// waits for the report, of which it tells the beginning, the progress and the end.
func Reconcile(ctx context.Context, cfg config.Config, dry bool, progress func(conversations.Reconciliation)) (conversations.Reconciliation, []conversations.Difference, error) {
	a, err := New(ctx, cfg, Options{Offline: true})
	if err != nil {
		return conversations.Reconciliation{}, nil, err
	}
	defer a.Close()
	start := a.clock.Now()
	id, err := reconcile.Ask(ctx, a.store, newID(), "command line", start, dry)
	if err != nil {
		return conversations.Reconciliation{}, nil, err
	}
	for {
		rec, found, _, err := a.store.Reconciliation(ctx, conversations.Everything, id, 0, 1000)
		if err != nil || !rec.Finished.IsZero() {
			return rec, found, err
		}
		progress(rec)
		if rec.Started.IsZero() && a.clock.Now().Sub(start) > asked {
			return rec, nil, errors.New("no gateway made the comparison within a minute; start one, which makes it then, and see GET /v1/reconciliations/" + id)
		}
		select {
		case <-a.clock.At(a.clock.Now().Add(time.Second)):
		case <-ctx.Done():
			return rec, nil, ctx.Err()
		}
	}
}
