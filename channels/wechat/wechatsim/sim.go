package wechatsim

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"jiebao/channels/simclock"
	"jiebao/channels/simorder"
)

// Options configure a Sim. The zero value is useful: a virtual clock, instant
// answers, receipts two seconds after each template message.
type Options struct {
	// Seed decides every random choice: ids, tokens, delays, failures.
	Seed uint64
	// Start is the first instant of the virtual clock.
	Start time.Time
	// RealTime makes the clock follow the system's; Advance shifts it.
	RealTime bool
	// Now makes the clock follow another one. What falls due is delivered by
	// Tick and Advance, since nobody tells the Sim that the other clock moved.
	Now func() time.Time
	// Log receives one line for each callback that failed. nil: no log.
	Log *slog.Logger
	// CallbackClient posts the callbacks; nil: a client with keep-alive.
	CallbackClient *http.Client
	// CallbackTimeout is how long a callback may take, on the wall clock.
	// Zero: five seconds ("接收普通消息": 微信服务器在五秒内收不到响应会断掉连接).
	CallbackTimeout time.Duration
	// Receipts says when and how template messages are reported.
	Receipts Receipts
	// Latency delays every API answer by a random time between its bounds.
	Latency Range
	// Journal is how many calls and callbacks are kept; zero: 2000, negative: none.
	Journal int
	// PhoneHistory is how many messages each phone keeps; zero: 200.
	PhoneHistory int
	// PublicURL is where the Sim is reached; PicUrl and video_url begin with it.
	PublicURL string
}

// Range is a span of durations, both ends included.
type Range struct{ Min, Max time.Duration }

// Receipts configure TEMPLATESENDJOBFINISH.
type Receipts struct {
	Off bool
	// After is how long after the answer the receipt comes, on the simulated
	// clock. Zero: two seconds. Use a negative Max for "at once".
	After Range
	// FailRate is the share of messages reported as "failed: system failed".
	FailRate float64
}

const (
	defaultCallbackTimeout = 5 * time.Second
	defaultReceiptDelay    = 2 * time.Second
	defaultJournal         = 2000
	defaultPhoneHistory    = 200
	callbacksAtOnce        = 64
)

// Sim is one simulated platform with any number of accounts. All methods may
// be called concurrently.
type Sim struct {
	opts       Options
	clock      *clock
	random     *random
	client     *http.Client
	tokens     tokenTable
	faults     faults
	journal    journal
	underway   simclock.Underway // callbacks
	answers    simorder.Answers  // by openid
	held       heldBack
	slots      chan struct{} // bounds receipts posted at once
	handler    http.Handler
	routes     map[string]route
	publicURL  atomic.Pointer[string]
	firstMsgID int64
	serial     atomic.Int64 // message ids above firstMsgID
	exchanges  atomic.Int64 // exchange numbers

	mu       sync.RWMutex
	accounts map[string]*account
}

// New returns a platform without accounts.
func New(o Options) *Sim {
	if o.CallbackTimeout == 0 {
		o.CallbackTimeout = defaultCallbackTimeout
	}
	if o.Receipts.After == (Range{}) {
		o.Receipts.After = Range{defaultReceiptDelay, defaultReceiptDelay}
	}
	if o.PhoneHistory == 0 {
		o.PhoneHistory = defaultPhoneHistory
	}
	if o.Journal == 0 {
		o.Journal = defaultJournal
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Sim{
		opts:       o,
		clock:      newClock(o),
		random:     newRandom(o.Seed),
		firstMsgID: 24_000_000_000_000_000 + int64(o.Seed%1_000_000)*1_000_000_000,
		client:     o.CallbackClient,
		slots:      make(chan struct{}, callbacksAtOnce),
		accounts:   map[string]*account{},
	}
	if s.client == nil {
		s.client = newCallbackClient()
	}
	s.tokens.init()
	s.journal.init(o.Journal)
	s.SetPublicURL(o.PublicURL)
	s.routes = s.apiRoutes()
	s.handler = s.mux()
	if o.RealTime {
		s.clock.Ring(func() { s.fire(s.clock.Now(), false) })
	}
	return s
}

// Handler serves the platform's API and, below /_sim/, the control API. The
// Host header is ignored; a caller which serves several platforms on one port
// chooses the handler by Host before calling this one.
func (s *Sim) Handler() http.Handler { return s.handler }

// SetPublicURL tells the Sim where it is reached, for links it hands out.
func (s *Sim) SetPublicURL(u string) {
	if u == "" {
		u = "http://wechatsim.invalid"
	}
	s.publicURL.Store(&u)
}

// Now returns the simulated time.
func (s *Sim) Now() time.Time { return s.clock.Now() }

// Advance moves the clock by d and delivers, in order of time, whatever falls
// due on the way. It returns when every callback so caused has been answered
// or given up; until then the clock stands at the instant that caused it.
func (s *Sim) Advance(d time.Duration) {
	s.held.release(s)
	s.fire(s.clock.Move(d), true)
	s.underway.Wait(context.Background())
}

// Tick delivers what has fallen due on a clock given in Options.Now.
func (s *Sim) Tick() { s.Advance(0) }

// Settle delivers callbacks held back by a fault and waits until no callback
// is under way, or until ctx ends.
func (s *Sim) Settle(ctx context.Context) error {
	s.held.release(s)
	return s.underway.Wait(ctx)
}

// Close stops the real-time clock. Callbacks under way end by themselves.
func (s *Sim) Close() { s.clock.Stop() }

// fire delivers what is due up to limit; settle waits for each instant's
// callbacks before it goes on to the next.
func (s *Sim) fire(limit time.Time, settle bool) {
	for evs := s.clock.Take(limit); evs != nil; evs = s.clock.Take(limit) {
		for _, ev := range evs {
			s.push(ev)
		}
		if settle {
			s.underway.Wait(context.Background())
		}
	}
}

func (s *Sim) account(appID string) (*account, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, ok := s.accounts[appID]
	return a, ok
}

// nextMsgID returns a new id shared by messages of both directions, of the
// length the platform's own have ("接收普通消息": 消息id，64位整型). Simulators
// of different seeds, up to a million, give out different ones.
func (s *Sim) nextMsgID() int64 { return s.firstMsgID + s.serial.Add(1) }

// random is a seeded source for many goroutines.
type random struct {
	mu  sync.Mutex
	pcg *rand.PCG
	r   *rand.Rand
}

func newRandom(seed uint64) *random {
	pcg := rand.NewPCG(seed, 0x77656368617473) // any fixed second word
	return &random{pcg: pcg, r: rand.New(pcg)}
}

func (r *random) bytes(n int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := make([]byte, (n+7)/8*8)
	for i := 0; i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], r.r.Uint64())
	}
	return b[:n]
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// text returns n random characters of A–Z a–z 0–9 _ -.
func (r *random) text(n int) string {
	b := r.bytes(n)
	for i := range b {
		b[i] = letters[b[i]&63]
	}
	return string(b)
}

// within returns a random duration of the range.
func (r *random) within(d Range) time.Duration {
	if d.Max <= d.Min {
		return d.Min
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return d.Min + time.Duration(r.r.Int64N(int64(d.Max-d.Min)+1))
}

// chance is true with probability p.
func (r *random) chance(p float64) bool {
	if p <= 0 {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.r.Float64() < p
}
