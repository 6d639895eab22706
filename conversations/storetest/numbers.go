package storetest

import (
	"testing"
	"time"

	"jiebao/conversations"
)

// testNumbers: what each application reached is counted once, in its branch,
// and what waits for an answer is at risk until it comes.
func testNumbers(t *testing.T, b *bench) {
	day := conversations.NumbersQuery{Scope: conversations.Everything, From: b.clock.Now().Add(-time.Hour), To: b.clock.Now().Add(24 * time.Hour), Now: b.clock.Now()}
	count := func(q conversations.NumbersQuery) (conversations.Funnel, conversations.Numbers) {
		t.Helper()
		n, err := b.Numbers(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var all conversations.Funnel
		for _, r := range n.Rows {
			all.Add(r.Funnel)
		}
		return all, n
	}
	soon := Result("r1", "E1", oa("u1"))
	soon.Result.Offer.ReplyBy = b.clock.Now().Add(2 * time.Hour)
	first := b.notify(soon)
	b.notify(Result("r2", "E2", oa("u2")))
	all, n := count(day)
	if all.Told != 2 || all.Replied != 0 || all.Confirmed != 0 || n.Soon != 1 || n.Overdue != 0 || len(n.Deadlines) != 1 {
		t.Errorf("at first there are %+v of %+v", all, n)
	}
	b.clock.Advance(time.Minute)
	b.receive(said("u1", "m1", "hello"))
	b.receive(said("u1", "m2", "start 2026-07-13"))
	asked := b.thread(first.Conversation)
	request := asked.Application().Request
	if request == nil {
		t.Fatal("there is no request")
	}
	b.apply(conversations.Target{Conversation: first.Conversation}, conversations.Decide{Agent: "li", Request: request.ID, Verdict: conversations.Approve})
	b.receive(said("u1", "m3", "thanks"))
	if all, n = count(day); all.Told != 2 || all.Replied != 1 || all.Confirmed != 1 || n.Soon != 0 {
		t.Errorf("after an answer there are %+v of %+v", all, n)
	}
	if all, _ := count(conversations.NumbersQuery{Scope: conversations.Scope{"nowhere"}, From: day.From, To: day.To, Now: day.Now}); all.Told != 0 {
		t.Errorf("another branch has %+v", all)
	}
	if all, _ := count(conversations.NumbersQuery{Scope: conversations.Everything, From: day.To, To: day.To.Add(time.Hour), Now: day.Now}); all.Told != 0 {
		t.Errorf("another day has %+v", all)
	}
}
