package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
)

func (b *bench) register(candidate, provider, token, handset string) conversations.Device {
	b.t.Helper()
	b.clock.Advance(time.Second)
	d := conversations.Device{
		Candidate: candidate, Provider: provider, Token: token, Handset: handset,
		Vendor: "xiaomi", Locale: conversations.English, Registered: b.clock.Now(),
	}
	if err := b.PutDevice(b.t.Context(), d); err != nil {
		b.t.Fatal(err)
	}
	return d
}

// tokens are those of a candidate's devices, the latest registered first.
func (b *bench) tokens(candidate string) []string {
	b.t.Helper()
	devices, err := b.Devices(b.t.Context(), candidate)
	if err != nil {
		b.t.Fatal(err)
	}
	out := []string{}
	for _, d := range devices {
		if d.Candidate != candidate {
			b.t.Errorf("%s is given the device of %s", candidate, d.Candidate)
		}
		out = append(out, d.Token)
	}
	return out
}

func (b *bench) wantTokens(candidate string, want ...string) {
	b.t.Helper()
	if got := b.tokens(candidate); !slices.Equal(got, want) {
		b.t.Errorf("the devices of %s are %v, want %v", candidate, got, want)
	}
}

// testDevices: a token is one device however often it is registered, and
// belongs to who registered it last.
func testDevices(t *testing.T, b *bench) {
	b.notify(Result("r1", "E1", oa("u1")))
	b.notify(Result("r2", "E2", oa("u2")))
	b.wantTokens("E1")
	first := b.register("E1", "apns", "t1", "")
	b.register("E1", "jpush", "t2", "")
	b.register("E1", "apns", "t1", "")
	b.wantTokens("E1", "t1", "t2")
	b.register("E1", "fcm", "t1", "") // another provider's token of the same characters
	b.wantTokens("E1", "t1", "t1", "t2")

	got, err := b.Device(t.Context(), first.ID())
	first.Registered = got.Registered
	if err != nil || got != first || !got.Registered.After(b.clock.Now().Add(-time.Minute)) {
		t.Errorf("the device is read as %+v (%v), want %+v", got, err, first)
	}
	if _, err := b.Device(t.Context(), "none"); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("a device that is not there: %v", err)
	}

	b.register("E2", "apns", "t1", "")
	b.wantTokens("E1", "t1", "t2")
	b.wantTokens("E2", "t1")
	for _, who := range []string{"E1", "E3"} {
		if err := b.DeleteDevice(t.Context(), first.ID(), who); !errors.Is(err, conversations.ErrNotFound) {
			t.Errorf("%s deletes the device of E2: %v", who, err)
		}
	}
	if err := b.DeleteDevice(t.Context(), first.ID(), "E2"); err != nil {
		t.Fatal(err)
	}
	b.wantTokens("E2")
}

// testHandset: a new token replaces the handset's earlier one of the same
// provider, and a handset that changes hands takes nothing along.
func testHandset(t *testing.T, b *bench) {
	b.notify(Result("r1", "E1", oa("u1")))
	b.notify(Result("r2", "E2", oa("u2")))
	b.register("E1", "jpush", "old", "h1")
	b.register("E1", "huawei", "vendor", "h1")
	b.register("E1", "jpush", "other", "h2")
	b.register("E1", "jpush", "new", "h1")
	b.wantTokens("E1", "new", "other", "vendor")
	b.register("E2", "jpush", "new", "h1")
	b.wantTokens("E1", "other")
	b.wantTokens("E2", "new")
}

// testDeadDevice: what a provider says of a token is believed only if the app
// has not registered it since.
func testDeadDevice(t *testing.T, b *bench) {
	b.notify(Result("r1", "E1", oa("u1")))
	d := b.register("E1", "apns", "t1", "")
	drop := func(since time.Time) {
		t.Helper()
		if err := b.DropDevice(t.Context(), d.ID(), since); err != nil {
			t.Fatal(err)
		}
	}
	drop(d.Registered.Add(-time.Millisecond))
	b.wantTokens("E1", "t1")
	gone := b.clock.Now()
	b.register("E1", "apns", "t1", "")
	drop(gone)
	b.wantTokens("E1", "t1")
	drop(b.clock.Now())
	b.wantTokens("E1")
	drop(b.clock.Now())
}

// testForeignDevice: a system may register the phone of a candidate who is not
// known yet, but only of its own branches.
func testForeignDevice(t *testing.T, b *bench) {
	register := func(token, branch string) {
		t.Helper()
		d := conversations.Device{Candidate: "E1", Branch: branch, Provider: "apns", Token: token, Registered: b.clock.Now()}
		if err := b.PutDevice(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	result := Result("r1", "E1", oa("u1"))
	register("own", result.Result.Branch)
	register("foreign", "elsewhere")
	if got := b.tokens("E1"); len(got) != 2 {
		t.Errorf("before anybody knows the branch there are %v", got)
	}
	b.notify(result)
	b.wantTokens("E1", "own")
	register("foreign", "") // by the candidate
	if got := b.tokens("E1"); len(got) != 2 {
		t.Errorf("with the one that the candidate registered there are %v", got)
	}
}
