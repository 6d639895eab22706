package console

import (
	"context"
	"slices"

	"jiebao/conversations"
)

// The fake's part of replies kept ready.

func (f *fake) Canned(_ context.Context, s conversations.Scope) (out []conversations.Canned, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.canned {
		if s.Concerns(c.Branch) {
			out = append(out, c)
		}
	}
	return out, nil
}

func (f *fake) PutCanned(_ context.Context, s conversations.Scope, c conversations.Canned) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := c.Check(); err != nil {
		return err
	}
	i := slices.IndexFunc(f.canned, func(o conversations.Canned) bool { return o.ID == c.ID })
	switch {
	case !s.Writes(c.Branch) || i >= 0 && !s.Writes(f.canned[i].Branch):
		return conversations.ErrNotFound
	case i < 0 && c.Version == 1:
		f.canned = append(f.canned, c)
	case i >= 0 && c.Version == f.canned[i].Version+1:
		f.canned[i] = c
	default:
		return conversations.ErrStale
	}
	return nil
}

func (f *fake) DropCanned(_ context.Context, s conversations.Scope, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.canned, func(c conversations.Canned) bool { return c.ID == id && s.Writes(c.Branch) })
	if i < 0 {
		return conversations.ErrNotFound
	}
	f.canned = slices.Delete(f.canned, i, i+1)
	return nil
}
