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

var (
	_ channels.Checker = (*voice.Adapter)(nil)
	_ channels.Caller  = (*voice.Adapter)(nil)
)
