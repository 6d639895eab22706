package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/gateway/api"
)

// command posts a command about C1 under a key.
func (s *server) command(name, key, body string, header ...string) answer {
	s.t.Helper()
	path := name
	if !strings.HasPrefix(name, "/") {
		path = "/v1/candidates/C1/" + name
	}
	return s.do(http.MethodPost, path, body, append([]string{"Content-Type", "application/json", "Idempotency-Key", key}, header...)...)
}

func (a answer) problem(t *testing.T) api.Problem {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal(a.body, &p); err != nil || !strings.HasPrefix(p.Type, "urn:jiebao:problem:") {
		t.Fatalf("%d: %q is no problem: %v", a.code, a.body, err)
	}
	return p
}

// posted is a server with a result that was sent to C1.
func withResult(t *testing.T, change ...func(*api.Deps)) *server {
	t.Helper()
	s := newServer(t, change...)
	if got := s.post(aResult(t, "candidate.addresses", []any{map[string]any{"account": "beijing", "id": "o1"}})); got.code != http.StatusCreated {
		t.Fatalf("%d %s", got.code, got.body)
	}
	return s
}

func TestACommandIsDoneOnce(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	const body = `{"offer": {"start_date": "2026-07-13"}, "note": "培训改期"}`
	first := s.command("change-offer", "key-00001", body)
	out := first.json(t)
	if first.code != http.StatusOK || out["status"] != "done" || out["offered_start_date"] != "2026-07-13" || first.header.Get("Idempotency-Replayed") != "" {
		t.Fatalf("%d %s", first.code, first.body)
	}
	if tag := first.header.Get("ETag"); tag != fmt.Sprintf("%q", fmt.Sprint(out["version"])) {
		t.Errorf("the ETag is %s", tag)
	}
	again := s.command("change-offer", "key-00001", body)
	if again.code != http.StatusOK || again.header.Get("Idempotency-Replayed") != "true" || string(again.body) != string(first.body) || again.header.Get("ETag") != first.header.Get("ETag") {
		t.Errorf("%d %s %v", again.code, again.body, again.header)
	}
	if got := s.command("change-offer", "key-00001", `{"offer": {"start_date": "2026-07-14"}}`); got.code != http.StatusUnprocessableEntity || got.problem(t).Type != "urn:jiebao:problem:idempotency-key-reused" {
		t.Errorf("another body: %d %s", got.code, got.body)
	}
	if got := s.command("change-offer", "key-00001", body, "If-Match", `"7"`); got.code != http.StatusUnprocessableEntity {
		t.Errorf("another version: %d %s", got.code, got.body)
	}
	if got := s.command("change-offer", "key-00001", body, "Authorization", "Bearer "+beijingKey); got.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("another caller's answer: %d %s", got.code, got.body)
	}
	if got := s.command("change-offer", "key-00002", body); got.json(t)["status"] != "unchanged" {
		t.Errorf("the same change once more: %d %s", got.code, got.body)
	}
	for _, key := range []string{"", "short", "with a space", strings.Repeat("k", 129)} {
		if got := s.command("change-offer", key, body); got.code != http.StatusBadRequest && got.code != http.StatusUnprocessableEntity {
			t.Errorf("the key %q: %d %s", key, got.code, got.body)
		}
	}
}

func TestARequestThatIsUnderWay(t *testing.T) {
	t.Parallel()
	at := now()
	s := withResult(t, func(d *api.Deps) { d.Now = func() time.Time { return at } })
	s.command("withdraw-offer", "key-00001", `{}`)
	for k, r := range s.store.requests {
		r.Status, r.Answer = 0, nil
		s.store.requests[k] = r
	}
	for after, want := range map[time.Duration]string{0: "1", 2 * time.Second: "1", 3 * time.Second: "12", 15 * time.Second: "1"} {
		at = now().Add(after)
		got := s.command("withdraw-offer", "key-00001", `{}`)
		if got.code != http.StatusConflict || got.header.Get("Retry-After") != want || got.problem(t).Type != "urn:jiebao:problem:in-progress" {
			t.Errorf("after %s: %d %s %s", after, got.code, got.header.Get("Retry-After"), got.body)
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	got := s.command("withdraw-offer", "key-00001", `{"note": "编制调整"}`, "If-Match", `"41"`)
	p := got.problem(t)
	if got.code != http.StatusPreconditionFailed || p.Version == nil || p.Type != "urn:jiebao:problem:version-mismatch" {
		t.Fatalf("%d %s", got.code, got.body)
	}
	if again := s.command("withdraw-offer", "key-00001", `{"note": "编制调整"}`, "If-Match", `"41"`); again.code != got.code || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the refusal is not repeated: %d %s", again.code, again.body)
	}
	got = s.command("withdraw-offer", "key-00002", `{"note": "编制调整"}`, "If-Match", fmt.Sprintf("W/%q", fmt.Sprint(*p.Version)))
	if out := got.json(t); got.code != http.StatusOK || out["answer"] != "withdrawn" || int64(out["version"].(float64)) != *p.Version+1 {
		t.Errorf("%d %s", got.code, got.body)
	}
	if got := s.command("withdraw-offer", "key-00003", `{}`, "If-Match", "W/x"); got.code != http.StatusUnprocessableEntity || got.fields(t)[0] != "header.If-Match" {
		t.Errorf("%d %s", got.code, got.body)
	}
}

func TestWhatCommandsSay(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	s.store.change("C1", func(c *conversations.Conversation) {
		app := c.Application()
		app.Answer, app.Request = conversations.Requested, &conversations.ScheduleRequest{ID: "q1", Date: conversations.Date{Year: 2026, Month: 7, Day: 15}}
		app.Checklist = append(app.Checklist, conversations.ChecklistItem{Documents: []conversations.Document{{ID: "d1", State: conversations.DocumentReceived}}})
		c.Reaches[0].Grant(conversations.Grant{Kind: "message", Until: now().AddDate(0, 0, 2), Left: 5}, now())
	})
	for i, tc := range []struct {
		name, body, field string
		value             any
	}{
		{"decide-schedule", `{"request_id": "q1", "verdict": "approved"}`, "start_date", "2026-07-15"},
		{"review-document", `{"document_id": "d1", "state": "accepted", "item": "id_card"}`, "status", "done"},
		{"send-message", `{"text": "请带身份证"}`, "owner", "bot"},
		{"reassign", `{"to": "agent", "agent_id": "li.na"}`, "agent_id", "li.na"},
		{"reassign", `{"to": "bot"}`, "owner", "bot"},
		{"change-offer", `{"offer": {"workplace": "上海"}}`, "answer", "open"},
		{"withdraw-offer", `{}`, "answer", "withdrawn"},
	} {
		got := s.command(tc.name, fmt.Sprintf("key-%05d", i), tc.body)
		if out := got.json(t); got.code != http.StatusOK || out[tc.field] != tc.value {
			t.Errorf("%s: %d %s", tc.name, got.code, got.body)
		}
	}
	if d := s.store.conversations["C1"].Applications[0].Document("d1"); d.State != conversations.DocumentAccepted || d.Item != "id_card" {
		t.Errorf("the document is %+v", d)
	}
	if c := s.store.conversations["C1"]; c.Applications[0].Request.Agent != "api:ehr" {
		t.Errorf("decided by %q", c.Applications[0].Request.Agent)
	}
}

func TestCommandsThatCannotBe(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	for i, tc := range []struct {
		name, body string
		code       int
		names      string // a field, or the end of the problem's type
	}{
		{"change-offer", `{"offer": {}}`, 422, "offer"},
		{"change-offer", `{"offer": {"start_date": "2026-06-01"}}`, 422, "offer.start_date"},
		{"change-offer", `{"offer": {"start_date": "soon"}}`, 422, "offer.start_date"},
		{"change-offer", `{"offer": {"documents": [{"id": "a", "name": "a"}, {"id": "a", "name": "b"}]}}`, 422, "offer.documents[1].id"},
		{"change-offer", `{"offer": {"workplace": "一个二十个字的模板放不下的很长很长很长的地址"}}`, 422, "offer.workplace"},
		{"change-offer", `{"offer": {"salary": 3}}`, 422, "offer.salary"},
		{"change-offer", `{"result_id": "R9", "offer": {"notice_days": 3}}`, 404, "not-found"},
		{"change-offer", `{`, 400, "unreadable"},
		{"decide-schedule", `{"request_id": "q9", "verdict": "approved"}`, 409, "stale"},
		{"decide-schedule", `{"request_id": "q9", "verdict": "countered"}`, 422, "counter"},
		{"review-document", `{"document_id": "d1", "state": "rejected"}`, 422, "reason"},
		{"review-document", `{"document_id": "d1"}`, 422, "(document)"},
		{"withdraw-offer", ``, 400, "unreadable"},
		{"review-document", `{"document_id": "d1", "state": "accepted"}`, 409, "stale"},
		{"send-message", `{"text": ""}`, 422, "text"},
		{"reassign", `{"to": "agent"}`, 422, "agent_id"},
		{"reassign", `{"to": "agent", "agent_id": "former"}`, 422, "agent_id"},
		{"reassign", `{"to": "agent", "agent_id": "shanghai"}`, 422, "agent_id"},
		{"/v1/candidates/C9/withdraw-offer", `{}`, 404, "not-found"},
	} {
		got := s.command(tc.name, fmt.Sprintf("key-%05d", i), tc.body)
		p := got.problem(t)
		named := strings.HasSuffix(p.Type, ":"+tc.names) || slices.ContainsFunc(p.Errors, func(e api.FieldProblem) bool { return e.Field == tc.names })
		if got.code != tc.code || !named {
			t.Errorf("%s %s: %d %s", tc.name, tc.body, got.code, got.body)
		}
	}
	s.command("withdraw-offer", "key-gone", `{}`)
	if got := s.command("change-offer", "key-over", `{"offer": {"notice_days": 3}}`); got.code != http.StatusConflict || !strings.HasSuffix(got.problem(t).Type, ":offer-over") {
		t.Errorf("%d %s", got.code, got.body)
	}
}

// TestEveryWrongFieldOfACommandIsNamed: what breaks the schema, and what the
// command would be refused for otherwise, at once.
func TestEveryWrongFieldOfACommandIsNamed(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	for i, tc := range []struct {
		name, body string
		want       []string
	}{
		{"change-offer", `{"offer": {"start_date": "2026-06-01", "workplace": "一个二十个字的模板放不下的很长很长很长的地址", "contact_phone": "x"}}`,
			[]string{"offer.contact_phone", "offer.start_date", "offer.workplace"}},
		{"change-offer", `{"offer": {"start_date": 5}}`, []string{"offer.start_date"}},
		{"decide-schedule", `{"verdict": "countered", "day": 1}`, []string{"counter", "day", "request_id"}},
		{"review-document", `{"document_id": "", "state": "rejected"}`, []string{"document_id", "reason"}},
		{"reassign", `{"to": "agent", "agent_id": "former", "why": 1}`, []string{"agent_id", "why"}},
	} {
		got := s.command(tc.name, fmt.Sprintf("key-%05d", i), tc.body)
		if got.code != http.StatusUnprocessableEntity || !slices.Equal(got.fields(t), tc.want) {
			t.Errorf("%s %s: %d %s", tc.name, tc.body, got.code, got.body)
		}
	}
}

// TestAProblemHasOneTitle, whoever finds it: programs and people tell by it.
func TestAProblemHasOneTitle(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	for _, body := range []string{"", "{", "{} {}"} {
		got := s.command("withdraw-offer", "key-title", body)
		if p := got.problem(t); got.code != http.StatusBadRequest || p.Title != "The request cannot be read" || !strings.HasPrefix(p.Detail, "The body is ") {
			t.Errorf("%q: %d %s", body, got.code, got.body)
		}
	}
}

func TestADryRunOnlySays(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	before := s.store.conversations["C1"]
	got := s.command("send-message?dry_run=true", "", `{"text": "请带身份证"}`)
	out := got.json(t)
	if got.code != http.StatusOK || out["status"] != "would_do" || !slices.Contains(out["says"].([]any), any("请带身份证")) {
		t.Errorf("%d %s", got.code, got.body)
	}
	if after := s.store.conversations["C1"]; after.Messages != before.Messages || len(s.store.requests) != 0 {
		t.Error("something was done")
	}
}

func TestBatches(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	s.post(aResult(t, "id", "R2", "candidate.id", "C2"))
	const body = `{"commands": [
		{"candidate_id": "C1", "change_offer": {"offer": {"start_date": "2026-07-13"}}},
		{"candidate_id": "C2", "withdraw_offer": {}},
		{"candidate_id": "C9", "withdraw_offer": {}},
		{"candidate_id": "C1", "version": 99, "withdraw_offer": {}},
		{"candidate_id": "C1", "withdraw_offer": {}},
		{"candidate_id": "C1"},
		{"candidate_id": "C1", "withdraw_offer": {}, "reassign": {"to": "bot"}}
	]}`
	dry := s.command("/v1/commands?dry_run=true", "", body)
	if got := dry.json(t); dry.code != http.StatusOK || got["done"] != 3.0 || s.store.conversations["C1"].Applications[0].Answer != conversations.Open {
		t.Errorf("dry: %d %s", dry.code, dry.body)
	}
	first := s.command("/v1/commands", "key-00001", body)
	var out api.BatchOutcome
	if err := json.Unmarshal(first.body, &out); err != nil || first.code != http.StatusOK || out.Done != 3 || out.Failed != 4 || len(out.Results) != 7 {
		t.Fatalf("%d %s", first.code, first.body)
	}
	for i, status := range map[int]int{2: 404, 3: 412, 5: 422, 6: 422} {
		if p := out.Results[i].Problem; p == nil || p.Status != status {
			t.Errorf("%d: %+v", i, p)
		}
	}
	if o := out.Results[4].Outcome; o == nil || o.Answer != "withdrawn" || o.Version != out.Results[0].Outcome.Version+1 {
		t.Errorf("the last of one candidate's is %+v", o)
	}
	again := s.command("/v1/commands", "key-00001", body)
	if again.header.Get("Idempotency-Replayed") != "true" || string(again.body) != string(first.body) {
		t.Errorf("%d %s", again.code, again.body)
	}
	if got := s.command("/v1/commands", "key-00002", `{"commands": []}`); got.code != http.StatusUnprocessableEntity {
		t.Errorf("an empty batch: %d %s", got.code, got.body)
	}
}

// What was done before the program died is not done again, and what was not
// is done, when the request is repeated.
func TestABatchThatWasCutShort(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	const body = `{"commands": [{"candidate_id": "C1", "send_message": {"text": "一"}}, {"candidate_id": "C1", "send_message": {"text": "二"}}]}`
	s.command("/v1/commands", "key-00001", body)
	before := s.store.conversations["C1"].Messages
	s.store.requests = nil
	got := s.command("/v1/commands", "key-00001", body)
	if n := s.store.conversations["C1"].Messages; got.code != http.StatusOK || n != before {
		t.Errorf("%d: %d messages more", got.code, n-before)
	}
	s.store.change("C1", func(c *conversations.Conversation) { c.Done = c.Done[:1] })
	s.store.requests = nil
	s.command("/v1/commands", "key-00001", body)
	if n := s.store.conversations["C1"].Messages; n != before+1 {
		t.Errorf("%d messages more, want the one that was lacking", n-before)
	}
}

func TestABatchSurvivesWhatPanics(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(d *api.Deps) {
		d.Foretell = func(context.Context, conversations.Target, conversations.Command) (conversations.Changes, error) {
			panic("a defect")
		}
	})
	s.post(aResult(t))
	got := s.command("/v1/commands?dry_run=true", "", `{"commands": [{"candidate_id": "C1", "withdraw_offer": {}}]}`)
	if got.code != http.StatusInternalServerError || !strings.Contains(s.log.String(), "a command panicked") {
		t.Errorf("%d %s", got.code, got.body)
	}
}

func TestAFailureKeepsNoAnswer(t *testing.T) {
	t.Parallel()
	s := withResult(t)
	lost := fmt.Errorf("the disk is full")
	s.store.mu.Lock()
	s.store.fail = lost
	s.store.mu.Unlock()
	if got := s.command("withdraw-offer", "key-00001", `{}`); got.code != http.StatusInternalServerError {
		t.Errorf("%d %s", got.code, got.body)
	}
	s.store.fail = nil
	if got := s.command("withdraw-offer", "key-00001", `{}`); got.code != http.StatusOK || got.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("%d %s", got.code, got.body)
	}
}

// TestTheSameCommandAtOnce: many at once over a real store; one is done, and
// the others get its answer or are asked to come back.
func TestTheSameCommandAtOnce(t *testing.T) {
	t.Parallel()
	s, store := newSQLServer(t)
	s.post(aResult(t))
	codes := make([]int, 12)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			codes[i] = s.command("change-offer", "key-00001", `{"offer": {"start_date": "2026-07-13"}}`).code
		})
	}
	all.Wait()
	if slices.ContainsFunc(codes, func(c int) bool { return c != http.StatusOK && c != http.StatusConflict }) || !slices.Contains(codes, http.StatusOK) {
		t.Errorf("the answers are %v", codes)
	}
	events, err := store.Events(t.Context(), conversations.Everything, "C1", 0, 10)
	if err != nil || len(events) != 1 || events[0].Type != conversations.EventOfferChanged {
		t.Errorf("the events are %v %v", events, err)
	}
}

// TestACommandAgainstTheCandidate: a confirmation and a withdrawal that come
// together end the same way, whichever is first.
func TestACommandAgainstTheCandidate(t *testing.T) {
	t.Parallel()
	s, store := newSQLServer(t)
	for n := range 20 {
		id := fmt.Sprintf("C%d", n)
		s.post(aResult(t, "id", "R"+id, "candidate.id", id, "candidate.addresses", []any{map[string]any{"account": "beijing", "id": "o" + id}}))
		from := conversations.Address{Account: "beijing", ID: "o" + id}
		var both sync.WaitGroup
		both.Go(func() {
			said := conversations.Inbound{Address: from, Gesture: conversations.Said, Kind: conversations.Text, Text: "确认入职", Dedupe: id}
			if _, err := store.Apply(t.Context(), conversations.Target{Address: from}, conversations.Receive{Inbound: said}); err != nil {
				t.Error(err)
			}
		})
		both.Go(func() {
			if got := s.command("/v1/candidates/"+id+"/withdraw-offer", "key-"+id+"-1", `{}`); got.code != http.StatusOK {
				t.Errorf("%d %s", got.code, got.body)
			}
		})
		both.Wait()
		c, err := store.Candidate(t.Context(), conversations.Everything, id)
		if err != nil || c.Application().Answer != conversations.Withdrawn {
			t.Errorf("%s: %v", id, err)
		}
	}
}
