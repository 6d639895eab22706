package outbox

import (
	"context"
	"sync"
	"time"

	"jiebao/conversations"
)

// Pace is how fast something may go: so many at once, and then one in Every.
// In any minute there are at most Burst and one for each Every in it.
type Pace struct {
	Key   string
	Every time.Duration // zero: as fast as can be, unless it is held
	Burst int
}

// Limits decides, before anything is sent, whether it may be. Nobody sleeps:
// who has to wait is told until when.
type Limits interface {
	// Take takes one of every pace and returns the zero time, or takes none and
	// returns when to ask again. Each who waits is told another time, in the
	// order they asked, so that they do not all come back for one place.
	Take(ctx context.Context, paces ...Pace) time.Time
	// Hold lets nothing of the key pass until then.
	Hold(ctx context.Context, key string, until time.Time)
}

// An account's budget is nine tenths of what its platform takes in a minute, for
// clocks that differ. A recipient's is less than half: two may keep count of it,
// the nodes together and, while they cannot reach each other, each its share;
// and what is above the limit is not refused but dropped without a word (企业微信,
// 频率限制: 每成员 30 次/分钟, 超过部分会被丢弃不下发).
func accountBudget(perMinute int) int   { return perMinute * 9 / 10 }
func recipientBudget(perMinute int) int { return perMinute * 9 / 20 }

// Shares of a minute's budget that may be used at once: of an account's little,
// since many candidates share it; of a recipient's more, since a talk comes in
// bursts.
const (
	accountShare   = 20
	recipientShare = 3
)

// paceOf is the pace at which there are no more than the budget, but always
// one, in any sixty seconds.
func paceOf(key string, budget, burst int) Pace {
	burst = max(1, burst)
	p := Pace{Key: key, Burst: burst, Every: time.Minute + time.Second}
	if budget > burst {
		p.Every = time.Minute / time.Duration(budget-burst)
	}
	return p
}

// Share is the part of the pace that one of several nodes keeps.
func (p Pace) Share(nodes int) Pace {
	if p.Every == 0 || nodes < 2 {
		return p
	}
	budget := p.Burst + int(time.Minute/p.Every)
	return paceOf(p.Key, budget/nodes, p.Burst/nodes)
}

func accountKey(account string) string { return "account/" + account }

// pacesOf are the limits that a delivery is under. Its account comes first:
// it may be held even if it has no limit.
func pacesOf(d conversations.Description, to conversations.Address) []Pace {
	paces := []Pace{{Key: accountKey(to.Account), Burst: 1}}
	if d.PerMinute > 0 {
		budget := accountBudget(d.PerMinute)
		paces[0] = paceOf(paces[0].Key, budget, budget/accountShare)
	}
	if d.PerRecipient > 0 {
		budget := recipientBudget(d.PerRecipient)
		paces = append(paces, paceOf("recipient/"+to.Account+"/"+to.ID, budget, budget/recipientShare))
	}
	return paces
}

// MemoryLimits are the limits of one node. They follow the generic cell rate
// algorithm (ITU-T I.371): of each key is kept when it would be unused again
// if nothing else came.
type MemoryLimits struct {
	now func() time.Time

	mu    sync.Mutex
	cells map[string]*cell
	prune int // how many cells there may be before those that are over are dropped
}

type cell struct {
	used time.Time // until when it is used up by what passed
	tail time.Time // when the last of those who wait comes back
	held time.Time // nothing passes until then
}

// NewMemoryLimits returns limits that know of nothing yet.
func NewMemoryLimits(now func() time.Time) *MemoryLimits {
	return &MemoryLimits{now: now, cells: map[string]*cell{}, prune: 1024}
}

// Take implements Limits.
func (l *MemoryLimits) Take(_ context.Context, paces ...Pace) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.drop(now)
	at, slowest := now, -1
	for i, p := range paces {
		if free := l.cell(p.Key).free(p); free.After(at) {
			at, slowest = free, i
		}
	}
	if slowest >= 0 {
		return l.cell(paces[slowest].Key).line(at, paces[slowest].Every)
	}
	for _, p := range paces {
		c := l.cell(p.Key)
		c.used = latest(c.used, now).Add(p.Every)
	}
	return time.Time{}
}

// Hold implements Limits.
func (l *MemoryLimits) Hold(_ context.Context, key string, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.cell(key)
	c.held = latest(c.held, until)
}

// free is when the next may pass.
func (c *cell) free(p Pace) time.Time {
	return latest(c.held, c.used.Add(-time.Duration(p.Burst-1)*p.Every))
}

// line puts one more at the end of those who wait.
func (c *cell) line(at time.Time, every time.Duration) time.Time {
	c.tail = latest(at, c.tail.Add(every))
	return c.tail
}

// cell returns the cell of a key. The caller holds the lock.
func (l *MemoryLimits) cell(key string) *cell {
	c := l.cells[key]
	if c == nil {
		c = &cell{}
		l.cells[key] = c
	}
	return c
}

// drop forgets the cells that are as good as new, now and then. The caller
// holds the lock.
func (l *MemoryLimits) drop(now time.Time) {
	if len(l.cells) < l.prune {
		return
	}
	for key, c := range l.cells {
		if latest(c.used, latest(c.tail, c.held)).Before(now) {
			delete(l.cells, key)
		}
	}
	l.prune = max(1024, 2*len(l.cells))
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
