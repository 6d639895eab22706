package storetest

import (
	"fmt"
	"sync"
	"testing"

	"jiebao/conversations"
)

// testKnownCandidates: many messages of known candidates, whose turns a store
// may compute ahead, mixed with repeats of them and with what HR does.
func testKnownCandidates(t *testing.T, b *bench) { b.converse([]Store{b.Store}) }

// testKnownCandidatesOfNodes: the same, each message to another node, none of
// which knows what the others changed.
func testKnownCandidatesOfNodes(t *testing.T, b *bench) {
	b.converse([]Store{b.Store, b.another(), b.another()})
}

func (b *bench) converse(nodes []Store) {
	const candidates, messages = 12, 25
	var wg sync.WaitGroup
	ids := make([]string, candidates)
	for c := range candidates {
		who := fmt.Sprint("u", c)
		ids[c] = b.notify(Result("r"+who, "E"+who, oa(who))).Conversation
		wg.Go(func() {
			for i := range messages {
				m := said(who, fmt.Sprint(who, "-", i), fmt.Sprint("quiet ", i))
				for try := range 2 {
					a, err := nodes[(i+try)%len(nodes)].Apply(b.t.Context(), conversations.Target{Address: m.Address}, m)
					if err != nil || a.Duplicate != (try == 1) || a.Conversation != ids[c] {
						b.t.Errorf("message %d, try %d: %+v, %v", i, try, a, err)
					} else if a.Answer != nil {
						nodes[i%len(nodes)].Carried(a.Answer.ID, true)
					}
				}
				if i%5 == 0 {
					at := conversations.Target{Conversation: ids[c]}
					for _, cmd := range []conversations.Command{conversations.Assign{Agent: "a1"}, conversations.Release{Agent: "a1"}} {
						if _, err := nodes[(i+1)%len(nodes)].Apply(b.t.Context(), at, cmd); err != nil {
							b.t.Error(err)
						}
					}
				}
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		b.checkRecord(id, messages)
	}
}

// checkRecord: messages are numbered without gaps and stand in the order they
// were sent in, and the candidate's events as well.
func (b *bench) checkRecord(id string, messages int) {
	b.t.Helper()
	heard := 0
	for i, m := range b.messages(id) {
		if m.N != int64(i+1) {
			b.t.Fatalf("message %d has the number %d", i+1, m.N)
		}
		if m.Author == conversations.ByCandidate {
			if want := fmt.Sprint("quiet ", heard); m.Text != want {
				b.t.Errorf("heard %q, want %q", m.Text, want)
			}
			heard++
		}
	}
	c := b.thread(id)
	if heard != messages {
		b.t.Errorf("heard %d messages of %d", heard, messages)
	}
	events, err := b.Events(b.t.Context(), conversations.Everything, c.Candidate.ID, 0, 1000)
	if err != nil || int64(len(events)) != c.Events {
		b.t.Errorf("%d events are kept of %d (%v)", len(events), c.Events, err)
	}
	for i, e := range events {
		if e.Data.Sequence != int64(i+1) {
			b.t.Fatalf("event %d has the sequence %d", i+1, e.Data.Sequence)
		}
	}
}
