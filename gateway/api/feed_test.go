package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// newFeed is a world with a feed of what is told of the documented result.
func newFeed(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.postDocumented()
	w.setUp("nightly", relay.Feed)
	return w
}

// feedPage is an answer of the feed.
type feedPage struct {
	Events []json.RawMessage
	Next   string
	More   bool
}

func (a answer) feed(t *testing.T) (p feedPage) {
	t.Helper()
	if err := json.Unmarshal(a.body, &p); err != nil || a.code != http.StatusOK || p.Next == "" {
		t.Fatalf("%d %s", a.code, a.body)
	}
	return p
}

func TestFeedIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	w := newFeed(t)
	begin := w.get("/v1/events").feed(t)
	w.tellAll("nightly", outbox.Done)
	first := w.get("/v1/events?limit=1&after=" + begin.Next).feed(t)
	rest := w.get("/v1/events?endpoint=nightly&after=" + first.Next).feed(t)
	told, err := json.Marshal(append(first.Events, rest.Events...))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Events json.RawMessage }
	if err := json.Unmarshal(w.get("/v1/candidates/C-2026-000815/events").body, &all); err != nil {
		t.Fatal(err)
	}
	if len(begin.Events) != 0 || len(first.Events) != 1 || !first.More || rest.More || string(told) != string(all.Events) {
		t.Errorf("the feed tells\n%s and there is\n%s", told, all.Events)
	}
	if end := w.get("/v1/events?after=" + rest.Next).feed(t); len(end.Events) != 0 {
		t.Errorf("after the end comes %s", end.Events)
	}
}

// TestFeedIsWaitedFor has a call wait that is answered by what happens then.
func TestFeedIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := newFeed(t)
	got := make(chan answer, 1)
	go func() { got <- w.get("/v1/events?wait=60s") }()
	w.tellAll("nightly", outbox.Done)
	if page := (<-got).feed(t); len(page.Events) == 0 {
		t.Error("nothing came")
	}
}

func TestWaitingForAFeedEnds(t *testing.T) {
	t.Parallel()
	w := newFeed(t)
	began := time.Now()
	if page := w.get("/v1/events?wait=1ms").feed(t); len(page.Events) != 0 || time.Since(began) > 30*time.Second {
		t.Errorf("%s came after %s", page.Events, time.Since(began))
	}
	server := httptest.NewServer(w.handler) // whose Close waits for what is under way
	got := make(chan *http.Response, 1)
	go func() {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/events?wait=60s", nil)
		request.Header.Set("Authorization", "Bearer "+headKey)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Error(err)
		}
		got <- response
	}()
	w.api.Close()
	if response := <-got; response != nil {
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("at the end of the gateway it answers %s", response.Status)
		}
	}
	server.Close()
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestWhichFeed says what to do where it is not clear what is meant.
func TestWhichFeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		query, setUp string
		kind         relay.Kind
		code         int
		says         string
	}{
		{"", "payroll", relay.Webhook, http.StatusConflict, `POST /v1/endpoints {\"id\":`},
		{"?endpoint=payroll", "nightly", relay.Feed, http.StatusConflict, "not-a-feed"},
		{"", "audit", relay.Feed, http.StatusUnprocessableEntity, "audit, nightly"},
		{"?endpoint=nothing", "", "", http.StatusNotFound, "not-found"},
		{"?endpoint=audit&wait=2m", "", "", http.StatusUnprocessableEntity, "query.wait"},
		{"?endpoint=audit&after=" + feedCursor("nightly", now()), "", "", http.StatusUnprocessableEntity, "query.after"},
		{"?endpoint=audit&after=" + feedCursor("audit", now().AddDate(0, -2, 0)), "", "", http.StatusGone, "cursor-expired"},
	} {
		if c.setUp != "" {
			w.setUp(c.setUp, c.kind)
		}
		if got := w.get("/v1/events" + c.query); got.code != c.code || !strings.Contains(string(got.body), c.says) {
			t.Errorf("%q: %d %s", c.query, got.code, got.body)
		}
	}
}
