package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// aBound is a posted result of a candidate whom the EHR knows on WeChat.
func aBound(t *testing.T, s *server, edits ...any) {
	t.Helper()
	address := []any{map[string]any{"account": "beijing", "id": "o-1"}}
	if got := s.post(aResult(t, append([]any{"candidate.addresses", address}, edits...)...)); got.code != http.StatusCreated {
		t.Fatalf("%d %s", got.code, got.body)
	}
}

func TestChannels(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	aBound(t, s, "candidate.preferred_channel", "chat")
	s.store.change("C1", func(c *conversations.Conversation) {
		c.Reaches[0].Grants = []conversations.Grant{{Kind: "message", Until: now().Add(time.Hour), Left: 1}}
		c.Reaches[0].LastIn = now()
		c.Call = &conversations.CallDue{Since: now(), Why: conversations.CallUnanswered}
	})
	got := s.get("/v1/candidates/C1/channels")
	if got.code != http.StatusOK {
		t.Fatalf("%d %s", got.code, got.body)
	}
	body := got.json(t)
	channel := body["channels"].([]any)[0].(map[string]any)
	for field, want := range map[string]any{
		"account": "beijing", "medium": "chat", "state": "open", "messages_left": 1.0, "last_is_kept": true, "opened_by": "message", "current": true, "bound_by": "ehr",
	} {
		if channel[field] != want {
			t.Errorf("%s is %v, want %v", field, channel[field], want)
		}
	}
	if strings.Contains(string(got.body), "o-1") {
		t.Error("the address itself is shown")
	}
	if body["preferred_channel"] != "chat" || body["result_id"] != "R1" || body["call"].(map[string]any)["reason"] != "unanswered" {
		t.Errorf("it says %v", body)
	}
	if tries := body["plan"].(map[string]any)["tries"].([]any); len(tries) != 1 || tries[0].(map[string]any)["status"] != "queued" {
		t.Errorf("the plan is %v", body["plan"])
	}
	if got := s.get("/v1/candidates/C9/channels"); got.code != http.StatusNotFound {
		t.Errorf("nobody's channels: %d", got.code)
	}
	s.store.change("C1", func(c *conversations.Conversation) { c.Branch = "head/shanghai" })
	if got := s.get("/v1/candidates/C1/channels", "Authorization", "Bearer "+beijingKey); got.code != http.StatusNotFound {
		t.Errorf("another branch's candidate: %d", got.code)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	aBound(t, s)
	for range 2 {
		got := s.do(http.MethodPost, "/v1/results/R1/cancel", "")
		if got.code != http.StatusOK || got.json(t)["plan"].(map[string]any)["state"] != "cancelled" {
			t.Fatalf("%d %s", got.code, got.body)
		}
	}
	if got := s.do(http.MethodPost, "/v1/results/R9/cancel", ""); got.code != http.StatusNotFound {
		t.Errorf("no such result: %d", got.code)
	}
	waiting := newServer(t)
	waiting.post(aResult(t))
	got := waiting.do(http.MethodPost, "/v1/results/R1/cancel", "").json(t)
	if got["status"] != "waiting" || got["waiting_for"].(map[string]any)["reason"] != "cancelled" {
		t.Errorf("what never left: %v", got)
	}
}

func TestHowResultsAreTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field, value, want string
	}{
		{"urgency", "soon", "urgency"},
		{"candidate.time_zone", "Beijing", "candidate.time_zone"},
		{"candidate.time_zone", "Local", "candidate.time_zone"},
		{"candidate.preferred_channel", "pigeon", "candidate.preferred_channel"},
	} {
		got := newServer(t).post(aResult(t, c.field, c.value))
		if got.code != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), c.want) {
			t.Errorf("%s %q: %d %s", c.field, c.value, got.code, got.body)
		}
	}
	s := newServer(t)
	aBound(t, s, "urgency", "urgent", "candidate.time_zone", "America/New_York")
	if got := s.get("/v1/results/R1").json(t)["plan"].(map[string]any)["urgency"]; got != "urgent" {
		t.Errorf("the plan's urgency is %v", got)
	}
	plain := newServer(t)
	plain.post(aResult(t))
	if got := plain.post(aResult(t, "urgency", "normal")); got.code != http.StatusOK {
		t.Errorf("the usual urgency, written out, is another document: %d", got.code)
	}
}
