// Package ehr tells the EHR and other systems what happened: each endpoint gets
// every candidate's events as Standard Webhooks (standardwebhooks.com,
// specification 1.0) or finds them in a feed, in order and one after the other.
//
// [Endpoints] runs them all, each with a dispatcher of its own, so that one
// that is slow or down slows nobody else, and follows what the API, the inbox
// and other gateways change about them. A [Deliverer] tells one endpoint. An
// event that is not taken is tried again, at growing intervals; its candidate's
// later events wait behind it, everybody else's do not. When the endpoint takes
// events again, those that wait are let go at once.
//
// Nothing is ever dropped. After three days of trying, an event that the
// endpoint refuses while it takes others becomes a dead letter, which is kept
// and can be replayed; an endpoint that takes nothing is paused, and so is one
// that says that it is gone (410), which an alarm in the inbox tells.
//
// Imports: conversations, its clock, outbox and relay, wire, mapping, daily and the
// standard library.
package ehr

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/daily"
	"jiebao/gateway/ehr/wire"
)

// Store keeps endpoints, what each has to be told, and alarms.
type Store interface {
	relay.Store
	outbox.Alarms
}

// Options are what endpoints are run with. Store and Sealer are needed; what
// else is missing has a default.
type Options struct {
	Store  Store
	Sealer *wire.Sealer
	// Configured are the endpoints of the configuration's file.
	Configured []Configured
	// Networks are those that other endpoints may reach besides the internet.
	Networks []netip.Prefix
	Retry    Retry
	// Limits keep the rates of endpoints, over all gateways that share them.
	Limits outbox.Limits
	// KeepAttempts is how long attempts are kept: 30 days. KeepFeeds is how long
	// a feed's events can be pulled; zero is for ever.
	KeepAttempts, KeepFeeds time.Duration
	// Signer signs the daily files.
	Signer *daily.Signer
	// Zone is whose days and hours those go by.
	Zone *time.Location
	// Source names this Jiebao in what it says itself.
	Source string
	NewID  func() string
	Clock  clock.Clock
	Rand   func() float64 // in [0, 1), for jitter
	Log    *slog.Logger
}

// Endpoints are all the systems that are told. It is safe for concurrent use.
type Endpoints struct {
	Options

	mu    sync.Mutex
	lines map[string]*line // those that are being told, by id
}

// defaultKeep is how long attempts are kept.
const defaultKeep = 30 * 24 * time.Hour

// New returns the endpoints; none is told anything before [Endpoints.Run].
func New(o Options) (*Endpoints, error) {
	if o.Store == nil || o.Sealer == nil || o.NewID == nil {
		return nil, errors.New("running endpoints: a store, a sealer and ids are needed")
	}
	unsigned := func(c Configured) bool { return c.Daily != nil && o.Signer == nil }
	if slices.ContainsFunc(o.Configured, unsigned) {
		return nil, errors.New("running endpoints: daily files need a signer")
	}
	if o.KeepAttempts == 0 {
		o.KeepAttempts = defaultKeep
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Limits == nil {
		o.Limits = outbox.NewMemoryLimits(o.Clock.Now)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := o.Retry.check(); err != nil {
		return nil, fmt.Errorf("running endpoints: %w", err)
	}
	return &Endpoints{Options: o, lines: map[string]*line{}}, nil
}

// reach is where an endpoint may be.
func reach(x relay.Endpoint, networks []netip.Prefix) wire.Reach {
	return wire.Reach{Allow: networks, Trusted: x.Configured}
}

// Settings opens an endpoint's settings, with their secrets. A feed's are empty
// but for its filter.
func (e *Endpoints) Settings(x relay.Endpoint) (wire.Settings, error) {
	if len(x.Settings) == 0 {
		return wire.Settings{}, nil
	}
	return e.Sealer.Open(x.ID, x.Settings)
}

// with returns the endpoint with other settings, checked and sealed for the
// store. Errors about them are [wire.Problems].
func (e *Endpoints) with(x relay.Endpoint, s wire.Settings) (relay.Endpoint, error) {
	err := CheckSettings(x, s, e.Networks, e.Clock.Now())
	if err != nil {
		return x, err
	}
	x.Settings, err = e.Sealer.Seal(x.ID, s)
	return x, err
}

// CheckSettings says what is wrong with an endpoint's settings, as
// [wire.Problems], where endpoints of the API and the inbox may reach networks.
func CheckSettings(x relay.Endpoint, s wire.Settings, networks []netip.Prefix, now time.Time) error {
	if x.Kind == relay.Feed {
		return checkFeed(s)
	}
	return s.Check(reach(x, networks), now)
}

// open makes the wire to a webhook.
func (e *Endpoints) open(x relay.Endpoint, s wire.Settings) (*wire.Wire, error) {
	return wire.New(s, wire.Options{
		Reach: reach(x, e.Networks), Clock: e.Clock,
		Take: func(ctx context.Context, every time.Duration) time.Time {
			return e.Limits.Take(ctx, outbox.Pace{Key: "endpoint/" + x.ID, Every: every, Burst: 1})
		},
	})
}
