package ehr_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr"
)

// patient is a deliverer whose endpoint answers as it is told, while time goes
// by.
type patient struct {
	*trial
	t    *testing.T
	d    *ehr.Deliverer
	now  time.Time
	code int
}

func newPatient(t *testing.T) *patient {
	p := &patient{t: t, now: noon(), code: http.StatusNoContent}
	e := newEndpoint(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(p.code) })
	p.d = deliverer(t, e.URL, p.now, func(s *trial) {
		p.trial = s
		s.options.Clock = ticking{now: func() time.Time { return p.now }}
	})
	return p
}

// try tells an event that was first tried so long ago.
func (p *patient) try(code int, since time.Duration, again bool) outbox.Outcome {
	p.t.Helper()
	p.code = code
	it := item(p.t, anEvent())
	it.Again = again
	if since > 0 {
		it.Since, it.Attempts = p.now.Add(-since), 9
	}
	return p.d.Do(p.t.Context(), it)
}

const days = 24 * time.Hour

func TestWhatTakesNothingIsPaused(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	if o := p.try(500, 3*days-time.Second, false); o.Verdict != outbox.Retry || len(p.pauses) != 0 {
		t.Fatalf("before its time %+v, and it is paused: %v", o, p.pauses)
	}
	o := p.try(500, 3*days, false)
	if o.Verdict != outbox.Retry || o.Attempt == nil || o.Attempt.Status != 500 {
		t.Errorf("the event: %+v, want it kept", o)
	}
	if len(p.pauses) != 1 || p.pauses[0].Reason != relay.PausedFailing || p.pauses[0].By != "" || !strings.Contains(p.pauses[0].Detail, "500") {
		t.Errorf("the pauses are %+v", p.pauses)
	}
}

func TestWhatIsRefusedAloneIsADeadLetter(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	for range 3 {
		p.try(204, 0, false)
		p.now = p.now.Add(2 * time.Hour)
	}
	if o := p.try(422, 3*days, false); o.Verdict != outbox.Dead || o.Note == "" || o.Attempt == nil {
		t.Errorf("verdict %v, %q, want a dead letter", o.Verdict, o.Note)
	}
	if o := p.try(422, 2*days, false); o.Verdict != outbox.Retry {
		t.Errorf("another: %+v, want it tried for three days", o)
	}
	if len(p.pauses) != 0 {
		t.Errorf("it is paused: %+v", p.pauses)
	}
}

// TestACrowdAfterAnOutageIsNoReason: an endpoint that comes back and cannot
// take everything at once loses nothing.
func TestACrowdAfterAnOutageIsNoReason(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.try(204, 0, false)
	p.now = p.now.Add(4 * days)
	p.try(500, 3*days-time.Minute, false)
	p.try(204, 0, false)
	if o := p.try(503, 4*days, false); o.Verdict != outbox.Retry {
		t.Errorf("at the end of an outage: %+v, want a retry", o)
	}
	p.now = p.now.Add(90 * time.Minute)
	p.try(204, 0, false)
	p.now = p.now.Add(2 * time.Hour)
	p.try(204, 0, false)
	if o := p.try(503, 4*days, false); o.Verdict != outbox.Dead {
		t.Errorf("after more than three hours in which it took others: %+v, want a dead letter", o)
	}
	if len(p.pauses) != 0 {
		t.Errorf("it is paused: %+v", p.pauses)
	}
}

// TestWhatOtherGatewaysKnowCounts: this one delivered nothing, another did.
func TestWhatOtherGatewaysKnowCounts(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.took = p.now.Add(-5 * time.Hour)
	if o := p.try(422, 3*days, false); o.Verdict != outbox.Dead || len(p.pauses) != 0 {
		t.Errorf("%+v and pauses %+v, want a dead letter", o, p.pauses)
	}
}

// TestAReplayHoldsUpForHoursOnly: a dead letter that is told again and refused
// again does not keep its candidate's others for three days.
func TestAReplayHoldsUpForHoursOnly(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.took = p.now.Add(-5 * time.Hour)
	if o := p.try(422, 2*time.Hour, true); o.Verdict != outbox.Retry {
		t.Errorf("after two hours: %+v", o)
	}
	p.took = p.now.Add(-3*time.Hour - time.Minute)
	p.now = p.now.Add(2 * time.Minute)
	if o := p.try(422, 4*time.Hour, true); o.Verdict != outbox.Dead {
		t.Errorf("after four hours: %+v", o)
	}
}

func TestGoneIsPausedAtOnce(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	if o := p.try(410, 0, false); o.Verdict != outbox.Retry || o.Attempt.Status != 410 {
		t.Errorf("the event: %+v, want it kept", o)
	}
	if len(p.pauses) != 1 || p.pauses[0].Reason != relay.PausedGone {
		t.Errorf("the pauses are %+v", p.pauses)
	}
}

func TestLongTroubleIsAnAlarm(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.try(500, 0, false)
	p.now = p.now.Add(14 * time.Minute)
	p.try(500, 0, false)
	if len(p.alarms) != 0 {
		t.Fatalf("after fourteen minutes there is %+v", p.alarms)
	}
	p.now = p.now.Add(time.Minute)
	p.try(500, 0, false)
	p.try(500, 0, false)
	if len(p.alarms) != 1 {
		t.Fatalf("after fifteen minutes there is %+v, want one", p.alarms)
	}
	a := p.alarms[0]
	if a.Account != relay.AlarmAccount("ehr") || a.Work != conversations.TaskEvent || a.Reason != conversations.EndpointDown || !a.Since.Equal(p.now.Add(-15*time.Minute)) {
		t.Errorf("the alarm is %+v", a)
	}
	p.try(204, 0, false)
	if len(p.alarms) != 0 || p.ended != 1 {
		t.Errorf("afterwards there is %+v, ended %d times", p.alarms, p.ended)
	}
	p.try(204, 0, false)
	if p.ended != 1 {
		t.Errorf("it was ended %d times", p.ended)
	}
}
