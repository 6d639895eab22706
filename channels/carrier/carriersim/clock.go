package carriersim

import (
	"container/heap"
	"sync"
	"time"
)

// Beijing is the zone that the providers write times in.
func Beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// clock tells the simulated time and holds what is to happen later.
type clock struct {
	mu     sync.Mutex
	source func() time.Time // nil: virtual, moved only by run
	now    time.Time
	offset time.Duration // added to source
	due    timers
	seq    uint64
	rings  bool // what falls due happens by itself
	alarm  *time.Timer
}

type timer struct {
	at  time.Time
	seq uint64
	do  func()
}

func (c *clock) init(o Options) {
	c.source, c.rings = o.Now, o.RealTime
	if c.rings && c.source == nil {
		c.source = time.Now
	}
	if c.now = o.Start; c.now.IsZero() {
		c.now = time.Date(2026, 3, 2, 9, 0, 0, 0, Beijing())
	}
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

func (c *clock) schedule(after time.Duration, do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	heap.Push(&c.due, timer{c.read().Add(after), c.seq, do})
	c.rearm()
}

// run moves the clock by d, stopping at every instant at which something is
// due to do it.
func (c *clock) run(d time.Duration) {
	c.mu.Lock()
	limit := c.read().Add(d)
	if c.source != nil {
		c.offset += d
	}
	c.mu.Unlock()
	for do := c.take(limit); do != nil; do = c.take(limit) {
		do()
	}
}

// take returns what is due first, up to limit, and moves a virtual clock there.
func (c *clock) take(limit time.Time) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.due) == 0 || c.due[0].at.After(limit) {
		if c.source == nil && limit.After(c.now) {
			c.now = limit
		}
		c.rearm()
		return nil
	}
	t := heap.Pop(&c.due).(timer)
	if c.source == nil && t.at.After(c.now) {
		c.now = t.at
	}
	return t.do
}

// rearm has the system's clock do what falls due next, if it is to.
func (c *clock) rearm() {
	if !c.rings || len(c.due) == 0 {
		return
	}
	wait := max(0, c.due[0].at.Sub(c.read()))
	if c.alarm == nil {
		c.alarm = time.AfterFunc(wait, func() { c.run(0) })
		return
	}
	c.alarm.Reset(wait)
}

func (c *clock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rings = false
	if c.alarm != nil {
		c.alarm.Stop()
	}
}

// timers is a heap by time, then by order of scheduling.
type timers []timer

func (t timers) Len() int { return len(t) }
func (t timers) Less(i, j int) bool {
	if t[i].at.Equal(t[j].at) {
		return t[i].seq < t[j].seq
	}
	return t[i].at.Before(t[j].at)
}
func (t timers) Swap(i, j int) { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)   { *t = append(*t, x.(timer)) }
func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}
