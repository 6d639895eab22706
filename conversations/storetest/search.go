package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// index waits until everything can be searched for.
func (b *bench) index() {
	b.t.Helper()
	if err := b.Index(b.t.Context()); err != nil {
		b.t.Fatalf("indexing: %v", err)
	}
}

// find returns what a search finds, of all its pages, with the hits.
func (b *bench) find(q conversations.InboxQuery) (ids []string, hits []*conversations.Hit) {
	b.t.Helper()
	for {
		got, page := b.inbox(q)
		ids = append(ids, got...)
		for _, r := range page.Rows {
			hits = append(hits, r.Hit)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return ids, hits
		}
	}
}

// speaker is a candidate who said some words.
func (b *bench) speaker(who, branch string, words ...string) string {
	b.t.Helper()
	n := Result("r"+who, "E"+who, oa("u"+who))
	n.Result.Branch = branch
	id := b.notify(n).Conversation
	for i, text := range words {
		b.clock.Advance(time.Second)
		b.receive(said("u"+who, fmt.Sprint(who, " ", i), text))
	}
	b.clock.Advance(time.Second)
	return id
}

// testSearch: what is found, and what is not.
func testSearch(t *testing.T, b *bench) {
	ids := map[string]string{
		"a": b.speaker("a", "head/north", "请问入职要带什么材料？", "quiet"),
		"b": b.speaker("b", "head/north", "請問入職要帶什麼材料"),
		"c": b.speaker("c", "head/north", "我的HR说Offer已经发了，A岗位", "体检报告 ２０２６年７月 ｏｋ"),
		"d": b.speaker("d", "head/south", "材料：身份证、毕业证\n还有 WeChat 号 abc_123"),
	}
	b.index()
	everything := conversations.Scope{"head"}
	for search, want := range map[string]string{
		"材料": "d b a", "什么材料": "a", "什麼材料": "b", "入职": "a", "入職": "b", "料材": "", "么": "",
		"hr说": "c", "R说": "c", "说off": "c", "offer": "c", "OFF": "c", "ffer": "", "a岗": "c", "岗位": "c", "位体": "",
		"2026": "c", "２０２６年": "c", "OK": "c", "7月": "c", "体检 报告": "c", "报告 offer": "", "毕业证 wechat": "d", "123": "d", "身份证、毕": "d",
		"，": "", "%": "", "': drop": "", strings.Repeat("材", 300): "",
	} {
		var names []string
		got, hits := b.find(conversations.InboxQuery{Scope: everything, Search: search, Limit: 2})
		for i, id := range got {
			for name, of := range ids {
				if of == id {
					names = append(names, name)
				}
			}
			if hits[i] == nil || hits[i].Author != conversations.ByCandidate || hits[i].Message == 0 || hits[i].At.IsZero() {
				t.Errorf("searching %q found conversation %s with %+v", search, id, hits[i])
			}
		}
		if found := strings.Join(names, " "); found != want {
			t.Errorf("searching %.20q found %q, want %q", search, found, want)
		}
	}
	if got, hits := b.find(conversations.InboxQuery{Scope: everything, Search: "毕业证"}); len(got) != 1 || hits[0].Snippet != "材料：身份证、毕业证 还有 WeChat 号 abc_123" {
		t.Errorf("what was found is shown as %+v", hits)
	}
	if got, _ := b.find(conversations.InboxQuery{Scope: conversations.Scope{"head/south"}, Search: "材料"}); fmt.Sprint(got) != fmt.Sprint([]string{ids["d"]}) {
		t.Errorf("the south finds %v", got)
	}
	for _, scope := range []conversations.Scope{{}, {"head/nor"}, {"head/south/below"}} {
		if got, _ := b.find(conversations.InboxQuery{Scope: scope, Search: "材料"}); len(got) > 0 {
			t.Errorf("%v finds %v", scope, got)
		}
	}
	var invalid *conversations.InvalidError
	for _, cursor := range []string{"x", "AA", "____"} {
		if _, err := b.Inbox(t.Context(), conversations.InboxQuery{Scope: everything, Search: "材料", Cursor: cursor}); !errors.As(err, &invalid) {
			t.Errorf("the cursor %q: %v", cursor, err)
		}
	}
}

// testSearchPeople: by name, by id and by the end of a phone number, before
// whoever speaks of them.
func testSearchPeople(t *testing.T, b *bench) {
	named := func(who, name, phone string) string {
		n := Result("r"+who, "E"+who, oa("u"+who))
		n.Result.Candidate.Name, n.Result.Candidate.Phone = name, phone
		b.clock.Advance(time.Second)
		return b.notify(n).Conversation
	}
	li := named("1001", "李小明", "13800138001")
	ann := named("1002", "Ann Lee 李", "+86 139 0013 8002")
	speaks := b.speaker("z", "head/north", "我和李小明一起 E1001 8001")
	b.index()
	for search, want := range map[string][]string{
		"李小明": {li, speaks}, "小明": {li, speaks}, "李": {ann, li}, "明": {li}, "ann": {ann}, "lee": {ann}, "Lee 李": {ann}, "nn": {},
		"E1001": {li, speaks}, "8001": {li, speaks}, "138002": {ann}, "13900138002": {ann}, "001": {}, "00138001": {li}, "８００２": {ann},
	} {
		if got, _ := b.find(conversations.InboxQuery{Scope: conversations.Everything, Search: search, Limit: 1}); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("searching %q found %v, want %v", search, got, want)
		}
	}
	renamed := Result("r1001b", "E1001", oa("u1001"))
	renamed.Result.Candidate.Name, renamed.Result.Candidate.Phone = "王小红", "13800138001"
	b.notify(renamed)
	b.index()
	for search, want := range map[string][]string{"小明": {speaks}, "小红": {li}} {
		if got, _ := b.find(conversations.InboxQuery{Scope: conversations.Everything, Search: search}); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("after a change of name %q found %v, want %v", search, got, want)
		}
	}
}

// testSearchMoves: a conversation that moves to another branch, one that ends
// in another, and those that are closed or snoozed.
func testSearchMoves(t *testing.T, b *bench) {
	id := b.speaker("a", "head/north", "需要体检报告吗")
	follower := b.receive(said("f", "m1", "体检报告在哪里交")).Conversation
	b.index()
	find := func(scope string, view conversations.InboxView) string {
		t.Helper()
		got, _ := b.find(conversations.InboxQuery{Scope: conversations.Scope{scope}, View: view, Search: "体检报告"})
		return fmt.Sprint(got)
	}
	if got := find("head", ""); got != fmt.Sprint([]string{follower, id}) {
		t.Errorf("at first %s", got)
	}
	moved := Result("rb", "Ea", oa("ua"))
	moved.Result.Branch = "head/south"
	b.notify(moved)
	b.notify(Result("rc", "Ec"))
	b.receive(scanned("f", "s1", "scene-rc")) // the follower's conversation ends
	b.index()
	if north, south := find("head/north", ""), find("head/south", ""); north != "[]" || south != fmt.Sprint([]string{id}) {
		t.Errorf("after moving, the north finds %s and the south %s", north, south)
	}
	b.apply(conversations.Target{Conversation: id}, conversations.Close{Agent: "li"})
	for view, want := range map[conversations.InboxView]string{
		conversations.ViewAll: fmt.Sprint([]string{id}), conversations.ViewClosed: fmt.Sprint([]string{id}), conversations.ViewUnread: "[]",
	} {
		if got := find("head", view); got != want {
			t.Errorf("closed, %q finds %s, want %s", view, got, want)
		}
	}
}

// testSearchReopened: what was not indexed when a process ended, the next one
// finds.
func testSearchReopened(t *testing.T, b *bench) {
	id := b.speaker("a", "head/north", "银行卡号是多少")
	b.Store = b.another() // the first is not closed: it died, as far as the database knows
	b.index()
	b.index()
	if got, _ := b.find(conversations.InboxQuery{Scope: conversations.Everything, Search: "银行卡"}); fmt.Sprint(got) != fmt.Sprint([]string{id}) {
		t.Errorf("found %v", got)
	}
}
