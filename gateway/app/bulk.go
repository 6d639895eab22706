package app

import (
	"context"
	"slices"

	"jiebao/conversations"
	"jiebao/gateway/bulk"
)

// newBulk does one thing to many conversations with what this gateway sends by.
func (a *App) newBulk() *bulk.Bulk {
	return bulk.New(bulk.Bulk{
		Store: a.store, Engine: a.engine, Clock: a.clock, Alarms: a.store.OpenAlarms,
		Rehearse: a.accounts.rehearse, Price: prices(a.cfg.Accounts), May: a.mayToMany, NewID: newID, Log: a.log,
	})
}

// mayToMany is where an agent may give a command to many conversations: writing
// to many candidates is for who leads.
func (a *App) mayToMany(ctx context.Context, id string, c conversations.Command) (conversations.Scope, error) {
	agents, err := a.store.Agents(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(agents, func(a conversations.Agent) bool { return a.ID == id })
	if i < 0 {
		return conversations.Scope{}, nil
	}
	switch c.(type) {
	case conversations.Remind, conversations.SendTemplate:
		return agents[i].In(conversations.MayLead), nil
	}
	return agents[i].Over(c), nil
}
