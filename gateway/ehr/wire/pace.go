package wire

import (
	"context"
	"sync"
	"time"

	"jiebao/conversations/clock"
)

// Take asks for a turn, of which there is one in every so long a time. It
// returns the zero time if it was given, or when to ask again.
type Take func(ctx context.Context, every time.Duration) time.Time

// pace spreads attempts evenly: those of this gateway or, with take, those of
// all.
type pace struct {
	every time.Duration
	clock clock.Clock
	take  Take

	mu   sync.Mutex
	next time.Time
}

func newPace(perSecond, perMinute int, c clock.Clock, take Take) *pace {
	p := &pace{clock: c, take: take}
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
	if p.take != nil {
		return p.ask(ctx)
	}
	return p.until(ctx, p.reserve())
}

// reserve returns when the turn is that nobody had yet.
func (p *pace) reserve() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	turn := p.clock.Now()
	if p.next.After(turn) {
		turn = p.next
	}
	p.next = turn.Add(p.every)
	return turn
}

// ask takes a turn that other gateways may want as well, and gives up when
// they leave none for too long.
func (p *pace) ask(ctx context.Context) error {
	end := p.clock.Now().Add(longestTurn + p.every)
	for {
		again := p.take(ctx, p.every)
		if again.IsZero() {
			return ctx.Err()
		}
		if again.After(end) {
			return &Failure{Crowded, "other attempts left no turn at the rate that the endpoint allows"}
		}
		if err := p.until(ctx, again); err != nil {
			return err
		}
	}
}

func (p *pace) until(ctx context.Context, t time.Time) error {
	if !t.After(p.clock.Now()) {
		return ctx.Err()
	}
	select {
	case <-p.clock.At(t):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
