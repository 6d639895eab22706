package wire

import (
	"context"
	"sync"
	"time"

	"jiebao/conversations/clock"
)

// pace spreads attempts evenly. Its zero value waits for nothing.
type pace struct {
	every time.Duration
	clock clock.Clock

	mu   sync.Mutex
	next time.Time
}

func newPace(perSecond, perMinute int, c clock.Clock) *pace {
	p := &pace{clock: c}
	if perSecond > 0 {
		p.every = time.Second / time.Duration(perSecond)
	}
	if perMinute > 0 {
		p.every = max(p.every, time.Minute/time.Duration(perMinute))
	}
	return p
}

// longestTurn is how long an attempt may have to wait for its turn.
const longestTurn = 10 * time.Second

// inFlight is how many attempts there may be at once, so that each gets its
// turn in time.
func (p *pace) inFlight(wished int) int {
	if p.every <= 0 {
		return wished
	}
	return min(wished, max(1, int(longestTurn/p.every)))
}

// wait returns when it is the caller's turn.
func (p *pace) wait(ctx context.Context) error {
	if p.every <= 0 {
		return ctx.Err()
	}
	p.mu.Lock()
	now := p.clock.Now()
	turn := p.next
	if turn.Before(now) {
		turn = now
	}
	p.next = turn.Add(p.every)
	p.mu.Unlock()
	if !turn.After(now) {
		return ctx.Err()
	}
	select {
	case <-p.clock.At(turn):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
