package storetest

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/audit"
)

func auditKeys(t *testing.T) audit.Keys {
	t.Helper()
	keys, err := audit.NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (b *bench) sealer() *audit.Sealer {
	return &audit.Sealer{Book: b.Store, Keys: auditKeys(b.t), Clock: b.clock, Log: slog.New(slog.DiscardHandler)}
}

// logged returns what is in the audit log by now, the latest first.
func (b *bench) logged(q audit.Query) []audit.Numbered {
	b.t.Helper()
	if err := b.sealer().Seal(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	page, err := b.AuditEntries(b.t.Context(), q)
	if err != nil {
		b.t.Fatal(err)
	}
	return page.Entries
}

// testAuditTurns: a command and its entry are one thing; what came to nothing,
// and what candidates do, leaves none.
func testAuditTurns(t *testing.T, b *bench) {
	ctx := audit.As(t.Context(), audit.System("ehr"))
	applied, err := b.Store.Apply(ctx, conversations.Target{Candidate: "E1", Branch: "head/north"}, Result("r1", "E1", oa("u1")))
	if err != nil {
		t.Fatal(err)
	}
	to := conversations.Target{Conversation: applied.Conversation}
	b.receive(said("u1", "m1", "person"))
	ctx = audit.As(t.Context(), audit.Actor{ID: "li", Role: "lead"})
	for _, c := range []conversations.Command{
		conversations.Assign{Agent: "li"}, conversations.Assign{Agent: "li"}, conversations.Reply{Agent: "li", Text: "words", Key: "k"},
		conversations.Reply{Agent: "li", Text: "words", Key: "k"}, conversations.Seen{Agent: "li"}, conversations.Release{Agent: "li"},
	} {
		if _, err := b.Store.Apply(ctx, to, c); err != nil {
			t.Fatalf("%T: %v", c, err)
		}
	}
	if _, err := b.Store.Apply(ctx, to, conversations.CancelSend{Agent: "li", Message: "none"}); !errors.Is(err, conversations.ErrStale) {
		t.Fatalf("a message that is not there: %v", err)
	}
	got := b.logged(audit.Query{Scope: conversations.Everything, Subject: audit.Conversation(applied.Conversation)})
	want := []audit.Action{audit.ConversationBack, audit.MessageSent, audit.ConversationTaken, audit.ResultPosted}
	if len(got) != len(want) {
		t.Fatalf("%d entries: %v", len(got), got)
	}
	for i, e := range got {
		if e.Action != want[i] || e.N != int64(len(want)-i) || e.ID == "" || !e.At.Equal(b.clock.Now().Truncate(time.Millisecond)) || e.Branch == "" {
			t.Errorf("entry %d is %+v", e.N, e)
		}
	}
	if got[0].Actor != "li" || got[0].Role != "lead" || got[3].Actor != "api:ehr" || got[3].Detail["result"] != "r1" {
		t.Errorf("the actors are %+v", got)
	}
}

// testAuditChain: entries of several nodes become one chain that verifies, and
// what stands in it stays.
func testAuditChain(t *testing.T, b *bench) {
	ctx := t.Context()
	for i := range 5 {
		if err := b.Record(ctx, audit.Entry{Action: audit.SignedIn, Actor: fmt.Sprint("a", i)}, audit.Entry{Action: audit.SignedOut, Actor: fmt.Sprint("a", i)}); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-b.AuditNews():
	default:
		t.Error("nobody is told that entries wait")
	}
	waiting, err := b.AuditWaiting(ctx, 4)
	if err != nil || len(waiting) != 4 {
		t.Fatalf("%d wait, %v", len(waiting), err)
	}
	was, err := b.AuditHead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	seal := func(some []audit.Waiting) bool {
		t.Helper()
		var texts []string
		for _, w := range some {
			texts = append(texts, w.Text)
		}
		links, last := was.Last.After(texts...)
		won, err := b.SealAudit(ctx, was, auditKeys(t).Sign(was.Anchor, last, b.clock.Now()), some, links)
		if err != nil {
			t.Fatal(err)
		}
		return won
	}
	if !seal(waiting[:3]) || seal(waiting[:3]) || seal(waiting) {
		t.Error("two nodes linked what follows on the same head")
	}
	if got := b.logged(audit.Query{Scope: conversations.Everything}); len(got) != 10 || got[0].Actor != "a4" || got[9].Actor != "a0" {
		t.Fatalf("the log has %v", got)
	}
	if left, _ := b.AuditWaiting(ctx, 10); len(left) > 0 {
		t.Errorf("%d still wait", len(left))
	}
	head, err := audit.Verify(ctx, b.Store, auditKeys(t))
	if err != nil || head.Last.N != 10 {
		t.Errorf("verifying up to %d: %v", head.Last.N, err)
	}
	other, _ := audit.NewKeys(append(make([]byte, 31), 1))
	var broken *audit.Break
	if _, err := audit.Verify(ctx, b.Store, other); !errors.As(err, &broken) || broken.Why != audit.FlawSignature {
		t.Errorf("with another key: %v", err)
	}
}

// testAuditScopes: auditors see what concerns their branches, and pages follow
// on each other.
func testAuditScopes(t *testing.T, b *bench) {
	for _, branch := range []string{"head/north", "head/south", "", "head"} {
		if err := b.Record(t.Context(), audit.Entry{Action: audit.AgentAdded, Actor: "adm", Branch: branch, Subject: audit.Of(audit.OfAgent, "x")}); err != nil {
			t.Fatal(err)
		}
	}
	b.clock.Advance(time.Hour)
	if err := b.Record(t.Context(), audit.Entry{Action: audit.AgentAccess, Actor: "li", Branch: "head/north"}); err != nil {
		t.Fatal(err)
	}
	now := b.clock.Now()
	for _, c := range []struct {
		q    audit.Query
		want int
	}{
		{audit.Query{Scope: conversations.Scope{"head"}}, 5},
		{audit.Query{Scope: conversations.Scope{"head/north"}}, 2},
		{audit.Query{Scope: conversations.Scope{}}, 0},
		{audit.Query{Scope: conversations.Everything, Actor: "li"}, 1},
		{audit.Query{Scope: conversations.Everything, Actions: []audit.Action{audit.AgentAdded, audit.SignedIn}}, 4},
		{audit.Query{Scope: conversations.Everything, Subject: "agent/x"}, 4},
		{audit.Query{Scope: conversations.Everything, From: now}, 1},
		{audit.Query{Scope: conversations.Everything, To: now}, 4},
	} {
		if got := b.logged(c.q); len(got) != c.want {
			t.Errorf("%+v: %d entries", c.q, len(got))
		}
	}
	seen, q := 0, audit.Query{Scope: conversations.Everything, Limit: 2}
	for {
		page, err := b.AuditEntries(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		seen += len(page.Entries)
		if q.Before = page.Next; q.Before == 0 {
			break
		}
	}
	if seen != 5 {
		t.Errorf("the pages have %d entries", seen)
	}
	after, upto, err := b.AuditSpan(t.Context(), now, now.Add(time.Hour))
	if err != nil || after.N != 4 || upto != 5 || after.Hash == (audit.Hash{}) {
		t.Errorf("the last hour is %v to %d: %v", after, upto, err)
	}
}

// testAuditCleared: entries that had their time go, what is left still
// verifies from the anchor on, and says that they went.
func testAuditCleared(t *testing.T, b *bench) {
	ctx := t.Context()
	s := b.sealer()
	for range 3 {
		if err := b.Record(ctx, audit.Entry{Action: audit.SignedIn, Actor: "li"}); err != nil {
			t.Fatal(err)
		}
		b.logged(audit.Query{})
		b.clock.Advance(time.Hour)
	}
	if err := s.Clear(ctx, b.clock.Now().Add(-90*time.Minute)); err != nil {
		t.Fatal(err)
	}
	got := b.logged(audit.Query{Scope: conversations.Everything})
	if len(got) != 2 || got[0].Action != audit.LogCleared || got[0].Detail["entries"] != "2" || got[1].N != 3 {
		t.Fatalf("what is left: %+v", got)
	}
	head, err := audit.Verify(ctx, b.Store, s.Keys)
	if err != nil || head.Anchor.N != 2 || head.Last.N != 4 {
		t.Errorf("verifying what is left: %+v, %v", head, err)
	}
	if err := s.Clear(ctx, b.clock.Now().Add(-90*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := b.logged(audit.Query{Scope: conversations.Everything}); len(got) != 2 {
		t.Errorf("cleared again: %+v", got)
	}
}
