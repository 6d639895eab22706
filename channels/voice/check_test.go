package voice_test

import (
	"testing"

	"jiebao/channels"
	"jiebao/channels/voice"
	"jiebao/channels/voice/voicesim"
)

func TestChecksAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "http://127.0.0.1:0")
	if f := w.adapter.Check(t.Context()); len(f) != 1 || f[0].State != channels.Good {
		t.Errorf("found %+v", f)
	}
	w.fault(voicesim.Fault{Mode: "code:SignatureDoesNotMatch", Count: 1})
	if f := w.adapter.Check(t.Context()); len(f) != 1 || f[0].State != channels.Bad || f[0].Do == "" {
		t.Errorf("with a wrong secret: %+v", f)
	}
	if calls := w.adapter.Calls(); len(calls) != 1 || calls[0] != w.server.URL+"/voice" {
		t.Errorf("calls %v", calls)
	}
}

func TestRehearses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "http://127.0.0.1:0")
	if parts, err := w.adapter.Rehearse(delivery("c-1", "offer_reminder")); parts != 0 || err != nil {
		t.Errorf("%d parts, %v", parts, err)
	}
	if _, err := w.adapter.Rehearse(delivery("c-1", "message_waiting")); err == nil {
		t.Error("a text that is not filed would be read")
	}
	if len(w.Journal()) != 0 {
		t.Errorf("the platform was called: %+v", w.Journal())
	}
}

var (
	_ channels.Checker   = (*voice.Adapter)(nil)
	_ channels.Caller    = (*voice.Adapter)(nil)
	_ channels.Rehearser = (*voice.Adapter)(nil)
)
