package ehr

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/wire"
)

// Configured is an endpoint of the configuration's file.
type Configured struct {
	relay.Endpoint // its ID, Name, Kind, Branch and Types
	Wire           wire.Settings
	From           relay.Start
	Daily          *Daily // of a feed that is written to files; or nil
}

// byConfiguration is who paused an endpoint that is in the file no more.
const byConfiguration = "configuration"

// Ensure makes the store know the endpoints of the configuration's file as they
// are there, and pauses those that were in it and are no more: what they are
// not told is kept, and they go on where they stopped if they come back.
// Settings that were sealed with a former key are sealed with the first.
func (e *Endpoints) Ensure(ctx context.Context) error {
	all, err := e.Store.EndpointList(ctx)
	if err != nil {
		return err
	}
	for _, c := range e.Configured {
		i := slices.IndexFunc(all, func(x relay.Endpoint) bool { return x.ID == c.ID })
		var kept relay.Endpoint
		if i >= 0 {
			kept = all[i]
		}
		if err := e.ensure(ctx, c, kept); err != nil {
			return fmt.Errorf("the configured endpoint %s: %w", c.ID, err)
		}
	}
	for _, x := range all {
		if err := e.settle(ctx, x); err != nil {
			return fmt.Errorf("the endpoint %s: %w", x.ID, err)
		}
	}
	return nil
}

// ensure makes the kept endpoint what the file says. Of gateways that start
// together one does; the others find it done.
func (e *Endpoints) ensure(ctx context.Context, c Configured, kept relay.Endpoint) error {
	if kept.ID != "" && kept.Kind != c.Kind {
		return fmt.Errorf("it was a %s before, which cannot be changed; give it another id", kept.Kind)
	}
	if kept.ID == "" || !e.same(c, kept) {
		x := c.Endpoint
		x.Configured, x.Version = true, kept.Version
		x, err := e.with(x, c.Wire)
		if err != nil {
			return err
		}
		_, err = e.Store.PutEndpoint(ctx, x, c.From)
		if err != nil && !errors.Is(err, conversations.ErrConflict) && !errors.Is(err, conversations.ErrStale) {
			return err
		}
	}
	if kept.Paused.By == byConfiguration {
		return e.Store.ResumeEndpoint(ctx, conversations.Everything, c.ID, byConfiguration)
	}
	return nil
}

// same says whether the kept endpoint is what the file says.
func (e *Endpoints) same(c Configured, kept relay.Endpoint) bool {
	s, err := e.Settings(kept)
	return err == nil && !e.Sealer.Stale(kept.Settings) && reflect.DeepEqual(s, c.Wire) && kept.Configured &&
		kept.Name == c.Name && kept.Branch == c.Branch && slices.Equal(kept.Types, c.Types)
}

// settle looks after an endpoint that is not in the file.
func (e *Endpoints) settle(ctx context.Context, x relay.Endpoint) error {
	if slices.ContainsFunc(e.Configured, func(c Configured) bool { return c.ID == x.ID }) {
		return nil
	}
	if x.Configured {
		if !x.Paused.At.IsZero() {
			return nil
		}
		_, err := e.Store.PauseEndpoint(ctx, conversations.Everything, x.ID, relay.Pause{
			At: e.Clock.Now(), Reason: relay.PausedByHand, By: byConfiguration, Detail: "it is not in the configuration's file any more",
		})
		return err
	}
	if !e.Sealer.Stale(x.Settings) {
		return nil
	}
	if err := e.reseal(ctx, x); err != nil {
		e.Log.Warn("an endpoint's secrets are still of a former key, which is needed for as long", "endpoint", x.ID, "error", err)
	}
	return nil
}
