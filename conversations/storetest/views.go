package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
)

// offered is a result whose answer is expected by then.
func offered(who string, by time.Time) conversations.Notify {
	n := Result("r"+who, "E"+who, oa("u"+who))
	n.Result.Offer.ReplyBy = by
	n.Result.Offer.Documents = []conversations.RequiredDocument{{ID: "id_card", Name: "身份证"}}
	return n
}

// inView returns who is in a view, by the EHR's ids, and fails the test unless
// the counts say as many.
func (b *bench) inView(view conversations.InboxView) string {
	b.t.Helper()
	ids, page := b.inbox(conversations.InboxQuery{
		Scope: conversations.Scope{"head"}, Agent: "li", View: view, DayEnds: time.Date(2026, 6, 25, 0, 0, 0, 0, zone),
	})
	if n := page.Counts[view]; n != len(ids) {
		b.t.Errorf("%q has %d conversations and counts %d", view, len(ids), n)
	}
	var names []string
	for _, r := range page.Rows {
		names = append(names, r.EHR)
	}
	return fmt.Sprint(names)
}

// testViews: what each view shows, in its order, as time passes.
func testViews(t *testing.T, b *bench) {
	noon := b.clock.Now()
	ids := map[string]string{}
	for who, by := range map[string]time.Time{
		"1": noon.Add(3 * time.Hour), "2": noon.Add(2 * time.Hour), "3": noon.Add(30 * time.Hour), "4": {},
	} {
		ids[who] = b.notify(offered(who, by)).Conversation
	}
	b.clock.Advance(time.Second)
	at := func(who string) conversations.Target { return conversations.Target{Conversation: ids[who]} }
	person := said("u4", "p", "person")
	person.Grants[0].Until = noon.Add(time.Hour)
	b.receive(person)
	expect := func(views map[conversations.InboxView]string) {
		t.Helper()
		for view, want := range views {
			if got := b.inView(view); got != want {
				t.Errorf("at %s %q shows %s, want %s", b.clock.Now().Format(time.TimeOnly), view, got, want)
			}
		}
	}
	expect(map[conversations.InboxView]string{
		conversations.ViewExpiring: "[E4 E2 E1]", conversations.ViewOverdue: "[]", conversations.ViewUnassigned: "[E4]", conversations.ViewWaiting: "[E4]",
	})
	b.clock.Advance(2 * time.Hour)
	expect(map[conversations.InboxView]string{conversations.ViewExpiring: "[E1]", conversations.ViewOverdue: "[E2]"})
	b.receive(said("u1", "c1", "decline"))
	b.clock.Advance(40 * time.Hour)
	expect(map[conversations.InboxView]string{conversations.ViewExpiring: "[]", conversations.ViewOverdue: "[E3 E2]"})

	b.apply(at("4"), conversations.Assign{Agent: "li"})
	b.apply(at("2"), conversations.Snooze{Agent: "li", Until: b.clock.Now().Add(2 * time.Hour)})
	b.clock.Advance(time.Second)
	b.apply(at("3"), conversations.Snooze{Agent: "li", Until: b.clock.Now().Add(time.Hour)})
	b.apply(at("1"), conversations.Close{Agent: "li"})
	expect(map[conversations.InboxView]string{
		conversations.ViewSnoozed: "[E3 E2]", conversations.ViewClosed: "[E1]", conversations.ViewAll: "[E4]", conversations.ViewMine: "[E4]",
		conversations.ViewOverdue: "[]", conversations.ViewUnassigned: "[]", conversations.ViewWaiting: "[E4]",
	})
	b.clock.Advance(90 * time.Minute)
	expect(map[conversations.InboxView]string{conversations.ViewSnoozed: "[E2]", conversations.ViewOverdue: "[E3]"})
}

// testFailedView: the latest delivery failed, until one is accepted.
func testFailedView(t *testing.T, b *bench) {
	id := b.notify(offered("1", time.Time{})).Conversation
	it := b.claimOne()
	failed := sent(it, "")
	failed.Then = conversations.Report{Message: delivery(t, it).Message, Status: conversations.Failed, Reason: conversations.Reason("rejected"), Code: "9"}
	b.finish(failed)
	if got := b.inView(conversations.ViewFailed); got != "[E1]" {
		t.Fatalf("failed: %s", got)
	}
	if _, page := b.inbox(conversations.InboxQuery{Scope: conversations.Everything, View: conversations.ViewFailed}); page.Rows[0].Failed.Reason != "rejected:9" {
		t.Errorf("it failed because of %+v", page.Rows[0].Failed)
	}
	b.receive(said("u1", "m", "quiet"))
	if got := b.inView(conversations.ViewFailed); got != "[E1]" {
		t.Errorf("after the candidate wrote: %s", got)
	}
	b.apply(conversations.Target{Conversation: id}, conversations.Reply{Agent: "li", Text: "再发一次"})
	b.finish(sent(b.claimOne(), "p1"))
	if got := b.inView(conversations.ViewFailed); got != "[]" {
		t.Errorf("after a message that was accepted: %s", got)
	}
}

// testDocumentsView: documents that wait to be looked at.
func testDocumentsView(t *testing.T, b *bench) {
	id := b.notify(offered("1", time.Time{})).Conversation
	picture := said("u1", "m", "")
	picture.Kind, picture.Media = conversations.Image, "media-1"
	b.receive(picture)
	c := b.thread(id)
	doc := c.Application().Checklist[1].Documents[0].ID
	b.apply(conversations.Target{Conversation: id}, conversations.Filed{Document: doc, MIME: "image/png", Size: 9, SHA256: "ab"})
	if got := b.inView(conversations.ViewDocuments); got != "[E1]" {
		t.Fatalf("to be looked at: %s", got)
	}
	b.apply(conversations.Target{Conversation: id}, conversations.Review{Agent: "li", Document: doc, State: conversations.DocumentAccepted})
	if got := b.inView(conversations.ViewDocuments); got != "[]" {
		t.Errorf("accepted, it is still to be looked at: %s", got)
	}
}

// testFilters: each alone and together, in any view, and what there is to
// filter by.
func testFilters(t *testing.T, b *bench) {
	for i, branch := range []string{"head/north", "head/north/a", "head/north-east", "head/south"} {
		n := Result(fmt.Sprint("r", i), fmt.Sprint("E", i), oa(fmt.Sprint("u", i)))
		n.Result.Branch, n.Result.Position.Title = branch, []string{"柜员", "客户经理"}[i%2]
		b.clock.Advance(time.Second)
		id := b.notify(n).Conversation
		if i == 3 {
			b.apply(conversations.Target{Conversation: id}, conversations.Assign{Agent: "li"})
		}
	}
	b.clock.Advance(time.Second)
	b.receive(said("u0", "c", "decline"))
	b.receive(said("u1", "p", "person"))
	head := conversations.Scope{"head"}
	for _, tt := range []struct {
		q    conversations.InboxQuery
		want string
	}{
		{conversations.InboxQuery{Scope: head, Branch: "head/north"}, "[E1 E0]"},
		{conversations.InboxQuery{Scope: conversations.Scope{"head/south"}, Branch: "head/north"}, "[]"},
		{conversations.InboxQuery{Scope: head, Position: "客户经理"}, "[E1 E3]"},
		{conversations.InboxQuery{Scope: head, Position: "客户经理", Branch: "head/south"}, "[E3]"},
		{conversations.InboxQuery{Scope: head, Answer: "declined"}, "[E0]"},
		{conversations.InboxQuery{Scope: head, Answer: conversations.AnswerOpen}, "[E1 E3 E2]"},
		{conversations.InboxQuery{Scope: head, Channel: "wechat"}, "[E1 E0 E3 E2]"},
		{conversations.InboxQuery{Scope: head, Channel: "sms"}, "[]"},
		{conversations.InboxQuery{Scope: head, Owner: conversations.OwnerBot}, "[E0 E2]"},
		{conversations.InboxQuery{Scope: head, Owner: conversations.OwnerQueue}, "[E1]"},
		{conversations.InboxQuery{Scope: head, Owner: string(conversations.ByAgent("li"))}, "[E3]"},
		{conversations.InboxQuery{Scope: head, View: conversations.ViewUnread, Branch: "head/north/a"}, "[E1]"},
		{conversations.InboxQuery{Scope: head, View: conversations.ViewWaiting, Position: "柜员"}, "[]"},
		{conversations.InboxQuery{Scope: conversations.Scope{"head/north", "head/north/a"}}, "[E1 E0]"},
	} {
		var got []string
		_, page := b.inbox(tt.q)
		for _, r := range page.Rows {
			got = append(got, r.EHR)
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%+v shows %v, want %s", tt.q, got, tt.want)
		}
		tt.q.Search, tt.q.Limit = "nobody", 1
		counts, err := b.CountEach(t.Context(), []conversations.InboxQuery{tt.q, {Scope: head, View: conversations.ViewClosed}})
		if err != nil || fmt.Sprint(counts) != fmt.Sprintf("[%d 0]", len(got)) {
			t.Errorf("%+v is counted as %v (%v), and there are %d", tt.q, counts, err, len(got))
		}
	}
	f, err := b.Facets(t.Context(), conversations.Scope{"head/north"})
	if err != nil || fmt.Sprint(f) != "{[head/north head/north/a] [客户经理 柜员] [] [wechat]}" {
		t.Errorf("the north can be told apart by %v (%v)", f, err)
	}
}

// testPagesWhileRowsMove: what stays where it is is on one page exactly,
// whatever moves meanwhile.
func testPagesWhileRowsMove(t *testing.T, b *bench) {
	var ids []string
	for i := range 40 {
		ids = append(ids, b.notify(Result(fmt.Sprint("r", i), fmt.Sprint("E", i), oa(fmt.Sprint("u", i)))).Conversation)
		if i%3 > 0 { // some at the same time
			b.clock.Advance(time.Second)
		}
	}
	moved := map[string]bool{}
	counted := map[string]int{}
	q := conversations.InboxQuery{Scope: conversations.Scope{"head"}, Limit: 3}
	for i := 0; ; i++ {
		got, page := b.inbox(q)
		for _, id := range got {
			counted[id]++
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
		who := (i * 7) % len(ids)
		moved[ids[who]] = true
		b.receive(said(fmt.Sprint("u", who), fmt.Sprint("m", i), []string{"hello", "person"}[i%2]))
		b.clock.Advance(time.Second)
	}
	for _, id := range ids {
		if !moved[id] && counted[id] != 1 {
			t.Errorf("conversation %s stayed where it was and is on %d pages", id, counted[id])
		}
	}
}

// testSavedViews: an agent's own.
func testSavedViews(t *testing.T, b *bench) {
	mine := conversations.SavedView{ID: "v1", Agent: "li", Name: "北京待审", Query: conversations.InboxQuery{
		View: conversations.ViewDocuments, Branch: "head/north", Owner: conversations.OwnerBot,
	}}
	put := func(v conversations.SavedView) {
		t.Helper()
		if err := b.PutSavedView(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	has := func(agent string) []conversations.SavedView {
		t.Helper()
		views, err := b.SavedViews(t.Context(), agent)
		if err != nil {
			t.Fatal(err)
		}
		return views
	}
	put(mine)
	put(conversations.SavedView{ID: "v0", Agent: "wang", Name: "别人的"})
	stolen := mine
	stolen.Agent, stolen.Name = "wang", "被改"
	put(stolen)
	if got := has("li"); fmt.Sprint(got) != fmt.Sprint([]conversations.SavedView{mine}) {
		t.Errorf("li has %+v", got)
	}
	mine.Name = "北京"
	put(mine)
	if got := has("li"); len(got) != 1 || got[0].Name != "北京" {
		t.Errorf("renamed, li has %+v", got)
	}
	for _, agent := range []string{"wang", "li", "li"} {
		if err := b.DropSavedView(t.Context(), agent, "v1"); err != nil {
			t.Fatal(err)
		}
	}
	if got := has("wang"); len(has("li")) != 0 || !slices.ContainsFunc(got, func(v conversations.SavedView) bool { return v.ID == "v0" }) {
		t.Errorf("in the end wang has %+v", got)
	}
}
