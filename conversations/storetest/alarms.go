package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

func (b *bench) trouble(account string, reason conversations.Reason, code string) conversations.Alarm {
	now := b.clock.Now()
	return conversations.Alarm{
		Account: account, Work: conversations.TaskDeliver, Reason: reason, Code: code, Detail: "why",
		Since: now, Last: now, Count: 1, Probe: now.Add(3 * time.Minute),
	}
}

func (b *bench) raise(s Store, a conversations.Alarm) (conversations.Alarm, bool) {
	b.t.Helper()
	kept, began, err := s.RaiseAlarm(b.t.Context(), a)
	if err != nil {
		b.t.Fatal(err)
	}
	return kept, began
}

func (b *bench) alarms(s conversations.Scope) []conversations.AlarmView {
	b.t.Helper()
	views, err := b.Alarms(b.t.Context(), s, b.clock.Now().Add(-time.Hour))
	if err != nil {
		b.t.Fatal(err)
	}
	return views
}

func testAlarm(t *testing.T, b *bench) {
	changed, cancel := b.Subscribe()
	defer cancel()
	start := b.clock.Now()
	first, began := b.raise(b.Store, b.trouble("oa", conversations.Credentials, "40164"))
	if !began || first.ID == "" || first.Code != "40164" || !first.Probe.Equal(start.Add(3*time.Minute)) {
		t.Fatalf("began %v: %+v", began, first)
	}
	if c := <-changed; c != (conversations.Changed{ID: conversations.ChangedAlarms, Branch: "head"}) {
		t.Errorf("whoever watches was told of %+v", c)
	}
	b.clock.Advance(time.Minute)
	again, began := b.raise(b.Store, b.trouble("oa", conversations.QuotaUsedUp, "45009"))
	if began || again.ID != first.ID || again.Count != 2 || again.Reason != conversations.QuotaUsedUp || !again.Since.Equal(start) || !again.Probe.Equal(start.Add(4*time.Minute)) {
		t.Errorf("began again %v: %+v", began, again)
	}
	if other, began := b.raise(b.Store, b.trouble("north", conversations.Temporary, "")); !began || other.ID == first.ID {
		t.Errorf("another account's alarm: %+v", other)
	}
	next := start.Add(10 * time.Minute)
	if won, err := b.ProbeAlarm(t.Context(), first.ID, next); won || err != nil {
		t.Errorf("a probe before its time: %v, %v", won, err)
	}
	b.clock.Advance(3 * time.Minute)
	if won, err := b.ProbeAlarm(t.Context(), first.ID, next); !won || err != nil {
		t.Errorf("the probe: %v, %v", won, err)
	}
	if won, err := b.ProbeAlarm(t.Context(), first.ID, next); won || err != nil {
		t.Errorf("a second probe: %v, %v", won, err)
	}
	if ended, err := b.EndAlarm(t.Context(), first.ID, ""); !ended || err != nil {
		t.Errorf("the end: %v, %v", ended, err)
	}
	if ended, err := b.EndAlarm(t.Context(), first.ID, ""); ended || err != nil {
		t.Errorf("a second end: %v, %v", ended, err)
	}
	open, err := b.OpenAlarms(t.Context())
	if err != nil || len(open) != 1 || open[0].Account != "north" {
		t.Errorf("what lasts: %+v, %v", open, err)
	}
	if all := b.alarms(conversations.Everything); len(all) != 2 || all[0].Account != "north" || !all[1].Ended.Equal(b.clock.Now()) {
		t.Errorf("all alarms: %+v", all)
	}
	if later, began := b.raise(b.Store, b.trouble("oa", conversations.Credentials, "40164")); !began || later.ID == first.ID || later.Count != 1 {
		t.Errorf("the same trouble once more: %v, %+v", began, later)
	}
}

// testWaiting: what waits for an account is counted and woken, and nothing
// else is.
func testWaiting(t *testing.T, b *bench) {
	b.told("u", 2)
	b.told("v", 1)
	busy := b.told("w", 1)
	alarm, _ := b.raise(b.Store, b.trouble("oa", conversations.Credentials, "40164"))
	changed, cancel := b.Subscribe()
	defer cancel()
	later := b.clock.Now().Add(time.Hour)
	for _, l := range b.claim() {
		o := outbox.Outcome{Item: l.Items[0], Verdict: outbox.Retry, RetryAt: later, Uncounted: true, Waits: "oa", Unsure: true, Release: true}
		if delivery(t, l.Items[0]).Conversation == busy {
			o.Waits, o.Note = "", "busy"
		}
		b.finish(o)
		if o.Waits == "" {
			continue
		}
		if c := <-changed; c.ID != conversations.ChangedAlarms {
			t.Errorf("whoever watches was told of %+v", c)
		}
	}
	if views := b.alarms(conversations.Everything); len(views) != 1 || views[0].Waiting != 2 {
		t.Errorf("alarms: %+v", views)
	}
	unsure := b.clock.Now()
	b.clock.Advance(time.Minute)
	b.claimNothing()
	drain(b.Wake(conversations.TaskDeliver))
	if err := b.Resume(t.Context(), conversations.Everything, alarm.ID, "li"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-b.Wake(conversations.TaskDeliver):
	default:
		t.Error("no wake-up for what waited")
	}
	lanes := b.claim()
	if len(lanes) != 2 {
		t.Fatalf("%d lanes were woken, want 2", len(lanes))
	}
	for _, l := range lanes {
		if it := l.Items[0]; it.Attempts != 0 || !it.Unsure.Equal(unsure) {
			t.Errorf("attempt %d, unsure since %v", it.Attempts, it.Unsure)
		}
		b.finish(outbox.Outcome{Item: l.Items[0], Release: true})
	}
	it := b.claimOne() // what was behind one of them
	b.finish(outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: later, Uncounted: true, Waits: "oa", Release: true})
	if again := b.claimOne(); again.ID != it.ID {
		t.Errorf("who was to wait for what is over already is %s, then came %s", it.ID, again.ID)
	}
	if views := b.alarms(conversations.Everything); len(views) != 1 || views[0].Waiting != 0 || views[0].EndedBy != "li" {
		t.Errorf("alarms afterwards: %+v", views)
	}
}

func testAlarmScopes(t *testing.T, b *bench) {
	alarm, _ := b.raise(b.Store, b.trouble("north", conversations.Credentials, "40164"))
	for branch, sees := range map[string]bool{"head": true, "head/north": true, "head/north/east": true, "head/south": false} {
		if got := len(b.alarms(conversations.Scope{branch})) == 1; got != sees {
			t.Errorf("%s sees the alarm: %v", branch, got)
		}
	}
	for _, branch := range []string{"head/north/east", "head/south"} {
		if err := b.Resume(t.Context(), conversations.Scope{branch}, alarm.ID, "li"); !errors.Is(err, conversations.ErrNotFound) {
			t.Errorf("%s ends the alarm: %v", branch, err)
		}
	}
	if err := b.Resume(t.Context(), conversations.Scope{"head"}, alarm.ID, "li"); err != nil {
		t.Error(err)
	}
	if err := b.Resume(t.Context(), conversations.Scope{"head"}, alarm.ID, "li"); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("an alarm that is over is ended: %v", err)
	}
}

func testAlarmOfNodes(t *testing.T, b *bench) {
	nodes := []Store{b.Store, b.another(), b.another()}
	var all sync.WaitGroup
	var begun, won, ended atomic.Int64
	each := func(do func(Store)) {
		for _, n := range nodes {
			for range 4 {
				all.Go(func() { do(n) })
			}
		}
		all.Wait()
	}
	each(func(n Store) {
		if _, began := b.raise(n, b.trouble("oa", conversations.Credentials, "40164")); began {
			begun.Add(1)
		}
	})
	alarm := b.alarms(conversations.Everything)[0]
	b.clock.Advance(time.Hour)
	each(func(n Store) {
		if ok, err := n.ProbeAlarm(t.Context(), alarm.ID, b.clock.Now().Add(time.Minute)); err != nil {
			t.Error(err)
		} else if ok {
			won.Add(1)
		}
	})
	each(func(n Store) {
		if ok, err := n.EndAlarm(t.Context(), alarm.ID, ""); err != nil {
			t.Error(err)
		} else if ok {
			ended.Add(1)
		}
	})
	if alarm.Count != 12 || begun.Load() != 1 || won.Load() != 1 || ended.Load() != 1 {
		t.Errorf("counted %d, began %d times, probed %d times, ended %d times", alarm.Count, begun.Load(), won.Load(), ended.Load())
	}
}
