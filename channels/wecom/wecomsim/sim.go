package wecomsim

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"jiebao/channels/simclock"
	"jiebao/channels/simorder"
)

// Options configure a Sim. The zero value is useful: a virtual clock and
// instant answers.
type Options struct {
	// Seed decides every random choice: ids, tokens, codes.
	Seed uint64
	// Start is the first instant of the virtual clock.
	Start time.Time
	// Now makes the clock follow another one; Advance shifts it.
	Now func() time.Time
	// Log receives one line for each callback that failed. nil: no log.
	Log *slog.Logger
	// CallbackClient posts the callbacks; nil: a client with keep-alive.
	CallbackClient *http.Client
	// CallbackTimeout is how long a callback may take, on the wall clock.
	// Zero: five seconds (接收消息: 五秒内收不到响应会断掉连接).
	CallbackTimeout time.Duration
	// Journal is how many calls and callbacks are kept; zero: 2000.
	Journal int
	// History is how many messages each screen keeps; zero: 200.
	History int
}

const (
	defaultTimeout = 5 * time.Second
	verifyTimeout  = time.Second // 接收消息, 验证URL有效性: 1秒内
	defaultJournal = 2000
	defaultHistory = 200
	atOnce         = 64
)

// Sim is one simulated platform with any number of companies. All methods may
// be called concurrently.
type Sim struct {
	opts    Options
	client  *http.Client
	routes  map[string]route
	faults  faults
	journal journal
	pushing simclock.Underway
	answers simorder.Answers // by member

	mu      sync.Mutex
	state   state
	random  *rand.PCG
	watches map[chan struct{}]struct{}
	offset  time.Duration // added to Options.Now
}

// New returns a platform without companies.
func New(o Options) *Sim {
	if o.CallbackTimeout == 0 {
		o.CallbackTimeout = defaultTimeout
	}
	if o.Journal == 0 {
		o.Journal = defaultJournal
	}
	if o.History == 0 {
		o.History = defaultHistory
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	}
	s := &Sim{opts: o, client: o.CallbackClient, random: rand.NewPCG(o.Seed, 0x7765636f6d), watches: map[chan struct{}]struct{}{}}
	if s.client == nil {
		s.client = &http.Client{
			Transport:     &http.Transport{MaxIdleConns: atOnce, MaxIdleConnsPerHost: atOnce, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	s.state = newState(o.Start)
	s.journal.size = o.Journal
	s.routes = apiRoutes()
	return s
}

// Handler serves the platform's API, and the login page of websites. The Host
// header is ignored.
func (s *Sim) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(loginPath, s.login)
	mux.HandleFunc("/", s.serve)
	return mux
}

// Now returns the simulated time.
func (s *Sim) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// now is Now for holders of the lock.
func (s *Sim) now() time.Time {
	if s.opts.Now != nil {
		return s.opts.Now().Add(s.offset)
	}
	return s.state.Now
}

// Advance moves the clock by d.
func (s *Sim) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Now = s.state.Now.Add(d)
	s.offset += d
	s.changed()
}

// Settle waits until no callback is under way, or until ctx ends.
func (s *Sim) Settle(ctx context.Context) error {
	return s.pushing.Wait(ctx)
}

// Subscribe returns a channel that is sent to after something on a screen has
// changed; several changes may be one. cancel ends it.
func (s *Sim) Subscribe() (changes <-chan struct{}, cancel func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watches[c] = struct{}{}
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watches, c)
	}
}

// changed wakes the subscribers. The caller holds the lock.
func (s *Sim) changed() {
	for c := range s.watches {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// text returns n random characters. The caller holds the lock.
func (s *Sim) text(n int) string {
	b := make([]byte, (n+7)/8*8)
	for i := 0; i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], s.random.Uint64())
	}
	for i := range b {
		b[i] = letters[b[i]&63]
	}
	return string(b[:n])
}

// serial returns a new number. The caller holds the lock.
func (s *Sim) serial() int64 {
	s.state.Serial++
	return s.state.Serial
}

var errNoSuch = errors.New("no such thing here")
