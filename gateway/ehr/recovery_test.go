package ehr_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"jiebao/gateway/ehr"
)

// trouble is an endpoint in trouble, and how often waiting events were let go.
type trouble struct {
	t        *testing.T
	d        *ehr.Deliverer
	now      time.Time
	code     int
	header   http.Header
	hastened int
	err      error
}

func newTrouble(t *testing.T) *trouble {
	tr := &trouble{t: t, now: noon(), header: http.Header{}}
	e := newEndpoint(t, func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range tr.header {
			w.Header()[k] = v
		}
		w.WriteHeader(tr.code)
	})
	tr.d = deliverer(t, e.URL, tr.now, func(s *trial) {
		s.options.Clock = ticking{now: func() time.Time { return tr.now }}
		s.hurry = func() error { tr.hastened++; return tr.err }
	})
	return tr
}

// after lets time pass and delivers an event that failed before so often.
func (tr *trouble) after(wait time.Duration, code, attempts int) {
	tr.t.Helper()
	tr.now, tr.code = tr.now.Add(wait), code
	it := item(tr.t, anEvent())
	it.Attempts = attempts
	tr.d.Do(tr.t.Context(), it)
}

func (tr *trouble) want(times int, when string) {
	tr.t.Helper()
	if tr.hastened != times {
		tr.t.Errorf("%s: waiting events were let go %d times, want %d", when, tr.hastened, times)
	}
}

func TestRecoveryLetsWaitingEventsGo(t *testing.T) {
	t.Parallel()
	tr := newTrouble(t)
	tr.after(0, 204, 0)
	tr.want(1, "the first delivery of a start may end an earlier start's trouble")
	tr.after(2*time.Minute, 204, 0)
	tr.want(1, "all is well")
	tr.after(time.Minute, 500, 0)
	tr.after(8*time.Hour, 500, 7)
	tr.after(time.Hour, 204, 0)
	tr.want(2, "after an outage")
	tr.after(time.Second, 204, 3)
	tr.want(2, "a moment after")
	tr.after(2*time.Hour, 204, 3)
	tr.want(3, "an event that failed, on another node")
}

func TestRecoveryIsTriedAgain(t *testing.T) {
	t.Parallel()
	tr := newTrouble(t)
	tr.err = errors.New("the database is away")
	tr.after(0, 204, 0)
	tr.err = nil
	tr.after(2*time.Minute, 204, 0)
	tr.want(2, "the first did not succeed")
	tr.after(2*time.Hour, 204, 0)
	tr.want(2, "the second did")
}

// TestRefusedEventsAreNoOutage: an endpoint that takes most events and
// refuses some gets those again now and then, not with every other event.
func TestRefusedEventsAreNoOutage(t *testing.T) {
	t.Parallel()
	tr := newTrouble(t)
	for range 12 * 60 {
		tr.after(30*time.Second, 400, 9)
		tr.after(30*time.Second, 204, 0)
	}
	tr.want(6+11, "in twelve hours")
	tr.after(2*time.Hour, 500, 0)
	tr.after(time.Second, 204, 0)
	tr.want(18, "an outage after a quiet time")
	tr.after(time.Second, 500, 0)
	tr.after(time.Minute, 204, 0)
	tr.want(19, "the pauses began anew")
}

func TestRecoveryRespectsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	tr := newTrouble(t)
	tr.after(0, 204, 0)
	tr.header.Set("Retry-After", "7200")
	tr.after(time.Minute, 429, 0)
	tr.after(time.Hour, 204, 0)
	tr.want(1, "the endpoint asked for two hours")
	tr.after(time.Hour, 204, 0)
	tr.want(2, "two hours later")
}
