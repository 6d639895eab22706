package ehr_test

import (
	"net/http"
	"testing"
	"time"

	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest/testenv"
	"jiebao/gateway/ehr"
	"jiebao/gateway/ehr/wire"
)

// TestABadEHRGetsEverythingInOrder tells a sink that fails in every way there is
// 20,000 events, half of which are there before it is told and half of which
// come meanwhile.
func TestABadEHRGetsEverythingInOrder(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{sqlstore.SQLite, sqlstore.PostgreSQL} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			people, each := 1000, 20
			o := newOffice(t, driver, nil)
			s := newSink(t, people*each, 7)
			o.candidates(people)
			o.write(people, 0, each/2)
			began := time.Now()
			stop := o.run(func(c *ehr.Options) {
				bad := webhook("ehr", s.url())
				bad.Wire.Timeout, bad.Wire.InFlight = wire.Duration(200*time.Millisecond), 64
				c.Configured = []ehr.Configured{bad}
				c.Retry.Schedule = []time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond}
			})
			o.write(people, each/2, each)
			select {
			case <-s.all:
			case <-time.After(2 * time.Minute):
				s.mu.Lock()
				t.Fatalf("it took %d of %d events; %v", len(s.kept), s.want, s.wrong)
			}
			took := time.Since(began)
			o.eventually("nothing waits", func() bool { return o.standing("ehr").Waiting == 0 })
			stop()
			if st := o.standing("ehr"); st.Dead != 0 || !st.Paused.At.IsZero() {
				t.Errorf("in the end it stands like this: %+v", st)
			}
			s.expect(people, each)
			t.Logf("%d events in %s, %d of them more than once", s.want, took.Round(time.Millisecond), s.again)
			s.expectVerified()
		})
	}
}

// expect holds what the sink took against what there was.
func (s *sink) expect(people, each int) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range s.wrong {
		s.t.Error(line)
	}
	if len(s.taken) != people || len(s.kept) != people*each {
		s.t.Errorf("it knows %d candidates and %d events", len(s.taken), len(s.kept))
	}
	for candidate, last := range s.taken {
		if last != int64(each) {
			s.t.Errorf("of %s it knows %d events", candidate, last)
		}
	}
	if s.again == 0 {
		s.t.Error("nothing came twice, so the sink was not bad enough")
	}
}

// expectVerified has the Standard Webhooks project's own JavaScript library
// judge every event.
func (s *sink) expectVerified() {
	t, ok := s.t.(*testing.T)
	if !ok {
		return
	}
	for i, verdict := range verify(t, testenv.Node(t, "peers"), s.kept) {
		if verdict != "message.received" {
			t.Fatalf("of %s the peer says %q", s.kept[i].Headers["webhook-id"], verdict)
		}
	}
}

// TestASlowEndpointSlowsNobody: an endpoint that never answers has every
// attempt that it may have under way, while another gets everything.
func TestASlowEndpointSlowsNobody(t *testing.T) {
	t.Parallel()
	const people, each = 40, 5
	o := newOffice(t, sqlstore.SQLite, nil)
	slow := newEndpoint(t, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	})
	good := newEndpoint(t, status(http.StatusNoContent))
	o.candidates(people)
	o.run(func(c *ehr.Options) {
		bad := webhook("slow", slow.URL)
		bad.Wire.InFlight, bad.Wire.Timeout = 2, wire.Duration(time.Minute)
		c.Configured = []ehr.Configured{bad, webhook("good", good.URL)}
	})
	o.write(people, 0, 1)
	o.eventually("the slow endpoint has all attempts under way", func() bool { return len(slow.seen()) == 2 })
	o.write(people, 1, each)
	o.eventually("the other has everything", func() bool { return len(good.seen()) == people*each })
	if n := len(slow.seen()); n != 2 {
		t.Errorf("the slow endpoint was asked %d times", n)
	}
	if st := o.standing("good"); st.Dead != 0 {
		t.Errorf("the good one stands like this: %+v", st)
	}
	slow.CloseClientConnections()
}
