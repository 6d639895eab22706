package ehr_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// sink is a bad EHR: it answers 500, takes an event and says that it failed or
// says nothing at all, is slow, and restarts. What it took it remembers through
// restarts: what comes again it knows by its id, and of what is new it insists
// on every candidate's order.
type sink struct {
	t       testing.TB
	address string

	mu     sync.Mutex
	server *http.Server
	rng    *rand.Rand
	taken  map[string]int64 // by candidate: the last event it took
	bodies map[string]string
	kept   []delivery // the first time it took each, for the peer
	again  int        // how often an event came once more
	wrong  []string
	want   int
	all    chan struct{} // closed when it took as many as are wanted
	next   int           // events until the next restart
}

const restartsEvery = 2500

func newSink(t testing.TB, want int, seed uint64) *sink {
	s := &sink{
		t: t, rng: rand.New(rand.NewPCG(seed, seed)), taken: map[string]int64{}, bodies: map[string]string{},
		want: want, all: make(chan struct{}), next: restartsEvery,
	}
	s.start("127.0.0.1:0")
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.server.Close()
	})
	return s
}

func (s *sink) url() string { return "http://" + s.address + "/events" }

// start begins to listen, again at the same address. The caller holds the lock
// or is alone.
func (s *sink) start(address string) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.address = listener.Addr().String()
	s.server = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second}
	go func(server *http.Server) {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.t.Error(err)
		}
	}(s.server)
}

// restart breaks every connection, and is back at once.
func (s *sink) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server.Close()
	s.start(s.address)
}

// What it does with a request.
const (
	take = iota
	fail
	takeAndFail
	takeAndHang
	beSlow
)

func (s *sink) mood() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := s.rng.IntN(1000); {
	case n < 50:
		return fail
	case n < 70:
		return takeAndFail
	case n < 80:
		return takeAndHang
	case n < 100:
		return beSlow
	}
	return take
}

func (s *sink) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the connection broke
	}
	switch s.mood() {
	case fail:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case takeAndFail:
		s.take(r.Header, body)
		w.WriteHeader(http.StatusBadGateway)
		return
	case takeAndHang:
		s.take(r.Header, body)
		<-r.Context().Done()
		return
	case beSlow:
		select {
		case <-time.After(20 * time.Millisecond):
		case <-r.Context().Done():
			return
		}
	}
	if s.take(r.Header, body) {
		go s.restart() // and this answer is lost
	}
	w.WriteHeader(http.StatusNoContent)
}

// take takes an event, and says whether it is time to restart.
func (s *sink) take(h http.Header, body []byte) (restart bool) {
	var ev struct {
		Data struct {
			Candidate string `json:"candidate_id"`
			Sequence  int64
		}
	}
	if err := json.Unmarshal(body, &ev); err != nil {
		s.t.Error(err)
		return false
	}
	id, d := h.Get("webhook-id"), ev.Data
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, again := s.bodies[id]; again {
		s.again++
		if before != string(body) {
			s.wrong = append(s.wrong, id+" came again with another content")
		}
		return false
	}
	if d.Sequence != s.taken[d.Candidate]+1 {
		s.wrong = append(s.wrong, fmt.Sprintf("%s: sequence %d of %s comes after %d", id, d.Sequence, d.Candidate, s.taken[d.Candidate]))
	}
	s.taken[d.Candidate], s.bodies[id] = d.Sequence, string(body)
	kept := delivery{Secret: secret, Headers: map[string]string{}, Body: string(body)}
	for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
		kept.Headers[name] = h.Get(name)
	}
	s.kept = append(s.kept, kept)
	if len(s.kept) == s.want {
		close(s.all)
	}
	s.next--
	if restart = s.next == 0; restart {
		s.next = restartsEvery
	}
	return restart
}
