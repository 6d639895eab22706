// Package clock is where the program gets the time from: the system, or a
// virtual clock that tests and the demo advance.
//
// Imports: the standard library only.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time and waits for it to pass.
type Clock interface {
	Now() time.Time
	// At returns a channel that receives once, when the clock has reached t.
	// It takes a point in time and not a duration, so that a clock which is
	// moved between looking at it and waiting for it wakes the waiter.
	At(t time.Time) <-chan time.Time
}

// System is the machine's clock.
type System struct{}

// Now returns the current time.
func (System) Now() time.Time { return time.Now() }

// At waits in real time.
func (System) At(t time.Time) <-chan time.Time { return time.After(time.Until(t)) }

// Virtual is a clock that only moves when it is told to.
type Virtual struct {
	mu    sync.Mutex
	now   time.Time
	waits []wait
}

type wait struct {
	at time.Time
	ch chan time.Time
}

// NewVirtual returns a clock that stands at now.
func NewVirtual(now time.Time) *Virtual { return &Virtual{now: now} }

// Now returns where the clock stands.
func (v *Virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// At waits until the clock has been advanced to t.
func (v *Virtual) At(t time.Time) <-chan time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	w := wait{t, make(chan time.Time, 1)}
	if !t.After(v.now) {
		w.ch <- v.now
		return w.ch
	}
	v.waits = append(v.waits, w)
	return w.ch
}

// Advance moves the clock and wakes all whose time has come.
func (v *Virtual) Advance(d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now = v.now.Add(d)
	kept := v.waits[:0]
	for _, w := range v.waits {
		if w.at.After(v.now) {
			kept = append(kept, w)
			continue
		}
		w.ch <- v.now
	}
	clear(v.waits[len(kept):])
	v.waits = kept
}
