package ehr_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr"
	"jiebao/gateway/ehr/catalogue"
	"jiebao/gateway/ehr/wire"
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

// trial is a deliverer that is tried, with what it asks of its store.
type trial struct {
	relay.Store
	outbox.Alarms
	endpoint relay.Endpoint
	settings wire.Settings
	options  ehr.Options
	hurry    func() error

	mu     sync.Mutex
	took   time.Time // as other gateways know it
	pauses []relay.Pause
	alarms []conversations.Alarm // that last
	ended  int
}

func (s *trial) Hurry(context.Context, string) error { return s.hurry() }

func (s *trial) Endpoints(context.Context, conversations.Scope) ([]relay.Standing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []relay.Standing{{Endpoint: s.endpoint, Took: s.took}}, nil
}

func (s *trial) PauseEndpoint(_ context.Context, _ conversations.Scope, _ string, p relay.Pause) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pauses = append(s.pauses, p)
	return len(s.pauses) == 1, nil
}

func (s *trial) OpenAlarms(context.Context) ([]conversations.Alarm, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.alarms), nil
}

func (s *trial) RaiseAlarm(_ context.Context, a conversations.Alarm) (conversations.Alarm, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarms = append(s.alarms, a)
	return a, true, nil
}

func (s *trial) EndAlarm(context.Context, string, string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarms = nil
	s.ended++
	return true, nil
}

// ticking is a clock that tells what it is told to.
type ticking struct {
	clock.System
	now func() time.Time
}

func (c ticking) Now() time.Time { return c.now() }

func deliverer(t *testing.T, url string, now time.Time, change func(*trial)) *ehr.Deliverer {
	t.Helper()
	s := &trial{
		endpoint: relay.Endpoint{ID: "ehr", Kind: relay.Webhook, Configured: true},
		settings: wire.Settings{URL: url, Secrets: []wire.Secret{{ID: "s", Value: wire.Hide(secret)}}},
		options: ehr.Options{
			Retry: ehr.Retry{Schedule: schedule(), GiveUp: 72 * time.Hour}, Rand: func() float64 { return 0 },
			Clock: ticking{now: func() time.Time { return now }}, Log: slog.New(slog.DiscardHandler),
		},
		hurry: func() error { return nil },
	}
	s.options.Store = s
	if change != nil {
		change(s)
	}
	w, err := wire.New(s.settings, wire.Options{Reach: wire.Reach{Trusted: true}, Clock: s.options.Clock})
	if err != nil {
		t.Fatal(err)
	}
	d := ehr.NewDeliverer(s.endpoint, w, &s.options)
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
	d := deliverer(t, e.URL, now, func(s *trial) {
		s.options.Clock = ticking{now: func() time.Time { now = now.Add(time.Minute); return now }}
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
		"gone":             {status(410), "wants no more events"},
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
		d := deliverer(t, e.URL, now, func(s *trial) {
			s.options.Retry.Schedule, s.options.Retry.Jitter = []time.Duration{100 * time.Second}, 0.2
			s.options.Rand = func() float64 { return c.draw }
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
	d := deliverer(t, e.URL, noon(), func(s *trial) { s.settings.Timeout = wire.Duration(20 * time.Millisecond) })
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
	d := deliverer(t, e.URL, noon(), func(s *trial) {
		s.options.Log = slog.New(slog.NewTextHandler(&log, nil))
		s.options.Log.Info("configured", "endpoint", s.settings)
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
