package storetest

import (
	"fmt"
	"sync"
	"testing"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// testFlood: the receipts of a bulk send come all at once, some before the
// answer to the call, twice, in any order, on every node, while candidates
// write. None is lost, none is booked twice, and nobody's message waits behind
// all of them.
func testFlood(t *testing.T, b *bench) { b.flood(t, []Store{b.Store}) }

func testFloodOfNodes(t *testing.T, b *bench) {
	b.flood(t, []Store{b.Store, b.another(), b.another()})
}

func (b *bench) flood(t *testing.T, nodes []Store) {
	const told = 60
	talks := make([]string, told)
	for i := range talks {
		talks[i] = b.notify(Result(fmt.Sprint("r", i), fmt.Sprint("E", i), oa(fmt.Sprint("u", i)))).Conversation
	}
	lanes := b.claimOf(b.Store, conversations.TaskDeliver, told, 1)
	var all sync.WaitGroup
	for i, l := range lanes {
		it, id := l.Items[0], fmt.Sprint("P", i)
		node := nodes[i%len(nodes)]
		reports := []conversations.Status{conversations.Delivered, conversations.Sent, conversations.Read, conversations.Delivered}
		for k, status := range reports {
			at := nodes[(i+k)%len(nodes)]
			all.Go(func() {
				r := conversations.Report{Status: status, At: b.clock.Now()}
				if _, err := at.Apply(t.Context(), receipt(id), r); err != nil {
					t.Errorf("a receipt of %s: %v", id, err)
				}
			})
		}
		all.Go(func() {
			o := sent(it, id)
			o.Release = true
			if err := node.Finish(t.Context(), []outbox.Outcome{o}); err != nil {
				t.Errorf("booking %s: %v", id, err)
			}
		})
		all.Go(func() {
			c := said(fmt.Sprint("u", i), fmt.Sprint("word", i), "quiet")
			if _, err := node.Apply(t.Context(), conversations.Target{Address: c.Address}, c); err != nil {
				t.Errorf("a candidate's message: %v", err)
			}
		})
	}
	all.Wait()
	for _, id := range talks {
		c := b.thread(id)
		app := c.Application()
		m := b.message(app.Notice)
		if app.Status != conversations.Read || m.Status != conversations.Read {
			t.Errorf("%s: the notification is %s, its message %s", id, app.Status, m.Status)
		}
		seen := map[conversations.Status]int{}
		for _, h := range m.History {
			if seen[h.Status]++; seen[h.Status] > 1 {
				t.Errorf("%s: %s twice in %v", id, h.Status, m.History)
			}
		}
	}
}
