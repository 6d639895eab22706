package console

import (
	"context"
	"maps"
	"slices"
	"time"

	"jiebao/conversations"
)

// The fake's part of agents and their links.

func (f *fake) CreateAgent(_ context.Context, a conversations.Agent) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.IndexFunc(f.agents, func(x conversations.Agent) bool { return x.ID == a.ID }); i >= 0 {
		f.agents[i] = a
		return nil
	}
	f.agents = append(f.agents, a)
	return nil
}

func (f *fake) Agents(context.Context) ([]conversations.Agent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.agents), nil
}

func (f *fake) agent(id string) (conversations.Agent, error) {
	for _, a := range f.agents {
		if a.ID == id {
			return a, nil
		}
	}
	return conversations.Agent{}, conversations.ErrNotFound
}

func (f *fake) DisableAgent(_ context.Context, id string) error { return f.switchAgent(id, true) }

func (f *fake) EnableAgent(_ context.Context, id string) error { return f.switchAgent(id, false) }

func (f *fake) switchAgent(id string, disabled bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.agents, func(a conversations.Agent) bool { return a.ID == id })
	if i < 0 {
		return conversations.ErrNotFound
	}
	f.agents[i].Disabled = disabled
	f.endSessions(id)
	return nil
}

func (f *fake) EndSessions(_ context.Context, agent string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.endSessions(agent)
	return nil
}

func (f *fake) endSessions(agent string) {
	maps.DeleteFunc(f.signIns, func(_, a string) bool { return a == agent })
	maps.DeleteFunc(f.sessions, func(_ string, s conversations.Session) bool { return s.Agent.ID == agent })
}

func (f *fake) CreateSignIn(_ context.Context, hash, agent string, _ time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, err := f.agent(agent)
	if err != nil || a.Disabled {
		return conversations.ErrNotFound
	}
	f.signIns[hash] = agent
	return nil
}

func (f *fake) UseSignIn(_ context.Context, hash string, _ time.Time) (conversations.Agent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, ok := f.signIns[hash]
	if !ok {
		return conversations.Agent{}, conversations.ErrNotFound
	}
	delete(f.signIns, hash)
	return f.agent(id)
}

func (f *fake) DeleteSession(_ context.Context, hash string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sessions, hash)
	return nil
}
