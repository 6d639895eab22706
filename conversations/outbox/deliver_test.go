package outbox

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"jiebao/conversations"
)

type senderFunc func(conversations.Delivery) (conversations.Receipt, error)

func (f senderFunc) Send(_ context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	return f(d)
}

// deliverer sends by an account that is like a service account of WeChat, at
// the time that now points to.
func deliverer(now *time.Time, send senderFunc) *Deliver {
	clock := func() time.Time { return *now }
	even := func() float64 { return 1 }
	return &Deliver{
		Sender: send, Retry: DefaultRetry(even), Now: clock, Patience: 10 * time.Minute, Limits: NewMemoryLimits(clock),
		Health: NewHealth(HealthOptions{Alarms: &board{now: clock}, Work: conversations.TaskDeliver, Now: clock, Jitter: even, Log: slog.New(slog.DiscardHandler)}),
		Describe: func(account string) (conversations.Description, bool) {
			return conversations.Description{Account: account, OnceTemplates: true, OnceFor: 10 * time.Minute, PerRecipient: 30}, true
		},
	}
}

func item(t *testing.T, d conversations.Delivery) Item {
	t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return Item{ID: d.Message, Body: b, Created: now}
}

func TestARideWithoutWordIsNeverSentTwice(t *testing.T) {
	t.Parallel()
	it := item(t, conversations.Delivery{Message: "c-1", Conversation: "c"})
	for name, tc := range map[string]struct {
		ride    Ride
		started time.Time
		sent    bool
		status  conversations.Status
	}{
		"the callback did not carry it":                   {Missed, now.Add(-time.Hour), true, conversations.Sent},
		"its node died, another could take the repeat":    {Riding, now.Add(-time.Hour), false, conversations.Sent},
		"it came back in time to take the repeat":         {Riding, now.Add(9 * time.Second), false, conversations.Sent},
		"nobody was there while the platform tried again": {Riding, now.Add(11 * time.Second), false, conversations.Unknown},
		"a message that never was to ride":                {NoRide, now, true, conversations.Sent},
	} {
		sent := false
		w := deliverer(&now, func(conversations.Delivery) (conversations.Receipt, error) {
			sent = true
			return conversations.Receipt{}, nil
		})
		w.Now, w.Started = func() time.Time { return now.Add(conversations.RideWindow) }, tc.started
		it.Ride = tc.ride
		o := w.Do(t.Context(), it)
		r, _ := o.Then.(conversations.Report)
		if sent != tc.sent || r.Status != tc.status || r.Message != "c-1" || o.Target.Conversation != "c" {
			t.Errorf("%s: sent %v, outcome %+v", name, sent, o)
		}
	}
}

func TestOnlyPeoplesWordsLeaveOnceConsentIsWithdrawn(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]conversations.Status{"": conversations.Failed, "hr": conversations.Sent} {
		it := item(t, conversations.Delivery{Message: "c-1", Conversation: "c", Agent: agent})
		it.Ride = Withdrawn
		sent := false
		w := deliverer(&now, func(conversations.Delivery) (conversations.Receipt, error) {
			sent = true
			return conversations.Receipt{}, nil
		})
		r, _ := w.Do(t.Context(), it).Then.(conversations.Report)
		if r.Status != want || sent != (agent != "") || agent == "" && r.Reason != conversations.OptedOut {
			t.Errorf("agent %q: sent %v, report %+v", agent, sent, r)
		}
	}
}
