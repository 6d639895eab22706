package app

import (
	"context"
	"math"

	"jiebao/channels"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/gateway/preflight"
)

// newPreflight looks ahead at results with what this gateway would post them
// with.
func (a *App) newPreflight() *preflight.Preflight {
	return &preflight.Preflight{
		Store: a.store, Engine: a.engine, Alarms: a.store.OpenAlarms,
		Rehearse: a.accounts.rehearse, Price: prices(a.cfg.Accounts),
	}
}

// rehearse asks a delivery's account what would become of it. An account that
// cannot tell takes it, and bills nothing.
func (a *accounts) rehearse(d conversations.Delivery) (parts int, err error) {
	adapter, err := as[channels.Adapter](a, d.To.Account)
	if err != nil {
		return 0, err
	}
	if r, ok := adapter.(channels.Rehearser); ok {
		return r.Rehearse(d)
	}
	return 0, nil
}

// prices are what a billed message of each account costs, in thousandths of a
// yuan; 0 where nobody said.
func prices(accounts []config.Account) func(account string) int64 {
	known := map[string]int64{}
	for _, c := range accounts {
		if c.SMS != nil {
			known[c.ID] = int64(math.Round(c.SMS.Price * 1000))
		}
	}
	return func(account string) int64 { return known[account] }
}

// consolePreflight looks ahead for HR.
type consolePreflight struct{ app *App }

// Read implements console.Preflight.
func (p consolePreflight) Read(list []byte) ([]preflight.Item, error) {
	return p.app.api.ReadResults(list)
}

// Look implements console.Preflight.
func (p consolePreflight) Look(ctx context.Context, scope conversations.Scope, items []preflight.Item) (preflight.Report, error) {
	return p.app.newPreflight().Look(ctx, scope, items)
}
