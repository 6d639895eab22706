package storetest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// A relay play has candidates write and move, endpoints come, pause, change
// and go, and workers tell them, die and come too late, at random and one step
// after the other. It keeps its own record of who is to be told what, and
// looks whether the store says the same.

func testRelay(t *testing.T, b *bench) { newRelayPlay(b, 11, []Store{b.Store}).run(600) }

func testRelayOfNodes(t *testing.T, b *bench) {
	newRelayPlay(b, 12, []Store{b.Store, b.another(), b.another()}).run(500)
}

type relayPlay struct {
	*bench
	rng       *rand.Rand
	nodes     []Store
	serial    int
	people    []*subject
	endpoints map[string]*listener
	claims    []*holding
	log       []string
}

// subject is a candidate that events are about.
type subject struct {
	id, conversation, branch string
	events                   int64
}

// listener is an endpoint, as it should be.
type listener struct {
	relay.Endpoint
	from   relay.Start
	paused bool
	rows   map[string]*listened // by candidate
}

// listened is how far it has got with a candidate.
type listened struct {
	taken, attempts int64
	again           map[int64]int64 // events to tell again, and how often they were tried
	dead            map[int64]bool
	holder          *holding
}

// holding is what a worker has.
type holding struct {
	node     Store
	endpoint *listener
	who      *subject
	items    []outbox.Item
	doubtful bool // nobody can tell whether its lease counts
}

func newRelayPlay(b *bench, seed uint64, nodes []Store) *relayPlay {
	p := &relayPlay{bench: b, rng: rand.New(rand.NewPCG(seed, seed)), nodes: nodes, endpoints: map[string]*listener{}}
	for i := range 5 {
		p.people = append(p.people, &subject{id: fmt.Sprint("E", i)})
		p.move(p.people[i])
	}
	return p
}

func (p *relayPlay) node() Store { return p.nodes[p.rng.IntN(len(p.nodes))] }

func (p *relayPlay) note(format string, args ...any) {
	p.log = append(p.log, p.clock.Now().Format("15:04:05 ")+fmt.Sprintf(format, args...))
}

func (p *relayPlay) fatal(format string, args ...any) {
	p.t.Helper()
	for _, line := range p.log[max(0, len(p.log)-60):] {
		p.t.Log(line)
	}
	p.t.Fatalf(format, args...)
}

func (p *relayPlay) must(err error) {
	p.t.Helper()
	if err != nil {
		p.fatal("%v", err)
	}
}

func (p *relayPlay) run(steps int) {
	for range steps {
		who := p.people[p.rng.IntN(len(p.people))]
		switch n := p.rng.IntN(100); {
		case n < 28:
			p.happens(who)
		case n < 31:
			p.move(who)
		case n < 36:
			p.change()
		case n < 39:
			p.pauseOrResume()
		case n < 43:
			p.again(who)
		case n < 48:
			p.clock.Advance(time.Duration(p.rng.IntN(40)) * time.Second)
		case n < 50:
			p.hurry()
		case n < 74:
			p.claim()
		default:
			p.finish()
		}
	}
	p.end()
}

var playBranches = []string{"head/north", "head/south"}

func (p *relayPlay) move(s *subject) {
	p.serial++
	s.branch = playBranches[p.rng.IntN(2)]
	n := Result(fmt.Sprint("r", p.serial), s.id, oa("u"+s.id))
	n.Result.Branch = s.branch
	a, err := p.node().Apply(p.t.Context(), conversations.Target{Candidate: s.id, Branch: s.branch}, n)
	p.must(err)
	s.conversation = a.Conversation
	p.note("%s is of %s", s.id, s.branch)
	p.learn(s)
}

func (p *relayPlay) happens(s *subject) {
	p.serial++
	m := said("u"+s.id, fmt.Sprint("m", p.serial), "quiet")
	_, err := p.node().Apply(p.t.Context(), conversations.Target{Address: m.Address}, m)
	p.must(err)
	p.learn(s)
	p.note("%s has event %d", s.id, s.events)
}

// learn records what happened to a candidate, for those who are to be told.
func (p *relayPlay) learn(s *subject) {
	c, err := p.node().Thread(p.t.Context(), conversations.Everything, s.conversation)
	p.must(err)
	before := s.events
	if s.events = c.Events; s.events == before {
		return
	}
	for _, e := range p.endpoints {
		if e.covers(s) && e.rows[s.id] == nil {
			e.row(s, before)
		}
	}
}

func (e *listener) covers(s *subject) bool { return conversations.Scope{e.Branch}.Allows(s.branch) }

// row is how far the endpoint has got; a new one begins after an event.
func (e *listener) row(s *subject, after int64) *listened {
	if e.rows[s.id] == nil {
		if e.from == relay.FromBeginning {
			after = 0
		}
		e.rows[s.id] = &listened{taken: after, again: map[int64]int64{}, dead: map[int64]bool{}}
	}
	return e.rows[s.id]
}

func (p *relayPlay) any() *listener {
	ids := slices.Sorted(maps.Keys(p.endpoints))
	if len(ids) == 0 {
		return nil
	}
	return p.endpoints[ids[p.rng.IntN(len(ids))]]
}

// change makes, moves or removes an endpoint.
func (p *relayPlay) change() {
	id := fmt.Sprint("e", p.rng.IntN(3))
	branch := []string{"head", "head/north", "head/south", ""}[p.rng.IntN(4)]
	e := p.endpoints[id]
	var err error
	switch {
	case e == nil:
		e = &listener{from: []relay.Start{relay.FromNow, relay.FromBeginning}[p.rng.IntN(2)], rows: map[string]*listened{}}
		e.Endpoint, err = p.node().PutEndpoint(p.t.Context(), relay.Endpoint{ID: id, Kind: relay.Webhook, Branch: branch}, e.from)
		p.endpoints[id] = e
		p.note("%s comes, of %q, told from %s", id, branch, e.from)
	case p.rng.IntN(3) > 0:
		e.Branch = branch
		e.Endpoint, err = p.node().PutEndpoint(p.t.Context(), e.Endpoint, relay.FromNow)
		p.note("%s is of %q", id, branch)
	default:
		err = p.node().RemoveEndpoint(p.t.Context(), conversations.Everything, id, relay.AnyVersion)
		delete(p.endpoints, id)
		p.note("%s goes", id)
	}
	p.must(err)
}

func (p *relayPlay) pauseOrResume() {
	e := p.any()
	switch {
	case e == nil:
	case e.paused:
		p.must(p.node().ResumeEndpoint(p.t.Context(), conversations.Everything, e.ID, "li"))
		p.resumed(e)
	default:
		_, err := p.node().PauseEndpoint(p.t.Context(), conversations.Everything, e.ID, relay.Pause{Reason: relay.PausedByHand, By: "li"})
		p.must(err)
		e.paused = true
		p.note("%s pauses", e.ID)
	}
}

func (p *relayPlay) resumed(e *listener) {
	e.paused = false
	for _, r := range e.rows {
		r.attempts = 0
		for seq := range r.again {
			r.again[seq] = 0
		}
	}
	p.note("%s goes on", e.ID)
}

func (p *relayPlay) hurry() {
	if e := p.any(); e != nil {
		p.must(p.node().Hurry(p.t.Context(), e.ID))
		p.note("%s is hurried", e.ID)
	}
}

// again has some of a candidate's events told again.
func (p *relayPlay) again(s *subject) {
	e := p.any()
	if e == nil {
		return
	}
	pick := relay.Selection{Candidate: s.id, After: p.rng.Int64N(s.events + 1), DeadOnly: p.rng.IntN(3) == 0}
	n, err := p.node().Replay(p.t.Context(), conversations.Everything, e.ID, pick, false)
	p.must(err)
	want := 0
	if r := e.rows[s.id]; e.covers(s) && r != nil {
		want = r.tellAgain(pick, s.events)
	} else if e.covers(s) && !pick.DeadOnly {
		if e.from == relay.FromNow && pick.After < s.events {
			want = e.row(s, s.events).tellAgain(pick, s.events)
		} else {
			want = n // it is told all of it anyway
		}
	}
	p.note("%s is told %d events of %s again", e.ID, n, s.id)
	if n != want {
		p.fatal("%s is to be told %d events of %s again, want %d", e.ID, n, s.id, want)
	}
}

func (r *listened) tellAgain(pick relay.Selection, events int64) (n int) {
	for seq := pick.After + 1; seq <= min(r.taken, events); seq++ {
		if pick.DeadOnly && !r.dead[seq] {
			continue
		}
		n++
		if _, ok := r.again[seq]; !ok {
			r.again[seq] = 0
		}
	}
	return n
}

// claim has a worker take some events.
func (p *relayPlay) claim() {
	e := p.any()
	if e == nil {
		return
	}
	n := p.node()
	p.doubt(e)
	lanes, err := n.Deliveries(e.ID).Claim(p.t.Context(), conversations.TaskEvent, p.clock.Now(), lease, 2, 1+p.rng.IntN(3))
	p.must(err)
	for _, l := range lanes {
		i := slices.IndexFunc(p.people, func(s *subject) bool {
			conversation, _, _ := conversations.ParseEventID(l.Items[0].ID)
			return s.conversation == conversation
		})
		c := &holding{node: n, endpoint: e, who: p.people[i], items: l.Items}
		p.check(c)
		p.claims = append(p.claims, c)
	}
}

// doubt notes whose lease has ended of a candidate who is not the endpoint's to
// know: the store may or may not have put the delivery aside.
func (p *relayPlay) doubt(e *listener) {
	for _, s := range p.people {
		r := e.rows[s.id]
		if r != nil && r.holder != nil && !e.covers(s) && !p.clock.Now().Before(r.holder.items[0].Lease) {
			r.holder.doubtful = true
		}
	}
}

// check looks whether a worker got what it should.
func (p *relayPlay) check(c *holding) {
	e, s := c.endpoint, c.who
	r := e.row(s, 0)
	first := c.items[0]
	p.note("%s is told %d…%d of %s, again %v", e.ID, first.Asked, first.Asked+int64(len(c.items))-1, s.id, first.Again)
	if e.paused || !e.covers(s) {
		p.fatal("%s is told of %s: paused %v, of %s", e.ID, s.id, e.paused, s.branch)
	}
	if h := r.holder; h != nil && p.clock.Now().Before(h.items[0].Lease) {
		p.fatal("two workers tell %s of %s", e.ID, s.id)
	}
	r.holder = c
	pending := slices.Sorted(maps.Keys(r.again))
	if first.Again != (len(pending) > 0) {
		p.fatal("%s is told %s first, and %v are to be told again", e.ID, first.ID, pending)
	}
	for i, it := range c.items {
		want, tries := r.taken+1+int64(i), int64(0)
		if i == 0 {
			tries = r.attempts
		}
		if it.Again {
			want = pending[i]
			tries = r.again[want]
		}
		if it.Asked != want || it.Asked > s.events || int64(it.Attempts) != tries {
			p.fatal("%s is told %s, tried %d times, want %d of %d, tried %d times", e.ID, it.ID, it.Attempts, want, s.events, tries)
		}
	}
}

// finish has a worker book what it had, maybe too late.
func (p *relayPlay) finish() {
	if len(p.claims) == 0 {
		return
	}
	i := p.rng.IntN(len(p.claims))
	c := p.claims[i]
	p.claims = slices.Delete(p.claims, i, i+1)
	if p.rng.IntN(10) == 0 || c.doubtful {
		p.note("who tells %s of %s dies", c.endpoint.ID, c.who.id)
		return
	}
	r := c.endpoint.rows[c.who.id]
	holds := r.holder == c && p.endpoints[c.endpoint.ID] == c.endpoint
	var done []outbox.Outcome
	for k, it := range c.items {
		o := p.fares(it)
		o.Release = o.Release || k == len(c.items)-1
		done = append(done, o)
		p.note("%s: verdict %d of %d for %s, in time %v", c.endpoint.ID, o.Verdict, it.Asked, c.who.id, holds)
		if holds {
			r.book(o)
		}
		if o.Release {
			break
		}
	}
	p.must(p.node().Deliveries(c.endpoint.ID).Finish(p.t.Context(), done))
}

// fares is how telling an event goes.
func (p *relayPlay) fares(it outbox.Item) outbox.Outcome {
	switch p.rng.IntN(8) {
	case 0, 1:
		return p.refused(it, time.Duration(p.rng.IntN(20))*time.Second)
	case 2:
		return outbox.Outcome{Item: it, Verdict: outbox.Dead, Note: "no"}
	case 3:
		return outbox.Outcome{Item: it}
	}
	o := p.took(it)
	o.Release = false
	return o
}

// book records what became of an event.
func (r *listened) book(o outbox.Outcome) {
	it := o.Item
	if o.Release {
		r.holder = nil
	}
	switch {
	case o.Verdict == outbox.Retry && it.Again:
		r.again[it.Asked]++
		return
	case o.Verdict == outbox.Retry:
		r.attempts++
		return
	case it.Again:
		delete(r.again, it.Asked)
	default:
		r.taken, r.attempts = it.Asked, 0
	}
	if o.Verdict == outbox.Dead {
		r.dead[it.Asked] = true
	} else {
		delete(r.dead, it.Asked)
	}
}

// end has everything told, and looks for what is left.
func (p *relayPlay) end() {
	for _, e := range p.endpoints {
		if e.paused {
			p.must(p.node().ResumeEndpoint(p.t.Context(), conversations.Everything, e.ID, "li"))
			p.resumed(e)
		}
	}
	for _, s := range p.people {
		p.happens(s) // what was put aside goes on with the next event
	}
	p.claims = nil
	p.clock.Advance(lease)
	for idle := 0; idle < 20; idle++ {
		if p.claim(); len(p.claims) > 0 {
			idle = 0
		}
		for len(p.claims) > 0 {
			p.finish()
		}
		p.clock.Advance(lease)
	}
	for id, e := range p.endpoints {
		for _, s := range p.people {
			if e.covers(s) {
				p.settled(id, e, s)
			}
		}
	}
}

// settled looks whether the endpoint was told all of a candidate.
func (p *relayPlay) settled(id string, e *listener, s *subject) {
	r := e.rows[s.id]
	if r == nil || r.taken != s.events || len(r.again) > 0 {
		p.fatal("%s was told %+v of %s, who has %d events", id, r, s.id, s.events)
	}
	got, err := p.ProgressOf(p.t.Context(), conversations.Everything, id, "", []string{s.id}, 1)
	if err != nil || len(got) != 1 || got[0].Taken != s.events || got[0].Known != s.events || got[0].Dead != len(r.dead) {
		p.fatal("%s stands at %+v with %s (%v), want %d dead", id, got, s.id, err, len(r.dead))
	}
}
