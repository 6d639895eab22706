package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"jiebao/conversations"
)

func testDuplicates(t *testing.T, b *bench) {
	const events, followers, times = 500, 20, 3
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := map[string]int{}
	for i := range events {
		for range times {
			wg.Go(func() {
				id := fmt.Sprintf("m%d", i)
				a := b.receive(said(fmt.Sprintf("u%d", i%followers), id, "quiet"))
				mu.Lock()
				defer mu.Unlock()
				if !a.Duplicate {
					fresh[id]++
				}
			})
		}
	}
	wg.Wait()
	rows := map[string]bool{}
	for u := range followers {
		a := b.receive(said(fmt.Sprintf("u%d", u), fmt.Sprintf("m%d", u), "quiet"))
		for _, m := range b.messages(a.Conversation) {
			if m.Author == conversations.ByCandidate {
				if rows[m.Dedupe] {
					t.Errorf("event %s has two rows", m.Dedupe)
				}
				rows[m.Dedupe] = true
			}
		}
	}
	if len(rows) != events || len(fresh) != events {
		t.Errorf("%d rows and %d first answers of %d events", len(rows), len(fresh), events)
	}
	for id, n := range fresh {
		if n != 1 {
			t.Errorf("event %s was new %d times", id, n)
		}
	}
}

func testOrder(t *testing.T, b *bench) {
	const n = 200
	first := b.receive(said("u", "m0", "0"))
	var wg sync.WaitGroup
	for i := 1; i < n; i++ {
		// Queued one after the other, answered whenever.
		queued := make(chan struct{})
		wg.Go(func() {
			to := conversations.Target{Address: oa("u")}
			if i%2 == 0 {
				to = conversations.Target{Address: oa("other" + strconv.Itoa(i))}
			}
			close(queued)
			if _, err := b.Apply(t.Context(), to, Said(to.Address, fmt.Sprintf("m%d", i), strconv.Itoa(i))); err != nil {
				t.Error(err)
			}
		})
		<-queued
	}
	wg.Wait()
	last := int64(0)
	for _, m := range b.messages(first.Conversation) {
		if m.N != last+1 {
			t.Fatalf("message %d follows %d", m.N, last)
		}
		last = m.N
	}
	if c := b.thread(first.Conversation); c.Messages != last || last != n/2*2+2 {
		t.Errorf("the conversation counts %d messages, the last is %d", c.Messages, last)
	}
}

func testIsolation(t *testing.T, b *bench) {
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			n := Result(fmt.Sprintf("r%d", i), fmt.Sprintf("E%d", i))
			switch i % 3 {
			case 1:
				n.Result.Offer.Workplace = "panic"
			case 2:
				n.Result.Addresses = []conversations.Address{{Account: "nowhere", ID: "x"}}
			}
			_, err := b.Apply(t.Context(), conversations.Target{Candidate: n.Result.Candidate.ID, Branch: "head/north"}, n)
			var invalid *conversations.InvalidError
			switch {
			case i%3 == 0 && err != nil:
				t.Errorf("a good result: %v", err)
			case i%3 == 1 && (err == nil || strings.Contains(err.Error(), "张三")):
				t.Errorf("a result that makes the turn panic: %v", err)
			case i%3 == 2 && !errors.As(err, &invalid):
				t.Errorf("a bad result: %v", err)
			}
		})
	}
	wg.Wait()
	page, err := b.Inbox(t.Context(), conversations.InboxQuery{Scope: conversations.Everything, Limit: 100})
	if err != nil || page.Counts[conversations.ViewAll] != 20 || len(page.Rows) != 20 {
		t.Errorf("%d conversations of 20 good results (%v)", page.Counts[conversations.ViewAll], err)
	}
}

func testGivenUp(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Apply(ctx, conversations.Target{Address: oa("u")}, said("u", "m1", "hello")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if a := b.receive(said("u", "m1", "hello")); a.Duplicate {
		t.Error("the turn of a caller who gave up was applied")
	}
}

func testScopes(t *testing.T, b *bench) {
	id := b.notify(Result("r1", "E1")).Conversation
	for _, tt := range []struct {
		scope conversations.Scope
		sees  bool
	}{
		{conversations.Scope{"head/north"}, true},
		{conversations.Scope{"head"}, true},
		{conversations.Scope{"head/south", "head/north"}, true},
		{conversations.Scope{"head/south"}, false},
		{conversations.Scope{"head/nor"}, false},
		{conversations.Scope{"head/north/below"}, false},
		{conversations.Scope{}, false},
	} {
		var want error
		if !tt.sees {
			want = conversations.ErrNotFound
		}
		check := func(what string, err error) {
			if !errors.Is(err, want) {
				t.Errorf("%v: %s: error %v, want %v", tt.scope, what, err, want)
			}
		}
		_, err := b.Thread(t.Context(), tt.scope, id)
		check("thread", err)
		_, err = b.Messages(t.Context(), tt.scope, id, 0, 10)
		check("messages", err)
		_, err = b.Result(t.Context(), tt.scope, "r1")
		check("result", err)
		_, err = b.Events(t.Context(), tt.scope, "E1", 0, 10)
		check("events", err)
		_, err = b.Apply(t.Context(), conversations.Target{Conversation: id, Scope: tt.scope}, conversations.Seen{})
		check("turn", err)
		page, err := b.Inbox(t.Context(), conversations.InboxQuery{Scope: tt.scope})
		if err != nil || (page.Counts[conversations.ViewAll] == 1) != tt.sees || (len(page.Rows) == 1) != tt.sees {
			t.Errorf("%v: inbox of %d, counts %+v (%v)", tt.scope, len(page.Rows), page.Counts, err)
		}
	}
	b.refuse(conversations.ErrNotFound, conversations.Target{Conversation: "nobody"}, conversations.Seen{})
}

func testResults(t *testing.T, b *bench) {
	first := b.notify(Result("r1", "E1"))
	if again := b.notify(Result("r1", "E1")); !again.Duplicate || again.Conversation != first.Conversation {
		t.Errorf("the same result again: %+v", again)
	}
	other := Result("r1", "E1")
	other.Digest = "another"
	b.refuse(conversations.ErrConflict, conversations.Target{Candidate: "E1", Branch: "head/north"}, other)
	b.refuse(conversations.ErrConflict, conversations.Target{Candidate: "E2", Branch: "head/north"}, func() conversations.Notify {
		n := Result("r1", "E2")
		n.Digest = "another"
		return n
	}())
	if second := b.notify(Result("r2", "E1")); second.Conversation != first.Conversation {
		t.Errorf("a candidate's second result went to %s, the first to %s", second.Conversation, first.Conversation)
	}
	for id, current := range map[string]bool{"r1": false, "r2": true} {
		v, err := b.Result(t.Context(), conversations.Everything, id)
		if err != nil || v.Current != current || v.Application.ResultID != id || v.Result.ID != id || v.Application.Waiting != conversations.WaitingUnbound {
			t.Errorf("result %s: current %v, application %+v (%v)", id, v.Current, v.Application, err)
		}
	}
	if _, err := b.Result(t.Context(), conversations.Everything, "r3"); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("a result nobody posted: %v", err)
	}
}

func testReplyTwice(t *testing.T, b *bench) {
	id := b.receive(said("u", "m1", "quiet")).Conversation
	to := conversations.Target{Conversation: id, Scope: conversations.Scope{"head"}}
	reply := conversations.Reply{Agent: "li", Text: "您好", Key: "k1"}
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := 0
	for range 10 {
		wg.Go(func() {
			a, err := b.Apply(t.Context(), to, reply)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			} else if !a.Duplicate {
				fresh++
			}
		})
	}
	wg.Wait()
	said := 0
	for _, m := range b.messages(id) {
		if m.Author.Agent() == "li" {
			said++
		}
	}
	if fresh != 1 || said != 1 {
		t.Errorf("one reply posted ten times was new %d times and said %d times", fresh, said)
	}
}

func testReopen(t *testing.T, b *bench) {
	var acked []conversations.Applied
	for i := range 50 {
		acked = append(acked, b.receive(said(fmt.Sprintf("u%d", i), fmt.Sprintf("m%d", i), "hello")))
	}
	second := b.another() // the first is not closed: it died, as far as the database knows
	for i, a := range acked {
		ms, err := second.Messages(t.Context(), conversations.Everything, a.Conversation, 0, 10)
		if err != nil || len(ms) != 2 || ms[0].Text != "hello" || ms[1].ID != a.Answer.ID {
			t.Fatalf("message %d: %d messages (%v)", i, len(ms), err)
		}
	}
	b.clock.Advance(conversations.RideWindow)
	if lanes := b.claimOf(second, conversations.TaskDeliver, 100, 1); len(lanes) != len(acked) {
		t.Errorf("%d deliveries left, want %d", len(lanes), len(acked))
	}
}

func testTwoNodesOneEvent(t *testing.T, b *bench) {
	nodes := []Store{b.Store, b.another(), b.another()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := 0
	for i := range 300 {
		for _, n := range nodes {
			wg.Go(func() {
				c := said(fmt.Sprintf("u%d", i%10), fmt.Sprintf("m%d", i), "hello")
				a, err := n.Apply(t.Context(), conversations.Target{Address: c.Address}, c)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				} else if !a.Duplicate {
					fresh++
				}
			})
		}
	}
	wg.Wait()
	if fresh != 300 {
		t.Errorf("300 events were new %d times", fresh)
	}
	page, err := b.Inbox(t.Context(), conversations.InboxQuery{Scope: conversations.Everything})
	if err != nil || page.Counts[conversations.ViewAll] != 10 {
		t.Errorf("ten followers have %d conversations (%v)", page.Counts[conversations.ViewAll], err)
	}
}

// testNUL: what no database has to keep is the caller's mistake, in questions and
// in turns, and nobody else's.
func testNUL(t *testing.T, b *bench) {
	bad := func(what string, err error) {
		t.Helper()
		var invalid *conversations.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ctx := t.Context()
	_, err := b.Candidate(ctx, conversations.Everything, "E\x001")
	bad("a candidate", err)
	_, err = b.Inbox(ctx, conversations.InboxQuery{Scope: conversations.Everything, Search: "张\x00"})
	bad("a search", err)
	_, err = b.DigestsOf(ctx, conversations.Everything, []string{"a", "b\x00"})
	bad("one of several", err)
	var turns sync.WaitGroup
	for i := range 20 {
		name := fmt.Sprint("E", i)
		result := Result("r-"+name, name)
		if i%5 == 0 {
			result.Result.Candidate.Name = "张\x00伟"
		}
		turns.Go(func() {
			_, err := b.Apply(ctx, conversations.Target{Scope: conversations.Everything, Candidate: name, Branch: "head"}, result)
			if i%5 == 0 {
				bad("a name", err)
			} else if err != nil {
				t.Errorf("a turn beside it: %v", err)
			}
		})
	}
	turns.Wait()
}
