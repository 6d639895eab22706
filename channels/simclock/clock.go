// Package simclock is the clockwork of simulated platforms: a clock that tests
// and demonstrations move, with what is to happen later (clock.go), and what is
// under way (underway.go). No adapter imports it. It imports the standard
// library and nothing else.
package simclock

import (
	"container/heap"
	"slices"
	"sync"
	"time"
)

// Beijing is the zone that the platforms count days and write times in. China
// has had no daylight saving since 1991.
func Beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// Clock tells the simulated time and keeps what is to happen later, as events
// of type E. All methods may be called concurrently.
type Clock[E any] struct {
	mu     sync.Mutex
	source func() time.Time // nil: virtual
	now    time.Time        // virtual time, when source is nil
	offset time.Duration    // added to source
	due    timers[E]
	seq    uint64
	alarm  *time.Timer
	ring   func() // nil: what falls due waits to be taken
}

// Timer is an event and when it is due.
type Timer[E any] struct {
	At    time.Time `json:"at"`
	Event E         `json:"event"`
	seq   uint64
}

// Virtual returns a clock that stands still until it is moved. It begins at
// start, or, if that is zero, on a Monday in March 2026 at nine in Beijing.
func Virtual[E any](start time.Time) *Clock[E] {
	if start.IsZero() {
		start = time.Date(2026, 3, 2, 9, 0, 0, 0, Beijing())
	}
	return &Clock[E]{now: start}
}

// Following returns a clock that shows what another one shows, and what it was
// moved by.
func Following[E any](source func() time.Time) *Clock[E] { return &Clock[E]{source: source} }

// Now returns the simulated time.
func (c *Clock[E]) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read()
}

func (c *Clock[E]) read() time.Time {
	if c.source == nil {
		return c.now
	}
	return c.source().Add(c.offset)
}

// At keeps an event until t.
func (c *Clock[E]) At(t time.Time, e E) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.push(Timer[E]{At: t, Event: e})
	c.rearm()
}

// After keeps an event until d from now.
func (c *Clock[E]) After(d time.Duration, e E) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.push(Timer[E]{At: c.read().Add(d), Event: e})
	c.rearm()
}

func (c *Clock[E]) push(t Timer[E]) {
	c.seq++
	t.seq = c.seq
	heap.Push(&c.due, t)
}

// Move returns the time that is d from now, up to which Take is to be called. A
// clock that follows another one is there at once; a virtual one gets there by
// Take, from event to event.
func (c *Clock[E]) Move(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.source == nil {
		return c.now.Add(d)
	}
	c.offset += d
	return c.read()
}

// Take removes and returns the events of the earliest instant that is not after
// limit, in the order in which they were scheduled; nil when there are none. A
// virtual clock moves to that instant, or to limit when nothing is left to do
// before it.
func (c *Clock[E]) Take(limit time.Time) []E {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.due) == 0 || c.due[0].At.After(limit) {
		c.reach(limit)
		c.rearm()
		return nil
	}
	at := c.due[0].At
	c.reach(at)
	var events []E
	for len(c.due) > 0 && !c.due[0].At.After(at) {
		events = append(events, heap.Pop(&c.due).(Timer[E]).Event)
	}
	return events
}

// reach moves a virtual clock forward.
func (c *Clock[E]) reach(t time.Time) {
	if c.source == nil && t.After(c.now) {
		c.now = t
	}
}

// Ring has the system's clock call ring whenever something falls due, until
// Stop. It is for clocks that follow one which goes by itself.
func (c *Clock[E]) Ring(ring func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ring = ring
	c.rearm()
}

func (c *Clock[E]) rearm() {
	if c.ring == nil || len(c.due) == 0 {
		return
	}
	wait := max(0, c.due[0].At.Sub(c.read()))
	if c.alarm == nil {
		c.alarm = time.AfterFunc(wait, c.ring)
		return
	}
	c.alarm.Reset(wait)
}

// Stop ends the ringing.
func (c *Clock[E]) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ring = nil
	if c.alarm != nil {
		c.alarm.Stop()
	}
}

// Pending returns what is not yet due, for a snapshot.
func (c *Clock[E]) Pending() []Timer[E] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.due)
}

// Restore sets the time and what is to happen later, from a snapshot.
func (c *Clock[E]) Restore(now time.Time, pending []Timer[E]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.source == nil {
		c.now = now
	} else {
		c.offset = now.Sub(c.source())
	}
	c.due = nil
	for _, t := range pending {
		c.push(t)
	}
	c.rearm()
}

// timers is a heap by time, then by order of scheduling.
type timers[E any] []Timer[E]

func (t timers[E]) Len() int { return len(t) }
func (t timers[E]) Less(i, j int) bool {
	if t[i].At.Equal(t[j].At) {
		return t[i].seq < t[j].seq
	}
	return t[i].At.Before(t[j].At)
}
func (t timers[E]) Swap(i, j int) { t[i], t[j] = t[j], t[i] }
func (t *timers[E]) Push(x any)   { *t = append(*t, x.(Timer[E])) }
func (t *timers[E]) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}
