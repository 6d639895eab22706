package h5

import (
	"sync"
	"time"
)

// pace lets each of many do something only so often. It forgets who has been
// quiet, so that it holds no more than the last window's visitors.
type pace struct {
	most   int
	window time.Duration

	mu    sync.Mutex
	since time.Time // of the present window
	done  map[string]int
	last  map[string]int // in the window before
}

// newPace lets everybody do something most times in a window, and never more
// than twice that often in any stretch as long.
func newPace(most int, window time.Duration) *pace {
	return &pace{most: most, window: window, done: map[string]int{}}
}

// allow says whether who may do it once more, and counts it if so. What was
// done in the window before counts as far as it reaches into the last one's
// length.
func (p *pace) allow(who string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch gone := now.Sub(p.since); {
	case gone >= 2*p.window || gone < 0:
		p.since, p.done, p.last = now, map[string]int{}, nil
	case gone >= p.window:
		p.since, p.last, p.done = p.since.Add(p.window), p.done, map[string]int{}
	}
	left := 1 - float64(now.Sub(p.since))/float64(p.window)
	if float64(p.done[who])+left*float64(p.last[who]) >= float64(p.most) {
		return false
	}
	p.done[who]++
	return true
}
