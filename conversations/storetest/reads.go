package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

func (b *bench) inbox(q conversations.InboxQuery) (ids []string, page conversations.InboxPage) {
	b.t.Helper()
	page, err := b.Inbox(b.t.Context(), q)
	if err != nil {
		b.t.Fatalf("reading the inbox: %v", err)
	}
	for _, r := range page.Rows {
		ids = append(ids, r.ID)
	}
	return ids, page
}

func testInbox(t *testing.T, b *bench) {
	var ids []string
	for i := range 7 {
		n := Result(fmt.Sprintf("r%d", i), fmt.Sprintf("E%d", i), oa(fmt.Sprintf("u%d", i)))
		n.Result.Candidate.Phone = fmt.Sprintf("1380013800%d", i)
		ids = append(ids, b.notify(n).Conversation)
		b.clock.Advance(time.Second)
	}
	b.receive(said("u4", "p4", "person"))
	b.clock.Advance(time.Second)
	b.receive(said("u2", "p2", "person"))
	b.clock.Advance(time.Second)
	b.apply(conversations.Target{Conversation: ids[6]}, conversations.Assign{Agent: "li"})
	b.clock.Advance(time.Second)
	b.receive(said("u1", "s1", "start 2026-07-20"))
	scope := conversations.Scope{"head/north"}
	want := fmt.Sprint([]string{ids[4], ids[2], ids[1], ids[6], ids[5], ids[3], ids[0]})
	all, page := b.inbox(conversations.InboxQuery{Scope: scope, Agent: "li"})
	if fmt.Sprint(all) != want || page.Next != "" {
		t.Errorf("the inbox is %v, want %s", all, want)
	}
	if want := (conversations.InboxCounts{
		conversations.ViewAll: 7, conversations.ViewWaiting: 2, conversations.ViewUnassigned: 2, conversations.ViewMine: 1,
		conversations.ViewUnread: 3, conversations.ViewRequests: 1,
	}); !countsAre(page.Counts, want) {
		t.Errorf("counts %+v", page.Counts)
	}
	if r := page.Rows[0]; r.Name != "张E4" || r.EHR != "E4" || r.Position != "柜员" || r.Waiting.IsZero() || r.Account != "oa" || r.Unread != 1 {
		t.Errorf("row %+v", r)
	}
	for filter, want := range map[conversations.InboxView][]string{
		conversations.ViewWaiting:  {ids[4], ids[2]},
		conversations.ViewMine:     {ids[6]},
		conversations.ViewUnread:   {ids[4], ids[2], ids[1]},
		conversations.ViewRequests: {ids[1]},
	} {
		if got, _ := b.inbox(conversations.InboxQuery{Scope: scope, Agent: "li", View: filter}); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("filter %s: %v, want %v", filter, got, want)
		}
	}
	if err := b.Index(t.Context()); err != nil {
		t.Fatal(err)
	}
	for search, want := range map[string]int{"张": 7, "张e3": 1, "E3": 1, "138 0013 8005": 1, "8005": 1, "1380013800": 0, "%": 0, "李": 0, strings.Repeat("张", 20_000): 0} {
		if got, _ := b.inbox(conversations.InboxQuery{Scope: scope, Search: search}); len(got) != want {
			t.Errorf("searching %.20q found %d, want %d", search, len(got), want)
		}
	}
	var paged []string
	q := conversations.InboxQuery{Scope: scope, Limit: 3}
	for range 10 {
		rows, page := b.inbox(q)
		paged = append(paged, rows...)
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if fmt.Sprint(paged) != want {
		t.Errorf("in pages the inbox is %v, want %s", paged, want)
	}
	var invalid *conversations.InvalidError
	if _, err := b.Inbox(t.Context(), conversations.InboxQuery{Scope: scope, Cursor: "x"}); !errors.As(err, &invalid) {
		t.Errorf("a wrong cursor: %v", err)
	}
}

// countsAre compares counts; what is not wanted is nothing.
func countsAre(got, want conversations.InboxCounts) bool {
	for _, v := range conversations.InboxViews() {
		if got[v] != want[v] {
			return false
		}
	}
	return true
}

func testThread(t *testing.T, b *bench) {
	id := ""
	for i := range 25 {
		id = b.receive(said("u", fmt.Sprintf("m%d", i), fmt.Sprintf("quiet %d", i))).Conversation
	}
	var got []int64
	before := int64(0)
	for {
		page, err := b.Messages(t.Context(), conversations.Everything, id, before, 7)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for i := len(page) - 1; i >= 0; i-- {
			got = append(got, page[i].N)
		}
		before = page[0].N
	}
	for i, n := range got {
		if n != int64(len(got)-i) {
			t.Fatalf("pages give %v", got)
		}
	}
	if len(got) != int(b.thread(id).Messages) {
		t.Errorf("%d messages, the conversation counts %d", len(got), b.thread(id).Messages)
	}
	m := b.message(id + "-1")
	if m.Text != "quiet 0" || m.Author != conversations.ByCandidate || m.Address != oa("u") || m.Answer != id+"-2" || m.At.IsZero() {
		t.Errorf("the first message is %+v", m.Message)
	}
}

func testEvents(t *testing.T, b *bench) {
	b.notify(Result("r1", "E1", oa("u")))
	for i := range 5 {
		b.receive(said("u", fmt.Sprintf("m%d", i), fmt.Sprintf("quiet %d", i)))
	}
	b.endpoint("ehr", "head", relay.FromBeginning)
	lanes := b.tell("ehr", 10, 3)
	if len(lanes) != 1 || len(lanes[0].Items) != 3 {
		t.Fatalf("claimed %v", lanes)
	}
	events, err := b.Events(t.Context(), conversations.Everything, "E1", 1, 3)
	if err != nil || len(events) != 3 {
		t.Fatalf("%d events (%v)", len(events), err)
	}
	for i, ev := range events { // what was said, and its answer
		want := conversations.EventMessageReceived
		if i%2 == 0 {
			want = conversations.EventMessageDispatched
		}
		if ev.Data.Sequence != int64(i+2) || ev.ID == "" || ev.Type != want {
			t.Errorf("event %d is %+v", i, ev)
		}
	}
	if said := events[1].Data.Message.Text; said != "quiet 1" {
		t.Errorf("the candidate said %q", said)
	}
	if lanes[0].Items[1].ID != events[0].ID {
		t.Errorf("the second task is %s, the second event %s", lanes[0].Items[1].ID, events[0].ID)
	}
	b.tolds("ehr", outcomes(lanes[0])...)
	if after, err := b.Events(t.Context(), conversations.Everything, "E1", 0, 0); err != nil || len(after) != 10 {
		t.Errorf("after delivering some there are %d events (%v)", len(after), err)
	}
	rest := b.tell("ehr", 10, 10)
	if len(rest) != 1 || len(rest[0].Items) != 7 {
		t.Errorf("left to deliver: %v", rest)
	}
}

func testAgents(t *testing.T, b *bench) {
	ctx, now := t.Context(), b.clock.Now()
	li := conversations.Agent{ID: "li", Name: "李经理", Scope: conversations.Scope{"head/north", "head/south"}, Role: conversations.RoleBranchAdmin}
	for range 2 {
		if err := b.CreateAgent(ctx, li); err != nil {
			t.Fatal(err)
		}
	}
	agents, err := b.Agents(ctx)
	if err != nil || len(agents) != 1 || fmt.Sprint(agents[0]) != fmt.Sprint(li) {
		t.Errorf("agents %v (%v)", agents, err)
	}
	hash := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	for name, expires := range map[string]time.Time{"good": now.Add(time.Hour), "short": now.Add(time.Minute)} {
		if err := b.CreateSignIn(ctx, hash(name), "li", expires); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.UseSignIn(ctx, hash("short"), now.Add(time.Minute)); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("an expired link: %v", err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	used := 0
	for range 8 {
		wg.Go(func() {
			a, err := b.UseSignIn(ctx, hash("good"), now)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && a.ID == "li":
				used++
			case !errors.Is(err, conversations.ErrNotFound):
				t.Errorf("agent %v, error %v", a, err)
			}
		})
	}
	wg.Wait()
	if used != 1 {
		t.Errorf("a link that works once worked %d times", used)
	}
	if err := b.CreateSession(ctx, hash("token"), b.fresh("li", now.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	s, err := b.Session(ctx, hash("token"), now, time.Time{})
	if err != nil || s.Agent.ID != "li" || s.CSRF != "csrf" || !s.Expires.Equal(now.Add(time.Hour)) {
		t.Errorf("session %+v (%v)", s, err)
	}
	if _, err := b.Session(ctx, hash("token"), now.Add(time.Hour), time.Time{}); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("a session that ended: %v", err)
	}
	if err := b.DeleteSession(ctx, hash("token")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Session(ctx, hash("token"), now, time.Time{}); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("a session that was ended: %v", err)
	}
}

func testNotices(t *testing.T, b *bench) {
	changed, cancel := b.Subscribe()
	id := b.receive(said("u", "m0", "hello")).Conversation
	if got := <-changed; got != (conversations.Changed{ID: id, Branch: "head"}) {
		t.Errorf("notice %+v", got)
	}
	for i := range 100 { // nobody reads meanwhile
		b.receive(said("u", fmt.Sprintf("n%d", i), "hello"))
	}
	other := b.receive(said("v", "m1", "hello")).Conversation
	notices := 0
	for got := range changed {
		if notices++; got.ID == other {
			cancel()
		}
	}
	if notices > 10 {
		t.Errorf("%d notices of two conversations", notices)
	}
	cancel()
	b.receive(said("u", "last", "hello"))
}
