package demo

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

const (
	testApp    = "wx0123456789abcdef"
	testKey    = "a-key-for-tests-of-at-least-32-characters"
	testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

// testStart is where the clock of the tests stands.
func testStart() time.Time { return time.Date(2026, time.June, 22, 1, 30, 0, 0, time.UTC) }

// testClock moves only when it is told to.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a demo with a gateway that is not one.
type world struct {
	*Demo
	sim     *wechatsim.Sim
	clock   *testClock
	gateway *fakeGateway
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return joinWorld(t, newFakeGateway(t), testStart())
}

// joinWorld starts a demo before a gateway that may have a past.
func joinWorld(t *testing.T, g *fakeGateway, now time.Time) *world {
	t.Helper()
	clock := &testClock{now: now}
	sim := wechatsim.New(wechatsim.Options{Now: clock.Now, Seed: 1})
	t.Cleanup(sim.Close)
	err := sim.AddAccount(wechatsim.Account{
		AppID: testApp, Secret: "secret", Token: "token", Name: "示例银行招聘", CallbackURL: g.server.URL + "/callbacks/bank",
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Options{
		Sim: sim, AppID: testApp, AccountID: "bank", GatewayURL: g.server.URL, APIKey: testKey, WebhookSecret: testSecret, Clock: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.pace = pace{patience: 300 * time.Millisecond, glance: time.Millisecond, moment: time.Millisecond}
	g.scans(sim)
	return &world{d, sim, clock, g}
}

// do serves one request.
func (w *world) do(method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec
}

// deliver posts a webhook, signed at a time.
func (w *world) deliver(id, body string, at time.Time) int {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return w.do("POST", "/ehr/webhooks", body, headerID, id, headerTimestamp, stamp, headerSignature, signed(testSecret, id, stamp, body)).Code
}

func signed(secret, id, stamp, body string) string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		panic(err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, stamp, body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func eventBody(candidate string, sequence int, text string) string {
	return fmt.Sprintf(`{"type":"message.received","timestamp":"2026-06-22T09:30:00+08:00","data":{"candidate_id":%q,"sequence":%d,"message":{"text":%q}}}`, candidate, sequence, text)
}

// fakeGateway knows results, makes invitations and answers candidates.
type fakeGateway struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex
	links   func() string
	results map[string]map[string]any
	posts   int
	heard   []string
	renewed []string
	events  map[string][]string // by candidate
	beliefs []byte              // that were posted last
}

func newFakeGateway(t *testing.T) *fakeGateway {
	g := &fakeGateway{t: t, results: map[string]map[string]any{}, events: map[string][]string{}}
	m := http.NewServeMux()
	m.HandleFunc("POST /v1/results", g.keyed(g.post))
	m.HandleFunc("POST /v1/results/preflight", g.keyed(g.preflight))
	m.HandleFunc("GET /v1/results/{id}", g.keyed(g.get))
	m.HandleFunc("POST /v1/results/{id}/invitation", g.keyed(g.renew))
	m.HandleFunc("POST /v1/results/{id}/cancel", g.keyed(g.cancel))
	m.HandleFunc("GET /v1/candidates/{id}/events", g.keyed(g.list))
	m.HandleFunc("GET /v1/candidates/{id}/channels", g.keyed(g.channels))
	m.HandleFunc("POST /v1/reconciliations", g.keyed(g.compare))
	m.HandleFunc("POST /callbacks/bank", g.callback)
	g.server = httptest.NewServer(m)
	t.Cleanup(g.server.Close)
	return g
}

// scans makes links that the simulator's phones can scan.
func (g *fakeGateway) scans(sim *wechatsim.Sim) {
	api := httptest.NewServer(sim.Handler())
	g.t.Cleanup(api.Close)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.links = func() string {
		token := fetch(g.t, api.URL+"/cgi-bin/token?grant_type=client_credential&appid="+testApp+"&secret=secret", "")["access_token"]
		return fetch(g.t, fmt.Sprintf("%s/cgi-bin/qrcode/create?access_token=%s", api.URL, token),
			`{"expire_seconds":2592000,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"scene"}}}`)["url"].(string)
	}
}

func fetch(t *testing.T, address, body string) map[string]any {
	get := func() (*http.Response, error) { return http.Get(address) }
	if body != "" {
		get = func() (*http.Response, error) { return http.Post(address, "application/json", strings.NewReader(body)) }
	}
	resp, err := get()
	if err != nil {
		t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	var m map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&m); err != nil {
		t.Error(err)
	}
	return m
}

func (g *fakeGateway) keyed(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+testKey {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		h(w, r)
	}
}

func (g *fakeGateway) post(w http.ResponseWriter, r *http.Request) {
	var doc document
	if err := json.NewDecoder(r.Body).Decode(&doc); err != nil || !doc.Interview.Passed {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, `{"title":"Some fields are wrong","status":422,"errors":[{"field":"interview.passed","detail":"has to be true"}]}`)
		return
	}
	g.posts++
	g.results[doc.ID] = map[string]any{
		"id": doc.ID, "candidate_id": doc.Candidate.ID, "status": "waiting",
		"binding": map[string]any{
			"accounts":   []any{},
			"invitation": map[string]string{"state": "usable", "link": g.links(), "qr_url": "https://mp.example.com/cgi-bin/showqrcode?ticket=gQ", "code": "ABCD2345"},
		},
	}
	writeJSON(w, http.StatusCreated, g.results[doc.ID])
}

func (g *fakeGateway) get(w http.ResponseWriter, r *http.Request) {
	st, ok := g.results[r.PathValue("id")]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	writeJSON(w, http.StatusOK, st)
}

func (g *fakeGateway) renew(w http.ResponseWriter, r *http.Request) {
	g.renewed = append(g.renewed, r.PathValue("id"))
	writeJSON(w, http.StatusAccepted, g.results[r.PathValue("id")])
}

func (g *fakeGateway) preflight(w http.ResponseWriter, r *http.Request) {
	var list []document
	if err := json.NewDecoder(r.Body).Decode(&list); err != nil || len(list) != 1 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"results": []any{map[string]string{"result_id": list[0].ID, "verdict": "told"}}})
}

func (g *fakeGateway) compare(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		g.t.Error(err)
	}
	g.beliefs = body
	writeJSON(w, http.StatusOK, map[string]any{"agrees": true, "differences": []any{}})
}

func (g *fakeGateway) cancel(w http.ResponseWriter, r *http.Request) {
	st := g.results[r.PathValue("id")]
	st["plan"] = map[string]any{"state": "cancelled"}
	writeJSON(w, http.StatusOK, st)
}

// channels answers for whom it knows a result of.
func (g *fakeGateway) channels(w http.ResponseWriter, r *http.Request) {
	for _, st := range g.results {
		if st["candidate_id"] == r.PathValue("id") {
			writeJSON(w, http.StatusOK, map[string]any{"candidate_id": st["candidate_id"], "channels": []any{}, "plan": st["plan"]})
			return
		}
	}
	writeProblem(w, http.StatusNotFound, "There is no such candidate", "")
}

func (g *fakeGateway) list(w http.ResponseWriter, r *http.Request) {
	raw := strings.Join(g.events[r.PathValue("id")], ",")
	fmt.Fprintf(w, `{"events":[%s],"more":false}`, raw)
}

// bindAll makes every result look scanned, but for the last candidate's.
func (g *fakeGateway) bindAll() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for id, st := range g.results {
		if id == "R-DEMO-007" {
			continue
		}
		st["binding"] = map[string]any{"accounts": []any{map[string]string{"account": "bank"}}}
	}
}

// callback answers every message with a text, as a passive reply.
func (g *fakeGateway) callback(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ToUserName, FromUserName, MsgType, Event, Content string
	}
	if err := xml.NewDecoder(r.Body).Decode(&in); err != nil {
		g.t.Error(err)
	}
	g.mu.Lock()
	g.heard = append(g.heard, in.MsgType+in.Event+" "+in.Content)
	g.mu.Unlock()
	fmt.Fprintf(w, `<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>收到</Content></xml>`,
		in.FromUserName, in.ToUserName)
}

func (g *fakeGateway) said() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string{}, g.heard...)
}

func (g *fakeGateway) posted() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.posts
}
