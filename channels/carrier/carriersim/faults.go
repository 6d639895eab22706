package carriersim

import (
	"fmt"
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
//	code:X              answer the provider's code X, do nothing
//	http:N              answer that HTTP status, do nothing
//	slow:D              wait on the wall clock, then go on
//	stall               do nothing until the caller gives up
//	reset               cut the connection, do nothing
//	reset_after_commit  do it, then cut the connection
//	garbage             do it, then answer what nobody can read
//	report_first        the report arrives before the answer
//
// Modes for callbacks:
//
//	duplicate:N  post it N times
//	delay:D      post it that much later on the simulated clock
//	drop         never post it
//	wrong_key    post it once to an address with another key
//	no_key       post it once to an address without a key
type Fault struct {
	// What is the action called, such as SendSms, or aliyun/SendSms where two
	// providers have the same; or the callback: report or reply. Empty: any.
	What  string `json:"what,omitempty"`
	Phone string `json:"phone,omitempty"` // empty: any
	Mode  string `json:"mode"`
	Count int    `json:"count,omitempty"` // how often it strikes; zero: until cleared
	Hits  int    `json:"hits"`
}

var (
	callModes     = []string{"code", "http", "slow", "stall", "reset", "reset_after_commit", "garbage", "report_first"}
	callbackModes = []string{"duplicate", "delay", "drop", "wrong_key", "no_key"}
)

type faults struct {
	mu    sync.Mutex
	rules []*rule
}

// rule is a Fault with its mode taken apart.
type rule struct {
	Fault
	kind  string // Mode before the colon
	text  string // and after it
	n     int
	delay time.Duration
}

// AddFault adds a fault.
func (b *Base) AddFault(f Fault) error {
	kind, text, _ := strings.Cut(f.Mode, ":")
	r := &rule{Fault: f, kind: kind, text: text}
	if !slices.Contains(callModes, kind) && !slices.Contains(callbackModes, kind) {
		return fmt.Errorf("fault mode %q: want one of %s", f.Mode, strings.Join(slices.Concat(callModes, callbackModes), ", "))
	}
	var err error
	switch kind {
	case "http", "duplicate":
		r.n, err = strconv.Atoi(text)
	case "slow", "delay":
		r.delay, err = time.ParseDuration(text)
	case "code":
		if text == "" {
			err = fmt.Errorf("which code?")
		}
	}
	if err != nil {
		return fmt.Errorf("fault mode %q: %w", f.Mode, err)
	}
	b.faults.mu.Lock()
	defer b.faults.mu.Unlock()
	b.faults.rules = append(b.faults.rules, r)
	return nil
}

// Faults lists the faults and how often each has struck.
func (b *Base) Faults() []Fault {
	b.faults.mu.Lock()
	defer b.faults.mu.Unlock()
	list := []Fault{}
	for _, r := range b.faults.rules {
		list = append(list, r.Fault)
	}
	return list
}

// ClearFaults removes all faults.
func (b *Base) ClearFaults() {
	b.faults.mu.Lock()
	defer b.faults.mu.Unlock()
	b.faults.rules = nil
}

// strike returns the first rule of those modes that matches, or an empty one.
func (f *faults) strike(modes []string, what, phone string) rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		switch {
		case !slices.Contains(modes, r.kind):
		case r.What != "" && r.What != what && !strings.HasSuffix(what, "/"+r.What), r.Phone != "" && r.Phone != phone:
		case r.Count > 0 && r.Hits >= r.Count:
		default:
			r.Hits++
			return *r
		}
	}
	return rule{}
}
