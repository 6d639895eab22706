package api_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// noRelay is for tests that are not about endpoints.
type noRelay struct{ relay.Store }

// tested is how tests of endpoints go.
func tested(context.Context, relay.Endpoint) (relay.Attempt, error) {
	return relay.Attempt{Attempt: outbox.Attempt{At: now(), Took: 84 * time.Millisecond, Status: http.StatusNoContent}}, nil
}

func endpointExamplesOfContract() []example {
	set := func(_ *testing.T, w *world) { w.setUp("payroll", relay.Webhook) }
	feed := func(_ *testing.T, w *world) { w.setUp("payroll", relay.Feed) }
	fed := func(_ *testing.T, w *world) { w.setUp("nightly", relay.Feed); w.tellAll("nightly", outbox.Done) }
	failed := func(_ *testing.T, w *world) { w.setUp("payroll", relay.Webhook); w.tellAll("payroll", outbox.Retry) }
	dead := func(_ *testing.T, w *world) {
		w.setUp("payroll", relay.Webhook)
		w.tellAll("payroll", outbox.Dead)
		w.path["event"] = conversations.EventID(w.conversation().ID, 1)
	}
	configured := func(t *testing.T, w *world) {
		if _, err := w.db.PutEndpoint(t.Context(), relay.Endpoint{ID: "payroll", Name: "薪酬系统", Kind: relay.Webhook, Branch: "head", Configured: true}, relay.FromNow); err != nil {
			t.Fatal(err)
		}
	}
	version := map[string]string{"If-Match": `"1"`}
	examples := []example{
		{operation: "create-endpoint", status: http.StatusConflict, before: set},
		{operation: "create-endpoint", status: http.StatusForbidden, as: beijingKey, body: map[string]any{
			"id": "hr", "name": "人事系统", "branch": "head", "webhook": map[string]any{"url": "https://hr.example.com/"},
		}},
		{operation: "replace-endpoint", status: http.StatusOK, before: set, header: version},
		{operation: "replace-endpoint", status: http.StatusConflict, before: configured, header: version},
		{operation: "replace-endpoint", status: http.StatusPreconditionRequired, before: set},
		{operation: "delete-endpoint", status: http.StatusNoContent, before: set, header: version},
		{operation: "delete-endpoint", status: http.StatusConflict, before: configured, header: version},
		{operation: "delete-endpoint", status: http.StatusPreconditionRequired, before: set},
		{operation: "rotate-endpoint-secret", status: http.StatusOK, before: set},
		{operation: "rotate-endpoint-secret", status: http.StatusConflict, before: feed},
		{operation: "test-endpoint", status: http.StatusOK, before: set},
		{operation: "test-endpoint", status: http.StatusConflict, before: feed},
		{operation: "list-attempts", status: http.StatusOK, before: failed, query: "failed=true"},
		{operation: "list-progress", status: http.StatusOK, before: failed, query: "candidate=C-2026-000815"},
		{operation: "list-dead-letters", status: http.StatusOK, before: dead},
		{operation: "replay-dead-letter", status: http.StatusOK, before: dead},
		{operation: "dismiss-dead-letter", status: http.StatusNoContent, before: dead},
		{operation: "dismiss-dead-letters", status: http.StatusOK, before: dead},
		{operation: "read-feed", status: http.StatusOK, before: fed},
		{operation: "read-feed", status: http.StatusConflict},
		{operation: "read-feed", status: http.StatusNotFound, query: "endpoint=nothing-here"},
		{operation: "read-feed", status: http.StatusGone, before: fed, query: "after=" + feedCursor("nightly", now().AddDate(0, -2, 0))},
	}
	for _, operation := range []string{"list-endpoints", "get-endpoint", "pause-endpoint", "resume-endpoint", "replay-events"} {
		examples = append(examples, example{operation: operation, status: http.StatusOK, before: set})
	}
	return examples
}

// feedCursor is a cursor of a feed that was made now, as it was given then.
func feedCursor(feed string, then time.Time) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"of":"feed/%s/%d","at":{"p":0,"s":%d}}`, feed, now().UnixMilli(), then.Unix()))
}

// setUp sets an endpoint up that is told from the beginning.
func (w *world) setUp(id string, kind relay.Kind) {
	w.t.Helper()
	webhook := `,"webhook":{"url":"https://payroll.example.com/webhooks","headers":{"X-Tenant":"bank-7"}}`
	if kind == relay.Feed {
		webhook = ""
	}
	got := w.do(http.MethodPost, "/v1/endpoints", `{"id":"`+id+`","kind":"`+string(kind)+`","name":"薪酬系统","from":"beginning"`+webhook+`}`, "Content-Type", jsonMedia)
	if got.code != http.StatusCreated {
		w.t.Fatalf("setting up an endpoint: %d %s", got.code, got.body)
	}
}

// say has the candidate of the documented result say something in the app.
func (w *world) say(text string) {
	w.t.Helper()
	said := w.do(http.MethodPost, "/v1/app/messages", `{"client_id":"one","text":"`+text+`"}`, "Content-Type", jsonMedia, "Authorization", "Bearer "+w.tokenOf("C-2026-000815"))
	if said.code >= http.StatusBadRequest {
		w.t.Fatalf("saying something: %d %s", said.code, said.body)
	}
}

// tellAll tells an endpoint what waits for it, which is at least what the
// candidate said. Of what it does not take it is told the first event only.
func (w *world) tellAll(id string, verdict outbox.Verdict) {
	w.t.Helper()
	w.say("可以晚一周入职吗？")
	queue := w.db.Deliveries(id)
	var lanes []outbox.Lane
	var err error
	for range 3 { // who is told from the beginning learns of what there is while it is claimed from
		if len(lanes) == 0 && err == nil {
			lanes, err = queue.Claim(w.t.Context(), conversations.TaskEvent, now(), time.Minute, 1, 100)
		}
	}
	if err != nil || len(lanes) == 0 {
		w.t.Fatalf("claiming what endpoint %s is to be told: %d, %v", id, len(lanes), err)
	}
	items := lanes[0].Items
	tried := outbox.Attempt{At: now(), Took: 84 * time.Millisecond, Status: http.StatusNoContent}
	if verdict != outbox.Done {
		tried.Status, tried.Note, tried.Answer = http.StatusInternalServerError, "the endpoint answered 500 Internal Server Error", "no such employee"
		items = items[:1]
	}
	var done []outbox.Outcome
	for i, it := range items {
		done = append(done, outbox.Outcome{Item: it, Verdict: verdict, RetryAt: now().Add(time.Minute), Note: tried.Note, Attempt: &tried, Release: i == len(items)-1})
	}
	if err := queue.Finish(w.t.Context(), done); err != nil {
		w.t.Fatal(err)
	}
}
