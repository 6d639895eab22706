package push

import (
	"sync"
	"time"
)

const (
	// tripsAfter is how many calls in a row fail before a provider rests.
	tripsAfter = 5
	// restsFor is how long it rests before one call tries whether it is back.
	restsFor = 30 * time.Second
)

// breaker leaves a provider alone that fails again and again, so that handsets
// which others know are not kept waiting. It goes by the clock it is given;
// those of libraries go by the machine's.
//
// Two others mean something else. outbox.Health has a whole account wait, on
// all nodes, where this one passes over one of its providers. carrier.Breaker
// counts what is wrong with a provider's account as well, passes it over for as
// long as it asks, and has one text at a time try: each may cost money. A banner
// costs nothing and one more is harmless, so that here only calls that failed
// count, and one that is never heard of again keeps nobody from trying.
type breaker struct {
	now func() time.Time

	mu     sync.Mutex
	failed int // in a row
	until  time.Time
}

// rests says whether the provider is to be left alone, and for how long. Of
// those who ask after the rest, one is let through.
func (b *breaker) rests() (wait time.Duration, resting bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < tripsAfter {
		return 0, false
	}
	now := b.now()
	if now.Before(b.until) {
		return b.until.Sub(now), true
	}
	b.until = now.Add(restsFor)
	return 0, false
}

// note books how a call went.
func (b *breaker) note(failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !failed {
		b.failed = 0
		return
	}
	b.failed++
	b.until = b.now().Add(restsFor)
}
