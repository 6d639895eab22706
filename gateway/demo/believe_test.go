package demo

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// offered is a result that was posted, whose start date the gateway knows.
func (w *world) offered(t *testing.T, date string) {
	t.Helper()
	w.results.add(posted{ID: "R-1", Candidate: "C-1", Name: "张伟"})
	w.gateway.mu.Lock()
	defer w.gateway.mu.Unlock()
	w.gateway.results["R-1"] = map[string]any{"id": "R-1", "candidate_id": "C-1", "offered_start_date": date}
}

// believed compares, and returns what the EHR said.
func (w *world) believed(t *testing.T) []belief {
	t.Helper()
	if rec := w.do("POST", "/ehr/reconciliation", ""); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"agrees"`) {
		t.Fatalf("answered %d %s", rec.Code, rec.Body)
	}
	w.gateway.mu.Lock()
	defer w.gateway.mu.Unlock()
	var said struct {
		Candidates []belief
		Complete   bool
	}
	if err := json.Unmarshal(w.gateway.beliefs, &said); err != nil || !said.Complete {
		t.Fatalf("posted %s", w.gateway.beliefs)
	}
	return said.Candidates
}

func TestTheEHRSaysWhatItHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deliver("a", eventBody("C-1", 1, "一"), testStart())
	w.deliver("b", eventBody("C-1", 2, "二"), testStart())
	w.deliver("d", eventBody("C-1", 4, "四"), testStart())
	w.deliver("z", eventBody("C-2", 1, "一"), testStart())
	want := []belief{{"C-1", 2, ""}, {"C-2", 1, ""}} // number three is missing
	if got := w.believed(t); !reflect.DeepEqual(got, want) {
		t.Errorf("it believes %+v, want %+v", got, want)
	}
}

func TestTheEHRChangesADateByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	change := func(method string) { w.do(method, "/ehr/candidates/C-1/start-date", "") }
	if rec := w.do("POST", "/ehr/candidates/C-1/start-date", ""); rec.Code != http.StatusNotFound {
		t.Errorf("of nobody: %d", rec.Code)
	}
	w.offered(t, "2026-06-29")
	w.deliver("a", eventBody("C-1", 1, "一"), testStart())
	change("POST")
	if got := w.believed(t); !reflect.DeepEqual(got, []belief{{"C-1", 1, "2026-07-06"}}) {
		t.Errorf("changed, it believes %+v", got)
	}
	if got := tallyOf(t, w, "C-1"); !got.Own {
		t.Errorf("the page shows %+v", got)
	}
	change("DELETE")
	if got := w.believed(t); !reflect.DeepEqual(got, []belief{{"C-1", 1, "2026-06-29"}}) || tallyOf(t, w, "C-1").Own {
		t.Errorf("put right, it believes %+v", got)
	}
}

func TestTheEHRLearnsWhatWasDecided(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data string
		own  bool
	}{
		"a conflict":           {`"conflict":{"id":"x"}`, true},
		"settled otherwise":    {`"conflict":{"id":"x","choice":"handled"}`, true},
		"Jiebao is right":      {`"conflict":{"id":"x","choice":"ours"}`, false},
		"another date":         {`"start_date":{"date":"2026-07-13"}`, false},
		"the offer is changed": {`"offer":{"start_date":"2026-07-13"}`, false},
		"somebody says hello":  {`"message":{"text":"你好"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.offered(t, "2026-06-29")
			w.do("POST", "/ehr/candidates/C-1/start-date", "")
			w.deliver("a", strings.Replace(eventBody("C-1", 1, "一"), `"message":{"text":"一"}`, tt.data, 1), testStart())
			if got := tallyOf(t, w, "C-1"); got.Own != tt.own || got.Received != 1 {
				t.Errorf("it has %+v", got)
			}
		})
	}
}
