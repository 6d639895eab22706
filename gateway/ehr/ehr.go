// Package ehr tells the EHR what happened: it posts event tasks of the outbox
// to the one configured endpoint as Standard Webhooks
// (standardwebhooks.com, specification 1.0).
//
// The outbox keeps the order: it hands over the events of a candidate one
// after the other, and the next only after this one was taken. So nothing is
// ever skipped or dropped. An event that the endpoint does not take is tried
// again, at growing intervals and then at the last one for as long as it
// takes; its candidate's later events wait behind it, everybody else's do not.
// When the endpoint takes events again, those that wait are let go at once.
//
// Imports: conversations, outbox, clock, wire and the standard library.
package ehr

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"sync/atomic"
	"time"

	"jiebao/conversations/clock"
	"jiebao/gateway/ehr/wire"
)

// Config is the endpoint and how patient to be with it.
type Config struct {
	// URL is https, or http on a loopback address.
	URL string
	// Secret signs the events: whsec_ and at least 24 bytes in base64.
	Secret string
	// Timeout is how long one attempt may take; 0 means 15 seconds.
	Timeout time.Duration
	// InFlight is how many attempts the caller has under way at once; as many
	// connections are kept open. 0 means 32.
	InFlight int
	// Schedule holds the waits before the second, third, … attempt, at least
	// one. The last one repeats for as long as it takes.
	Schedule []time.Duration
	// Jitter is the part of each wait, 0 to 1, that is drawn at random.
	Jitter float64
}

// LogValue shows neither the secret nor a password in the address.
func (c Config) LogValue() slog.Value {
	host := ""
	if u, err := url.Parse(c.URL); err == nil {
		host = u.Host
	}
	return slog.GroupValue(slog.String("host", host), slog.Duration("timeout", c.Timeout), slog.Int("in_flight", c.InFlight))
}

// Options replace the world outside; each has a default.
type Options struct {
	Now  func() time.Time // the clock
	Rand func() float64   // in [0, 1), for jitter
	Log  *slog.Logger
	// Hasten makes events that wait for their next attempt due at once. nil:
	// they wait.
	Hasten func(context.Context) error
}

// Deliverer delivers events to one endpoint. It is safe for concurrent use.
type Deliverer struct {
	wire     *wire.Wire
	schedule []time.Duration
	jitter   float64
	now      func() time.Time
	rand     func() float64
	log      *slog.Logger
	health   atomic.Int32 // a health: how the last attempt went
	hasten   func(context.Context) error
	recovery *recovery
}

// New checks c and returns its deliverer.
func New(c Config, o Options) (*Deliverer, error) {
	if len(c.Schedule) == 0 {
		return nil, errors.New("the EHR's endpoint: the schedule holds no wait")
	}
	if c.Jitter < 0 || c.Jitter > 1 {
		return nil, fmt.Errorf("the EHR's endpoint: the jitter is %v and must be between 0 and 1", c.Jitter)
	}
	d := &Deliverer{
		schedule: c.Schedule, jitter: c.Jitter,
		now: o.Now, rand: o.Rand, log: o.Log, hasten: o.Hasten, recovery: newRecovery(),
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.rand == nil {
		d.rand = rand.Float64
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	var err error
	d.wire, err = wire.New(wire.Settings{
		URL: c.URL, Secrets: []wire.Secret{{ID: "configured", Value: wire.Hide(c.Secret)}},
		Timeout: wire.Duration(c.Timeout), InFlight: c.InFlight,
	}, wire.Options{Reach: wire.Reach{Trusted: true}, Clock: ticking{now: d.now}})
	if err != nil {
		return nil, fmt.Errorf("the EHR's endpoint: %w", err)
	}
	return d, nil
}

// ticking is the machine's clock, which tells another time.
type ticking struct {
	clock.System
	now func() time.Time
}

func (t ticking) Now() time.Time { return t.now() }

// Close closes the idle connections.
func (d *Deliverer) Close() { d.wire.Close() }
