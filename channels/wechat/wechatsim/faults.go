package wechatsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Duration is a time.Duration written as "1m30s" in JSON.
type Duration time.Duration

// MarshalJSON writes the duration as text.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads text such as "1m30s".
func (d *Duration) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf(`a duration is text such as "1m30s": %w`, err)
	}
	if text == "" {
		*d = 0
		return nil
	}
	v, err := time.ParseDuration(text)
	*d = Duration(v)
	return err
}

// Fault makes something go wrong. The first fault that matches a call or a
// callback is the one that strikes it.
//
// Modes for API calls:
//
//	errcode:N                answer that code, do nothing
//	http:N                   answer that HTTP status, do nothing
//	slow, slow:8s            wait on the wall clock, then go on
//	reset                    cut the connection, do nothing
//	reset_after_commit       do it, then cut the connection
//	garbage_json             do it, then answer what nobody can read
//	rate_limit               answer 45011, do nothing
//	token_kill               end every token of the account first
//	expire_media             end every media_id of the account first
//	receipt_before_response  template messages: the receipt arrives first
//
// Modes for callbacks:
//
//	duplicate:N      post it N times at once
//	reorder          hold it back until after the candidate's next one
//	delay            deliver it Delay later on the simulated clock
//	late_receipt     the same, for receipts only (default one hour)
//	drop             never deliver it
//	bad_signature    post it once with wrong signatures
//	old_timestamp    post it once, signed a day ago
//	downgrade_plain  post it once, unsealed, with a good signature
type Fault struct {
	ID    int      `json:"id"`
	Match Match    `json:"match"`
	Mode  string   `json:"mode"`
	Count int      `json:"count,omitempty"` // how often it strikes; zero: until removed
	Prob  float64  `json:"prob,omitempty"`  // how likely; zero: always
	Delay Duration `json:"delay,omitempty"`
	Hits  int      `json:"hits"`
}

// Match says what a fault strikes; empty members match everything.
type Match struct {
	Path   string `json:"path,omitempty"`   // API calls: the end of the path
	Event  string `json:"event,omitempty"`  // callbacks: text, image, subscribe, …
	AppID  string `json:"app_id,omitempty"` // callbacks
	OpenID string `json:"openid,omitempty"`
}

var (
	apiModes      = []string{"errcode", "http", "slow", "reset", "reset_after_commit", "garbage_json", "rate_limit", "token_kill", "expire_media", "receipt_before_response"}
	callbackModes = []string{"duplicate", "reorder", "delay", "late_receipt", "drop", forgeSignature, forgeTimestamp, forgePlain}
)

// faults holds the rules. live is their number, so that a Sim without faults
// takes no lock.
type faults struct {
	live   atomic.Int32
	mu     sync.Mutex
	rules  []*rule
	lastID int
}

// rule is a Fault with its mode taken apart.
type rule struct {
	Fault
	kind string // Mode before the colon
	n    int    // and after it
}

func newRule(f Fault) (*rule, error) {
	name, arg, _ := strings.Cut(f.Mode, ":")
	r := &rule{Fault: f, kind: name}
	if !slices.Contains(apiModes, name) && !slices.Contains(callbackModes, name) {
		return nil, fmt.Errorf("fault mode %q: want one of %s", f.Mode, strings.Join(append(slices.Clone(apiModes), callbackModes...), ", "))
	}
	var err error
	switch name {
	case "errcode", "http", "duplicate":
		if r.n, err = strconv.Atoi(arg); err != nil {
			return nil, fmt.Errorf("fault mode %q: want a number, as in errcode:45009", f.Mode)
		}
	case "slow":
		if arg != "" {
			d, err := time.ParseDuration(arg)
			if err != nil {
				return nil, fmt.Errorf("fault mode %q: %w", f.Mode, err)
			}
			r.Delay = Duration(d)
		}
		if r.Delay <= 0 {
			return nil, fmt.Errorf("fault mode %q: how slow? as in slow:8s", f.Mode)
		}
	case "late_receipt", "delay":
		if r.Delay == 0 {
			r.Delay = Duration(time.Hour)
		}
	}
	if name == "http" && (r.n < 400 || r.n > 599) || name == "duplicate" && r.n < 2 {
		return nil, fmt.Errorf("fault mode %q: number out of range", f.Mode)
	}
	return r, nil
}

// AddFault adds a fault and returns its id.
func (s *Sim) AddFault(f Fault) (int, error) {
	r, err := newRule(f)
	if err != nil {
		return 0, err
	}
	fs := &s.faults
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.lastID++
	r.ID, r.Hits = fs.lastID, 0
	fs.rules = append(fs.rules, r)
	fs.live.Store(int32(len(fs.rules)))
	return r.ID, nil
}

// Faults lists the faults and how often each has struck.
func (s *Sim) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	list := []Fault{}
	for _, r := range s.faults.rules {
		list = append(list, r.Fault)
	}
	return list
}

// ErrNoFault says that there is no fault of that id.
var ErrNoFault = errors.New("no such fault")

// RemoveFault removes one fault.
func (s *Sim) RemoveFault(id int) error {
	fs := &s.faults
	fs.mu.Lock()
	defer fs.mu.Unlock()
	before := len(fs.rules)
	fs.rules = slices.DeleteFunc(fs.rules, func(r *rule) bool { return r.ID == id })
	fs.live.Store(int32(len(fs.rules)))
	if len(fs.rules) == before {
		return fmt.Errorf("removing fault %d: %w", id, ErrNoFault)
	}
	return nil
}

// ClearFaults removes all faults.
func (s *Sim) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = nil
	s.faults.live.Store(0)
}

// pick returns the first rule of those modes that matches, counting the hit.
func (fs *faults) pick(rnd *random, modes []string, matches func(*rule) bool) *rule {
	if fs.live.Load() == 0 {
		return nil
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, r := range fs.rules {
		switch {
		case !slices.Contains(modes, r.kind) || !matches(r):
		case r.Count > 0 && r.Hits >= r.Count:
		case r.Prob > 0 && !rnd.chance(r.Prob):
		default:
			r.Hits++
			hit := *r
			return &hit
		}
	}
	return nil
}

// struck is a fault that strikes an API call. All methods work on nil.
type struck rule

func (fs *faults) strike(c *call) *struck {
	r := fs.pick(c.sim.random, apiModes, func(r *rule) bool {
		return strings.HasSuffix(c.r.URL.Path, r.Match.Path) &&
			(r.Match.OpenID == "" || c.query.Get("openid") == r.Match.OpenID ||
				bytes.Contains(c.body, []byte(`"`+r.Match.OpenID+`"`)))
	})
	return (*struck)(r)
}

func (f *struck) is(mode string) bool { return f != nil && f.kind == mode }

// mode names the fault for the journal.
func (f *struck) mode() string {
	if f == nil {
		return ""
	}
	return f.Mode
}

// before does what precedes the call; done means the call does not happen.
func (f *struck) before(c *call) (a answer, done bool) {
	if f == nil {
		return answer{}, false
	}
	switch f.kind {
	case "errcode":
		return c.fail(f.n), true
	case "rate_limit":
		return c.fail(errTooFast), true
	case "http":
		text := http.StatusText(f.n)
		return answer{status: f.n, kind: "text/html", body: []byte("<html><h1>" + text + "</h1></html>")}, true
	case "reset":
		return answer{}, true
	case "slow":
		c.sim.pause(c.r.Context(), time.Duration(f.Delay))
	case "token_kill", "expire_media":
		c.strikeAccount(f.kind)
	}
	return answer{}, false
}

// strikeAccount ends the tokens or the media of the account that calls.
func (c *call) strikeAccount(mode string) {
	t, code := c.sim.tokens.check(c.query.Get("access_token"), c.now)
	if code != errNone {
		return
	}
	if mode == "token_kill" {
		c.sim.tokens.kill(t.AppID, c.now)
	} else if a, ok := c.sim.account(t.AppID); ok {
		a.expireMedia()
	}
}

// behind spoils the answer of a call that has happened.
func (f *struck) behind(a answer) answer {
	if f.is("garbage_json") {
		return answer{kind: jsonType, body: []byte(`{"errcode":0,"errms`)}
	}
	return a
}

// breaks says whether the connection is cut instead of answered.
func (f *struck) breaks() bool { return f.is("reset") || f.is("reset_after_commit") }

// plan is what a fault does to one callback.
type plan struct {
	mode   string
	drop   bool
	hold   bool
	delay  time.Duration
	copies int
	forge  string
}

func (fs *faults) plan(s *Sim, ev *event) plan {
	if ev.Faulted {
		return plan{}
	}
	r := fs.pick(s.random, callbackModes, func(r *rule) bool {
		return (r.Match.Event == "" || r.Match.Event == ev.Name) &&
			(r.Match.AppID == "" || r.Match.AppID == ev.AppID) &&
			(r.Match.OpenID == "" || r.Match.OpenID == ev.OpenID) &&
			(r.kind != "late_receipt" || ev.Name == "TEMPLATESENDJOBFINISH")
	})
	if r == nil {
		return plan{}
	}
	p := plan{mode: r.Mode}
	switch r.kind {
	case "drop":
		p.drop = true
	case "reorder":
		p.hold = true
	case "delay", "late_receipt":
		p.delay = time.Duration(r.Delay)
	case "duplicate":
		p.copies = r.n
	default:
		p.forge = r.kind
	}
	return p
}

// heldBack keeps callbacks struck by "reorder".
type heldBack struct {
	mu     sync.Mutex
	events []event
}

func (h *heldBack) hold(ev event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, ev)
}

// take removes the events that want accepts.
func (h *heldBack) take(want func(*event) bool) []event {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []event
	h.events = slices.DeleteFunc(h.events, func(ev event) bool {
		if want(&ev) {
			out = append(out, ev)
			return true
		}
		return false
	})
	return out
}

// releaseFor delivers what was held back for a candidate, now that something
// later has been delivered.
func (h *heldBack) releaseFor(s *Sim, a *account, openID string) {
	app := a.console().AppID
	for _, ev := range h.take(func(ev *event) bool { return ev.AppID == app && ev.OpenID == openID }) {
		s.exchange(a, ev)
	}
}

// release delivers everything held back.
func (h *heldBack) release(s *Sim) {
	for _, ev := range h.take(func(*event) bool { return true }) {
		s.push(ev)
	}
}
