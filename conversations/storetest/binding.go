package storetest

import (
	"testing"
	"time"

	"jiebao/conversations"
)

func testScan(t *testing.T, b *bench) {
	candidate := b.notify(Result("r1", "E1")).Conversation
	follower := b.receive(said("u", "m1", "quiet")).Conversation
	if follower == candidate {
		t.Fatal("an unknown follower got the candidate's conversation")
	}
	if got := b.receive(scanned("u", "s1", "scene-r1")).Conversation; got != candidate {
		t.Fatalf("the scan went to %s, want the candidate's %s", got, candidate)
	}
	if got := b.receive(said("u", "m2", "quiet")).Conversation; got != candidate {
		t.Errorf("after binding a message went to %s, want %s", got, candidate)
	}
	if c := b.thread(follower); c.MergedInto != candidate {
		t.Errorf("the follower's conversation merged into %q", c.MergedInto)
	}
	if !b.receive(said("u", "m1", "quiet")).Duplicate {
		t.Error("a repeat of what was said before binding is new")
	}
	if c := b.thread(candidate); c.Application().Waiting != "" || c.Application().Notice == "" {
		t.Errorf("the result still waits: %+v", c.Application())
	}
	page, err := b.Inbox(t.Context(), conversations.InboxQuery{Scope: conversations.Everything})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != candidate || page.Counts[conversations.ViewAll] != 1 {
		t.Errorf("the inbox shows %+v (%v)", page, err)
	}
	b.refuse(conversations.ErrNotFound, conversations.Target{Conversation: follower, Scope: conversations.Scope{"head"}}, conversations.Seen{})
	if a := b.apply(conversations.Target{Conversation: follower}, conversations.Seen{}); a.Conversation != candidate {
		t.Errorf("the program's own command went to %s, want %s", a.Conversation, candidate)
	}
}

func testRecordedLate(t *testing.T, b *bench) {
	candidate := b.notify(Result("r1", "E1")).Conversation
	voice := said("u", "m1", "quiet")
	voice.Inbound.Kind, voice.Inbound.Media = conversations.Voice, "media-1"
	follower := b.receive(voice).Conversation
	if got := b.receive(scanned("u", "s1", "scene-r1")).Conversation; got != candidate {
		t.Fatalf("the scan went to %s, want %s", got, candidate)
	}
	c := b.thread(follower)
	if len(c.Recordings) != 1 || c.Recordings[0].State != conversations.RecordingFetching {
		t.Fatalf("the follower's recordings are %+v", c.Recordings)
	}
	b.apply(conversations.Target{Conversation: follower}, conversations.Recorded{
		Recording: c.RecordingID(c.Recordings[0].N), Size: 6400, Length: 4 * time.Second,
	})
	if c := b.thread(follower); c.Recordings[0].State != conversations.RecordingKept || c.MergedInto != candidate {
		t.Errorf("after it came the follower's conversation is %+v, merged into %q", c.Recordings, c.MergedInto)
	}
	page, err := b.Inbox(t.Context(), conversations.InboxQuery{Scope: conversations.Everything})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != candidate {
		t.Errorf("the inbox shows %+v (%v)", page, err)
	}
}

func testScanRefused(t *testing.T, b *bench) {
	first := b.notify(Result("r1", "E1")).Conversation
	second := b.notify(Result("r2", "E2")).Conversation
	third := b.notify(Result("r3", "E3")).Conversation
	if got := b.receive(scanned("u1", "s1", "scene-r1")).Conversation; got != first {
		t.Fatalf("the scan of a new follower went to %s, want %s", got, first)
	}
	if got := b.receive(scanned("u1", "s2", "scene-r1")).Conversation; got != first {
		t.Errorf("the candidate's own code once more went to %s", got)
	}
	if got := b.receive(scanned("u1", "s3", "scene-r2")).Conversation; got != first {
		t.Errorf("another candidate's code moved the address to %s", got)
	}
	if got := b.receive(scanned("u2", "s4", "scene-r1")).Conversation; got == first || got == second {
		t.Errorf("a used code bound a stranger to %s", got)
	}
	if got := b.receive(scanned("u3", "s5", "no such scene")).Conversation; got == first || got == second {
		t.Errorf("an unknown code bound a stranger to %s", got)
	}
	b.clock.Advance(conversations.InvitationTTL + time.Second)
	if got := b.receive(scanned("u4", "s6", "scene-r3")).Conversation; got == third {
		t.Error("an expired code bound a stranger")
	}
}

func testCode(t *testing.T, b *bench) {
	candidate := b.notify(Result("r1", "E1")).Conversation
	elsewhere := conversations.Address{Account: "south", ID: "s"}
	south := b.receive(Said(elsewhere, "m0", "我叫张三 13800138000")).Conversation
	if c := b.thread(south); c.Claim == nil || c.Claim.Match != "" {
		t.Errorf("a branch's account knows another branch's candidate: %+v", c.Claim)
	}
	n := Result("r2", "E2")
	n.Result.Candidate.Name, n.Result.Candidate.Phone = "张三", "13900139000"
	named := b.notify(n).Conversation
	follower := b.receive(said("u", "m1", "我叫张三")).Conversation
	b.receive(said("u", "m2", "139 0013 9000"))
	if c := b.thread(follower); c.Claim == nil || c.Claim.Match != named {
		t.Fatalf("the claim is %+v, want a match with %s, not %s", c.Claim, named, candidate)
	}
	b.receive(said("u", "m3", "AB23-CD45"))
	lanes := b.claimOf(b.Store, conversations.TaskBind, 10, 1)
	if len(lanes) != 1 {
		t.Fatalf("%d tasks to bind after the right code", len(lanes))
	}
	reach := b.thread(follower).Reaches[0]
	b.apply(conversations.Target{Conversation: named}, conversations.Bind{Reach: reach, From: follower, By: "code"})
	if got := b.receive(said("u", "m4", "quiet")).Conversation; got != named {
		t.Errorf("after binding a message went to %s, want %s", got, named)
	}
	if c := b.thread(follower); c.MergedInto != named {
		t.Errorf("the follower's conversation merged into %q", c.MergedInto)
	}
	b.refuse(conversations.ErrStale, conversations.Target{Conversation: candidate}, conversations.Bind{Reach: reach, From: follower, By: "li"})
	b.refuse(conversations.ErrNotFound, conversations.Target{Conversation: candidate, Scope: conversations.Scope{"head/north"}},
		conversations.Bind{Reach: conversations.Reach{Address: elsewhere}, From: south, By: "li"})
}

func testVouched(t *testing.T, b *bench) {
	follower := b.receive(said("u", "m1", "quiet")).Conversation
	candidate := b.notify(Result("r1", "E1", oa("u"), oa("v"))).Conversation
	if got := b.receive(said("u", "m2", "quiet")).Conversation; got != candidate {
		t.Errorf("a message from an address the EHR knows went to %s, want %s", got, candidate)
	}
	if c := b.thread(follower); c.MergedInto != candidate {
		t.Errorf("the follower's conversation merged into %q", c.MergedInto)
	}
	var invalid *conversations.InvalidError
	n := Result("r2", "E2", oa("v"))
	_, err := b.Apply(t.Context(), conversations.Target{Candidate: "E2", Branch: "head/north"}, n)
	if !asError(err, &invalid) {
		t.Errorf("an address of another candidate: error %v", err)
	}
}
