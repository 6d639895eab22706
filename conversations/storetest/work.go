package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"jiebao/conversations"
)

// work are the ids of the conversations with work of a kind.
func (b *bench) work(q conversations.WorkQuery) (ids []string, next string) {
	b.t.Helper()
	page, err := b.Work(b.t.Context(), q)
	if err != nil {
		b.t.Fatalf("reading the work: %v", err)
	}
	for _, c := range page.Conversations {
		ids = append(ids, c.ID)
	}
	return ids, page.Next
}

func (b *bench) works(what string, scope conversations.Scope, of conversations.Work, want ...string) {
	b.t.Helper()
	got, _ := b.work(conversations.WorkQuery{Scope: scope, Work: of})
	if fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("%s: work of %s is %v, want %v", what, of, got, want)
	}
	counts, err := b.CountWork(b.t.Context(), scope)
	if err != nil || counts[of] != len(want) {
		b.t.Errorf("%s: counted %d of %s, %v, want %d", what, counts[of], of, err, len(want))
	}
}

// testWorkOrder: who asked first is decided about first, whatever else happens
// to them; the decided, the snoozed and other branches' leave the queue.
func testWorkOrder(t *testing.T, b *bench) {
	var ids []string
	for i := range 4 {
		ids = append(ids, b.notify(Result(fmt.Sprintf("r%d", i), fmt.Sprintf("E%d", i), oa(fmt.Sprintf("u%d", i)))).Conversation)
	}
	for _, i := range []int{2, 0, 3} {
		b.clock.Advance(time.Minute)
		b.receive(said(fmt.Sprintf("u%d", i), fmt.Sprintf("s%d", i), "start 2026-07-20"))
	}
	b.clock.Advance(time.Minute)
	b.receive(said("u2", "again", "quiet"))
	north, of := conversations.Scope{"head/north"}, conversations.WorkRequests
	b.works("at first", north, of, ids[2], ids[0], ids[3])
	b.works("elsewhere", conversations.Scope{"head/south"}, of)
	b.works("for nobody", conversations.Scope{}, of)
	first, next := b.work(conversations.WorkQuery{Scope: north, Work: of, Limit: 2})
	rest, end := b.work(conversations.WorkQuery{Scope: north, Work: of, Limit: 2, Cursor: next})
	if fmt.Sprint(first, rest) != fmt.Sprint([]string{ids[2], ids[0]}, []string{ids[3]}) || end != "" {
		t.Errorf("in pages: %v, %v, then %q", first, rest, end)
	}
	asking := b.thread(ids[2])
	request := asking.Application().Request.ID
	b.apply(conversations.Target{Conversation: ids[2]}, conversations.Decide{Agent: "li", Request: request, Verdict: conversations.Refuse})
	b.works("decided", north, of, ids[0], ids[3])
	b.apply(conversations.Target{Conversation: ids[0]}, conversations.Snooze{Agent: "li", Until: b.clock.Now().Add(time.Hour)})
	b.works("snoozed", north, of, ids[3])
	b.clock.Advance(2 * time.Hour)
	b.works("awake again", north, of, ids[0], ids[3])
	b.apply(conversations.Target{Conversation: ids[3]}, conversations.Close{Agent: "li"})
	b.works("closed", north, of, ids[0])
	var invalid *conversations.InvalidError
	if _, err := b.Work(t.Context(), conversations.WorkQuery{Scope: north, Work: of, Cursor: "x"}); !errors.As(err, &invalid) {
		t.Errorf("a wrong cursor: %v", err)
	}
}

// testFailedWork: the latest failure comes first, and a dismissed one is gone.
func testFailedWork(t *testing.T, b *bench) {
	var ids []string
	for i := range 2 {
		id := b.notify(Result(fmt.Sprintf("r%d", i), fmt.Sprintf("E%d", i), oa(fmt.Sprintf("u%d", i)))).Conversation
		ids = append(ids, id)
		b.clock.Advance(time.Minute)
		told := b.thread(id)
		b.apply(conversations.Target{Conversation: id}, conversations.Report{
			Message: told.Application().Notice, Status: conversations.Failed, Reason: conversations.BadContent, At: b.clock.Now(),
		})
	}
	b.works("failed", conversations.Everything, conversations.WorkFailed, ids[1], ids[0])
	message := b.thread(ids[1]).Failed.Message
	b.refuse(conversations.ErrStale, conversations.Target{Conversation: ids[1]}, conversations.Dismiss{Agent: "li", Message: "another"})
	b.apply(conversations.Target{Conversation: ids[1]}, conversations.Dismiss{Agent: "li", Message: message})
	b.works("dismissed", conversations.Everything, conversations.WorkFailed, ids[0])
}
