package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/conversations"
)

// asker lets a candidate ask what nothing answers, and returns the
// conversation and the question's id.
func (b *bench) asker(who, question string) (conversation, gap string) {
	b.t.Helper()
	id := b.notify(Result("r"+who, "E"+who, oa(who))).Conversation
	b.receive(said(who, "q"+who, "ask "+question))
	c := b.thread(id)
	if len(c.Questions) != 1 {
		b.t.Fatalf("the conversation's questions are %+v", c.Questions)
	}
	return id, c.Questions[0].ID
}

func (b *bench) gaps(scope conversations.Scope) []conversations.OpenGap {
	b.t.Helper()
	gaps, err := b.Gaps(b.t.Context(), scope)
	if err != nil {
		b.t.Fatal(err)
	}
	return gaps
}

var parking = conversations.AnswerQuestion{Agent: "li", Text: "没有停车位。", Source: "总行", Article: "parking"}

// testGaps: questions wait in the order they came, for those whose candidates
// asked them.
func testGaps(t *testing.T, b *bench) {
	id, first := b.asker("u1", "有停车位吗")
	b.clock.Advance(time.Second)
	b.asker("u2", "可以停车吗")
	gaps := b.gaps(conversations.Scope{"head/north"})
	if len(gaps) != 2 {
		t.Fatalf("the open questions are %+v", gaps)
	}
	g := gaps[0]
	if g.ID != first || g.Conversation != id || g.Text != "有停车位吗" || g.Name != "张Eu1" || g.Branch != "head/north" ||
		g.Position != "柜员" || g.Locale != conversations.Chinese || g.Account != "oa" || !g.Open || g.Apart || g.Replied || g.Message == "" {
		t.Errorf("the oldest is %+v", g)
	}
	if gaps[1].Text != "可以停车吗" || !gaps[0].At.Before(gaps[1].At) {
		t.Errorf("the next is %+v", gaps[1])
	}
	for _, scope := range []conversations.Scope{nil, {"head/south"}, {"head/north/east"}} {
		if got := b.gaps(scope); len(got) > 0 {
			t.Errorf("%q sees %+v", scope, got)
		}
		if err := b.SetApart(t.Context(), scope, first, true); !errors.Is(err, conversations.ErrNotFound) {
			t.Errorf("%q sets a question apart: %v", scope, err)
		}
	}
	changed, cancel := b.Subscribe()
	defer cancel()
	for _, apart := range []bool{true, false} {
		if err := b.SetApart(t.Context(), conversations.Scope{"head"}, first, apart); err != nil {
			t.Fatal(err)
		}
		if got := <-changed; got.ID != id {
			t.Errorf("notice %+v", got)
		}
		if got := b.gaps(conversations.Everything); got[0].Apart != apart {
			t.Errorf("apart: %v", got[0].Apart)
		}
	}
}

// testAnswerOnce: an answer settles its question, and a second one, by
// whomever, changes nothing.
func testAnswerOnce(t *testing.T, b *bench) {
	id, gap := b.asker("u1", "有停车位吗")
	answer := parking
	answer.Question = gap
	b.refuse(conversations.ErrNotFound, conversations.Target{Scope: conversations.Scope{"head/south"}, Conversation: id}, answer)
	to := conversations.Target{Scope: conversations.Scope{"head"}, Conversation: id}
	changed, cancel := b.Subscribe()
	defer cancel()
	b.apply(to, answer)
	if got := <-changed; got.ID != id {
		t.Errorf("notice %+v", got)
	}
	c := b.thread(id)
	if len(c.Questions) > 0 || c.Owner.Kind != conversations.OwnedByBot || !c.Waiting.IsZero() || len(b.gaps(conversations.Everything)) > 0 {
		t.Errorf("after the answer the conversation is %+v", c)
	}
	answer.Agent, answer.Text = "wang", "something else"
	if a := b.apply(to, answer); !a.Duplicate {
		t.Errorf("the second answer came to %+v", a)
	}
	if again := b.thread(id); again.Messages != c.Messages {
		t.Error("the second answer was recorded")
	}
	if err := b.SetApart(t.Context(), conversations.Everything, gap, true); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("setting an answered question apart: %v", err)
	}
	answer.Question = "c00001-99.1"
	b.refuse(conversations.ErrStale, to, answer)
}

// testAnswerAtOnce: of many answers at the same moment one is sent.
func testAnswerAtOnce(t *testing.T, b *bench) { b.answerAtOnce([]Store{b.Store}) }

func testAnswerAtOnceOfNodes(t *testing.T, b *bench) {
	b.answerAtOnce([]Store{b.Store, b.another(), b.another()})
}

func (b *bench) answerAtOnce(nodes []Store) {
	const candidates, answers = 6, 5
	var wg sync.WaitGroup
	var sent atomic.Int64
	var ids []string
	for c := range candidates {
		id, gap := b.asker(fmt.Sprint("u", c), "有停车位吗")
		ids = append(ids, id)
		for i := range answers {
			answer := parking
			answer.Question, answer.Agent = gap, fmt.Sprint("agent", i)
			wg.Go(func() {
				a, err := nodes[i%len(nodes)].Apply(b.t.Context(), conversations.Target{Scope: conversations.Scope{"head"}, Conversation: id}, answer)
				if err != nil {
					b.t.Error(err)
				} else if !a.Duplicate {
					sent.Add(1)
				}
			})
		}
	}
	wg.Wait()
	if n := sent.Load(); n != candidates {
		b.t.Errorf("%d answers were sent to %d candidates", n, candidates)
	}
	for _, id := range ids {
		words := 0
		for _, m := range b.messages(id) {
			if m.Text == conversations.KeyAnswered {
				words++
			}
		}
		if words != 1 {
			b.t.Errorf("%s got %d answers", id, words)
		}
	}
	if left := b.gaps(conversations.Everything); len(left) > 0 {
		b.t.Errorf("still open: %+v", left)
	}
}

// testAnsweredByHand: who answers in the chat settles the question by handing
// back.
func testAnsweredByHand(t *testing.T, b *bench) {
	id, gap := b.asker("u1", "有停车位吗")
	to := conversations.Target{Scope: conversations.Scope{"head"}, Conversation: id}
	b.apply(to, conversations.Reply{Agent: "li", Text: "没有", Key: "k"})
	if gaps := b.gaps(conversations.Everything); len(gaps) != 1 || !gaps[0].Replied {
		t.Fatalf("after a reply the open questions are %+v", gaps)
	}
	b.apply(to, conversations.Release{Agent: "li"})
	if gaps := b.gaps(conversations.Everything); len(gaps) > 0 {
		t.Errorf("after handing back there are %+v", gaps)
	}
	answer := parking
	answer.Question = gap
	b.refuse(conversations.ErrStale, to, answer)
}
