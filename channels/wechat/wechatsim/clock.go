package wechatsim

import (
	"container/heap"
	"sync"
	"time"
)

// beijing is the platform's own zone: its days and months turn at midnight
// there ("接口调用频次限制说明"). China has had no daylight saving since 1991.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// defaultStart is where a virtual clock starts when Options.Start is zero.
var defaultStart = time.Date(2026, 3, 2, 9, 0, 0, 0, beijing)

// clock tells the simulated time and holds what is to happen later.
type clock struct {
	mu     sync.Mutex
	source func() time.Time // nil: virtual, moved only by move
	now    time.Time        // virtual time, when source is nil
	offset time.Duration    // added to source
	due    timers
	seq    uint64
	alarm  *time.Timer // real time only: rings when the first timer is due
	ring   func()      // real time only
}

// timer is an event to be delivered at a time. Timers hold data rather than
// functions so that a snapshot can carry them.
type timer struct {
	At    time.Time `json:"at"`
	Event event     `json:"event"`
	seq   uint64
}

func newClock(o Options) *clock {
	switch {
	case o.RealTime:
		return &clock{source: time.Now}
	case o.Now != nil:
		return &clock{source: o.Now}
	case o.Start.IsZero():
		return &clock{now: defaultStart}
	}
	return &clock{now: o.Start}
}

// Now returns the simulated time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read()
}

func (c *clock) read() time.Time {
	if c.source == nil {
		return c.now
	}
	return c.source().Add(c.offset)
}

// set moves the clock to t without delivering anything.
func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.source == nil {
		c.now = t
		return
	}
	c.offset = t.Sub(c.source())
}

// schedule keeps ev until t.
func (c *clock) schedule(t time.Time, ev event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	heap.Push(&c.due, timer{At: t, Event: ev, seq: c.seq})
	c.rearm()
}

// take removes and returns the events of the earliest instant that is not
// after limit. A virtual clock moves to that instant, or to limit when nothing
// is left to do before it.
func (c *clock) take(limit time.Time) []event {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.due) == 0 || c.due[0].At.After(limit) {
		if c.source == nil && limit.After(c.now) {
			c.now = limit
		}
		c.rearm()
		return nil
	}
	at := c.due[0].At
	if c.source == nil && at.After(c.now) {
		c.now = at
	}
	var evs []event
	for len(c.due) > 0 && !c.due[0].At.After(at) {
		evs = append(evs, heap.Pop(&c.due).(timer).Event)
	}
	return evs
}

// target returns the time d from now; a followed clock is moved there at once.
func (c *clock) target(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.source != nil {
		c.offset += d
		return c.read()
	}
	return c.now.Add(d)
}

// followSystem rings whenever a timer falls due on the system clock.
func (c *clock) followSystem(ring func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ring = ring
	c.rearm()
}

func (c *clock) rearm() {
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

func (c *clock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ring = nil
	if c.alarm != nil {
		c.alarm.Stop()
	}
}

// pending returns the timers not yet due, for a snapshot.
func (c *clock) pending() []timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]timer(nil), c.due...)
}

// replace sets the time and the timers, from a snapshot.
func (c *clock) replace(now time.Time, ts []timer) {
	c.set(now)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.due = nil
	for _, t := range ts {
		c.seq++
		t.seq = c.seq
		heap.Push(&c.due, t)
	}
	c.rearm()
}

// timers is a heap by time, then by order of scheduling.
type timers []timer

func (t timers) Len() int { return len(t) }
func (t timers) Less(i, j int) bool {
	if t[i].At.Equal(t[j].At) {
		return t[i].seq < t[j].seq
	}
	return t[i].At.Before(t[j].At)
}
func (t timers) Swap(i, j int) { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)   { *t = append(*t, x.(timer)) }
func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}

// day names the Beijing day of t; quotas of a day are kept under it.
func day(t time.Time) string { return t.In(beijing).Format("2006-01-02") }

// month names the Beijing month of t.
func month(t time.Time) string { return t.In(beijing).Format("2006-01") }
