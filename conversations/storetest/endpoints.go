package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// endpoint makes an endpoint of a branch.
func (b *bench) endpoint(id, branch string, from relay.Start) relay.Endpoint {
	b.t.Helper()
	return b.keep(relay.Endpoint{ID: id, Name: id, Kind: relay.Webhook, Branch: branch}, from)
}

// feed makes an endpoint that pulls.
func (b *bench) feed(id string) {
	b.t.Helper()
	b.keep(relay.Endpoint{ID: id, Name: id, Kind: relay.Feed, Branch: "head"}, relay.FromBeginning)
}

func (b *bench) keep(e relay.Endpoint, from relay.Start) relay.Endpoint {
	b.t.Helper()
	kept, err := b.PutEndpoint(b.t.Context(), e, from)
	if err != nil {
		b.t.Fatalf("keeping endpoint %s: %v", e.ID, err)
	}
	return kept
}

// tell claims events for an endpoint. It asks often enough for a new endpoint
// to learn of all that happened before.
func (b *bench) tell(endpoint string, n, perLane int) []outbox.Lane {
	b.t.Helper()
	return b.tellBy(b.Store, endpoint, n, perLane)
}

func (b *bench) tellBy(s Store, endpoint string, n, perLane int) (lanes []outbox.Lane) {
	b.t.Helper()
	for range 3 {
		some, err := s.Deliveries(endpoint).Claim(b.t.Context(), conversations.TaskEvent, b.clock.Now(), lease, n, perLane)
		if err != nil {
			b.t.Fatalf("claiming events for %s: %v", endpoint, err)
		}
		lanes = append(lanes, some...)
	}
	return lanes
}

// tellOne claims and expects one event.
func (b *bench) tellOne(endpoint string) outbox.Item {
	b.t.Helper()
	lanes := b.tell(endpoint, 10, 1)
	if len(lanes) != 1 || len(lanes[0].Items) != 1 {
		b.t.Fatalf("%s is told %v, want one event", endpoint, lanes)
	}
	return lanes[0].Items[0]
}

func (b *bench) tellNothing(endpoint string) {
	b.t.Helper()
	if lanes := b.tell(endpoint, 10, 1); len(lanes) > 0 {
		b.t.Fatalf("%s is told %v, want nothing", endpoint, lanes)
	}
}

// tolds books what became of events.
func (b *bench) tolds(endpoint string, done ...outbox.Outcome) {
	b.t.Helper()
	if err := b.Deliveries(endpoint).Finish(b.t.Context(), done); err != nil {
		b.t.Fatalf("booking events of %s: %v", endpoint, err)
	}
}

// took is the outcome of an event that was taken.
func (b *bench) took(it outbox.Item) outbox.Outcome {
	return outbox.Outcome{Item: it, Release: true, Attempt: &outbox.Attempt{At: b.clock.Now(), Took: 7 * time.Millisecond, Status: 204}}
}

// refused is the outcome of an event that was not, and is tried again.
func (b *bench) refused(it outbox.Item, wait time.Duration) outbox.Outcome {
	return outbox.Outcome{
		Item: it, Verdict: outbox.Retry, RetryAt: b.clock.Now().Add(wait), Note: "it answered 500", Release: true,
		Attempt: &outbox.Attempt{At: b.clock.Now(), Status: 500, Note: "it answered 500", Answer: "oops"},
	}
}

// sequences tells an endpoint all that waits, and returns the sequence numbers
// in their order.
func (b *bench) sequences(endpoint string) (got []int64) {
	b.t.Helper()
	for {
		lanes := b.tell(endpoint, 10, 3)
		if len(lanes) == 0 {
			return got
		}
		for _, l := range lanes {
			for _, it := range l.Items {
				got = append(got, it.Asked)
			}
			b.tolds(endpoint, outcomes(l)...)
		}
	}
}

func (b *bench) expectSequences(endpoint string, want ...int64) {
	b.t.Helper()
	if got := b.sequences(endpoint); !slices.Equal(got, want) {
		b.t.Errorf("%s is told %v, want %v", endpoint, got, want)
	}
}

func (b *bench) standing(endpoint string) relay.Standing {
	b.t.Helper()
	all, err := b.Endpoints(b.t.Context(), conversations.Everything)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, s := range all {
		if s.ID == endpoint {
			return s
		}
	}
	b.t.Fatalf("there is no endpoint %s", endpoint)
	return relay.Standing{}
}

// eventful makes a candidate with n events.
func (b *bench) eventful(candidate string, n int) string {
	b.t.Helper()
	id := b.notify(Result("r"+candidate, candidate, oa("u"+candidate))).Conversation
	b.happen(candidate, 0, n)
	return id
}

// happen adds events to a candidate's, from a number up to another.
func (b *bench) happen(candidate string, from, to int) {
	b.t.Helper()
	for i := from; i < to; i++ {
		b.receive(said("u"+candidate, fmt.Sprint(candidate, "-", i), "quiet"))
	}
}

// testEndpoints: every endpoint is told everything, in the candidate's order,
// whatever becomes of others.
func testEndpoints(t *testing.T, b *bench) {
	b.endpoint("ehr", "head", relay.FromNow)
	b.endpoint("it", "head/north", relay.FromNow)
	id := b.eventful("E1", 3)
	b.eventful("E2", 1)
	stuck := b.tell("it", 10, 1)
	if len(stuck) != 2 {
		t.Fatalf("it is told of %d candidates, want 2", len(stuck))
	}
	lanes := b.tell("ehr", 10, 2)
	if len(lanes) != 2 {
		t.Fatalf("ehr is told of %d candidates, want 2", len(lanes))
	}
	first := lanes[slices.IndexFunc(lanes, func(l outbox.Lane) bool { return len(l.Items) == 2 })]
	for i, it := range first.Items {
		if it.ID != conversations.EventID(id, int64(i+1)) || it.Asked != int64(i+1) || it.Kind != conversations.TaskEvent || it.Again || !it.Since.IsZero() {
			t.Errorf("item %d is %+v", i, it)
		}
		var ev conversations.Event
		if err := json.Unmarshal(it.Body, &ev); err != nil || ev.Data.Sequence != int64(i+1) || ev.Data.Candidate != "E1" {
			t.Errorf("item %d tells %s (%v)", i, it.Body, err)
		}
	}
	b.tellNothing("ehr")
	for _, l := range lanes {
		b.tolds("ehr", outcomes(l)...)
	}
	b.expectSequences("ehr", 3)
	b.happen("E1", 3, 4)
	b.expectSequences("ehr", 4)
	if at, ok, err := b.Deliveries("ehr").NextDue(t.Context(), conversations.TaskEvent); err != nil || ok {
		t.Errorf("something is due at %v (%v)", at, err)
	}
	b.clock.Advance(lease)
	if got := b.sequences("it"); len(got) != 5 {
		t.Errorf("it is told %v", got)
	}
}

func testPutEndpoint(t *testing.T, b *bench) {
	ctx := t.Context()
	e := b.endpoint("ehr", "head/north", relay.FromNow)
	if e.Version != 1 || e.Created.IsZero() || e.Kind != relay.Webhook || e.Branch != "head/north" {
		t.Errorf("it is kept as %+v", e)
	}
	if _, err := b.PutEndpoint(ctx, relay.Endpoint{ID: "ehr", Kind: relay.Feed}, relay.FromNow); !errors.Is(err, conversations.ErrConflict) {
		t.Errorf("another of the same id: %v", err)
	}
	select {
	case <-b.EndpointChanges():
	default:
		t.Error("nobody is told of a new endpoint")
	}
	e.Name, e.Types, e.Settings, e.Configured = "EHR 2", []string{"start_date.*"}, json.RawMessage(`{"url":"x"}`), true
	changed := b.keep(e, relay.FromNow)
	if changed.Version != 2 || changed.Name != "EHR 2" || !slices.Equal(changed.Types, e.Types) || string(changed.Settings) != `{"url":"x"}` || !changed.Configured {
		t.Errorf("it is changed to %+v", changed)
	}
	if _, err := b.PutEndpoint(ctx, e, relay.FromNow); !errors.Is(err, conversations.ErrStale) {
		t.Errorf("a change of an old version: %v", err)
	}
	e.ID = "nobody"
	if _, err := b.PutEndpoint(ctx, e, relay.FromNow); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("a change of what is not there: %v", err)
	}
	for scope, want := range map[string]int{"head": 1, "head/north": 1, "head/south": 0} {
		if all, err := b.Endpoints(ctx, conversations.Scope{scope}); err != nil || len(all) != want {
			t.Errorf("%s sees %d endpoints (%v)", scope, len(all), err)
		}
	}
	south := conversations.Scope{"head/south"}
	for what, err := range map[string]error{
		"removing": b.RemoveEndpoint(ctx, south, "ehr", relay.AnyVersion),
		"resuming": b.ResumeEndpoint(ctx, south, "ehr", "li"),
		"hurrying": b.Hurry(ctx, "nobody"),
	} {
		if !errors.Is(err, conversations.ErrNotFound) {
			t.Errorf("%s what is not there: %v", what, err)
		}
	}
}
