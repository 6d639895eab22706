package outbox

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
)

// worst is the most that passed in any minute.
func worst(passed []time.Time) (most int) {
	for i, from := range passed {
		n := 0
		for _, at := range passed[i:] {
			if at.Sub(from) < time.Minute {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func TestNoMinuteHoldsMoreThanItsBudget(t *testing.T) {
	t.Parallel()
	for _, budget := range []int{1, 2, 5, 13, 60, 540, 9000} {
		for _, share := range []int{accountShare, recipientShare} {
			clock := now
			l := NewMemoryLimits(func() time.Time { return clock })
			p := paceOf("k", budget, budget/share)
			var passed []time.Time
			for len(passed) < min(3*budget+2, 3000) {
				at := l.Take(t.Context(), p)
				if at.IsZero() {
					passed = append(passed, clock)
				} else {
					clock = at
				}
			}
			if got := worst(passed); got > budget {
				t.Errorf("%d a minute, shares of %d: %d passed in a minute", budget, share, got)
			}
			if took := clock.Sub(now); took > time.Duration(len(passed)/budget+2)*time.Minute*2 {
				t.Errorf("%d a minute, shares of %d: %d took %v", budget, share, len(passed), took)
			}
		}
	}
}

// TestWhoWaitsComesBackOnce: many who wait for one place each are told another
// time, at which there is a place for them.
func TestWhoWaitsComesBackOnce(t *testing.T) {
	t.Parallel()
	clock := now
	l := NewMemoryLimits(func() time.Time { return clock })
	p := paceOf("k", 540, 27)
	var back []time.Time
	for range 1000 {
		if at := l.Take(t.Context(), p); !at.IsZero() {
			back = append(back, at)
		}
	}
	if len(back) != 1000-p.Burst {
		t.Errorf("%d wait, want all but %d", len(back), p.Burst)
	}
	if !slices.IsSortedFunc(back, time.Time.Compare) {
		t.Error("who asked first does not come back first")
	}
	for i, at := range back {
		clock = at
		if again := l.Take(t.Context(), p); !again.IsZero() {
			t.Fatalf("the %d-th came back in vain", i)
		}
	}
}

// TestOneRecipientsLimit: a member of WeCom is never sent thirty in a minute,
// and who waits keeps nobody else waiting.
func TestOneRecipientsLimit(t *testing.T) {
	t.Parallel()
	clock := now
	var passed []time.Time
	w := deliverer(&clock, func(d conversations.Delivery) (conversations.Receipt, error) {
		if d.To.ID == "busy" {
			passed = append(passed, clock)
		}
		return conversations.Receipt{}, nil
	})
	q := newQueue(t, w, &clock)
	for i := range 100 {
		q.add(conversations.Delivery{Message: fmt.Sprint("b-", i), To: conversations.Address{Account: "wecom", ID: "busy"}})
	}
	q.add(told(200)...)
	q.until(now)
	if q.sent() != 200+len(passed) || len(passed) == 0 {
		t.Errorf("at once %d were sent, %d of them to the busy one", q.sent(), len(passed))
	}
	q.until(now.Add(12 * time.Minute))
	if len(passed) != 100 || worst(passed) > 14 {
		t.Errorf("%d were sent to the busy one, %d of them in one minute", len(passed), worst(passed))
	}
}

func TestAHeldAccount(t *testing.T) {
	t.Parallel()
	clock := now
	l := NewMemoryLimits(func() time.Time { return clock })
	until := now.Add(time.Minute)
	l.Hold(t.Context(), "k", until)
	l.Hold(t.Context(), "k", now.Add(time.Second))
	p := Pace{Key: "k", Burst: 1}
	if at := l.Take(t.Context(), p); !at.Equal(until) {
		t.Errorf("told to come back at %v, want %v", at, until)
	}
	if at := l.Take(t.Context(), Pace{Key: "other", Burst: 1}); !at.IsZero() {
		t.Errorf("another account has to wait until %v", at)
	}
	clock = until
	if at := l.Take(t.Context(), p); !at.IsZero() {
		t.Errorf("after the pause told to come back at %v", at)
	}
}

func TestLimitsForgetWhatIsOver(t *testing.T) {
	t.Parallel()
	clock := now
	l := NewMemoryLimits(func() time.Time { return clock })
	for i := range 10_000 {
		l.Take(t.Context(), Pace{Key: fmt.Sprint(i), Burst: 1, Every: time.Second})
		clock = clock.Add(time.Millisecond)
	}
	if len(l.cells) > 3000 {
		t.Errorf("%d of the last second's 1000 recipients are remembered", len(l.cells))
	}
}
