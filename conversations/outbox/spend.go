package outbox

import (
	"context"
	"time"
)

// PerMinute is the pace at which n may go in a minute, all of them at once if
// nothing went before.
func PerMinute(key string, n int) Pace {
	return Pace{Key: key, Burst: n, Every: time.Minute / time.Duration(max(n, 1))}
}

// Quota is how a pace stands.
type Quota struct {
	Left int           // how many more may pass at once
	Full time.Duration // until as many may as there can be
	Wait time.Duration // how long whoever asked has to wait; zero: it passed
}

// Meter are limits that say how much is left.
type Meter interface {
	Limits
	// Spend takes one of a pace and says what is left, or takes none and says
	// how long there is none. It is for those who are told of it and may ask
	// whenever they like: unlike with Take, nobody stands in line.
	Spend(ctx context.Context, p Pace) Quota
}

// Spend implements Meter.
func (l *MemoryLimits) Spend(_ context.Context, p Pace) Quota {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.drop(now)
	c := l.cell(p.Key)
	passed := !c.free(p).After(now)
	if passed {
		c.used = latest(c.used, now).Add(p.Every)
	}
	return p.Quota(now, c.used, c.held, passed)
}

// Quota is how the pace stands at now, where it is used up until used by what
// passed and held until held.
func (p Pace) Quota(now, used, held time.Time, passed bool) Quota {
	q := Quota{Left: p.Burst, Full: max(used.Sub(now), 0)}
	if p.Every > 0 {
		q.Left = max(p.Burst-int((q.Full+p.Every-1)/p.Every), 0)
	}
	if !passed {
		c := cell{used: used, held: held}
		q.Left, q.Wait = 0, max(c.free(p).Sub(now), time.Microsecond)
	}
	return q
}
