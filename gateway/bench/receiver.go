package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// receiver is the EHR: it verifies the signature of every event by itself,
// and that each candidate's sequence has no gap and no step back.
type receiver struct {
	server *httptest.Server

	// sent is called for every result whose notification a channel accepted,
	// with when the gateway knew.
	sent atomic.Pointer[func(result string, at time.Time)]
	// heard is called for every message of a candidate, with its arrival here.
	heard atomic.Pointer[func(words string, at time.Time)]

	mu          sync.Mutex
	count       int
	first, last time.Time
	lags        []time.Duration // from the turn that made an event to its arrival
	sequences   map[string]int64
	wrong       []string
	ids         map[string]string // conversation of each candidate
}

var eventKey = []byte("a key of thirty-two bytes, or so")

// eventSecret is the key as it is configured.
func eventSecret() string { return "whsec_" + base64.StdEncoding.EncodeToString(eventKey) }

func newReceiver() *receiver {
	e := &receiver{sequences: map[string]int64{}, ids: map[string]string{}}
	e.server = httptest.NewServer(e)
	return e
}

// event is what the receiver reads of one.
type event struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		Candidate string `json:"candidate_id"`
		Sequence  int64  `json:"sequence"`
		Result    string `json:"result_id"`
		Message   struct {
			ID   string `json:"id"`
			Text string `json:"text"`
		} `json:"message"`
	} `json:"data"`
}

var macs = sync.Pool{New: func() any { return hmac.New(sha256.New, eventKey) }}

func (e *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var ev event
	problem := verify(r.Header, body, now)
	if problem == "" {
		if err := json.Unmarshal(body, &ev); err != nil {
			problem = err.Error()
		}
	}
	e.book(ev, problem, now)
	if sent := e.sent.Load(); sent != nil && ev.Type == "notification.sent" {
		(*sent)(ev.Data.Result, ev.Timestamp)
	}
	if heard := e.heard.Load(); heard != nil && ev.Type == "message.received" {
		(*heard)(ev.Data.Message.Text, now)
	}
	w.WriteHeader(http.StatusNoContent)
}

// mac authenticates a text with the EHR's key.
func mac(text string) []byte {
	m := macs.Get().(hash.Hash)
	defer macs.Put(m)
	m.Reset()
	_, _ = io.WriteString(m, text)
	return m.Sum(nil)
}

func verify(h http.Header, body []byte, now time.Time) (problem string) {
	id, stamp := h.Get("webhook-id"), h.Get("webhook-timestamp")
	want := base64.StdEncoding.EncodeToString(mac(id + "." + stamp + "." + string(body)))
	if given, found := strings.CutPrefix(h.Get("webhook-signature"), "v1,"); !found || !hmac.Equal([]byte(given), []byte(want)) {
		return "the signature of " + id + " does not hold"
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if age := now.Sub(time.Unix(seconds, 0)); err != nil || age > 5*time.Minute || age < -5*time.Minute {
		return "the timestamp of " + id + " is not of now"
	}
	return ""
}

func (e *receiver) book(ev event, problem string, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	d := &ev.Data
	if want := e.sequences[d.Candidate] + 1; problem == "" && d.Sequence != want {
		problem = fmt.Sprintf("candidate %s: sequence %d, want %d", d.Candidate, d.Sequence, want)
	}
	if problem != "" {
		e.wrong = append(e.wrong, problem)
		return
	}
	e.sequences[d.Candidate] = d.Sequence
	if e.count == 0 {
		e.first = now
	}
	e.count, e.last = e.count+1, now
	e.lags = append(e.lags, now.Sub(ev.Timestamp))
	if conversation, _, found := strings.Cut(d.Message.ID, "-"); found && e.ids[d.Candidate] == "" {
		e.ids[d.Candidate] = conversation
	}
}

// deliveries are the events that arrived since the last call.
type deliveries struct {
	count int
	over  time.Duration // from the first to the last
	lags  taken
}

func (d deliveries) perSecond() float64 {
	return float64(d.count) / max(d.over, time.Millisecond).Seconds()
}

func (e *receiver) take() deliveries {
	e.mu.Lock()
	defer e.mu.Unlock()
	d := deliveries{count: e.count, over: e.last.Sub(e.first), lags: sorted(e.lags)}
	e.count, e.lags = 0, nil
	return d
}

// conversation is the id of a candidate's conversation, "" if no event told it.
func (e *receiver) conversation(candidate string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ids[candidate]
}

// check returns what was wrong with the events so far.
func (e *receiver) check() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%d events were wrong, the first: %s", len(e.wrong), e.wrong[0])
}
