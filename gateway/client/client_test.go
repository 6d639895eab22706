package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// told answers calls one after the other, and the last answer again and again.
type told struct {
	answers []answer
	made    []*http.Request
}

type answer struct {
	status int
	body   string
	header http.Header
	err    error
}

func (a *told) RoundTrip(r *http.Request) (*http.Response, error) {
	now := a.answers[min(len(a.made), len(a.answers)-1)]
	a.made = append(a.made, r)
	if now.err != nil {
		return nil, now.err
	}
	w := &http.Response{StatusCode: now.status, Header: now.header, Body: reader(now.body), Request: r}
	if w.Header == nil {
		w.Header = http.Header{}
	}
	return w, nil
}

type closer struct{ *strings.Reader }

func (closer) Close() error { return nil }

func reader(s string) closer { return closer{strings.NewReader(s)} }

var errBroken = errors.New("the connection broke")

// calling is a client whose time passes at once; waits are what it waited.
func calling(t *testing.T, o Options, answers ...answer) (c *Client, wire *told, waits *[]time.Duration) {
	t.Helper()
	wire, waits = &told{answers: answers}, &[]time.Duration{}
	o.HTTP = &http.Client{Transport: wire}
	o.Sleep = func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	}
	c, err := New("https://jiebao.example.com/", Key("k-very-secret"), o)
	if err != nil {
		t.Fatal(err)
	}
	return c, wire, waits
}

// TestWhatIsRepeated: what fails on its way, or because the gateway is busy; but
// not what was refused, nor what may have been done and must not be done twice.
func TestWhatIsRepeated(t *testing.T) {
	t.Parallel()
	broken, fine := answer{err: errBroken}, answer{status: 200, body: `{}`}
	at := func(status int, header ...string) answer {
		a := answer{status: status, header: http.Header{}}
		for i := 0; i < len(header); i += 2 {
			a.header.Set(header[i], header[i+1])
		}
		return a
	}
	get := call{method: http.MethodGet, path: "/v1/x"}
	once := call{method: http.MethodPost, path: "/v1/x", once: true}
	for name, test := range map[string]struct {
		call    call
		answers []answer
		made    int
		fails   bool
	}{
		"broken":                   {get, []answer{broken, broken, fine}, 3, false},
		"broken for long":          {get, []answer{broken}, 5, true},
		"500":                      {get, []answer{at(500), fine}, 2, false},
		"503":                      {get, []answer{at(503, "Retry-After", "2"), fine}, 2, false},
		"503 for an hour":          {get, []answer{at(503, "Retry-After", "3600"), fine}, 1, true},
		"429":                      {get, []answer{at(429, "Retry-After", "1"), fine}, 2, false},
		"429 until a date":         {get, []answer{at(429, "Retry-After", "Mon, 22 Jun 2026 09:30:05 GMT", "Date", "Mon, 22 Jun 2026 09:30:00 GMT"), fine}, 2, false},
		"429 until tomorrow":       {get, []answer{at(429, "Retry-After", "Tue, 23 Jun 2026 09:30:05 GMT", "Date", "Mon, 22 Jun 2026 09:30:00 GMT"), fine}, 1, true},
		"422":                      {get, []answer{at(422), fine}, 1, true},
		"401 of a key":             {get, []answer{at(401), fine}, 1, true},
		"409":                      {get, []answer{at(409), fine}, 1, true},
		"409 under way":            {get, []answer{at(409, "Retry-After", "1"), fine}, 2, false},
		"501":                      {get, []answer{at(501), fine}, 1, true},
		"a redirect":               {get, []answer{at(302, "Location", "https://elsewhere.example.com/"), fine}, 1, true},
		"once, broken":             {once, []answer{broken, fine}, 1, true},
		"once, 500":                {once, []answer{at(500), fine}, 1, true},
		"once, 429":                {once, []answer{at(429), fine}, 2, false},
		"given up":                 {get, []answer{{err: context.Canceled}, fine}, 1, true},
		"an answer that is none":   {call{method: http.MethodGet, path: "/v1/x", out: &struct{}{}}, []answer{{status: 200, body: "<html>"}, fine}, 1, true},
		"an answer without a body": {get, []answer{{status: 204}}, 1, false},
	} {
		c, wire, _ := calling(t, Options{}, test.answers...)
		if err := c.do(t.Context(), test.call); len(wire.made) != test.made || (err != nil) != test.fails {
			t.Errorf("%s: %d calls, and then %v", name, len(wire.made), err)
		}
	}
}

// TestPauses: they grow, differ, and are at least what the gateway asks for.
func TestPauses(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]bool{}
	for range 100 {
		for try := 1; try < 20; try++ {
			d, grows := pause(try, nil), min(500*time.Millisecond<<(try-1), 30*time.Second)
			if d < grows/2 || d > grows {
				t.Fatalf("%v after try %d", d, try)
			}
			seen[d] = true
		}
		if d := pause(1, &Problem{RetryAfter: 7 * time.Second}); d < 7*time.Second || d > 8*time.Second {
			t.Fatalf("%v after being asked for 7 s", d)
		}
	}
	if len(seen) < 1000 {
		t.Errorf("1900 pauses are of %d lengths", len(seen))
	}
}

func TestNoTryAfterTheDeadline(t *testing.T) {
	t.Parallel()
	c, wire, waits := calling(t, Options{}, answer{status: 503, header: http.Header{"Retry-After": {"30"}}})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var p *Problem
	if err := c.do(ctx, call{method: http.MethodGet, path: "/v1/x"}); !errors.As(err, &p) || p.RetryAfter != 30*time.Second || len(wire.made) != 1 || len(*waits) != 0 {
		t.Errorf("%d calls and %v come to %v", len(wire.made), *waits, err)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	body := `{"type":"urn:jiebao:problem:invalid","title":"Some fields are wrong","status":422,"detail":"1 field is wrong. Nothing was stored.","errors":[{"field":"offer.start_date","detail":"is in the past"}],"request_id":"REQ1"}`
	c, _, _ := calling(t, Options{}, answer{status: 422, body: body})
	_, err := c.PostResult(t.Context(), Result{})
	var p *Problem
	if !Is(err, "invalid") || Is(err, "conflict") || !errors.As(err, &p) || len(p.Fields) != 1 || p.Status != 422 {
		t.Errorf("%#v", err)
	}
	const want = "Some fields are wrong (422): 1 field is wrong. Nothing was stored. offer.start_date: is in the past. (request REQ1)"
	if err.Error() != want {
		t.Errorf("%q", err)
	}
	c, _, _ = calling(t, Options{Tries: 1}, answer{status: 502, body: "<html>proxy</html>", header: http.Header{"X-Request-Id": {"REQ2"}}})
	if _, err := c.Result(t.Context(), "R1"); err == nil || err.Error() != "Bad Gateway (502) (request REQ2)" || Is(err, "") {
		t.Errorf("%v", err)
	}
}

// TestSecretsStaySecret: in logs, and in the errors of links.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	log := slog.New(slog.NewTextHandler(&b, nil))
	as := ClientCredentials{ID: "ehr", Secret: "k-very-secret"}
	event := Event{ID: "evt", Data: EventData{CandidateID: "C1", text: []byte(`{"words":"k-very-secret"}`)}}
	log.Info("all", "key", as.Secret, "credentials", as, "token", CandidateToken{Token: "k-very-secret"}, "event", event, "data", event.Data,
		"result", Result{ID: "R1", Candidate: Candidate{Name: "k-very-secret"}}, "candidate", Candidate{Name: "k-very-secret"}, "device", Device{Token: "k-very-secret"})
	fmt.Fprintf(&b, "%v %+v %#v %s", as.Secret, as, as, Key("k-very-secret"))
	c, _, _ := calling(t, Options{Tries: 1}, answer{status: 200, body: `{"url":"https://jiebao.example.com/documents/k-very-secret"}`}, answer{err: errBroken})
	_, err := c.FetchDocument(t.Context(), "d1", &b)
	if err == nil || strings.Contains(b.String()+err.Error(), "k-very-secret") {
		t.Errorf("%s\n%v", b.String(), err)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "jiebao.example.com", "ftp://jiebao.example.com", "https://", "https://u:p@jiebao.example.com", "https://jiebao.example.com?x=1"} {
		if _, err := New(wrong, Key("k"), Options{}); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
	for _, none := range []Credentials{nil, Key(""), ClientCredentials{ID: "ehr"}} {
		if _, err := New("https://jiebao.example.com", none, Options{}); err == nil {
			t.Errorf("%T is taken", none)
		}
	}
	c, wire, _ := calling(t, Options{Language: "en"}, answer{status: 200, body: `{}`})
	if _, err := c.Result(t.Context(), "a/../b?c"); err != nil {
		t.Fatal(err)
	}
	if r := wire.made[0]; r.URL.EscapedPath() != "/v1/results/a%2F..%2Fb%3Fc" || r.Header.Get("Accept-Language") != "en" || r.Header.Get("Authorization") != "Bearer k-very-secret" {
		t.Errorf("%s %v", r.URL, r.Header)
	}
}

// TestReconcileAll: more candidates than one call takes are compared in ranges
// that leave no gap and do not overlap.
func TestReconcileAll(t *testing.T) {
	t.Parallel()
	c, wire, _ := calling(t, Options{}, answer{status: http.StatusOK, body: `{"agrees":true}`})
	b := Beliefs{Endpoints: []string{"ehr"}}
	for i := range 12_001 {
		b.Candidates = append(b.Candidates, BelievedCandidate{CandidateID: fmt.Sprintf("C-%05d", 12_000-i)})
	}
	for _, err := range c.ReconcileAll(t.Context(), b) {
		if err != nil {
			t.Fatal(err)
		}
	}
	after, n := "", 0
	for i, r := range wire.made {
		var part Beliefs
		body, err := r.GetBody()
		if err == nil {
			err = json.NewDecoder(body).Decode(&part)
		}
		if err != nil {
			t.Fatal(err)
		}
		last := i == len(wire.made)-1
		if !part.Complete || part.After != after || (part.Through == "") != last || len(part.Candidates) > 5000 || len(part.Endpoints) != 1 {
			t.Errorf("part %d is of %d candidates above %q to %q", i, len(part.Candidates), part.After, part.Through)
		}
		for _, one := range part.Candidates {
			if one.CandidateID <= part.After || !last && one.CandidateID > part.Through {
				t.Fatalf("part %d has %s", i, one.CandidateID)
			}
		}
		after, n = part.Through, n+len(part.Candidates)
	}
	if len(wire.made) != 3 || n != len(b.Candidates) {
		t.Errorf("%d calls had %d candidates", len(wire.made), n)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 22, 9, 30, 0, 0, time.UTC)
	for said, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-7": 0, "soon": 0, "Mon, 22 Jun 2026 09:31:00 GMT": time.Minute, "Mon, 22 Jun 2026 09:29:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {said}}, now); got != want {
			t.Errorf("%q is %s, want %s", said, got, want)
		}
	}
	ahead := http.Header{"Retry-After": {"Mon, 22 Jun 2026 10:30:20 GMT"}, "Date": {"Mon, 22 Jun 2026 10:30:00 GMT"}}
	if got := retryAfter(ahead, now); got != 20*time.Second {
		t.Errorf("by a clock that is an hour ahead it is %s", got)
	}
}
