package storetest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// A rush is a journey whose people all act at once: candidates write and
// their platforms repeat, callbacks fail, HR writes and takes over, and
// workers send. In the end nothing was told twice, nothing is left, and the
// outbox kept the order of each conversation.

func testRush(t *testing.T, b *bench) { b.rush([]Store{b.Store}, 20) }

func testRushOfNodes(t *testing.T, b *bench) {
	b.rush([]Store{b.Store, b.another(), b.another()}, 12)
}

// told is what reached candidates, and how.
type told struct {
	time    sync.RWMutex // stands still while callbacks are out
	mu      sync.Mutex
	carried map[string]bool
	sent    map[string]int
	last    map[string]int64 // number of the last message of a conversation that the outbox sent
	wrong   []string
}

func (o *told) carry(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.carried[id] = true
}

// send is a worker's try.
func (o *told) send(it outbox.Item) error {
	var d conversations.Delivery
	if err := json.Unmarshal(it.Body, &d); err != nil {
		return err
	}
	var n int64
	if _, err := fmt.Sscan(d.Message[len(d.Conversation)+1:], &n); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if n <= o.last[d.Conversation] {
		o.wrong = append(o.wrong, fmt.Sprintf("%s leaves after number %d", d.Message, o.last[d.Conversation]))
	}
	o.last[d.Conversation] = n
	if it.Ride == outbox.Riding || it.Ride == outbox.Withdrawn && d.Agent == "" {
		return nil
	}
	if o.sent[d.Message]++; o.sent[d.Message] > 1 || o.carried[d.Message] {
		o.wrong = append(o.wrong, fmt.Sprintf("%s arrives again, carried before: %v", d.Message, o.carried[d.Message]))
	}
	return nil
}

func (b *bench) rush(nodes []Store, rounds int) {
	const people = 6
	o := &told{carried: map[string]bool{}, sent: map[string]int{}, last: map[string]int64{}}
	ids := make([]string, people)
	for i := range ids {
		ids[i] = b.told(fmt.Sprint("u", i), 0)
	}
	var talk, work sync.WaitGroup
	stop := make(chan struct{})
	for i := range people {
		rng := rand.New(rand.NewPCG(uint64(i), 7))
		talk.Go(func() {
			for n := range rounds {
				b.exchange(o, nodes, rng, fmt.Sprint("u", i), ids[i], n)
				if n%3 == 0 {
					o.time.Lock()
					b.clock.Advance(time.Duration(rng.IntN(12)) * time.Second)
					o.time.Unlock()
				}
			}
		})
	}
	for _, n := range nodes {
		work.Go(func() {
			for {
				if b.send(o, n) > 0 {
					continue
				}
				select {
				case <-stop:
					return
				case <-n.Wake(conversations.TaskDeliver):
				case <-time.After(5 * time.Millisecond): // for what other nodes committed
				}
			}
		})
	}
	talk.Wait()
	close(stop)
	work.Wait()
	for range 3 {
		b.clock.Advance(conversations.RideWindow + time.Second)
		for _, n := range nodes {
			for b.send(o, n) > 0 {
			}
		}
	}
	for _, line := range o.wrong {
		b.t.Error(line)
	}
	for _, id := range ids {
		for _, m := range b.messages(id) {
			if m.Status == conversations.Queued {
				b.t.Errorf("%s is queued for ever", m.ID)
			}
		}
	}
}

// exchange is one message of a candidate, what becomes of its answer, and
// sometimes a person's words.
func (b *bench) exchange(o *told, nodes []Store, rng *rand.Rand, who, id string, n int) {
	o.time.RLock()
	defer o.time.RUnlock()
	node := func() Store { return nodes[rng.IntN(len(nodes))] }
	m := said(who, fmt.Sprint(who, "-", n), []string{"hello", "hello", "twice", "quiet", "unsubscribe"}[rng.IntN(5)])
	for range 1 + rng.IntN(2) {
		at := node()
		a, err := at.Apply(b.t.Context(), conversations.Target{Address: m.Address}, m)
		if err != nil {
			b.t.Error(err)
			return
		}
		if a.Answer == nil {
			continue
		}
		carried := rng.IntN(2) == 0
		if carried {
			o.carry(a.Answer.ID)
		}
		at.Carried(a.Answer.ID, carried)
		if _, err := at.Apply(b.t.Context(), conversations.Target{Conversation: id}, conversations.Seen{}); err != nil {
			b.t.Error(err)
		}
	}
	if rng.IntN(3) > 0 {
		return
	}
	to := conversations.Target{Conversation: id}
	for _, c := range []conversations.Command{
		conversations.Reply{Agent: "li", Text: "from HR", Key: fmt.Sprint(n), Despite: true}, conversations.Release{Agent: "li"},
	} {
		if _, err := node().Apply(b.t.Context(), to, c); err != nil {
			b.t.Error(err)
		}
	}
}

// send works off what is due on one node and says how much that was.
func (b *bench) send(o *told, n Store) (tasks int) {
	lanes, err := n.Claim(b.t.Context(), conversations.TaskDeliver, b.clock.Now(), time.Hour, 4, 3)
	if err != nil {
		b.t.Error(err)
		return 0
	}
	for _, l := range lanes {
		var done []outbox.Outcome
		for i, it := range l.Items {
			if err := o.send(it); err != nil {
				b.t.Error(err)
			}
			out := sent(it, "")
			out.Release = i == len(l.Items)-1
			done = append(done, out)
		}
		if err := n.Finish(b.t.Context(), done); err != nil {
			b.t.Error(err)
		}
		tasks += len(done)
	}
	return tasks
}
