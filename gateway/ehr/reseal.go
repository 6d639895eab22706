package ehr

import (
	"context"
	"errors"
	"fmt"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// Resealing says how many endpoints' settings were sealed with a former key.
type Resealing struct {
	Changed int // sealed with the first key now, unless it was a dry run
	// Unreadable are the ids of endpoints whose settings no key opens: they stay
	// as they are, until somebody enters their secrets again.
	Unreadable []string
}

// Reseal seals with the first key what was sealed with a former one, after which
// that one is not needed for endpoints any more. It can run beside gateways that
// have the same keys with the same one first. A dry run only counts.
func (e *Endpoints) Reseal(ctx context.Context, dry bool) (done Resealing, err error) {
	all, err := e.Store.EndpointList(ctx)
	if err != nil {
		return done, fmt.Errorf("changing the key of endpoints: %w", err)
	}
	for _, x := range all {
		if !e.Sealer.Stale(x.Settings) {
			continue
		}
		if _, err := e.Settings(x); err != nil {
			done.Unreadable = append(done.Unreadable, x.ID)
			continue
		}
		done.Changed++
		if dry {
			continue
		}
		if err := e.reseal(ctx, x); err != nil {
			return done, fmt.Errorf("changing the key of endpoint %s: %w", x.ID, err)
		}
	}
	return done, nil
}

// reseal seals an endpoint's settings with the first key. Whoever changed it
// meanwhile has done so, or removed it.
func (e *Endpoints) reseal(ctx context.Context, x relay.Endpoint) error {
	s, err := e.Settings(x)
	if err == nil {
		x.Settings, err = e.Sealer.Seal(x.ID, s)
	}
	if err == nil {
		_, err = e.Store.PutEndpoint(ctx, x, "")
	}
	if errors.Is(err, conversations.ErrStale) || errors.Is(err, conversations.ErrNotFound) {
		return nil
	}
	return err
}
