// Package carriersim is what the simulators of text message and call
// providers share: a virtual clock with what is to happen later (clock.go),
// what goes wrong on purpose (faults.go), a record of every call and callback
// (journal.go), the callbacks and their repeats (push.go), phones (phones.go),
// and the check of Alibaba Cloud's signature (acs3.go).
//
// It shares no code with the adapters it is used to test, nor with the
// providers' SDKs: it imports the standard library and nothing else.
package carriersim

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
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
	clock   clock
	faults  faults
	journal journal
	phones  phones
	outbox  outgoing
	pushing inflight
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
	b := &Base{opts: o, client: o.CallbackClient}
	if b.client == nil {
		b.client = &http.Client{Timeout: callbackTimeout}
	}
	b.clock.init(o)
	b.phones.init()
	return b
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
	b.clock.run(d)
	_ = b.pushing.wait(context.Background()) // which does not end
}

// Tick does what has fallen due on a clock given in Options.Now.
func (b *Base) Tick() { b.Advance(0) }

// Settle waits until no callback is under way, or until ctx ends.
func (b *Base) Settle(ctx context.Context) error { return b.pushing.wait(ctx) }

// Later does something on the simulated clock.
func (b *Base) Later(after time.Duration, do func()) { b.clock.schedule(after, do) }

// Close stops what happens by itself.
func (b *Base) Close() { b.clock.stop() }

// inflight counts callbacks under way. Unlike a sync.WaitGroup it may grow
// while somebody waits.
type inflight struct {
	mu   sync.Mutex
	n    int
	idle chan struct{}
}

// do does something of its own accord.
func (f *inflight) do(something func()) {
	f.mu.Lock()
	if f.n++; f.n == 1 {
		f.idle = make(chan struct{})
	}
	f.mu.Unlock()
	go func() {
		defer f.done()
		something()
	}()
}

func (f *inflight) done() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n--; f.n == 0 {
		close(f.idle)
	}
}

func (f *inflight) wait(ctx context.Context) error {
	f.mu.Lock()
	idle, busy := f.idle, f.n > 0
	f.mu.Unlock()
	if !busy {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
