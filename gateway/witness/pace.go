package witness

import (
	"hash/maphash"
	"sync"
	"time"
)

// Pace lets what repeats into the log once in a while only. It keeps no text,
// and no more than a bounded number of things in mind. Its zero value is ready.
type Pace struct {
	mu    sync.Mutex
	seed  maphash.Seed
	until map[uint64]time.Time
}

// mostPaced is how many things a Pace keeps in mind.
const mostPaced = 100_000

// Due says whether something is to be logged now, and not again for a while.
func (p *Pace) Due(now time.Time, rest time.Duration, what ...string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until == nil {
		p.seed, p.until = maphash.MakeSeed(), map[uint64]time.Time{}
	}
	key := maphash.Comparable(p.seed, joined(what))
	if now.Before(p.until[key]) {
		return false
	}
	if len(p.until) >= mostPaced {
		p.forget(now)
	}
	p.until[key] = now.Add(rest)
	return true
}

// Undo lets something into the log again that was not kept after all.
func (p *Pace) Undo(what ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until != nil {
		delete(p.until, maphash.Comparable(p.seed, joined(what)))
	}
}

// forget drops what is over, or everything if nothing is.
func (p *Pace) forget(now time.Time) {
	for key, until := range p.until {
		if !now.Before(until) {
			delete(p.until, key)
		}
	}
	if len(p.until) >= mostPaced {
		clear(p.until)
	}
}

func joined(what []string) (all string) {
	for _, s := range what {
		all += s + "\x00"
	}
	return all
}
