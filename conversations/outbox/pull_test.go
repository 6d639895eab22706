package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"jiebao/conversations"
)

type storeFunc func(conversations.Target, conversations.Command) error

func (f storeFunc) Apply(_ context.Context, to conversations.Target, c conversations.Command) (conversations.Applied, error) {
	return conversations.Applied{}, f(to, c)
}

func arrival(t *testing.T, a conversations.Arrival) Item {
	t.Helper()
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return Item{ID: "oa/1", Body: b, Created: now}
}

func TestWhatWasFetchedIsTriedUntilItIsApplied(t *testing.T) {
	t.Parallel()
	in := conversations.Inbound{Address: conversations.Address{Account: "kf", ID: "u"}, Dedupe: "1", Scene: "s"}
	receipt := conversations.ArrivedReceipt{Account: "kf", PlatformID: "P", Report: conversations.Report{Status: conversations.Failed}}
	for name, tc := range map[string]struct {
		arrival conversations.Arrival
		err     error
		age     time.Duration
		verdict Verdict
	}{
		"applied":                          {conversations.Arrival{Inbound: &in}, nil, 0, Done},
		"the store is away":                {conversations.Arrival{Inbound: &in}, errors.New("away"), 0, Retry},
		"for days":                         {conversations.Arrival{Inbound: &in}, errors.New("away"), 73 * time.Hour, Done},
		"a receipt":                        {conversations.Arrival{Receipt: &receipt}, nil, 0, Done},
		"a receipt of a message long gone": {conversations.Arrival{Receipt: &receipt}, conversations.ErrNotFound, 0, Done},
		"nothing that can be read":         {conversations.Arrival{}, nil, 0, Done},
	} {
		var to conversations.Target
		w := &Receive{
			Store: storeFunc(func(t conversations.Target, _ conversations.Command) error { to = t; return tc.err }),
			Now:   func() time.Time { return now.Add(tc.age) },
		}
		o := w.Do(t.Context(), arrival(t, tc.arrival))
		if o.Verdict != tc.verdict {
			t.Errorf("%s: %+v", name, o)
		}
		if tc.arrival.Inbound != nil && (to.Address != in.Address || to.Scene != "s") || tc.arrival.Receipt != nil && (to.Account != "kf" || to.PlatformID != "P") {
			t.Errorf("%s: applied to %+v", name, to)
		}
	}
}
