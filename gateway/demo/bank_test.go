package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels/push/pushsim"
)

// appAPI is the gateway's side of the bank's app: it knows one candidate.
type appAPI struct {
	server *httptest.Server

	mu    sync.Mutex
	calls []string
	told  chan string // to every stream
}

func newAppAPI(t *testing.T) *appAPI {
	a := &appAPI{told: make(chan string)}
	m := http.NewServeMux()
	note := func(w http.ResponseWriter, r *http.Request) {
		var in map[string]string
		_ = json.NewDecoder(r.Body).Decode(&in)
		a.mu.Lock()
		defer a.mu.Unlock()
		a.calls = append(a.calls, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+in["candidate_id"]+in["text"]+in["choice"]))
		writeJSON(w, http.StatusCreated, map[string]string{})
	}
	m.HandleFunc("POST /v1/devices", note)
	m.HandleFunc("POST /v1/candidates/{id}/token", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") != "C-1" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"token": "jbc_1", "expires_at": testStart().Add(time.Hour)})
	})
	own := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer jbc_1" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			h(w, r)
		}
	}
	m.HandleFunc("GET /v1/app/messages", own(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"messages":[{"id":"m1","number":1,"from":"bank","kind":"text","text":"恭喜","choices":[{"id":"confirm","text":"确认"}],"at":"2026-06-22T09:30:00+08:00"},`+
			`{"id":"m2","number":2,"from":"candidate","kind":"image","at":"2026-06-22T09:31:00+08:00"}],"cursor":"2-x"}`)
	}))
	m.HandleFunc("POST /v1/app/messages", own(note))
	m.HandleFunc("POST /v1/app/messages/{id}/{what}", own(note))
	m.HandleFunc("GET /v1/app/events", own(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		for {
			select {
			case e := <-a.told:
				fmt.Fprint(w, e)
				_ = http.NewResponseController(w).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}))
	a.server = httptest.NewServer(m)
	t.Cleanup(a.server.Close)
	return a
}

func (a *appAPI) heard() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls)
}

// newBank is a phone with the bank's app on it, whose gateway is there.
func newBank(t *testing.T) (*Bank, *pushsim.Sim, *appAPI, Person) {
	t.Helper()
	api := newAppAPI(t)
	b := NewBank("示例银行", testStart)
	sim := pushsim.New(pushsim.Options{Now: testStart, App: b})
	sim.SetJPush()
	b.Install(sim)
	b.Connect(api.server.URL, testKey, nil)
	p := newPerson("王小明")
	p.Candidate = "C-1"
	if err := b.Join(p); err != nil {
		t.Fatal(err)
	}
	return b, sim, api, p
}

func TestTheBanksAppRegistersOnce(t *testing.T) {
	t.Parallel()
	b, sim, api, p := newBank(t)
	if err := b.Join(p); err != nil {
		t.Fatal(err)
	}
	if got := api.heard(); !slices.Equal(got, []string{"POST /v1/devices C-1"}) || len(sim.Phones()) != 1 {
		t.Errorf("the gateway heard %q; there are %d phones", got, len(sim.Phones()))
	}
	without := newPerson("赵敏")
	without.NoApp = true
	if err := b.Join(without); err != nil || !b.View(without).Closed || b.View(p).Closed {
		t.Errorf("who does without: %v, %+v", err, b.View(without))
	}
	state, err := b.Save()
	if err != nil {
		t.Fatal(err)
	}
	again := NewBank("示例银行", testStart)
	again.Install(pushsim.New(pushsim.Options{Now: testStart}))
	if err := again.Load(state); err != nil {
		t.Fatal(err)
	}
	if err := again.Join(p); err != nil { // before the gateway is there
		t.Fatal(err)
	}
	again.Connect(api.server.URL, testKey, nil)
	if err := again.Join(p); err != nil || len(api.heard()) != 1 {
		t.Errorf("after a restart: %v; the gateway heard %q", err, api.heard())
	}
}

// TestTheBanksConversation is live, and what is on the screen is read.
func TestTheBanksConversation(t *testing.T) {
	t.Parallel()
	b, _, api, p := newBank(t)
	told := make(chan struct{}, 99)
	go b.Watch(t.Context(), p, func() { told <- struct{}{} })
	until := func(what string, holds func([]Item) bool) {
		t.Helper()
		deadline := time.After(10 * time.Second)
		for !holds(b.View(p).Items) {
			select {
			case <-told:
			case <-deadline:
				t.Fatalf("never: %s; the app shows %+v", what, b.View(p).Items)
			}
		}
	}
	until("the conversation is read", func(items []Item) bool { return len(items) == 2 })
	items := b.View(p).Items
	if m := items[0]; m.Status != "unread" || !m.Quiet || m.Mine || !slices.Equal(m.Choices, []Choice{{"confirm", "确认"}}) {
		t.Errorf("the bank's message is shown as %+v", m)
	}
	if m := items[1]; !m.Mine || !m.Quiet || m.Text != "[image]" {
		t.Errorf("what was sent elsewhere is shown as %+v", m)
	}
	api.told <- "id: 3-x\nevent: message\ndata: {\"id\":\"m3\",\"number\":3,\"from\":\"candidate\",\"kind\":\"text\",\"text\":\"好的\",\"client_id\":\"1\"}\n\n"
	until("a message arrives", func(items []Item) bool { return len(items) == 3 && items[2].Mine && !items[2].Quiet })
	api.told <- "event: read\ndata: {\"ids\":[\"m1\"]}\n\n"
	until("it was read elsewhere", func(items []Item) bool { return items[0].Status == "" })
	for _, g := range []Gesture{{Action: "say", Text: "几点报到"}, {Action: "tap", Choice: "confirm"}} {
		if err := b.Do(t.Context(), p, g); err != nil {
			t.Errorf("%+v: %v", g, err)
		}
	}
	if got := api.heard()[1:]; !slices.Equal(got, []string{"POST /v1/app/messages 几点报到", "POST /v1/app/messages confirm"}) {
		t.Errorf("the gateway heard %q", got)
	}
	api.told <- "event: expired\ndata: {}\n\n" // it fetches another token, and reads on
	until("it looks again", func(items []Item) bool { return items[0].Status == "unread" })
	if err := b.Do(t.Context(), p, Gesture{Action: "open"}); err != nil || b.View(p).Items[0].Status != "" || !slices.Contains(api.heard(), "POST /v1/app/messages/m1/read") {
		t.Errorf("looking at it: %v; the gateway heard %q", err, api.heard())
	}
	if b.Do(t.Context(), p, Gesture{Action: "answer"}) == nil || b.Do(t.Context(), p, Gesture{Action: "open", Item: "banner-7"}) == nil {
		t.Error("something was done that cannot be")
	}
}

// TestTheBanksAppWaitsForAConversation: a candidate whom the gateway does not
// know is nobody to poll for.
func TestTheBanksAppWaitsForAConversation(t *testing.T) {
	t.Parallel()
	b, sim, _, p := newBank(t)
	stranger := p
	stranger.ID, stranger.Candidate = newPersonID(), "C-2"
	if err := b.Join(stranger); err != nil {
		t.Fatal(err)
	}
	told := make(chan struct{}, 99)
	go b.Watch(t.Context(), stranger, func() { told <- struct{}{} })
	<-told // it looks
	sim.AddPhone(stranger.ID, "oppo")
	<-told // the phone is another
	if items := b.View(stranger).Items; len(items) != 0 {
		t.Errorf("the app shows %+v", items)
	}
	stranger.Candidate = "C-1" // the EHR names them now
	if err := b.Join(stranger); err != nil {
		t.Fatal(err)
	}
	for len(b.View(stranger).Items) == 0 {
		<-told
	}
}
