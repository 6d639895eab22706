package model

import (
	"errors"
	"sync"
	"time"
)

// Limits are what a gateway may ask of the model, each at least 1.
type Limits struct {
	RequestsPerMinute int
	RequestsPerDay    int
	TokensPerDay      int
}

// A model that failed so many times in a row is left alone, for longer each
// time that it fails again.
const (
	failures  = 3
	firstRest = 30 * time.Second
	longest   = 15 * time.Minute
)

var (
	errBudget  = errors.New("the model is not asked: its budget is used up")
	errResting = errors.New("the model is not asked: it failed again and again")
)

// allowance counts what was asked, in minutes and days that begin with the
// first request of each.
type allowance struct {
	mu     sync.Mutex
	limits Limits
	minute window
	day    window
	failed int // in a row
	rest   time.Duration
	until  time.Time
}

type window struct {
	began            time.Time
	requests, tokens int
}

func (w *window) open(now time.Time, length time.Duration) {
	if now.Sub(w.began) >= length || now.Before(w.began) {
		*w = window{began: now}
	}
}

func newAllowance(l Limits) *allowance { return &allowance{limits: l} }

// take reserves one request.
func (a *allowance) take(now time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Before(a.until) {
		return errResting
	}
	a.minute.open(now, time.Minute)
	a.day.open(now, 24*time.Hour)
	if a.minute.requests >= a.limits.RequestsPerMinute || a.day.requests >= a.limits.RequestsPerDay || a.day.tokens >= a.limits.TokensPerDay {
		return errBudget
	}
	a.minute.requests++
	a.day.requests++
	return nil
}

// change is what a request made of the model's reputation.
type change int

const (
	asBefore change = iota
	failing
	recovered
)

// book counts what a request cost and whether it failed.
func (a *allowance) book(now time.Time, tokens int, failed bool) change {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.day.tokens += tokens
	if !failed {
		down := a.rest > 0
		a.failed, a.rest = 0, 0
		if down {
			return recovered
		}
		return asBefore
	}
	if a.failed++; a.failed < failures || now.Before(a.until) {
		return asBefore
	}
	first := a.rest == 0
	a.rest = min(max(2*a.rest, firstRest), longest)
	a.until = now.Add(a.rest)
	if first {
		return failing
	}
	return asBefore
}
