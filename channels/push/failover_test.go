package push_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/channels/push"
	"jiebao/channels/push/pushsim"
	"jiebao/conversations"
)

// A phone that several providers know gets a message once, by the next if the
// first does not take it.
func TestFailover(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]struct {
		shown  []string
		reason conversations.Reason
	}{
		"":                   {[]string{"huawei"}, ""},
		"error:81000001":     {[]string{"jpush"}, ""},
		"error:503":          {[]string{"jpush"}, ""},
		"error:80300002":     {[]string{"jpush"}, ""},
		"error:80300007":     {[]string{"jpush"}, ""},
		"http:502":           {[]string{"jpush"}, ""},
		"reset_after_commit": {[]string{"huawei"}, conversations.OutcomeUnsure},
		"reset":              {[]string{}, conversations.OutcomeUnsure},
		"garbage_json":       {[]string{"huawei"}, conversations.OutcomeUnsure},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, false, push.NameHuawei, push.NameJPush)
			w.phone("huawei", push.NameHuawei, push.NameJPush)
			if mode != "" {
				w.fault(pushsim.Fault{Provider: "huawei", Path: "messages:send", Mode: mode, Count: 1})
			}
			_, err := w.send(text("m"))
			if want.reason == "" && err != nil || want.reason != "" && reason(t, err) != want.reason {
				t.Errorf("sent with %v", err)
			}
			shown := []string{}
			for _, n := range w.Inbox(anna) {
				shown = append(shown, n.Provider)
			}
			if !slices.Equal(shown, want.shown) {
				t.Errorf("shown by %v, want %v", shown, want.shown)
			}
			// Whatever happened, sending it again shows nothing more.
			for range 2 {
				if _, err := w.send(text("m")); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(w.Inbox(anna)); want.reason != "" && n != 1 {
				t.Errorf("sent again after an unknown outcome it is shown %d times", n)
			}
		})
	}
}

func TestPreferredProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t, false, push.NameHuawei, push.NameJPush)
	w.account.Prefer = []string{push.NameJPush}
	w.connect()
	w.phone("huawei", push.NameHuawei, push.NameJPush)
	receipt, err := w.send(text("m"))
	if err != nil || !strings.HasPrefix(receipt.PlatformID, "jpush:") {
		t.Errorf("sent as %+v, %v", receipt, err)
	}
}

// A provider that is down is left alone after some tries, and tried again after
// a rest.
func TestBreaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t, true, push.NameFCM)
	w.phone("", push.NameFCM)
	w.fault(pushsim.Fault{Provider: "fcm", Path: "messages:send", Mode: "error:UNAVAILABLE", Count: 6})
	calls := func() (n int) {
		for _, e := range w.Journal() {
			if strings.HasSuffix(e.Path, "messages:send") {
				n++
			}
		}
		return n
	}
	for i := range 8 {
		if _, err := w.send(text(fmt.Sprint("m", i))); reason(t, err) != conversations.Temporary {
			t.Fatal(err)
		}
	}
	if n := calls(); n != 5 {
		t.Errorf("a provider that is down was called %d times", n)
	}
	w.clock.advance(time.Minute)
	for range 2 {
		if _, err := w.send(text("m")); reason(t, err) != conversations.Temporary {
			t.Fatal(err)
		}
	}
	if n := calls(); n != 6 {
		t.Errorf("after a rest it was called %d times, want once more", n)
	}
	w.clock.advance(time.Minute)
	for i := range 3 {
		if _, err := w.send(text(fmt.Sprint("back", i))); err != nil {
			t.Error(err)
		}
	}
}
