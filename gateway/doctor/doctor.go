// Package doctor looks whether everything that a gateway needs works, and
// writes down what was found and what to do. A check is a function; gateway/app
// knows which there are, and adapters bring those of their accounts
// (channels.Checker). This package makes them side by side, each within a
// time, and has those that ask addresses for an answer (address.go).
//
// Imports: the standard library and channels.
package doctor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"jiebao/channels"
)

// Check is something to look at.
type Check struct {
	Subject string // whose it is: gateway, or account and its id
	Name    string // what is looked at, while it is
	Run     func(ctx context.Context) []channels.Finding
}

// Options are how checks are made.
type Options struct {
	Timeout time.Duration // of each check
	AtOnce  int           // checks side by side; 0: all
	// Progress, if set, hears of every check that is done, one at a time.
	Progress func(done, of int, c Check)
}

// Report is what was found, in the order of the checks.
type Report struct {
	Findings []Entry `json:"findings"`
}

// Entry is a finding and whose it is.
type Entry struct {
	Subject string `json:"subject"`
	channels.Finding
}

// Run makes the checks. One that does not end in its time, or that panics,
// is a finding of its own, and holds up no other.
func Run(ctx context.Context, checks []Check, o Options) Report {
	if o.AtOnce <= 0 {
		o.AtOnce = len(checks)
	}
	found := make([][]channels.Finding, len(checks))
	room := make(chan struct{}, max(o.AtOnce, 1))
	var all sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for i, c := range checks {
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			found[i] = run(ctx, c, o.Timeout)
			mu.Lock()
			defer mu.Unlock()
			if done++; o.Progress != nil {
				o.Progress(done, len(checks), c)
			}
		})
	}
	all.Wait()
	r := Report{Findings: []Entry{}}
	for i, c := range checks {
		for _, f := range found[i] {
			r.Findings = append(r.Findings, Entry{c.Subject, f})
		}
	}
	return r
}

// run makes one check, and leaves it behind when its time is over.
func run(ctx context.Context, c Check, limit time.Duration) []channels.Finding {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	found := make(chan []channels.Finding, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				found <- []channels.Finding{channels.Fault(c.Name, fmt.Sprintf("the check itself failed: %v", p), "report this as a defect of the gateway")}
			}
		}()
		found <- c.Run(ctx)
	}()
	select {
	case f := <-found:
		return f
	case <-ctx.Done():
	}
	select { // it may have noticed itself
	case f := <-found:
		return f
	case <-time.After(grace):
		return []channels.Finding{channels.Fault(c.Name, "there was no answer within "+limit.String(), "see what stands between: name resolution, firewall, proxy")}
	}
}

// grace is for how long a check may put into words that its time is over.
const grace = time.Second

// Count is how many findings have a state.
func (r Report) Count(s channels.State) int {
	n := 0
	for _, f := range r.Findings {
		if f.State == s {
			n++
		}
	}
	return n
}
