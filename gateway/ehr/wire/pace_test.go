package wire

import (
	"context"
	"errors"
	"testing"
	"time"
)

// turns is a clock that jumps to whatever is waited for.
type turns struct{ now time.Time }

func (c *turns) Now() time.Time { return c.now }

func (c *turns) At(t time.Time) <-chan time.Time {
	c.now = t
	ch := make(chan time.Time, 1)
	ch <- t
	return ch
}

func TestPaceSpreadsEvenly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		perSecond, perMinute int
		took                 time.Duration // of ten attempts
		inFlight             int
	}{
		{0, 0, 0, 32},
		{10, 0, 900 * time.Millisecond, 32},
		{1, 0, 9 * time.Second, 10},
		{10, 30, 18 * time.Second, 5},
		{0, 1, 9 * time.Minute, 1},
	} {
		start := time.Date(2026, 6, 22, 9, 0, 0, 0, time.UTC)
		clock := &turns{start}
		p := newPace(c.perSecond, c.perMinute, clock, nil)
		for range 10 {
			if err := p.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := clock.now.Sub(start); took != c.took {
			t.Errorf("%d a second and %d a minute: ten took %s, want %s", c.perSecond, c.perMinute, took, c.took)
		}
		if got := p.inFlight(32); got != c.inFlight {
			t.Errorf("%d a second and %d a minute: %d in flight, want %d", c.perSecond, c.perMinute, got, c.inFlight)
		}
	}
}

// still is a clock in which nothing is ever reached.
type still struct{ turns }

func (*still) At(time.Time) <-chan time.Time { return nil }

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	p := newPace(1, 0, &still{turns{time.Unix(1, 0)}}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	if err := p.wait(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := p.wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the end of the context", err)
	}
}

func TestSharedPaceAsksUntilItIsGivenATurn(t *testing.T) {
	t.Parallel()
	start := time.Unix(1000, 0)
	clock := &turns{start}
	asked := 0
	p := newPace(2, 0, clock, func(_ context.Context, every time.Duration) time.Time {
		if asked++; asked == 4 {
			return time.Time{}
		}
		return clock.now.Add(every)
	})
	if err := p.wait(t.Context()); err != nil || asked != 4 || clock.now.Sub(start) != 1500*time.Millisecond {
		t.Errorf("asked %d times, at %s: %v", asked, clock.now, err)
	}
	p.take = func(_ context.Context, every time.Duration) time.Time { return clock.now.Add(every) }
	err := p.wait(t.Context())
	var failure *Failure
	if !errors.As(err, &failure) || failure.Reason != Crowded {
		t.Errorf("never given a turn: %v", err)
	}
}
