package storetest

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// told makes a conversation with n deliveries waiting.
func (b *bench) told(who string, n int) string {
	b.t.Helper()
	id := b.receive(said(who, who+"-first", "quiet")).Conversation
	for i := range n {
		b.apply(conversations.Target{Conversation: id}, conversations.Reply{Agent: "li", Text: fmt.Sprint(i), Key: fmt.Sprint(i)})
	}
	return id
}

func texts(t *testing.T, items []outbox.Item) (out []string) {
	for _, it := range items {
		out = append(out, delivery(t, it).Text)
	}
	return out
}

func testLaneOrder(t *testing.T, b *bench) {
	b.told("u", 3)
	b.told("v", 3)
	lanes := b.claimOf(b.Store, conversations.TaskDeliver, 10, 2)
	if len(lanes) != 2 {
		t.Fatalf("%d lanes, want 2", len(lanes))
	}
	for _, l := range lanes {
		if got := fmt.Sprint(texts(t, l.Items)); got != "[0 1]" {
			t.Errorf("lane %s begins with %s", l.ID, got)
		}
	}
	b.claimNothing()
	items := lanes[0].Items
	b.finish(
		outbox.Outcome{Item: items[0]},
		outbox.Outcome{Item: items[1], Release: true},
	)
	it := b.claimOne()
	if it.Lane != lanes[0].ID || delivery(t, it).Text != "2" {
		t.Errorf("then came %s of lane %s", delivery(t, it).Text, it.Lane)
	}
	b.finish(outbox.Outcome{Item: it, Release: true})
	b.claimNothing()
	if got := b.claimOf(b.Store, conversations.TaskFetch, 10, 1); len(got) != 0 {
		t.Errorf("claimed %d lanes of another kind", len(got))
	}
}

func testRetry(t *testing.T, b *bench) {
	b.told("u", 2)
	other := b.told("v", 1)
	lanes := b.claimOf(b.Store, conversations.TaskDeliver, 10, 1)
	retryAt := b.clock.Now().Add(time.Minute)
	for _, l := range lanes {
		it := l.Items[0]
		if delivery(t, it).Conversation == other {
			b.finish(outbox.Outcome{Item: it, Release: true})
		} else {
			b.finish(outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: retryAt, Note: "busy", Release: true})
		}
	}
	b.claimNothing()
	b.told("u", 0)
	b.apply(conversations.Target{Address: oa("u")}, said("u", "again", "hello"))
	b.claimNothing() // a new task does not wake a lane whose first one waits
	at, ok, err := b.NextDue(t.Context(), conversations.TaskDeliver)
	if err != nil || !ok || !at.Equal(retryAt) {
		t.Errorf("next due at %v, %v (%v), want %v", at, ok, err, retryAt)
	}
	b.clock.Advance(time.Minute)
	it := b.claimOne()
	if it.Attempts != 1 || delivery(t, it).Text != "0" {
		t.Errorf("attempt %d of %q", it.Attempts, delivery(t, it).Text)
	}
	b.finish(outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: b.clock.Now(), Uncounted: true, Release: true})
	if it = b.claimOne(); it.Attempts != 1 {
		t.Errorf("an uncounted try was counted: %d", it.Attempts)
	}
	b.finish(outbox.Outcome{Item: it, Release: true})
	if it = b.claimOne(); delivery(t, it).Text != "1" {
		t.Errorf("then came %q", delivery(t, it).Text)
	}
}

func testLeaseEnds(t *testing.T, b *bench) {
	b.told("u", 2)
	first := b.claimOne()
	b.clock.Advance(lease - time.Millisecond)
	b.claimNothing()
	at, ok, err := b.NextDue(t.Context(), conversations.TaskDeliver)
	if err != nil || !ok || at.After(b.clock.Now().Add(time.Millisecond)) {
		t.Errorf("next due at %v, %v (%v), want the end of the lease", at, ok, err)
	}
	b.clock.Advance(time.Millisecond)
	again := b.claimOne()
	if again.ID != first.ID {
		t.Errorf("after the lease came %s, want %s", again.ID, first.ID)
	}
	b.finish(outbox.Outcome{Item: again, Release: true})
	if it := b.claimOne(); it.ID == first.ID {
		t.Error("a finished task came again")
	}
}

// testLateOutcome: who books after their lease has ended does not release the
// lane of the worker who has it now.
func testLateOutcome(t *testing.T, b *bench) {
	b.told("u", 2)
	first := b.claimOne()
	b.clock.Advance(lease)
	again := b.claimOne()
	b.finish(outbox.Outcome{Item: first, Verdict: outbox.Retry, RetryAt: b.clock.Now(), Release: true})
	b.claimNothing()
	b.finish(outbox.Outcome{Item: again, Release: true})
	if it := b.claimOne(); it.ID == again.ID {
		t.Error("a finished task came again")
	}
}

func testInsertDuringLease(t *testing.T, b *bench) {
	id := b.told("u", 1)
	it := b.claimOne()
	b.apply(conversations.Target{Conversation: id}, conversations.Reply{Agent: "li", Text: "later", Key: "later"})
	b.claimNothing()
	drain(b.Wake(conversations.TaskDeliver))
	b.finish(outbox.Outcome{Item: it, Release: true})
	select {
	case <-b.Wake(conversations.TaskDeliver):
	default:
		t.Error("no wake-up when a lane with work left was given back")
	}
	if it := b.claimOne(); delivery(t, it).Text != "later" {
		t.Errorf("then came %q", delivery(t, it).Text)
	}
}

func drain(ch <-chan struct{}) {
	select {
	case <-ch:
	default:
	}
}

// testWakeUps works lanes off while they fill: in the end nothing may be left
// lying, and nothing may have come out of order.
func testWakeUps(t *testing.T, b *bench) {
	const followers, messages = 8, 40
	b.workOff(t, []Store{b.Store}, followers, messages)
}

func testTwoNodesOneOutbox(t *testing.T, b *bench) {
	const followers, messages = 8, 25
	b.workOff(t, []Store{b.Store, b.another(), b.another()}, followers, messages)
}

func (b *bench) workOff(t *testing.T, nodes []Store, followers, messages int) {
	ids := make([]string, followers)
	for i := range ids {
		ids[i] = b.told(fmt.Sprintf("u%d", i), 0)
	}
	var talkers, workers sync.WaitGroup
	for i, id := range ids {
		talkers.Go(func() {
			for n := range messages {
				r := conversations.Reply{Agent: "li", Text: fmt.Sprint(n), Key: fmt.Sprint(n)}
				if _, err := nodes[i%len(nodes)].Apply(t.Context(), conversations.Target{Conversation: id}, r); err != nil {
					t.Error(err)
				}
				if n%5 == 4 { // the window allows five at a time
					c := said(fmt.Sprintf("u%d", i), fmt.Sprintf("u%d-%d", i, n), "quiet")
					if _, err := nodes[i%len(nodes)].Apply(t.Context(), conversations.Target{Address: c.Address}, c); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	var mu sync.Mutex
	seen := map[string][]string{}
	total := 0
	all := make(chan struct{})
	for _, n := range nodes {
		for range 2 {
			workers.Go(func() {
				for {
					lanes := b.claimOf(n, conversations.TaskDeliver, 3, 2)
					for _, l := range lanes {
						var done []outbox.Outcome
						for i, it := range l.Items {
							var d conversations.Delivery
							if err := json.Unmarshal(it.Body, &d); err != nil {
								t.Error(err)
							}
							mu.Lock()
							seen[l.ID] = append(seen[l.ID], d.Text)
							if total++; total == followers*messages {
								close(all)
							}
							mu.Unlock()
							o := sent(it, "")
							o.Release = i == len(l.Items)-1
							done = append(done, o)
						}
						if err := n.Finish(t.Context(), done); err != nil {
							t.Error(err)
						}
					}
					if len(lanes) > 0 {
						continue
					}
					poll := time.NewTimer(50 * time.Millisecond) // for what other nodes committed
					select {
					case <-n.Wake(conversations.TaskDeliver):
					case <-poll.C:
					case <-all:
						return
					case <-t.Context().Done():
						return
					}
				}
			})
		}
	}
	talkers.Wait()
	select {
	case <-all:
	case <-time.After(30 * time.Second):
		t.Error("tasks are left lying")
		close(all)
	}
	workers.Wait()
	for lane, got := range seen {
		for i, text := range got {
			if text != fmt.Sprint(i) {
				t.Fatalf("lane %s: %v", lane, got)
			}
		}
	}
	if lanes := b.claim(); len(lanes) != 0 {
		t.Errorf("%d lanes are left", len(lanes))
	}
}

func testFinish(t *testing.T, b *bench) {
	id := b.told("u", 1)
	it := b.claimOne()
	o := sent(it, "P1")
	o.Target = conversations.Target{Conversation: "nobody"}
	if err := b.Finish(t.Context(), []outbox.Outcome{o}); err == nil {
		t.Error("no error for a turn that failed")
	}
	b.clock.Advance(2 * lease)
	b.claimNothing() // what was sent is not sent again because booking it failed
	b.apply(conversations.Target{Conversation: id}, conversations.Reply{Agent: "li", Text: "next", Key: "next"})
	it = b.claimOne()
	b.finish(sent(it, "P2"))
	if m := b.message(delivery(t, it).Message); m.Status != conversations.Sent || m.PlatformID != "P2" {
		t.Errorf("status %s, platform's id %q", m.Status, m.PlatformID)
	}
}

// outcomes finishes all tasks of a lane.
func outcomes(l outbox.Lane) []outbox.Outcome {
	var done []outbox.Outcome
	for i, it := range l.Items {
		done = append(done, outbox.Outcome{Item: it, Release: i == len(l.Items)-1})
	}
	return done
}
