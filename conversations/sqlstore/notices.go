package sqlstore

import (
	"context"
	"log/slog"
	"sync"

	"jiebao/conversations"
)

// Fanout carries notices between nodes. It may lose some: whoever watches
// looks again from time to time.
type Fanout interface {
	// Publish tells the other nodes.
	Publish(ctx context.Context, changed []conversations.Changed) error
	// Listen calls heard with what other nodes publish until ctx ends.
	Listen(ctx context.Context, heard func([]conversations.Changed)) error
}

// Subscribe returns a channel of the conversations that changed, for a live
// inbox. Nobody is waited for: while a subscriber is slow its notices of one
// conversation become one. cancel closes the channel.
func (s *Store) Subscribe() (changed <-chan conversations.Changed, cancel func()) {
	sub := newSubscriber()
	out := make(chan conversations.Changed)
	leave := s.notices.join(sub)
	go func() {
		defer close(out)
		for {
			for _, c := range sub.take() {
				select {
				case out <- c:
				case <-sub.gone:
					return
				}
			}
			select {
			case <-sub.news:
			case <-sub.gone:
				return
			}
		}
	}()
	return out, leave
}

// notices are who watches.
type notices struct {
	mu          sync.Mutex
	subscribers map[*subscriber]bool
	closed      bool
	stopFanout  context.CancelFunc
	fanout      sync.WaitGroup
}

// watched says whether anybody does.
func (n *notices) watched() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.subscribers) > 0
}

// join adds a subscriber and returns how it leaves.
func (n *notices) join(sub *subscriber) (leave func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		close(sub.gone)
		return func() {}
	}
	if n.subscribers == nil {
		n.subscribers = map[*subscriber]bool{}
	}
	n.subscribers[sub] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.remove(sub)
	}
}

// remove ends a subscription once. The caller holds the lock.
func (n *notices) remove(sub *subscriber) {
	if n.subscribers[sub] {
		delete(n.subscribers, sub)
		close(sub.gone)
	}
}

// publish tells everybody on this node, and the fanout.
func (n *notices) publish(changed []conversations.Changed) { n.tell(changed, false) }

func (n *notices) tell(changed []conversations.Changed, fromElsewhere bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for sub := range n.subscribers {
		if !fromElsewhere || !sub.outward {
			sub.add(changed)
		}
	}
}

// connect makes the fanout a subscriber of this node's notices and lets in
// those of the others.
func (n *notices) connect(f Fanout, log *slog.Logger) {
	if f == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	n.stopFanout = stop
	sub := newSubscriber()
	sub.outward = true
	n.join(sub)
	n.fanout.Go(func() {
		err := f.Listen(ctx, func(changed []conversations.Changed) { n.tell(changed, true) })
		if err != nil && ctx.Err() == nil {
			log.Error("notices of other nodes are not heard any more", "error", err)
		}
	})
	n.fanout.Go(func() {
		for {
			select {
			case <-sub.news:
			case <-ctx.Done():
				return
			}
			if err := f.Publish(ctx, sub.take()); err != nil && ctx.Err() == nil {
				log.Warn("other nodes were not told of changes", "error", err)
			}
		}
	})
}

func (n *notices) close() {
	n.mu.Lock()
	n.closed = true
	for sub := range n.subscribers {
		n.remove(sub)
	}
	n.mu.Unlock()
	if n.stopFanout != nil {
		n.stopFanout()
		n.fanout.Wait()
	}
}

// subscriber keeps what it was not told yet, once for each conversation.
type subscriber struct {
	outward bool // it tells other nodes
	news    chan struct{}
	gone    chan struct{}

	mu      sync.Mutex
	pending map[conversations.Changed]bool
	order   []conversations.Changed
}

func newSubscriber() *subscriber {
	return &subscriber{news: make(chan struct{}, 1), gone: make(chan struct{}), pending: map[conversations.Changed]bool{}}
}

func (s *subscriber) add(changed []conversations.Changed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range changed {
		if !s.pending[c] {
			s.pending[c] = true
			s.order = append(s.order, c)
		}
	}
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *subscriber) take() []conversations.Changed {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.order
	s.order = nil
	clear(s.pending)
	return out
}
