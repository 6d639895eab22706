package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// testEventRush books events while the next are written: none is left lying,
// and none comes twice or too soon.
func testEventRush(t *testing.T, b *bench) { b.eventRush([]Store{b.Store}, 6, 40) }

func testEventRushOfNodes(t *testing.T, b *bench) {
	b.eventRush([]Store{b.Store, b.another(), b.another()}, 6, 25)
}

// heard is what an endpoint was told, by candidate's lane.
type heard struct {
	mu    sync.Mutex
	last  map[string]int64
	total int
	want  int
	all   chan struct{}
	wrong []string
}

func newHeard(want int) *heard {
	return &heard{last: map[string]int64{}, want: want, all: make(chan struct{})}
}

func (h *heard) take(it outbox.Item) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if it.Asked != h.last[it.Lane]+1 {
		h.wrong = append(h.wrong, fmt.Sprintf("%s comes after %d", it.ID, h.last[it.Lane]))
	}
	h.last[it.Lane] = it.Asked
	if h.total++; h.total == h.want {
		close(h.all)
	}
}

func (b *bench) eventRush(nodes []Store, people, events int) {
	endpoints := []string{"ehr", "it"}
	by := map[string]*heard{}
	for _, e := range endpoints {
		b.endpoint(e, "head", relay.FromNow)
		by[e] = newHeard(people * events)
	}
	var talk, work sync.WaitGroup
	for i := range people {
		b.notify(Result(fmt.Sprint("r", i), fmt.Sprint("E", i), oa(fmt.Sprint("uE", i))))
		talk.Go(func() { b.chatter(nodes[i%len(nodes)], fmt.Sprint("E", i), events) })
	}
	for i, n := range nodes {
		for _, e := range endpoints {
			work.Go(func() { b.relayAll(n, e, by[e], i%2 == 0) })
		}
	}
	talk.Wait()
	work.Wait()
	for e, h := range by {
		for _, line := range h.wrong {
			b.t.Error(line)
		}
		if got := b.standing(e).Waiting; got != 0 {
			b.t.Errorf("in the end events of %d candidates wait for %s", got, e)
		}
	}
}

// chatter is a candidate who writes again and again.
func (b *bench) chatter(n Store, candidate string, events int) {
	for i := range events {
		c := said("u"+candidate, fmt.Sprint(candidate, "-", i), "quiet")
		if _, err := n.Apply(b.t.Context(), conversations.Target{Address: c.Address}, c); err != nil {
			b.t.Error(err)
		}
	}
}

// relayAll tells an endpoint what comes until it has been told all. A node
// alone is woken; one of several has to look for what others committed.
func (b *bench) relayAll(n Store, endpoint string, h *heard, careless bool) {
	q := n.Deliveries(endpoint)
	for round := 0; ; round++ {
		lanes, err := q.Claim(b.t.Context(), conversations.TaskEvent, b.clock.Now(), time.Hour, 3, 2)
		if err != nil {
			b.t.Error(err)
			return
		}
		for _, l := range lanes {
			if err := b.relay(q, l, h, careless && round%7 == 3); err != nil {
				b.t.Error(err)
				return
			}
		}
		if len(lanes) > 0 {
			continue
		}
		if _, _, err := q.NextDue(b.t.Context(), conversations.TaskEvent); err != nil {
			b.t.Error(err)
		}
		select {
		case <-h.all:
			return
		case <-b.t.Context().Done():
			return
		case <-q.Wake(conversations.TaskEvent):
		case <-time.After(20 * time.Millisecond): // for what other nodes committed
		}
	}
}

// relay tells a lane's events, or has them refused at first.
func (b *bench) relay(q outbox.Queue, l outbox.Lane, h *heard, refuse bool) error {
	var done []outbox.Outcome
	for i, it := range l.Items {
		if refuse {
			done = append(done, b.refused(it, 0))
			break
		}
		h.take(it)
		o := b.took(it)
		o.Release = i == len(l.Items)-1
		done = append(done, o)
	}
	return q.Finish(b.t.Context(), done)
}

// testStartOfNodes: an endpoint that is told from the beginning misses nothing
// of what is written while it comes.
func testStartOfNodes(t *testing.T, b *bench) {
	nodes := []Store{b.Store, b.another(), b.another()}
	const people, events = 12, 8
	var talk sync.WaitGroup
	for i := range people {
		b.notify(Result(fmt.Sprint("r", i), fmt.Sprint("E", i), oa(fmt.Sprint("uE", i))))
		talk.Go(func() { b.chatter(nodes[i%3], fmt.Sprint("E", i), events) })
	}
	for i := range 6 {
		e := relay.Endpoint{ID: fmt.Sprint("e", i), Kind: relay.Webhook, Branch: "head"}
		if _, err := nodes[i%3].PutEndpoint(t.Context(), e, relay.FromBeginning); err != nil {
			t.Fatal(err)
		}
		b.tellBy(nodes[(i+1)%3], e.ID, 2, 1) // so that filling begins
	}
	talk.Wait()
	b.clock.Advance(lease)
	for i := range 6 {
		told := map[string]int64{}
		for e := fmt.Sprint("e", i); ; {
			lanes := b.tell(e, 50, 10)
			if len(lanes) == 0 {
				break
			}
			for _, l := range lanes {
				for _, it := range l.Items {
					if told[l.ID]++; it.Asked != told[l.ID] {
						t.Fatalf("%s comes after %d", it.ID, told[l.ID]-1)
					}
				}
				b.tolds(e, outcomes(l)...)
			}
		}
		for lane, n := range told {
			if n != events {
				t.Errorf("%d events of %s are told, want %d", n, lane, events)
			}
		}
		if len(told) != people {
			t.Errorf("endpoint %d is told of %d candidates", i, len(told))
		}
	}
}
