package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// testDeadAlarm: dead letters are an alarm of their endpoint, one for all of
// them, until none is left; who resumes it has them told again.
func testDeadAlarm(t *testing.T, b *bench) {
	b.endpoint("ehr", "head", relay.FromNow)
	b.endpoint("payroll", "head/north", relay.FromNow)
	b.eventful("E1", 1)
	b.eventful("E2", 2)
	changed, cancel := b.Subscribe()
	defer cancel()
	began := b.clock.Now()
	bury := func() {
		t.Helper()
		for _, l := range b.tell("ehr", 10, 1) {
			for _, o := range outcomes(l) {
				o.Verdict, o.Note = outbox.Dead, "it answered 400"
				b.tolds("ehr", o)
			}
			b.clock.Advance(time.Minute)
		}
	}
	bury()
	if c := <-changed; c.ID != conversations.ChangedAlarms {
		t.Errorf("whoever watches was told of %+v", c)
	}
	for _, scope := range []conversations.Scope{{"head/north"}, {"head/south"}} {
		if views := b.alarms(scope); len(views) != 0 {
			t.Errorf("%s sees %+v", scope, views)
		}
	}
	views := b.alarms(conversations.Scope{"head"})
	if len(views) != 1 {
		t.Fatalf("the alarms are %+v, want one", views)
	}
	a := views[0]
	if a.Account != relay.AlarmAccount("ehr") || a.Work != conversations.TaskEvent || a.Reason != conversations.GaveUp || a.Name != "ehr" ||
		a.Branch != "head" || a.Count != 2 || a.Waiting != 2 || !a.Since.Equal(began) || !a.Last.Equal(began.Add(time.Minute)) || !a.Ended.IsZero() {
		t.Errorf("the alarm is %+v", a)
	}
	if open, err := b.OpenAlarms(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("it keeps the endpoint from its work: %+v, %v", open, err)
	}
	if err := b.Resume(t.Context(), conversations.Scope{"head/north"}, a.ID, "wang"); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("another branch resumed it: %v", err)
	}
	if err := b.Resume(t.Context(), conversations.Scope{"head"}, a.ID, "li"); err != nil {
		t.Fatal(err)
	}
	if views := b.alarms(conversations.Everything); len(views) != 1 || views[0].ID != a.ID {
		t.Errorf("what is told again, and not taken yet, is %+v", views)
	}
	for _, l := range b.tell("ehr", 10, 1) {
		if !l.Items[0].Again {
			t.Errorf("told is %+v", l.Items)
		}
		b.tolds("ehr", outcomes(l)...)
	}
	if views := b.alarms(conversations.Everything); len(views) != 0 {
		t.Errorf("all were taken, and there is %+v", views)
	}
	bury() // the candidate's next
	if views := b.alarms(conversations.Everything); len(views) != 1 || views[0].Count != 1 {
		t.Errorf("one more is %+v", views)
	}
	if n, err := b.Dismiss(t.Context(), conversations.Everything, "ehr", relay.Selection{}); err != nil || n != 1 {
		t.Fatalf("%d dismissed, %v", n, err)
	}
	if views := b.alarms(conversations.Everything); len(views) != 0 {
		t.Errorf("it was dismissed, and there is %+v", views)
	}
}

// testUnpushed: documents that were given up are an alarm until they are where
// they belong, and are asked for together: by candidate, by time, or all.
func testUnpushed(t *testing.T, b *bench) {
	b.node.Engine.PushDocuments = true
	began := b.clock.Now()
	for i := range 3 {
		id := b.eventful(fmt.Sprint("E", i), 1)
		for k := range 2 {
			b.apply(conversations.Target{Conversation: id}, conversations.Upload{Files: []conversations.Uploaded{{
				Document: fmt.Sprintf("%s-d%d", id, k), Name: "a.pdf", MIME: "application/pdf", Size: 9, SHA256: fmt.Sprint("sum", i, k), Scan: "clean",
			}}})
		}
		b.clock.Advance(time.Hour)
	}
	count := func(p conversations.PushPick, want int) {
		t.Helper()
		if n, next, err := b.PushDocuments(t.Context(), conversations.Everything, p, "", true); n != want || next != "" || err != nil {
			t.Errorf("%+v picks %d, then %q, %v; want %d", p, n, next, err, want)
		}
	}
	count(conversations.PushPick{}, 0) // all are on their way
	push := func(problem string) (n int) {
		t.Helper()
		for _, l := range b.claimOf(b.Store, conversations.TaskPush, 100, 1) {
			it := l.Items[0]
			r := pushRequest(t, it)
			then := conversations.Pushed{Document: r.Document, Asked: r.Asked}
			if problem != "" && r.Document[len(r.Document)-1] == '1' {
				then.Problem = problem
			}
			b.finish(outbox.Outcome{Item: it, Verdict: outbox.Done, Target: conversations.Target{Conversation: r.Conversation}, Then: then, Release: true})
			n++
		}
		return n
	}
	if n := push("bad_content (422)"); n != 6 {
		t.Fatalf("%d documents were pushed, want 6", n)
	}
	views := b.alarms(conversations.Scope{"head"})
	if len(views) != 1 || len(b.alarms(conversations.Scope{"head/north"})) != 0 {
		t.Fatalf("the alarms are %+v, want one, of the head office", views)
	}
	a := views[0]
	if a.Account != conversations.PushAccount || a.Work != conversations.TaskPush || a.Reason != conversations.GaveUp || a.Count != 3 || a.Waiting != 3 ||
		!a.Since.Equal(b.clock.Now()) || a.Detail != "bad_content (422)" {
		t.Errorf("the alarm is %+v", a)
	}
	for _, one := range a.Whose {
		if c := b.thread(one.Conversation); c.Candidate.Name != one.Name || len(c.Unpushed()) != 1 {
			t.Errorf("the alarm names %+v", one)
		}
	}
	if len(a.Whose) != 3 {
		t.Errorf("the alarm names %d candidates, want 3", len(a.Whose))
	}
	second := conversations.PushPick{From: began.Add(time.Hour), To: began.Add(2 * time.Hour)}
	count(conversations.PushPick{}, 6)
	count(conversations.PushPick{GivenUp: true}, 3)
	count(conversations.PushPick{Candidate: "E1"}, 2)
	count(second, 2)
	count(conversations.PushPick{To: began}, 0)
	count(conversations.PushPick{From: b.clock.Now()}, 0)
	if n, _, err := b.PushDocuments(t.Context(), conversations.Scope{"elsewhere"}, conversations.PushPick{}, "", false); n != 0 || err != nil {
		t.Errorf("another branch's are %d, %v", n, err)
	}
	for _, want := range []int{2, 0} { // those under way are not asked for twice
		if n, _, err := b.PushDocuments(t.Context(), conversations.Everything, second, "", false); n != want || err != nil {
			t.Errorf("%d are asked for, %v; want %d", n, err, want)
		}
	}
	if n := push(""); n != 2 {
		t.Errorf("%d documents were pushed, want 2", n)
	}
	if err := b.Resume(t.Context(), conversations.Scope{"head"}, a.ID, "li"); err != nil {
		t.Fatal(err)
	}
	if n := push(""); n != 2 {
		t.Errorf("%d documents were pushed on somebody's word, want 2", n)
	}
	if views := b.alarms(conversations.Everything); len(views) != 0 {
		t.Errorf("all are there, and there is %+v", views)
	}
	b.node.Engine.PushDocuments = false
	if _, _, err := b.PushDocuments(t.Context(), conversations.Everything, conversations.PushPick{}, "", true); !errors.Is(err, conversations.ErrNoPush) {
		t.Errorf("without a storage: %v", err)
	}
}

func pushRequest(t *testing.T, it outbox.Item) (r conversations.PushRequest) {
	t.Helper()
	if err := json.Unmarshal(it.Body, &r); err != nil {
		t.Fatal(err)
	}
	return r
}
