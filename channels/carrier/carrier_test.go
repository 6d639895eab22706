package carrier

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

func TestWritesPhoneNumbers(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string][2]string{
		"13800138000": {"+8613800138000", "13800138000"}, "+8613800138000": {"+8613800138000", "13800138000"},
		"91234567": {"+85291234567", "85291234567"}, "6591234567": {"+6591234567", "6591234567"}, "+4915112345678": {"+4915112345678", "4915112345678"},
		"": {}, "12": {}, "words": {}, "0571888888": {}, "138 0013 8000": {}, "12345678": {}, "1234567890123456": {},
	} {
		got, ok := E164(phone)
		if got != want[0] || ok != (want[0] != "") {
			t.Errorf("%q is %q (%t), want %q", phone, got, ok, want[0])
		}
		if ok && Dialled(got) != want[1] {
			t.Errorf("%q is dialled as %q, want %q", phone, Dialled(got), want[1])
		}
	}
}

func TestFindsTemplatesOfALanguage(t *testing.T) {
	t.Parallel()
	filed := map[string]string{"result_passed": "1", "result_passed_en": "2", "offer_reminder": "3"}
	for name, want := range map[string]string{
		"result_passed": "1", "result_passed_en": "2", "result_passed_hk": "1", "offer_reminder_en": "3",
		"offer": "", "documents_reminder_en": "", "": "", "result": "",
	} {
		if id, ok := Template(filed, name); id != want || ok != (want != "") {
			t.Errorf("%q is %q (%t), want %q", name, id, ok, want)
		}
	}
}

func TestReadsMoments(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 2, 0, 0, 5, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-11-23 09:59:00": time.Date(2026, 11, 23, 1, 59, 0, 0, time.UTC),
		"2026-11-23 10:59:00": now.Truncate(time.Second), "": now.Truncate(time.Second), "words": now.Truncate(time.Second),
	} {
		if got := Moment(text, now); !got.Equal(want) {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func TestGuardTellsWhoseACallbackIs(t *testing.T) {
	t.Parallel()
	if _, err := NewGuard("short", nil); err == nil {
		t.Error("a key that can be guessed is taken")
	}
	const key = "0123456789abcdef"
	g, err := NewGuard(key, []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		url, from, body string
		good, forged    bool
	}{
		"the provider's":   {"/?key=" + key, "203.0.113.7:1", "{}", true, false},
		"without a key":    {"/", "203.0.113.7:1", "{}", false, true},
		"a wrong key":      {"/?key=" + key + "0", "203.0.113.7:1", "{}", false, true},
		"from elsewhere":   {"/?key=" + key, "192.0.2.1:1", "{}", false, true},
		"an empty one":     {"/?key=" + key, "203.0.113.7:1", "", false, false},
		"two, one of them": {"/?key=x&key=" + key, "203.0.113.7:1", "{}", false, true},
	} {
		r := httptest.NewRequest("POST", c.url, strings.NewReader(c.body))
		r.RemoteAddr = c.from
		body, err := g.Open(r)
		if (err == nil) != c.good || errors.Is(err, channels.ErrForged) != c.forged || c.good && string(body) != c.body {
			t.Errorf("%s: %q, %v", name, body, err)
		}
		if err != nil && strings.Contains(err.Error(), key) {
			t.Errorf("%s: the key is told in %v", name, err)
		}
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	b := NewBreaker(func() time.Time { return now })
	busy, poor := channels.Temporary("busy", nil), &conversations.SendError{Reason: conversations.Credentials, Code: "x"}
	step := func(refused *conversations.SendError) bool {
		t.Helper()
		if e := b.Allow(); e != nil {
			t.Fatalf("not allowed: %v", e)
		}
		return b.Done(refused)
	}
	closed := func() {
		t.Helper()
		if e := b.Allow(); e == nil || e.RetryAfter <= 0 {
			t.Fatalf("allowed: %v", e)
		}
	}
	step(busy)
	step(busy)
	step(channels.BadContent("not its trouble")) // one message that is refused for its own sake proves that it works
	step(busy)
	step(busy)
	if !step(busy) {
		t.Error("three troubles in a row do not open it")
	}
	closed()
	now = now.Add(31 * time.Second)
	if e := b.Allow(); e != nil {
		t.Fatalf("half a minute later: %v", e)
	}
	closed() // while one tries
	b.Done(busy)
	closed()
	now = now.Add(31 * time.Second)
	step(nil)
	step(nil)
	if !step(poor) {
		t.Error("a provider without money is asked again")
	}
	closed()
}

func TestWatchTellsFailedFromUnsure(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/reset":
			panic(http.ErrAbortHandler)
		case "/busy":
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/late":
			w.WriteHeader(http.StatusGatewayTimeout)
		case "/moved":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/many":
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	defer server.Close()
	kept := http.DefaultTransport.(*http.Transport).Clone()
	transport, err := Transport(&http.Client{Transport: kept}, server.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: Watched(transport), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for path, want := range map[string]conversations.Reason{
		"/reset": conversations.OutcomeUnsure, "/ok": conversations.OutcomeUnsure, "/busy": conversations.Temporary,
		"/late": conversations.OutcomeUnsure, "/many": conversations.Throttled, "/moved": conversations.Credentials,
	} {
		var w Watch
		r, _ := http.NewRequestWithContext(w.Begin(t.Context()), http.MethodPost, "https://provider.invalid"+path+"?PhoneNumbers=13800138000", strings.NewReader("x"))
		resp, err := client.Do(r)
		if err == nil {
			resp.Body.Close()
		}
		e := w.Failed(err)
		if e.Reason != want || strings.Contains(e.Error(), "13800138000") {
			t.Errorf("%s: %v, want %s", path, e, want)
		}
		if path == "/busy" && e.RetryAfter != 7*time.Second {
			t.Errorf("%s: again after %v", path, e.RetryAfter)
		}
	}
	server.Close()
	kept.CloseIdleConnections()
	var w Watch
	r, _ := http.NewRequestWithContext(w.Begin(context.Background()), http.MethodPost, "https://provider.invalid/?PhoneNumbers=13800138000", nil)
	_, err = client.Do(r)
	if e := w.Failed(err); e.Reason != conversations.Temporary || strings.Contains(e.Error(), "13800138000") {
		t.Errorf("nobody listens: %v", e)
	}
	for _, base := range []string{"words", "ftp://x", "https://"} {
		if _, err := Transport(nil, base); err == nil {
			t.Errorf("%q is taken for an address", base)
		}
	}
}
