package push_test

import (
	"context"
	"errors"
	"testing"

	"jiebao/channels"
	"jiebao/channels/push"
	"jiebao/channels/push/pushsim"
	"jiebao/conversations"
)

var (
	_ channels.Checker   = (*push.Adapter)(nil)
	_ channels.Caller    = (*push.Adapter)(nil)
	_ channels.Rehearser = (*push.Adapter)(nil)
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]channels.State{
		"": channels.Good, "http:502": channels.Bad, "token_kill": channels.Bad, "reset": channels.Bad, "garbage_json": channels.Bad,
	} {
		w := newWorld(t, false, all...)
		phone := w.phone("", all...)
		if mode != "" {
			w.fault(pushsim.Fault{Mode: mode})
		}
		found := w.adapter.Check(context.Background())
		if len(found) != len(all) {
			t.Fatalf("%q: found %+v", mode, found)
		}
		for _, f := range found {
			if f.State != want || f.Text == "" || want == channels.Bad && f.Do == "" {
				t.Errorf("%q: %+v, want %s", mode, f, want)
			}
		}
		if n := len(phone.Shown()); n != 0 || w.devices.count() != len(all) {
			t.Errorf("%q: looking shows %d banners, and %d devices are left", mode, n, w.devices.count())
		}
	}
	if calls := newWorld(t, false, all...).adapter.Calls(); len(calls) != len(all) {
		t.Errorf("it calls %v", calls)
	}
}

func TestRehearse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, all...)
	var e *conversations.SendError
	if _, err := w.adapter.Rehearse(text("m")); !errors.As(err, &e) || e.Code != "no_device" {
		t.Errorf("without a device: %v", err)
	}
	w.phone("", push.NameFCM)
	if parts, err := w.adapter.Rehearse(text("m")); parts != 0 || err != nil {
		t.Errorf("a text costs %d: %v", parts, err)
	}
	d := text("m")
	d.Kind = conversations.Template
	if _, err := w.adapter.Rehearse(d); !errors.As(err, &e) || e.Reason != conversations.BadContent {
		t.Errorf("a template without a title: %v", err)
	}
	if len(w.Journal()) != 0 {
		t.Error("somebody was asked")
	}
}
