package ehr_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/gateway/ehr"
	"jiebao/gateway/ehr/catalogue"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// attempt is one request as an endpoint saw it.
type attempt struct {
	header http.Header
	body   []byte
}

// endpoint answers with what its script says and keeps what it got.
type endpoint struct {
	*httptest.Server
	mu       sync.Mutex
	attempts []attempt
}

func newEndpoint(t *testing.T, answer http.HandlerFunc) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		e.mu.Lock()
		e.attempts = append(e.attempts, attempt{r.Header.Clone(), body})
		e.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) seen() []attempt {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.attempts
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// noon is when these tests happen: the verifiers go by the real clock, and
// webhooks tell whole seconds.
func noon() time.Time { return time.Now().Truncate(time.Second) }

func schedule() []time.Duration {
	return []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, time.Hour}
}

func deliverer(t *testing.T, url string, now time.Time, change func(*ehr.Config, *ehr.Options)) *ehr.Deliverer {
	t.Helper()
	c := ehr.Config{URL: url, Secret: secret, Schedule: schedule()}
	o := ehr.Options{Now: func() time.Time { return now }, Rand: func() float64 { return 0 }}
	if change != nil {
		change(&c, &o)
	}
	d, err := ehr.New(c, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func item(t *testing.T, e conversations.Event) outbox.Item {
	t.Helper()
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return outbox.Item{ID: e.ID, Lane: "event:c", Kind: conversations.TaskEvent, Body: body}
}

func anEvent() conversations.Event { return catalogue.Entries()[4].Example }

func TestDeliveredEventsAreSigned(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, status(http.StatusNoContent))
	d := deliverer(t, e.URL, noon(), nil)
	for _, entry := range catalogue.Entries() {
		it := item(t, entry.Example)
		if got := d.Do(t.Context(), it); got.Verdict != outbox.Done || got.Item.ID != it.ID || got.Then != nil {
			t.Errorf("%s: %+v, want done", entry.Type(), got)
		}
	}
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range e.seen() {
		want := catalogue.Entries()[i].Example
		if err := verifier.Verify(a.body, a.header); err != nil {
			t.Errorf("%s: %v", want.Type, err)
		}
		if a.header.Get("webhook-id") != want.ID {
			t.Errorf("%s came under the id %q", want.Type, a.header.Get("webhook-id"))
		}
		if a.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s came as %q", want.Type, a.header.Get("Content-Type"))
		}
		var payload struct {
			Type      conversations.EventType
			Timestamp time.Time
			Data      conversations.EventData
		}
		if err := json.Unmarshal(a.body, &payload); err != nil {
			t.Fatal(err)
		}
		if payload.Type != want.Type || !payload.Timestamp.Equal(want.At) || payload.Data.Sequence != want.Data.Sequence {
			t.Errorf("%s came as %+v", want.Type, payload)
		}
	}
}

func TestEveryAttemptSaysTheSame(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, status(http.StatusInternalServerError))
	now := noon()
	d := deliverer(t, e.URL, now, func(_ *ehr.Config, o *ehr.Options) {
		o.Now = func() time.Time { now = now.Add(time.Minute); return now }
	})
	it := item(t, anEvent())
	it.Body = append(json.RawMessage("  "), it.Body...) // as stored, whatever that is
	for range 3 {
		it.Attempts++
		d.Do(t.Context(), it)
	}
	seen := e.seen()
	for _, a := range seen {
		if !bytes.Equal(a.body, it.Body) || a.header.Get("webhook-id") != it.ID {
			t.Errorf("an attempt sent %q under %s", a.body, a.header.Get("webhook-id"))
		}
	}
	if seen[0].header.Get("webhook-timestamp") == seen[2].header.Get("webhook-timestamp") {
		t.Error("a later attempt carries the time of the first, and would be refused as a replay")
	}
}

func TestFailuresAreTriedAgain(t *testing.T) {
	t.Parallel()
	schedule := schedule()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		note   string
	}{
		"a server's error": {status(500), "500 Internal Server Error"},
		"a refusal":        {status(400), "400 Bad Request"},
		"no such page":     {status(404), "404 Not Found"},
		"gone":             {status(410), "change ehr.endpoint.url"},
		"too fast":         {status(429), "429 Too Many Requests"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, "redirects are not followed"},
		"a broken connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "could not be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEndpoint(t, c.answer)
			now := noon()
			d := deliverer(t, e.URL, now, nil)
			for attempts, wait := range append(schedule, schedule[len(schedule)-1], schedule[len(schedule)-1]) {
				it := item(t, anEvent())
				it.Attempts = attempts
				got := d.Do(t.Context(), it)
				if got.Verdict != outbox.Retry || !got.RetryAt.Equal(now.Add(wait)) {
					t.Errorf("after %d attempts: %v in %v, want a retry in %v", attempts, got.Verdict, got.RetryAt.Sub(now), wait)
				}
				if !strings.Contains(got.Note, c.note) || strings.Contains(got.Note, e.URL) {
					t.Errorf("the note is %q, want %q in it and no address", got.Note, c.note)
				}
			}
			if got := len(e.seen()); got != len(schedule)+2 {
				t.Errorf("the endpoint saw %d requests, want %d", got, len(schedule)+2)
			}
		})
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	now := noon()
	for _, c := range []struct {
		code   int
		header string
		want   time.Duration
	}{
		{429, "120", 2 * time.Minute},
		{503, now.Add(time.Hour).UTC().Format(http.TimeFormat), time.Hour},
		{503, "99999999999", 24 * time.Hour},
		{503, now.Add(-time.Hour).UTC().Format(http.TimeFormat), 5 * time.Second},
		{503, "soon", 5 * time.Second},
		{429, "-1", 5 * time.Second},
		{500, "120", 5 * time.Second},
	} {
		e := newEndpoint(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", c.header)
			w.WriteHeader(c.code)
		})
		got := deliverer(t, e.URL, now, nil).Do(t.Context(), item(t, anEvent()))
		if wait := got.RetryAt.Sub(now); got.Verdict != outbox.Retry || wait != c.want {
			t.Errorf("%d with Retry-After %q: retry in %v, want %v", c.code, c.header, wait, c.want)
		}
	}
}

func TestJitterStaysInItsBounds(t *testing.T) {
	t.Parallel()
	now := noon()
	for _, c := range []struct {
		draw       float64
		retryAfter string
		want       time.Duration
	}{
		{0, "", 100 * time.Second},
		{0.5, "", 90 * time.Second},
		{0.999999, "", 80 * time.Second},
		{0, "100", 100 * time.Second},
		{0.999999, "100", 120 * time.Second}, // never earlier than asked for
	} {
		e := newEndpoint(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", c.retryAfter)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		d := deliverer(t, e.URL, now, func(cfg *ehr.Config, o *ehr.Options) {
			cfg.Schedule, cfg.Jitter = []time.Duration{100 * time.Second}, 0.2
			o.Rand = func() float64 { return c.draw }
		})
		got := d.Do(t.Context(), item(t, anEvent())).RetryAt.Sub(now).Round(time.Second)
		if got != c.want {
			t.Errorf("drawing %v with Retry-After %q: retry in %v, want %v", c.draw, c.retryAfter, got, c.want)
		}
	}
}

func TestSlowEndpointIsGivenUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	e := newEndpoint(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	d := deliverer(t, e.URL, noon(), func(c *ehr.Config, _ *ehr.Options) { c.Timeout = 20 * time.Millisecond })
	got := d.Do(t.Context(), item(t, anEvent()))
	if got.Verdict != outbox.Retry || got.Note != "the endpoint did not answer in time" {
		t.Errorf("%+v, want a retry because of the time", got)
	}
}

func TestStoppingCostsNoWait(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	e := newEndpoint(t, func(_ http.ResponseWriter, r *http.Request) { stop(); <-r.Context().Done() })
	now := noon()
	it := item(t, anEvent())
	it.Attempts = 8
	got := deliverer(t, e.URL, now, nil).Do(ctx, it)
	if got.Verdict != outbox.Retry || !got.RetryAt.Equal(now) {
		t.Errorf("%+v, want a retry right after the restart", got)
	}
}

func TestEndlessAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, func(w http.ResponseWriter, r *http.Request) {
		chunk := make([]byte, 32<<10)
		for r.Context().Err() == nil {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	if got := deliverer(t, e.URL, noon(), nil).Do(t.Context(), item(t, anEvent())); got.Verdict != outbox.Done {
		t.Errorf("%+v, want done", got)
	}
}

// TestLogSaysChangesOnly holds the log to one line a change, without words of
// the candidate and without the secret.
func TestLogSaysChangesOnly(t *testing.T) {
	t.Parallel()
	code := 500
	e := newEndpoint(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	var log bytes.Buffer
	d := deliverer(t, e.URL, noon(), func(c *ehr.Config, o *ehr.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Log.Info("configured", "endpoint", *c)
	})
	for _, code = range []int{500, 502, 500, 410, 410, 204, 204} {
		d.Do(t.Context(), item(t, anEvent()))
	}
	said := log.String()
	for level, want := range map[string]int{"WARN": 1, "ERROR": 1, "INFO": 2} {
		if got := strings.Count(said, "level="+level); got != want {
			t.Errorf("%d lines of %s, want %d in:\n%s", got, level, want, said)
		}
	}
	for _, private := range []string{"MfKQ9r8G", "7月13号"} {
		if strings.Contains(said, private) {
			t.Errorf("the log gives away %q:\n%s", private, said)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, secret, want string }{
		{"http://ehr.example.com/hook", secret, "must begin with https://"},
		{"ehr.example.com", secret, "must be like https://"},
		{"ftp://ehr.example.com", secret, "must begin with https://"},
		{"https://ehr.example.com", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "must be whsec_"},
		{"https://ehr.example.com", "whsec_c2hvcnQ=", "24 to 64 bytes"},
	} {
		_, err := ehr.New(ehr.Config{URL: c.url, Secret: c.secret, Schedule: schedule()}, ehr.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("New(%s, %s) = %v, want %q in the error", c.url, c.secret, err, c.want)
		}
	}
	if _, err := ehr.New(ehr.Config{URL: "https://ehr.example.com", Secret: secret}, ehr.Options{}); err == nil || !strings.Contains(err.Error(), "no wait") {
		t.Errorf("without a schedule: %v", err)
	}
	for _, url := range []string{"https://ehr.example.com/hook", "http://127.0.0.1:8090/ehr", "http://[::1]:1/", "http://localhost/x"} {
		if _, err := ehr.New(ehr.Config{URL: url, Secret: secret, Schedule: schedule()}, ehr.Options{}); err != nil {
			t.Errorf("New(%s) = %v", url, err)
		}
	}
}
