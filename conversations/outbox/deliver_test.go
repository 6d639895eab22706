package outbox

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"jiebao/conversations"
)

type senderFunc func(conversations.Delivery) (conversations.Receipt, error)

func (f senderFunc) Send(_ context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	return f(d)
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
		w := &Deliver{
			Sender: senderFunc(func(conversations.Delivery) (conversations.Receipt, error) {
				sent = true
				return conversations.Receipt{}, nil
			}),
			Retry:   DefaultRetry(func() float64 { return 1 }),
			Now:     func() time.Time { return now.Add(conversations.RideWindow) },
			Started: tc.started,
		}
		it.Ride = tc.ride
		o := w.Do(t.Context(), it)
		r, _ := o.Then.(conversations.Report)
		if sent != tc.sent || r.Status != tc.status || r.Message != "c-1" || o.Target.Conversation != "c" {
			t.Errorf("%s: sent %v, outcome %+v", name, sent, o)
		}
	}
}

func TestAnAccountWithoutCredentialsRests(t *testing.T) {
	t.Parallel()
	calls, clock := 0, now
	w := &Deliver{
		Sender: senderFunc(func(conversations.Delivery) (conversations.Receipt, error) {
			calls++
			return conversations.Receipt{}, refused(conversations.Credentials, "40125")
		}),
		Retry: DefaultRetry(func() float64 { return 1 }),
		Now:   func() time.Time { return clock },
	}
	it := item(t, conversations.Delivery{Message: "c-1", To: conversations.Address{Account: "oa"}})
	for range 5 {
		if o := w.Do(t.Context(), it); o.Verdict != Retry || !o.RetryAt.Equal(now.Add(5*time.Minute)) {
			t.Fatalf("outcome %+v", o)
		}
	}
	clock = now.Add(6 * time.Minute)
	w.Do(t.Context(), it)
	if calls != 2 {
		t.Errorf("the account was called %d times, want 2", calls)
	}
}

func TestOnlyPeoplesWordsLeaveOnceConsentIsWithdrawn(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]conversations.Status{"": conversations.Failed, "hr": conversations.Sent} {
		it := item(t, conversations.Delivery{Message: "c-1", Conversation: "c", Agent: agent})
		it.Ride = Withdrawn
		sent := false
		w := &Deliver{
			Sender: senderFunc(func(conversations.Delivery) (conversations.Receipt, error) {
				sent = true
				return conversations.Receipt{}, nil
			}),
			Retry: DefaultRetry(func() float64 { return 1 }),
			Now:   func() time.Time { return now },
		}
		r, _ := w.Do(t.Context(), it).Then.(conversations.Report)
		if r.Status != want || sent != (agent != "") || agent == "" && r.Reason != conversations.OptedOut {
			t.Errorf("agent %q: sent %v, report %+v", agent, sent, r)
		}
	}
}
