package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// newEndpoint is a world with a webhook that is told of the documented result.
func newEndpoint(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.postDocumented()
	w.setUp("payroll", relay.Webhook)
	return w
}

func (w *world) send(method, path string, body any, header ...string) answer {
	w.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.do(method, path, string(text), append([]string{"Content-Type", jsonMedia}, header...)...)
}

func TestSecretsAreShownOnce(t *testing.T) {
	t.Parallel()
	w := newEndpoint(t)
	rotated := w.send(http.MethodPost, "/v1/endpoints/payroll/secret", map[string]any{"overlap": "24h"})
	secret, _ := rotated.json(t)["secret"].(string)
	if rotated.code != http.StatusOK || !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("%d %s", rotated.code, rotated.body)
	}
	for _, path := range []string{"/v1/endpoints", "/v1/endpoints/payroll"} {
		if got := w.get(path); got.code != http.StatusOK || strings.Contains(string(got.body), "whsec_") || strings.Contains(string(got.body), "bank-7") {
			t.Errorf("%s shows %s", path, got.body)
		}
	}
	if log := w.log.String(); strings.Contains(log, "whsec_") || strings.Contains(log, "bank-7") {
		t.Errorf("the log tells secrets: %s", log)
	}
	secrets := w.get("/v1/endpoints/payroll").json(t)["secrets"].([]any)
	if until := secrets[0].(map[string]any)["until"]; len(secrets) != 2 || until != "2026-06-23T09:30:00+08:00" {
		t.Errorf("the secrets are %v", secrets)
	}
	if got := w.send(http.MethodPost, "/v1/endpoints/payroll/secret", map[string]any{"overlap": "169h"}); got.code != http.StatusUnprocessableEntity || got.fields(t)[0] != "overlap" {
		t.Errorf("more than 7 days: %d %s", got.code, got.body)
	}
}

// TestChangingWhatWasRead puts back what was read: with its ETag, with the
// version alone, and too late.
func TestChangingWhatWasRead(t *testing.T) {
	t.Parallel()
	w := newEndpoint(t)
	read := w.get("/v1/endpoints/payroll")
	is := read.json(t)
	put := map[string]any{"name": "薪酬", "webhook": is["webhook"]}
	for _, version := range []string{read.header.Get("ETag"), `"2"`} {
		if got := w.send(http.MethodPut, "/v1/endpoints/payroll", put, "If-Match", version); got.code != http.StatusOK || got.json(t)["branch"] != "head" {
			t.Fatalf("%s: %d %s", version, got.code, got.body)
		}
	}
	late := w.send(http.MethodPut, "/v1/endpoints/payroll", put, "If-Match", read.header.Get("ETag"))
	if late.code != http.StatusPreconditionFailed || late.json(t)["version"] != 3.0 {
		t.Errorf("%d %s", late.code, late.body)
	}
	if got := w.get("/v1/endpoints/payroll", "If-None-Match", read.header.Get("ETag")); got.code != http.StatusOK {
		t.Errorf("what changed is answered %d", got.code)
	}
	put["webhook"] = map[string]any{"url": "https://10.0.0.7/", "timeout": "1h"}
	wrong := w.send(http.MethodPut, "/v1/endpoints/payroll", put, "If-Match", "*")
	if fields := strings.Join(wrong.fields(t), " "); fields != "webhook.timeout webhook.url" {
		t.Errorf("it names %s", fields)
	}
}

// TestEveryWrongFieldOfAnEndpointIsNamed: what breaks the schema, and what
// nobody could deliver to, at once.
func TestEveryWrongFieldOfAnEndpointIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tc := range []struct {
		body string
		want []string
	}{
		{`{"id": "A b", "name": "", "types": ["no.such"], "filter": "event.", "secret": "short", "webhook": {"url": "ftp://10.0.0.7", "timeout": "1h", "in_flight": -1}}`,
			[]string{"filter", "id", "name", "secret", "types[0]", "webhook.in_flight", "webhook.timeout", "webhook.url"}},
		{`{"id": "payroll", "name": "薪酬", "types": ["no.such"]}`, []string{"types[0]", "webhook"}},
		{`{"id": "payroll", "name": "薪酬", "kind": "feed", "webhook": {"url": "https://payroll.example.com"}, "from": "then"}`, []string{"from", "webhook"}},
	} {
		if got := w.do(http.MethodPost, "/v1/endpoints", tc.body, "Content-Type", jsonMedia); got.code != http.StatusUnprocessableEntity || !slices.Equal(got.fields(t), tc.want) {
			t.Errorf("%s: %d %s", tc.body, got.code, got.body)
		}
	}
	w.setUp("payroll", relay.Webhook)
	replay := `{"after_sequence": 3, "type": 5, "event_ids": ["e1"]}`
	if got := w.do(http.MethodPost, "/v1/endpoints/payroll/replay", replay, "Content-Type", jsonMedia); !slices.Equal(got.fields(t), []string{"after_sequence", "event_ids[0]", "type"}) {
		t.Errorf("%d %s", got.code, got.body)
	}
}

func TestOthersEndpointsAreNotThere(t *testing.T) {
	t.Parallel()
	w := newEndpoint(t)
	asBeijing := []string{"Authorization", "Bearer " + beijingKey}
	for _, path := range []string{"", "/attempts", "/dead-letters", "/progress"} {
		if got := w.get("/v1/endpoints/payroll"+path, asBeijing...); got.code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.code)
		}
	}
	if got := w.do(http.MethodDelete, "/v1/endpoints/payroll", "", append(asBeijing, "If-Match", "*")...); got.code != http.StatusNotFound {
		t.Errorf("removing it: %d", got.code)
	}
}

func TestDeadLettersAndReplays(t *testing.T) {
	t.Parallel()
	w := newEndpoint(t)
	w.tellAll("payroll", outbox.Dead)
	dead := w.get("/v1/endpoints/payroll/dead-letters?candidate=C-2026-000815").json(t)["dead_letters"].([]any)
	if len(dead) != 1 {
		t.Fatalf("the dead letters are %v", dead)
	}
	event := dead[0].(map[string]any)["event_id"].(string)
	replay := func(body map[string]any, query string) float64 {
		t.Helper()
		got := w.send(http.MethodPost, "/v1/endpoints/payroll/replay"+query, body)
		if got.code != http.StatusOK {
			t.Fatalf("%v: %d %s", body, got.code, got.body)
		}
		return got.json(t)["events"].(float64)
	}
	for _, body := range []map[string]any{
		{"dead_only": true}, {"event_ids": []string{event}}, {"candidate_id": "C-2026-000815"}, {"from": "2026-06-22T00:00:00+08:00"}, {"all": true},
	} {
		if n := replay(body, "?dry_run=true"); n != 1 {
			t.Errorf("%v: %v events", body, n)
		}
	}
	for _, body := range []map[string]any{
		{}, {"all": true, "dead_only": true}, {"after_sequence": 3}, {"event_ids": []string{"x"}}, {"from": "2026-06-22T00:00:00Z", "to": "2026-06-21T00:00:00Z"},
	} {
		if got := w.send(http.MethodPost, "/v1/endpoints/payroll/replay", body); got.code != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d %s", body, got.code, got.body)
		}
	}
	if n := replay(map[string]any{"dead_only": true}, ""); n != 1 {
		t.Errorf("%v events are told again", n)
	}
	w.tellAll("payroll", outbox.Done)
	if got := w.get("/v1/endpoints/payroll/dead-letters").json(t)["dead_letters"].([]any); len(got) != 0 {
		t.Errorf("after it was taken: %v", got)
	}
	tried := w.get("/v1/endpoints/payroll/attempts?limit=1")
	page := tried.json(t)
	if page["attempts"].([]any)[0].(map[string]any)["taken"] != true || page["next"] == nil {
		t.Errorf("the latest attempt: %s", tried.body)
	}
	if got := w.get("/v1/endpoints/payroll/attempts?failed=true&event=" + event).json(t)["attempts"].([]any); len(got) != 1 {
		t.Errorf("those that failed: %v", got)
	}
}
