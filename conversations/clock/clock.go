// Package clock is where the program gets the time from: the system, a
// clock that the demo shifts, or a virtual one that tests advance.
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

// Shifted runs with the machine's clock, ahead of it by what it was advanced.
// Its zero value is the machine's time.
type Shifted struct {
	mu    sync.Mutex
	ahead time.Duration
	waits map[*alarm]bool
}

// alarm is a wait under way.
type alarm struct {
	at    time.Time
	ch    chan time.Time
	timer *time.Timer
}

// Now returns the machine's time, shifted.
func (s *Shifted) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

// At waits in real time, less what the clock is advanced by meanwhile.
func (s *Shifted) At(t time.Time) <-chan time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waits == nil {
		s.waits = map[*alarm]bool{}
	}
	w := &alarm{at: t, ch: make(chan time.Time, 1)}
	s.waits[w] = true
	w.timer = time.AfterFunc(time.Until(t)-s.ahead, func() { s.ring(w) })
	return w.ch
}

func (s *Shifted) ring(w *alarm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waits[w] {
		delete(s.waits, w)
		w.ch <- time.Now().Add(s.ahead)
	}
}

// Advance shifts the clock further and wakes all whose time has come.
func (s *Shifted) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
	for w := range s.waits {
		w.timer.Reset(time.Until(w.at) - s.ahead)
	}
}

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
