package storetest

import (
	"errors"
	"testing"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// testPauseAlarm: a pause by the deliverer raises an alarm, which ends with the
// pause, whoever ends it; a pause by a person raises none.
func testPauseAlarm(t *testing.T, b *bench) {
	b.endpoint("ehr", "head", relay.FromNow)
	b.endpoint("payroll", "", relay.FromNow)
	b.eventful("u", 1)
	pause := func(id string, p relay.Pause) {
		t.Helper()
		if began, err := b.PauseEndpoint(t.Context(), conversations.Everything, id, p); !began || err != nil {
			t.Fatalf("pausing %s: %v, %v", id, began, err)
		}
	}
	pause("payroll", relay.Pause{At: b.clock.Now(), Reason: relay.PausedByHand, By: "li"})
	if _, err := b.PauseEndpoint(t.Context(), conversations.Everything, "payroll", relay.Pause{At: b.clock.Now(), Reason: relay.PausedGone}); err != nil {
		t.Fatal(err)
	}
	if open := b.alarms(conversations.Everything); len(open) != 0 {
		t.Fatalf("a pause by hand raised %+v", open)
	}
	for i, end := range []func(alarm string) error{
		func(string) error { return b.ResumeEndpoint(t.Context(), conversations.Everything, "ehr", "li") },
		func(alarm string) error { return b.Resume(t.Context(), conversations.Everything, alarm, "li") },
	} {
		pause("ehr", relay.Pause{At: b.clock.Now(), Reason: relay.PausedGone, Detail: "410"})
		if views := b.alarms(conversations.Scope{"head/north"}); len(views) != 0 {
			t.Errorf("another branch sees %+v", views)
		}
		views := b.alarms(conversations.Scope{"head"})
		if len(views) != i+1 {
			t.Fatalf("the alarms are %+v, want %d, of which one lasts", views, i+1)
		}
		a := views[0]
		if a.Account != relay.AlarmAccount("ehr") || a.Work != conversations.TaskEvent || a.Reason != conversations.EndpointGone ||
			a.Name != "ehr" || a.Branch != "head" || a.Detail != "410" || a.Waiting != 1 || !a.Ended.IsZero() {
			t.Errorf("the alarm is %+v", a)
		}
		if err := b.Resume(t.Context(), conversations.Scope{"head/north"}, a.ID, "wang"); !errors.Is(err, conversations.ErrNotFound) {
			t.Errorf("another branch resumed it: %v", err)
		}
		if err := end(a.ID); err != nil {
			t.Fatalf("end %d: %v", i, err)
		}
		if open, err := b.OpenAlarms(t.Context()); err != nil || len(open) != 0 {
			t.Errorf("after end %d there is %+v, %v", i, open, err)
		}
		all, err := b.EndpointList(t.Context())
		if err != nil || len(all) != 2 || !all[0].Paused.At.IsZero() || all[1].Paused.By != "li" {
			t.Errorf("after end %d the endpoints are %+v, %v", i, all, err)
		}
		b.clock.Advance(1)
	}
}

func testRemovedAlarm(t *testing.T, b *bench) {
	b.endpoint("ehr", "head", relay.FromNow)
	if _, err := b.PauseEndpoint(t.Context(), conversations.Everything, "ehr", relay.Pause{At: b.clock.Now(), Reason: relay.PausedFailing}); err != nil {
		t.Fatal(err)
	}
	if open, err := b.OpenAlarms(t.Context()); err != nil || len(open) != 1 {
		t.Fatalf("the alarms are %+v, %v", open, err)
	}
	if err := b.RemoveEndpoint(t.Context(), conversations.Everything, "ehr", relay.AnyVersion); err != nil {
		t.Fatal(err)
	}
	if open, err := b.OpenAlarms(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("it left %+v, %v", open, err)
	}
}
