package ehr

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/wire"
)

// TestEvent is the type of the event by which people see whether an endpoint
// works. It belongs to no candidate, and has no place in any sequence.
const TestEvent conversations.EventType = "endpoint.test"

// ErrFeed is for what only webhooks have.
var ErrFeed = errors.New("a feed is pulled: nothing is posted to it")

// testEvent is a CloudEvent, as all events are.
type testEvent struct {
	SpecVersion string                  `json:"specversion"`
	ID          string                  `json:"id"`
	Source      string                  `json:"source"`
	Type        conversations.EventType `json:"type"`
	Time        time.Time               `json:"time"`
	ContentType string                  `json:"datacontenttype"`
	At          time.Time               `json:"timestamp"`
	Data        testData                `json:"data"`
}

type testData struct {
	Endpoint string `json:"endpoint"`
	Name     string `json:"name,omitempty"`
}

// Tester posts test events.
type Tester struct {
	Networks []netip.Prefix // that endpoints of the API and the inbox may reach
	Source   string         // names this Jiebao
	Zone     *time.Location
	NewID    func() string
	Clock    clock.Clock
}

// Test posts a signed event of the type [TestEvent] to a webhook, paused or not,
// over a connection of its own and without filter and mapping, and returns how
// that went: a Note says what was wrong. It is no try at telling an event: the
// attempt is kept nowhere, and nothing follows from it. The error is ErrFeed, or
// about settings that cannot be used.
func (e *Endpoints) Test(ctx context.Context, x relay.Endpoint) (relay.Attempt, error) {
	s, err := e.Settings(x)
	if err != nil {
		return relay.Attempt{}, err
	}
	t := Tester{Networks: e.Networks, Source: e.Source, Zone: e.Zone, NewID: e.NewID, Clock: e.Clock}
	return t.Test(ctx, x, s)
}

// Test does what [Endpoints.Test] does, by settings that nobody keeps.
func (t Tester) Test(ctx context.Context, x relay.Endpoint, s wire.Settings) (relay.Attempt, error) {
	if x.Kind == relay.Feed {
		return relay.Attempt{}, ErrFeed
	}
	s.Filter, s.Mapping = "", ""
	w, err := wire.New(s, wire.Options{Reach: reach(x, t.Networks), Clock: t.Clock})
	if err != nil {
		return relay.Attempt{}, err
	}
	defer w.Close()
	began := t.Clock.Now()
	event := t.event(x, began)
	body, err := json.Marshal(event)
	if err != nil {
		return relay.Attempt{}, err
	}
	answer, err := w.Post(ctx, event.ID, body)
	if ctx.Err() != nil && err != nil {
		return relay.Attempt{}, err
	}
	a := relay.Attempt{Endpoint: x.ID, Event: event.ID, Type: TestEvent, Attempt: outbox.Attempt{
		At: began, Took: t.Clock.Now().Sub(began), Status: answer.Status, Answer: answer.Excerpt,
	}}
	if err != nil || !answer.Took() {
		a.Note = problem(answer, err)
	}
	return a, nil
}

func (t Tester) event(x relay.Endpoint, now time.Time) testEvent {
	source := t.Source
	if source == "" {
		source = conversations.DefaultSource
	}
	if t.Zone != nil {
		now = now.In(t.Zone)
	}
	return testEvent{
		SpecVersion: "1.0", ID: "test_" + t.NewID(), Source: source, Type: TestEvent, Time: now,
		ContentType: "application/json", At: now, Data: testData{Endpoint: x.ID, Name: x.Name},
	}
}
