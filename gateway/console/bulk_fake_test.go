package console

import (
	"context"
	"time"

	"jiebao/conversations"
)

// The fake's part of commands to many.

// Look implements bulk.Store.
func (f *fake) Look(_ context.Context, to conversations.Target, _ conversations.Command) (conversations.Snapshot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.convs[to.Conversation]
	if !ok || !to.Scope.Allows(c.Branch) {
		return conversations.Snapshot{}, conversations.ErrNotFound
	}
	return conversations.Snapshot{Now: f.now(), Conversation: c}, nil
}

func (f *fake) PutBulk(_ context.Context, b conversations.Bulk) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if was, ok := f.bulks[b.ID]; ok && was.Version != b.Version-1 {
		return conversations.ErrStale
	}
	f.bulks[b.ID] = b
	return nil
}

func (f *fake) ClaimBulk(_ context.Context, now, until time.Time) (*conversations.Bulk, time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, b := range f.bulks {
		if !b.Due.IsZero() && !b.Due.After(now) {
			b.Due, b.Version = until, b.Version+1
			f.bulks[id] = b
			return &b, now, nil
		}
	}
	return nil, time.Time{}, nil
}

func (f *fake) Bulk(_ context.Context, id string) (conversations.Bulk, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b, ok := f.bulks[id]; ok {
		return b, nil
	}
	return conversations.Bulk{}, conversations.ErrNotFound
}

func (f *fake) Bulks(_ context.Context, agent string, limit int) (out []conversations.Bulk, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, b := range f.bulks {
		if b.Agent == agent && len(out) < limit {
			out = append(out, b)
		}
	}
	return out, nil
}

// may is where an agent of the tests may give a command to many.
func (f *fake) may(_ context.Context, id string, c conversations.Command) (conversations.Scope, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a, err := f.agent(id)
	return a.Over(c), err
}
