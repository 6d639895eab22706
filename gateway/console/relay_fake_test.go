package console

import (
	"context"
	"fmt"
	"slices"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/endpoints"
	"jiebao/gateway/ehr/wire"
)

// The fake's endpoints, and what they were told in the tests.

// relays are what the fake knows of endpoints.
type relays struct {
	all      []relay.Standing
	settings map[string]wire.Settings
	attempts []relay.Attempt // the oldest first
	dead     []relay.DeadLetter
	progress map[string][]relay.Progress // by endpoint
	events   []conversations.Event
	replayed []relay.Selection
	created  []endpoints.New
	changed  []endpoints.Draft
	rotated  []time.Duration
	wrong    error // of the next change
}

func (f *fake) own(s conversations.Scope, id string) (*relay.Standing, error) {
	i := slices.IndexFunc(f.relays.all, func(e relay.Standing) bool { return e.ID == id && s.Writes(e.Branch) })
	if i < 0 {
		return nil, conversations.ErrNotFound
	}
	return &f.relays.all[i], nil
}

func (f *fake) Endpoints(_ context.Context, s conversations.Scope) (out []relay.Standing, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.relays.all {
		if s.Writes(e.Branch) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (f *fake) EndpointList(context.Context) (out []relay.Endpoint, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.relays.all {
		out = append(out, e.Endpoint)
	}
	return out, nil
}

func (f *fake) Find(_ context.Context, s conversations.Scope, id string) (relay.Standing, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.own(s, id)
	if err != nil {
		return relay.Standing{}, err
	}
	return *e, nil
}

func (f *fake) Settings(e relay.Endpoint) (wire.Settings, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.relays.settings[e.ID], nil
}

func (f *fake) PauseEndpoint(_ context.Context, s conversations.Scope, id string, p relay.Pause) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.own(s, id)
	if err != nil {
		return false, err
	}
	was := e.Paused.At.IsZero()
	e.Paused = p
	return was, nil
}

func (f *fake) ResumeEndpoint(_ context.Context, s conversations.Scope, id, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.own(s, id)
	if err == nil {
		e.Paused = relay.Pause{}
	}
	return err
}

func (f *fake) Attempts(_ context.Context, s conversations.Scope, id string, pick relay.Selection, before int64, limit int) (out []relay.Attempt, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.own(s, id); err != nil {
		return nil, err
	}
	for _, a := range slices.Backward(f.relays.attempts) {
		if a.Endpoint == id && (before == 0 || a.ID < before) && (pick.Candidate == "" || pick.Candidate == a.Candidate) &&
			(!pick.Failed || a.Note != "") && len(out) < limit {
			out = append(out, a)
		}
	}
	return out, nil
}

func picks(p relay.Selection, l relay.DeadLetter) bool {
	return (p.Candidate == "" || p.Candidate == l.Candidate) && (len(p.Events) == 0 || slices.Contains(p.Events, l.Event))
}

func (f *fake) DeadLetters(_ context.Context, s conversations.Scope, id string, pick relay.Selection, after string, limit int) (out []relay.DeadLetter, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.own(s, id); err != nil {
		return nil, err
	}
	for _, l := range f.relays.dead {
		if l.Endpoint == id && picks(pick, l) && l.Event > after && len(out) < limit {
			out = append(out, l)
		}
	}
	return out, nil
}

func (f *fake) Dismiss(_ context.Context, s conversations.Scope, id string, pick relay.Selection) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.own(s, id); err != nil {
		return 0, err
	}
	before := len(f.relays.dead)
	f.relays.dead = slices.DeleteFunc(f.relays.dead, func(l relay.DeadLetter) bool { return l.Endpoint == id && picks(pick, l) })
	return before - len(f.relays.dead), nil
}

func (f *fake) Replay(_ context.Context, s conversations.Scope, id string, pick relay.Selection, dry bool) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.own(s, id); err != nil {
		return 0, err
	}
	if !dry {
		f.relays.replayed = append(f.relays.replayed, pick)
	}
	if len(pick.Events) > 0 {
		return 1, nil
	}
	return 37, nil
}

func (f *fake) ProgressOf(_ context.Context, s conversations.Scope, id, _ string, candidates []string, _ int) (out []relay.Progress, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.own(s, id); err != nil {
		return nil, err
	}
	for _, p := range f.relays.progress[id] {
		if slices.Contains(candidates, p.Candidate) {
			out = append(out, p)
		}
	}
	return out, nil
}

func (f *fake) Events(_ context.Context, s conversations.Scope, candidate string, after int64, limit int) (out []conversations.Event, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.convs {
		if c.Candidate.ID == candidate && !s.Allows(c.Branch) {
			return nil, conversations.ErrNotFound
		}
	}
	for _, e := range f.relays.events {
		if e.Subject == candidate && e.Data.Sequence > after && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func (f *fake) Create(_ context.Context, s conversations.Scope, n endpoints.New) (relay.Endpoint, wire.Secret, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.refused(s, n.Branch); err != nil {
		return relay.Endpoint{}, wire.Secret{}, err
	}
	e := relay.Endpoint{ID: n.ID, Name: n.Name, Kind: n.Kind, Branch: n.Branch, Types: n.Types, Version: 1}
	f.relays.created, f.relays.all = append(f.relays.created, n), append(f.relays.all, relay.Standing{Endpoint: e})
	f.relays.settings[n.ID] = n.Settings
	return e, wire.Secret{ID: "s1", Value: wire.Hide("whsec_made")}, nil
}

func (f *fake) refused(s conversations.Scope, branch string) error {
	err := f.relays.wrong
	f.relays.wrong = nil
	if err == nil && !s.Writes(branch) {
		err = conversations.ErrNotFound
	}
	return err
}

func (f *fake) Change(_ context.Context, s conversations.Scope, id string, version int64, to endpoints.Draft) (relay.Endpoint, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.own(s, id)
	if err != nil {
		return relay.Endpoint{}, err
	}
	if err := f.refused(s, to.Branch); err != nil {
		return relay.Endpoint{}, err
	}
	if version != e.Version {
		return relay.Endpoint{}, conversations.ErrStale
	}
	f.relays.changed = append(f.relays.changed, to)
	e.Name, e.Branch, e.Types, e.Version = to.Name, to.Branch, to.Types, e.Version+1
	return e.Endpoint, nil
}

func (f *fake) Rotate(_ context.Context, s conversations.Scope, id string, _ wire.Hidden, overlap time.Duration) (relay.Endpoint, wire.Secret, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.own(s, id)
	if err != nil {
		return relay.Endpoint{}, wire.Secret{}, err
	}
	f.relays.rotated = append(f.relays.rotated, overlap)
	return e.Endpoint, wire.Secret{ID: "s2", Value: wire.Hide("whsec_rotated")}, nil
}

func (f *fake) Remove(_ context.Context, s conversations.Scope, id string, _ int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.own(s, id); err != nil {
		return err
	}
	f.relays.all = slices.DeleteFunc(f.relays.all, func(e relay.Standing) bool { return e.ID == id })
	return nil
}

func (f *fake) test(_ context.Context, e relay.Endpoint) (relay.Attempt, error) {
	return relay.Attempt{Endpoint: e.ID, Event: "test_1", Type: "endpoint.test", Attempt: outbox.Attempt{At: f.now(), Took: 42 * time.Millisecond, Status: 200}}, nil
}

// relay tells three systems of 张伟 and of others.
func (s *seeder) relay() {
	ago := func(d time.Duration) time.Time { return s.now.Add(-d) }
	s.f.relays = relays{
		all: []relay.Standing{
			{Endpoint: relay.Endpoint{ID: "bj-oa", Name: "北京 OA", Kind: relay.Webhook, Branch: "head/beijing", Types: []string{"start_date.*", "offer.declined"}, Version: 3,
				Paused: relay.Pause{At: ago(2 * time.Hour), Reason: relay.PausedFailing, Detail: "the endpoint could not be reached: connection refused"}},
				Waiting: 4, Oldest: ago(26 * time.Hour), Took: ago(30 * time.Hour), Failed: ago(2 * time.Hour)},
			{Endpoint: relay.Endpoint{ID: "ehr", Name: "EHR", Kind: relay.Webhook, Configured: true, Version: 1}, Waiting: 1, Oldest: ago(3 * time.Minute), Dead: 3, Took: ago(8 * time.Second), Failed: ago(3 * time.Minute)},
			{Endpoint: relay.Endpoint{ID: "nightly", Name: "夜间批处理", Kind: relay.Feed, Branch: "head", Version: 1}, Took: ago(8 * time.Second), Position: 20411},
		},
		settings: map[string]wire.Settings{
			"ehr": {URL: "https://ehr.example.com/hooks/jiebao?token=url-token", Headers: map[string]wire.Hidden{"Authorization": wire.Hide("Bearer header-secret")},
				Secrets: []wire.Secret{{ID: "configured", Value: wire.Hide("whsec_configured")}}},
			"bj-oa": {URL: "https://oa.example.com/in", Headers: map[string]wire.Hidden{"X-Tenant": wire.Hide("tenant-secret")}, PerSecond: 5,
				Secrets: []wire.Secret{{ID: "s1", Value: wire.Hide("whsec_old"), Until: ago(-20 * time.Hour)}, {ID: "s2", Value: wire.Hide("whsec_kept"), Since: ago(time.Hour)}},
				TLS:     &wire.TLS{CA: "-----BEGIN CERTIFICATE-----", Key: wire.Hide("key-secret")}, Proxy: &wire.Proxy{URL: "http://proxy.example.com:3128", Username: "jiebao", Password: wire.Hide("proxy-secret")}},
		},
		progress: map[string][]relay.Progress{
			"ehr":   {{Candidate: "E2026zhang", Known: 12, Taken: 12}, {Candidate: "E2026liu", Known: 7, Taken: 5, Since: ago(3 * time.Minute), Attempts: 4, Note: "the endpoint answered 503 Service Unavailable"}},
			"bj-oa": {{Candidate: "E2026zhang", Known: 12, Taken: 11, Dead: 2}},
		},
	}
	types := []conversations.EventType{conversations.EventMessageReceived, conversations.EventScheduleRequested, conversations.EventDocumentReceived, conversations.EventMessageDelivered}
	for n := int64(1); n <= 12; n++ {
		data := conversations.EventData{Candidate: "E2026zhang", Sequence: n, Message: &conversations.EventMessage{ID: "zhang-1", Kind: conversations.Text, Author: conversations.ByCandidate, Text: "我的手机号是13800138000", At: ago(time.Hour)}}
		event := conversations.NewEvent("", "zhang", types[n%4], ago(time.Hour), data)
		s.f.relays.events = append(s.f.relays.events, event)
		s.attempt(event, 13*time.Minute-time.Duration(n)*time.Minute, outbox.Attempt{Status: 204, Took: 38 * time.Millisecond})
	}
	last := s.f.relays.events[11]
	for _, bad := range []outbox.Attempt{
		{Status: 503, Took: 212 * time.Millisecond, Note: "the endpoint answered 503 Service Unavailable", Answer: `{"error":"maintenance","contact":"***"}`},
		{Took: 15 * time.Second, Note: "the endpoint did not answer in time"},
	} {
		event := conversations.NewEvent("", "liu", conversations.EventStartDateConfirmed, ago(4*time.Minute), conversations.EventData{Candidate: "E2026liu", Sequence: 6})
		s.attempt(event, 3*time.Minute, bad)
	}
	for n := int64(3); n <= 5; n++ {
		s.f.relays.dead = append(s.f.relays.dead, relay.DeadLetter{Endpoint: "ehr", Candidate: "E2026wang", Event: fmt.Sprintf("evt_wang_%d", n), Type: last.Type,
			Sequence: n, At: ago(26 * time.Hour), Attempts: 31, Note: "the endpoint answered 422 Unprocessable Entity", Replaying: n == 5})
	}
}

func (s *seeder) attempt(e conversations.Event, ago time.Duration, a outbox.Attempt) {
	a.At = s.now.Add(-ago)
	s.f.relays.attempts = append(s.f.relays.attempts, relay.Attempt{ID: int64(len(s.f.relays.attempts)) + 1, Endpoint: "ehr", Candidate: e.Subject, Event: e.ID,
		Type: e.Type, Sequence: e.Data.Sequence, Attempt: a})
}
