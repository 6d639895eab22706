package sqlstore

import (
	"context"
	"math"
	"sync"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

const never = int64(math.MaxInt64)

// relays wake who tells endpoints, on this node.
type relays struct {
	mu      sync.Mutex
	by      map[string]*teller // by the endpoint's id
	changed chan struct{}      // some endpoint
	feeds   map[chan struct{}]string
}

// teller is what this node knows of an endpoint: as it was when it was last
// looked at, which is enough to know whom to wake. Who is told is the
// database's to say.
type teller struct {
	ch chan struct{}

	mu   sync.Mutex
	last endpointRow
	next int64 // when the dispatcher believes that there is something to do
}

// endpointRow is what tells whether and of what an endpoint is told.
type endpointRow struct {
	key, branch string
	kind        relay.Kind
	paused      bool
	filling     bool
	again       bool // much is to be told again
}

const lookAtEndpoint = `select key, branch, kind, paused, filling, (select count(*) from long_replays l where l.endpoint = endpoints.key)
	from endpoints where id = $1 and removed = 0`

func (e endpointRow) told() bool { return e.key != "" && !e.paused }
func (e endpointRow) feed() bool { return e.kind == relay.Feed }

func (e endpointRow) covers(branch string) bool { return conversations.Scope{e.branch}.Allows(branch) }

// look reads the endpoint as it is; it has no key if there is none.
func (q *deliveries) look(ctx context.Context) (e endpointRow, err error) {
	err = q.s.read(ctx, lookAtEndpoint, func(r row) error {
		var paused, filling, again int64
		err := r.Scan(&e.key, &e.branch, &e.kind, &paused, &filling, &again)
		e.paused, e.filling, e.again = paused > 0, filling > 0, again > 0
		return err
	}, q.id)
	if err != nil {
		return e, wrap(err, "reading endpoint %s", q.id)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.last = e
	return e, nil
}

// of returns the teller of an endpoint.
func (rs *relays) of(endpoint string) *teller {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.by == nil {
		rs.by = map[string]*teller{}
	}
	t := rs.by[endpoint]
	if t == nil {
		t = &teller{ch: make(chan struct{}, 1), next: never}
		rs.by[endpoint] = t
	}
	return t
}

// any says whether there is an endpoint that this node has told, or may.
func (rs *relays) any() bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return len(rs.by) > 0
}

// expect notes when the dispatcher believes that there is something to do.
func (t *teller) expect(at int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = at
}

// note wakes the dispatcher if something is due now, or sooner than it knows.
func (t *teller) note(due, now int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if due > now && due >= t.next {
		return
	}
	nudge(t.ch)
}

// nudge sends what nobody has to have seen yet.
func nudge(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// concerns says whether there is something for the dispatcher in what a group
// wrote, and when that is due.
func (t *teller) concerns(g *group) (due int64, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last.paused {
		return 0, false
	}
	for _, branch := range g.told {
		if t.last.key == "" || t.last.covers(branch) {
			return millis(g.now), true
		}
	}
	due, ok = g.more[t.last.key]
	return due, ok
}

// announce tells this process what a group committed.
func (rs *relays) announce(g *group) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for _, t := range rs.by {
		if due, ok := t.concerns(g); ok {
			t.note(due, millis(g.now))
		}
	}
	for _, q := range g.fed {
		for ch, endpoint := range rs.feeds {
			if endpoint == q.id {
				nudge(ch)
			}
		}
	}
}

// endpointChanged wakes who runs endpoints, and who tells this one.
func (s *Store) endpointChanged(endpoint string) {
	rs := &s.relays
	nudge(rs.of(endpoint).ch)
	nudge(rs.changes())
}

func (rs *relays) changes() chan struct{} {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.changed == nil {
		rs.changed = make(chan struct{}, 1)
	}
	return rs.changed
}

// EndpointChanges receives after endpoints changed on this node. It is one
// channel, for the one who runs them.
func (s *Store) EndpointChanges() <-chan struct{} { return s.relays.changes() }

// FeedGrew receives after events were appended to a feed on this node.
func (s *Store) FeedGrew(endpoint string) (grew <-chan struct{}, stop func()) {
	rs, ch := &s.relays, make(chan struct{}, 1)
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.feeds == nil {
		rs.feeds = map[chan struct{}]string{}
	}
	rs.feeds[ch] = endpoint
	return ch, func() {
		rs.mu.Lock()
		defer rs.mu.Unlock()
		delete(rs.feeds, ch)
	}
}
