package ehr

import (
	"sync"
	"time"
)

// How long after letting waiting events go it may happen again: a minute at
// first, twice as long each time while attempts go on failing.
const (
	firstPause   = time.Minute
	longestPause = time.Hour
)

// recovery decides when the events that wait for their next attempt, maybe
// for hours, are let go at once: when one is delivered after others were not.
// The pauses keep an endpoint that takes some events and refuses others from
// getting the refused ones again and again, and what the endpoint asked for
// is respected. It needs no memory of what happened before the program
// started: the first delivery counts as a recovery.
type recovery struct {
	mu     sync.Mutex
	needed bool
	pause  time.Duration
	next   time.Time // not before
	failed time.Time // the last attempt that failed
}

func newRecovery() *recovery { return &recovery{needed: true, pause: firstPause} }

// fail notes an attempt that failed; until is when the endpoint wants to be
// asked again, or zero.
func (r *recovery) fail(now, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.failed) > longestPause {
		r.pause = firstPause
	}
	r.needed, r.failed = true, now
	if until.After(r.next) {
		r.next = until
	}
}

// deliver notes a delivery, of an event that failed before or not, and says
// whether the waiting events are to be let go.
func (r *recovery) deliver(now time.Time, failedBefore bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.needed = r.needed || failedBefore // maybe on another node
	if !r.needed || now.Before(r.next) {
		return false
	}
	r.needed, r.next = false, now.Add(r.pause)
	r.pause = min(2*r.pause, longestPause)
	return true
}

// postpone takes back that the waiting events were let go.
func (r *recovery) postpone() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.needed = true
}
