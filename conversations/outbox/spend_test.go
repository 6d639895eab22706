package outbox_test

import (
	"testing"
	"time"

	"jiebao/conversations/outbox"
)

func TestSpendingSaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.June, 22, 9, 30, 0, 0, time.UTC)
	limits := outbox.NewMemoryLimits(func() time.Time { return now })
	p := outbox.PerMinute("api/ehr", 3)
	for left := 2; left >= 0; left-- {
		want := outbox.Quota{Left: left, Full: time.Duration(3-left) * 20 * time.Second}
		if got := limits.Spend(t.Context(), p); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	refused := outbox.Quota{Full: time.Minute, Wait: 20 * time.Second}
	for range 3 { // whoever is refused again waits no longer
		if got := limits.Spend(t.Context(), p); got != refused {
			t.Errorf("%+v, want %+v", got, refused)
		}
	}
	now = now.Add(refused.Wait)
	if got := limits.Spend(t.Context(), p); got.Wait != 0 || got.Left != 0 {
		t.Errorf("after the wait: %+v", got)
	}
	now = now.Add(time.Hour)
	if got := limits.Spend(t.Context(), p); got.Left != 2 {
		t.Errorf("after an hour: %+v", got)
	}
	limits.Hold(t.Context(), p.Key, now.Add(time.Minute))
	if got := limits.Spend(t.Context(), p); got.Wait != time.Minute || got.Left != 0 {
		t.Errorf("held: %+v", got)
	}
}
