package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"jiebao/conversations"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.post(aResult(t))
	for n := range 5 {
		s.store.events = append(s.store.events, conversations.Event{
			ID: fmt.Sprintf("evt_cnv1_%d", n+1), Type: conversations.EventMessageReceived, At: now(),
			Data: conversations.EventData{Candidate: "C1", Sequence: int64(n + 1), Message: &conversations.EventMessage{Text: "你好"}},
		})
	}
	for _, c := range []struct {
		query string
		want  []float64
		more  bool
	}{
		{"", []float64{1, 2, 3, 4, 5}, false},
		{"?limit=2", []float64{1, 2}, true},
		{"?after=2&limit=2", []float64{3, 4}, true},
		{"?after=4&limit=1", []float64{5}, false},
		{"?after=5", nil, false},
	} {
		got := s.get("/v1/candidates/C1/events" + c.query).json(t)
		var sequences []float64
		for _, e := range got["events"].([]any) {
			event := e.(map[string]any)
			data := event["data"].(map[string]any)
			sequences = append(sequences, data["sequence"].(float64))
			if event["id"] != fmt.Sprintf("evt_cnv1_%v", data["sequence"]) || event["type"] != "message.received" || data["message"].(map[string]any)["text"] != "你好" {
				t.Errorf("%v", event)
			}
		}
		if !slices.Equal(sequences, c.want) || got["more"] != c.more {
			t.Errorf("%s: %v, more: %v", c.query, sequences, got["more"])
		}
	}
	for query, field := range map[string]string{"?limit=0": "query.limit", "?limit=501": "query.limit", "?after=-1": "query.after", "?after=x": "query.after"} {
		if got := s.get("/v1/candidates/C1/events" + query); got.code != http.StatusUnprocessableEntity || !slices.Equal(got.fields(t), []string{field}) {
			t.Errorf("%s: %d %s", query, got.code, got.body)
		}
	}
	if got := s.get("/v1/candidates/C9/events"); got.code != http.StatusNotFound {
		t.Errorf("of nobody: %d %s", got.code, got.body)
	}
}
