package push_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"jiebao/channels/push"
	"jiebao/conversations"
)

func TestNobodyToReach(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameAPNs)
	_, err := w.send(text("m"))
	if got := reason(t, err); got != conversations.BadRecipient {
		t.Errorf("without a device: %v", err)
	}
	w.AddPhone(anna, "", push.NameAPNs)
	w.devices.devices = append(w.devices.devices, conversations.Device{Candidate: anna, Provider: push.NameFCM, Token: "t"})
	if _, err = w.send(text("m")); reason(t, err) != conversations.BadRecipient {
		t.Errorf("with a device of a provider that is not set up: %v", err)
	}
	w.devices.err = errors.New("the database is away")
	if _, err = w.send(text("m")); reason(t, err) != conversations.Temporary {
		t.Errorf("without a store: %v", err)
	}
}

// Every phone of a candidate gets a message; one that is gone is forgotten, and
// fails nothing.
func TestSeveralPhones(t *testing.T) {
	t.Parallel()
	for _, name := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, name)
			old, one, other := w.phone("", name), w.phone("", name), w.phone("", name)
			w.clock.advance(time.Hour)
			old.Uninstall()
			w.clock.advance(time.Hour)
			receipt, err := w.send(text("m"))
			if err != nil || !strings.HasPrefix(receipt.PlatformID, name+":") {
				t.Fatalf("sent as %+v, %v", receipt, err)
			}
			if len(one.Shown()) != 1 || len(other.Shown()) != 1 || len(old.Shown()) != 0 {
				t.Errorf("shown on %v, %v and %v", one.Shown(), other.Shown(), old.Shown())
			}
			if n := w.devices.count(); n != 2 {
				t.Errorf("%d devices are kept", n)
			}
			one.Uninstall()
			other.Uninstall()
			if _, err := w.send(text("m2")); reason(t, err) != conversations.BadRecipient || w.devices.count() != 0 {
				t.Errorf("with all gone: %v, and %d devices are kept", err, w.devices.count())
			}
		})
	}
}

// Apple tells since when a token is dead; an app that registered it later has
// it again.
func TestRegisteredAfterItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameAPNs)
	p := w.phone("", push.NameAPNs)
	p.Uninstall()
	w.clock.advance(time.Minute)
	w.register(p, push.NameAPNs)
	if _, err := w.send(text("m")); reason(t, err) != conversations.BadRecipient {
		t.Errorf("to a token that Apple calls dead: %v", err)
	}
	if w.devices.count() != 1 {
		t.Error("the device is forgotten, though it was registered after the token's end")
	}
	p.Reregister()
	if _, err := w.send(text("m")); err != nil {
		t.Errorf("to a token that came back: %v", err)
	}
}

func TestTokenOfAnotherApp(t *testing.T) {
	t.Parallel()
	for _, name := range all {
		w := newWorld(t, true, name)
		p := w.phone("", name)
		p.MoveApp(name, "com.example.other")
		if _, err := w.send(text("m")); reason(t, err) != conversations.BadRecipient || w.devices.count() != 0 {
			t.Errorf("%s: %v, and %d devices are kept", name, err, w.devices.count())
		}
	}
}
