package email

import (
	"context"
	"slices"
	"sync"
	"time"
)

// keepIdle is for how long an unused connection is kept: long enough for a
// burst, and shorter than servers wait (RFC 5321, 4.5.3.2.7: five minutes;
// many wait for one).
const keepIdle = 30 * time.Second

// pool keeps a bounded number of sessions, for bursts.
type pool struct {
	open  func(context.Context) (*session, error)
	slots chan struct{} // one for each session there may be in use
	most  int           // mails over one session

	mu   sync.Mutex
	idle []*session // the one used last is used first
}

func newPool(open func(context.Context) (*session, error), sessions, mails int) *pool {
	return &pool{open: open, slots: make(chan struct{}, sessions), most: mails}
}

// get returns a kept session, or a new one when none is kept or fresh is
// asked for. It waits while all are in use.
func (p *pool) get(ctx context.Context, fresh bool) (*session, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s := p.kept(); s != nil && !fresh {
		return s, nil
	} else if s != nil {
		s.close()
	}
	s, err := p.open(ctx)
	if err != nil {
		<-p.slots
	}
	return s, err
}

func (p *pool) kept() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		s := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if s.expiry.Stop() {
			s.used = true
			return s
		}
	}
	return nil
}

// put keeps a session for the next mail, or closes it.
func (p *pool) put(s *session) {
	defer func() { <-p.slots }()
	if s.broken || s.mails >= p.most {
		s.close()
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, s)
	s.expiry = time.AfterFunc(keepIdle, func() { p.expire(s) })
}

func (p *pool) expire(s *session) {
	p.mu.Lock()
	p.idle = slices.DeleteFunc(p.idle, func(o *session) bool { return o == s })
	p.mu.Unlock()
	s.close()
}
