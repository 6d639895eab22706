package wecomsim

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault makes something go wrong. The first fault that matches a call or a
// callback is the one that strikes it.
//
// Modes for calls:
//
//	errcode:N           answer that code, do nothing
//	http:N              answer that HTTP status, do nothing
//	slow:8s             wait on the wall clock, then go on
//	stall               hold the call until the caller gives up, do nothing
//	reset               cut the connection, do nothing
//	reset_after_commit  do it, then cut the connection
//	garbage_json        do it, then answer what nobody can read
//	token_kill          end every token first
//	expire_media        end every media_id first
//	empty_page          sync_msg: an empty page with has_more=1
//
// Modes for callbacks:
//
//	duplicate:N    post it N times
//	drop           never post it
//	bad_signature  post it once with a wrong signature
//	old_timestamp  post it once, signed a day ago
//	other_corp     post it once, sealed for another company
//	plain          post it once, unsealed, as a forger would
type Fault struct {
	Path  string // of calls: its end; empty: every call
	Event string // of callbacks: text, template_card_event, …; empty: all
	User  string // whom it concerns; empty: everybody
	Mode  string
	Count int // how often it strikes; zero: until ClearFaults
}

var (
	callModes     = []string{"errcode", "http", "slow", "stall", "reset", "reset_after_commit", "garbage_json", "token_kill", "expire_media"}
	pageModes     = []string{"empty_page"}
	callbackModes = []string{"duplicate", "drop", "bad_signature", "old_timestamp", "other_corp", "plain"}
)

// fault is a Fault with its mode taken apart; the zero one does nothing.
type fault struct {
	Fault
	kind string
	n    int
	wait time.Duration
	hits int
}

type faults struct {
	mu      sync.Mutex
	rules   []*fault
	onStall func()
}

// OnStall calls do when the next call that is held has arrived.
func (s *Sim) OnStall(do func()) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.onStall = do
}

// stalled tells that a call is held.
func (f *faults) stalled() {
	f.mu.Lock()
	do := f.onStall
	f.onStall = nil
	f.mu.Unlock()
	if do != nil {
		do()
	}
}

// AddFault adds a fault.
func (s *Sim) AddFault(f Fault) error {
	kind, arg, _ := strings.Cut(f.Mode, ":")
	r := &fault{Fault: f, kind: kind}
	var err error
	switch {
	case kind == "slow":
		r.wait, err = time.ParseDuration(arg)
	case kind == "errcode" || kind == "http" || kind == "duplicate":
		r.n, err = strconv.Atoi(arg)
	case !slices.Contains(slices.Concat(callModes, pageModes, callbackModes), kind):
		err = fmt.Errorf("want one of %s", strings.Join(slices.Concat(callModes, pageModes, callbackModes), ", "))
	}
	if err != nil {
		return fmt.Errorf("fault mode %q: %w", f.Mode, err)
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = append(s.faults.rules, r)
	return nil
}

// ClearFaults removes all faults.
func (s *Sim) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = nil
}

func (f *faults) pick(modes []string, matches func(*fault) bool) fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		if !slices.Contains(modes, r.kind) || r.Count > 0 && r.hits >= r.Count || !matches(r) {
			continue
		}
		r.hits++
		return *r
	}
	return fault{}
}

func (f *faults) strike(r *http.Request, body []byte) fault {
	return f.pick(callModes, func(rule *fault) bool {
		return strings.HasSuffix(r.URL.Path, rule.Path) && (rule.User == "" || bytes.Contains(body, []byte(`"`+rule.User+`"`)))
	})
}

func (f *faults) plan(event, user string) fault {
	return f.pick(callbackModes, func(rule *fault) bool {
		return (rule.Event == "" || rule.Event == event) && (rule.User == "" || rule.User == user)
	})
}

// waits waits if the fault says so, and says whether the caller gave up.
func (f fault) waits(r *http.Request, stalled func()) bool {
	switch f.kind {
	case "stall":
		stalled()
		<-r.Context().Done()
		return true
	case "slow":
		t := time.NewTimer(f.wait)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return true
		}
	}
	return false
}
