package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// A journey plays candidates, HR, platforms and workers at random, one step
// after the other, and keeps its own record of what reached whom. However
// the steps fall, what is said in a conversation arrives in its order, at
// most once, and is not lost.

func testJourneys(t *testing.T, b *bench) {
	newJourney(b, 1, []Store{b.Store}).run(300)
}

func testJourneysReopened(t *testing.T, b *bench) {
	j := newJourney(b, 2, []Store{b.Store})
	for range 4 {
		j.run(30)
		if err := j.nodes[0].Close(); err != nil {
			t.Fatal(err)
		}
		j.nodes[0] = b.another()
		b.Store = j.nodes[0]
	}
}

func testJourneysOfNodes(t *testing.T, b *bench) {
	newJourney(b, 3, []Store{b.Store, b.another(), b.another()}).run(300)
}

// journey is one play. Equal seeds make equal plays.
type journey struct {
	*bench
	rng   *rand.Rand
	nodes []Store

	serial  int
	people  []*traveller
	flights []flight         // callbacks that were answered and whose end nobody knows
	done    []outbox.Outcome // to be booked
	ending  bool
	log     []string
}

// traveller is a candidate with what was said to them.
type traveller struct {
	who, id  string
	heard    []conversations.Receive
	grants   int // messages that may follow the candidate's last
	seen     int64
	said     []*saying
	optedOut bool
}

// saying is one message to a candidate.
type saying struct {
	n       int64
	id      string
	agent   bool
	rides   bool // now: handed to a callback of which no bad word came
	until   time.Time
	carried bool
	sent    bool // by the outbox
	over    bool // given up, for good reasons
	taken   bool // back, by HR, if it has not left
}

func (s *saying) pending() bool { return !s.carried && !s.sent && !s.over }

type flight struct {
	node  Store
	p     *traveller
	s     *saying
	until time.Time
}

func newJourney(b *bench, seed uint64, nodes []Store) *journey {
	j := &journey{bench: b, rng: rand.New(rand.NewPCG(seed, seed)), nodes: nodes}
	for i := range 3 {
		j.people = append(j.people, &traveller{who: fmt.Sprint("u", i)})
	}
	for i, p := range j.people {
		if i > 0 { // the first stays a follower
			p.id = b.notify(Result("r"+p.who, "E"+p.who, oa(p.who))).Conversation
		}
		j.receive(p, "quiet")
	}
	return j
}

func (j *journey) node() Store { return j.nodes[j.rng.IntN(len(j.nodes))] }

func (j *journey) note(format string, args ...any) {
	j.log = append(j.log, j.clock.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

func (j *journey) fatal(format string, args ...any) {
	j.t.Helper()
	for _, line := range j.log[max(0, len(j.log)-40):] {
		j.t.Log(line)
	}
	j.t.Fatalf(format, args...)
}

func (j *journey) run(steps int) {
	for range steps {
		p := j.people[j.rng.IntN(len(j.people))]
		switch n := j.rng.IntN(100); {
		case n < 24:
			j.receive(p, []string{"hello", "hello", "hello", "twice", "quiet"}[j.rng.IntN(5)])
		case n < 28:
			j.receive(p, "unsubscribe")
		case n < 38:
			j.repeat(p)
		case n < 46:
			j.reply(p)
		case n < 48:
			j.takeBack(p)
		case n < 66:
			j.land(j.rng.IntN(2) == 0)
		case n < 80:
			j.clock.Advance(time.Duration(j.rng.IntN(8000)) * time.Millisecond)
			j.expire()
		case n < 92:
			j.claim(j.node())
		default:
			j.finish()
		}
	}
	j.end()
}

func (j *journey) at(n Store, to conversations.Target, c conversations.Command) conversations.Applied {
	a, err := n.Apply(j.t.Context(), to, c)
	if err != nil {
		j.fatal("%T: %v", c, err)
	}
	return a
}

func (j *journey) receive(p *traveller, words string) {
	j.serial++
	m := said(p.who, fmt.Sprint(p.who, "-", j.serial), words)
	n := j.node()
	a := j.at(n, conversations.Target{Address: m.Address}, m)
	p.id, p.heard, p.grants = a.Conversation, append(p.heard, m), 4
	if words == "unsubscribe" && !p.optedOut {
		p.optedOut = true
		for _, s := range p.said {
			if s.pending() && !s.agent && !s.rides {
				s.over = true
			}
		}
	}
	j.learn(n, p)
	j.note("%s says %q (%s), answer %v", p.who, words, m.Dedupe, id(a.Answer))
	if a.Answer == nil {
		return
	}
	s := j.find(p, a.Answer.ID)
	for _, before := range p.said {
		if before.n < s.n && before.pending() && !before.rides {
			j.fatal("answer %s overtakes %s", s.id, before.id)
		}
	}
	j.board(n, p, s)
}

func id(m *conversations.Message) string {
	if m == nil {
		return "none"
	}
	return m.ID
}

func (j *journey) board(n Store, p *traveller, s *saying) {
	s.rides, s.until = true, j.clock.Now().Add(conversations.RideWindow)
	j.flights = append(j.flights, flight{n, p, s, s.until})
}

// repeat posts one of the candidate's last messages again.
func (j *journey) repeat(p *traveller) {
	m := p.heard[len(p.heard)-1-j.rng.IntN(min(3, len(p.heard)))]
	n := j.node()
	a := j.at(n, conversations.Target{Address: m.Address}, m)
	j.note("%s is repeated, answer %v", m.Dedupe, id(a.Answer))
	if !a.Duplicate {
		j.fatal("the repeated callback %s is new", m.Dedupe)
	}
	if a.Answer == nil {
		return
	}
	s := j.find(p, a.Answer.ID)
	if s.sent || s.over {
		j.fatal("answer %s is given again, and was sent or given up: %+v", s.id, s)
	}
	if !s.carried {
		j.board(n, p, s)
	}
}

func (j *journey) reply(p *traveller) {
	if p.grants == 0 {
		return
	}
	p.grants--
	j.serial++
	n := j.node()
	to := conversations.Target{Conversation: p.id}
	j.at(n, to, conversations.Reply{Agent: "li", Text: "from HR", Key: fmt.Sprint(j.serial), Despite: true})
	j.learn(n, p)
	j.note("HR writes to %s", p.who)
	if j.rng.IntN(4) > 0 {
		j.at(j.node(), to, conversations.Release{Agent: "li"})
	}
}

// takeBack has HR take one of their messages back that waits.
func (j *journey) takeBack(p *traveller) {
	for _, s := range p.said {
		if s.agent && s.pending() && !s.rides && !s.taken {
			j.at(j.node(), conversations.Target{Conversation: p.id}, conversations.CancelSend{Agent: "li", Message: s.id})
			j.note("HR takes %s back", s.id)
			s.taken = true
			return
		}
	}
}

// learn records what was said since.
func (j *journey) learn(n Store, p *traveller) {
	ms, err := n.Messages(j.t.Context(), conversations.Everything, p.id, 0, 20)
	if err != nil {
		j.fatal("reading messages: %v", err)
	}
	slices.SortFunc(ms, func(a, b conversations.MessageView) int { return cmp.Compare(a.N, b.N) })
	for _, m := range ms {
		if m.N <= p.seen {
			continue
		}
		p.seen = m.N
		if m.Status == conversations.Queued {
			p.said = append(p.said, &saying{n: m.N, id: m.ID, agent: m.Author.Agent() != ""})
			j.note("  %s to %s", m.ID, p.who)
		}
	}
}

func (j *journey) find(p *traveller, id string) *saying {
	for _, s := range p.said {
		if s.id == id {
			return s
		}
	}
	j.fatal("nobody knows of %s", id)
	return nil
}

// land ends a callback.
func (j *journey) land(carried bool) {
	if len(j.flights) == 0 {
		return
	}
	i := j.rng.IntN(len(j.flights))
	f := j.flights[i]
	j.flights = slices.Delete(j.flights, i, i+1)
	f.node.Carried(f.s.id, carried)
	if _, err := f.node.Apply(j.t.Context(), conversations.Target{Conversation: f.p.id}, conversations.Seen{}); err != nil {
		j.fatal("settling: %v", err)
	}
	j.note("%s was carried: %v", f.s.id, carried)
	switch {
	case carried && (f.s.sent || f.s.over):
		j.fatal("%s was carried and sent: %+v", f.s.id, f.s)
	case carried:
		f.s.carried = true
	case !f.s.carried && f.s.until == f.until:
		f.s.rides = false
	}
}

// expire forgets callbacks whose end nobody told in time.
func (j *journey) expire() {
	j.flights = slices.DeleteFunc(j.flights, func(f flight) bool { return !j.clock.Now().Before(f.until) })
}

// claim works off what is due, as Deliver does.
func (j *journey) claim(n Store) {
	lanes := j.claimOf(n, conversations.TaskDeliver, 2, 1+j.rng.IntN(3))
	for _, l := range lanes {
		for i, it := range l.Items {
			o := j.work(it)
			o.Release = i == len(l.Items)-1 || o.Verdict == outbox.Retry
			j.done = append(j.done, o)
			if o.Release {
				break
			}
		}
	}
}

func (j *journey) work(it outbox.Item) outbox.Outcome {
	d := delivery(j.t, it)
	i := slices.IndexFunc(j.people, func(p *traveller) bool { return p.id == d.Conversation })
	p := j.people[i]
	s := j.find(p, d.Message)
	j.note("the outbox has %s, ride %d", s.id, it.Ride)
	for _, before := range p.said {
		if before.n < s.n && before.pending() {
			j.fatal("%s overtakes %s: %+v", s.id, before.id, before)
		}
	}
	switch {
	case s.carried:
		j.fatal("%s was carried and is to be sent", s.id)
	case it.Ride == outbox.Riding:
		if j.clock.Now().Before(s.until) {
			j.fatal("%s is given up while its callback is out", s.id)
		}
		if !s.rides {
			j.fatal("%s was missed, and is not sent", s.id)
		}
		s.over = true
	case s.taken != (it.Ride == outbox.Cancelled):
		j.fatal("%s was taken back: %v", s.id, s.taken)
	case s.taken:
		s.over = true
	case it.Ride == outbox.Withdrawn && d.Agent == "":
		if !p.optedOut {
			j.fatal("%s was withdrawn by nobody", s.id)
		}
		s.over = true
	case s.over:
		j.fatal("%s was given up and is to be sent", s.id)
	case !j.ending && j.rng.IntN(4) == 0:
		j.note("%s is refused", s.id)
		at := j.clock.Now().Add(time.Duration(j.rng.IntN(10)) * time.Second)
		return outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: at, Note: "busy"}
	default:
		s.sent = true
	}
	return sent(it, "")
}

// finish books what the workers did.
func (j *journey) finish() {
	if err := j.node().Finish(j.t.Context(), j.done); err != nil {
		j.fatal("finishing: %v", err)
	}
	j.note("%d tasks are finished", len(j.done))
	j.done = nil
}

// end lets everything land that may, works off the outbox and looks for what
// is left.
func (j *journey) end() {
	j.ending = true
	defer func() { j.ending = false }()
	j.clock.Advance(conversations.RideWindow)
	j.expire()
	for range 200 {
		j.finish()
		j.clock.Advance(conversations.RideWindow + lease)
		for _, n := range j.nodes {
			j.claim(n)
		}
		if len(j.done) == 0 {
			break
		}
	}
	for _, p := range j.people {
		for _, s := range p.said {
			if s.pending() {
				j.fatal("%s is lost: %+v", s.id, s)
			}
		}
		for _, m := range j.messages(p.id) {
			if m.Status == conversations.Queued {
				j.fatal("%s is queued for ever", m.ID)
			}
		}
	}
}
