// Package carriersim is what the simulators of text message and call
// providers share: a virtual clock (package simclock), what goes wrong on purpose
// (faults.go), a record of every call and callback (journal.go), the callbacks
// and their repeats (push.go), phones (phones.go), and the check of Alibaba
// Cloud's signature (acs3.go).
//
// It shares no code with the adapters it is used to test, nor with the
// providers' SDKs: it imports the standard library and simclock.
package carriersim

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"jiebao/channels/simclock"
)

// Options configure a simulator. The zero value is useful: a virtual clock
// that only Advance moves.
type Options struct {
	// Start is the first instant of the virtual clock.
	Start time.Time
	// Now makes the clock follow another one. What falls due is delivered by
	// Tick and Advance, unless RealTime is set.
	Now func() time.Time
	// RealTime delivers what falls due by itself, on Now or the system's clock.
	RealTime bool
	// Wall is the time that signatures are checked against, which callers sign
	// by their machine's clock; nil: the system's.
	Wall func() time.Time
	// CallbackClient posts the callbacks; nil: one of its own.
	CallbackClient *http.Client
	// ReportAfter is how long after the fact a report is pushed; zero: two
	// seconds, negative: at once.
	ReportAfter time.Duration
	// First is what ids count on from. Whoever starts anew before a gateway
	// that remembers gives one above all that were used.
	First int64
	Log   *slog.Logger // nil: silent
}

const (
	defaultReportAfter = 2 * time.Second
	callbackTimeout    = 5 * time.Second
	journalSize        = 2000
	inboxSize          = 200
)

// Base is what a simulator is built on. All methods may be called concurrently.
type Base struct {
	opts    Options
	client  *http.Client
	clock   *simclock.Clock[func()]
	faults  faults
	journal journal
	phones  phones
	outbox  outgoing
	pushing simclock.Underway
}

// NewBase returns a base with nothing due.
func NewBase(o Options) *Base {
	if o.Wall == nil {
		o.Wall = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.ReportAfter == 0 {
		o.ReportAfter = defaultReportAfter
	}
	b := &Base{opts: o, client: o.CallbackClient, clock: newClock(o)}
	if b.client == nil {
		b.client = &http.Client{Timeout: callbackTimeout}
	}
	b.phones.init()
	if o.RealTime {
		b.clock.Ring(func() { b.run(0) })
	}
	return b
}

func newClock(o Options) *simclock.Clock[func()] {
	switch {
	case o.Now != nil:
		return simclock.Following[func()](o.Now)
	case o.RealTime:
		return simclock.Following[func()](time.Now)
	}
	return simclock.Virtual[func()](o.Start)
}

// Now returns the simulated time.
func (b *Base) Now() time.Time { return b.clock.Now() }

// Wall returns the time that signatures are checked against.
func (b *Base) Wall() time.Time { return b.opts.Wall() }

// ReportAfter is how long after the fact a report is pushed.
func (b *Base) ReportAfter() time.Duration { return max(b.opts.ReportAfter, 0) }

// Advance moves the clock by d and does, in order of time, whatever falls due
// on the way. It returns when the callbacks so caused have been answered.
func (b *Base) Advance(d time.Duration) {
	b.run(d)
	_ = b.pushing.Wait(context.Background()) // which does not end
}

// run moves the clock by d, stopping at every instant at which something is
// due to do it.
func (b *Base) run(d time.Duration) {
	limit := b.clock.Move(d)
	for due := b.clock.Take(limit); due != nil; due = b.clock.Take(limit) {
		for _, do := range due {
			do()
		}
	}
}

// Tick does what has fallen due on a clock given in Options.Now.
func (b *Base) Tick() { b.Advance(0) }

// Settle waits until no callback is under way, or until ctx ends.
func (b *Base) Settle(ctx context.Context) error { return b.pushing.Wait(ctx) }

// Later does something on the simulated clock.
func (b *Base) Later(after time.Duration, do func()) { b.clock.After(after, do) }

// Close stops what happens by itself.
func (b *Base) Close() { b.clock.Stop() }
