package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// noReports is for tests that compare nothing.
type noReports struct{}

var errNoReports = errors.New("there are no reports in this test")

func (noReports) Digests(context.Context, conversations.Scope, string, string, int) ([]conversations.Digest, error) {
	return nil, errNoReports
}

func (noReports) Reconciliations(context.Context, conversations.Scope, conversations.ReconciliationKind, time.Time, int) ([]conversations.Reconciliation, error) {
	return nil, errNoReports
}

func (noReports) Reconciliation(context.Context, conversations.Scope, string, int, int) (conversations.Reconciliation, []conversations.Difference, int, error) {
	return conversations.Reconciliation{}, nil, 0, errNoReports
}

func (noReports) Endpoints(context.Context, conversations.Scope) ([]relay.Standing, error) {
	return nil, errNoReports
}

func reconciliationExamples() []example {
	nightly := func(t *testing.T, w *world) {
		rec := conversations.Reconciliation{
			ID: "nightly-2026-06-22", Kind: conversations.ReconcileNightly, Asked: now(), Started: now(), Finished: now(), Candidates: 1, Done: 1,
		}
		if _, err := w.db.PutReconciliation(t.Context(), rec, []conversations.Difference{
			{Candidate: "C-2026-000815", Branch: "head/beijing", System: "ehr", Verdict: conversations.GivenUp, Repair: conversations.RepairReplay, Events: 1},
		}); err != nil {
			t.Fatal(err)
		}
	}
	disputed := func(t *testing.T, w *world) {
		w.body = map[string]any{"conflict_id": w.disputed().ID, "choice": "ours"}
	}
	return []example{
		{operation: "settle-conflict", status: http.StatusOK, before: disputed},
		{operation: "list-reconciliations", status: http.StatusOK, before: nightly},
		{operation: "read-reconciliation", status: http.StatusOK, before: nightly},
	}
}

// disputed has another system say another start date of the documented
// candidate, and returns the conflict.
func (w *world) disputed() conversations.Conflict {
	w.t.Helper()
	w.believe(`{"candidates":[{"candidate_id":"C-2026-000815","sequence":` + strconv.FormatInt(w.conversation().Events, 10) + `,"start_date":"2026-07-20"}]}`)
	c := w.conversation()
	x := c.OpenConflict()
	if x == nil {
		w.t.Fatal("there is no conflict")
	}
	return *x
}

// believe posts what a system believes.
func (w *world) believe(beliefs string) map[string]any {
	w.t.Helper()
	got := w.do(http.MethodPost, "/v1/reconciliations", beliefs, "Content-Type", jsonMedia)
	if got.code != http.StatusOK {
		w.t.Fatalf("posting beliefs: %d %s", got.code, got.body)
	}
	return got.json(w.t)
}

// TestCompleteBeliefs: whom a system does not name, although it knows nobody
// else in that range, it is told of from the first event.
func TestCompleteBeliefs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.postDocumented()
	w.setUp("ehr", relay.Feed)
	w.tellAll("ehr", outbox.Done)
	for name, tt := range map[string]struct {
		beliefs string
		found   string // the verdict
	}{
		"not complete":           {`{"candidates":[]}`, ""},
		"complete":               {`{"candidates":[],"complete":true}`, "missing"},
		"complete above another": {`{"candidates":[],"complete":true,"after":"D"}`, ""},
		"complete up to another": {`{"candidates":[],"complete":true,"through":"C-2026-000814"}`, ""},
		"complete up to them":    {`{"candidates":[],"complete":true,"after":"C-2026-000814","through":"C-2026-000815"}`, "missing"},
		"complete and named":     {`{"candidates":[{"candidate_id":"C-2026-000815","sequence":0}],"complete":true}`, "behind"},
	} {
		report := w.believe(tt.beliefs)
		found := report["differences"].([]any)
		if tt.found == "" {
			if len(found) != 0 || report["agrees"] != true {
				t.Errorf("%s: %v", name, report)
			}
			continue
		}
		if len(found) != 1 {
			t.Errorf("%s: %v", name, report)
			continue
		}
		d := found[0].(map[string]any)
		if d["verdict"] != tt.found || d["repair"] != "replay" || d["events_told_again"] != float64(w.conversation().Events) {
			t.Errorf("%s: %v", name, d)
		}
	}
}

// TestARangeThatIsNone: who orders ids otherwise hears of it, instead of being
// told that all agree.
func TestARangeThatIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for beliefs, field := range map[string]string{
		`{"candidates":[],"complete":true,"after":"b","through":"B"}`: "through",
		`{"candidates":[],"complete":true,"after":"B","through":"B"}`: "through",
		`{"candidates":[],"through":"B"}`:                             "complete",
	} {
		got := w.do(http.MethodPost, "/v1/reconciliations", beliefs, "Content-Type", jsonMedia)
		if got.code != http.StatusUnprocessableEntity || !slices.Equal(got.fields(t), []string{field}) {
			t.Errorf("%s: %d %s", beliefs, got.code, got.body)
		}
	}
}

// TestEveryWrongBeliefIsNamed: of thousands, not one after the other.
func TestEveryWrongBeliefIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	beliefs := `{"candidates":[{"candidate_id":"C1","sequence":1,"start_date":"2026-02-30"},{"candidate_id":"C1","sequence":1},{"candidate_id":"C2","sequence":1,"start_date":"soon"}%s],
		"after":"C1","endpoints":["nobody","payroll"]}`
	w.setUp("payroll", relay.Webhook)
	want := []string{"candidates[0].start_date", "candidates[1].candidate_id", "candidates[2].start_date", "complete"}
	for more, named := range map[string][]string{
		"":                       want,
		`,{"candidate_id":"C3"}`: append(slices.Clone(want), "endpoints[0]", "candidates[3].sequence"),
	} {
		got := w.do(http.MethodPost, "/v1/reconciliations", fmt.Sprintf(beliefs, more), "Content-Type", jsonMedia)
		slices.Sort(named)
		if got.code != http.StatusUnprocessableEntity || !slices.Equal(got.fields(t), named) {
			t.Errorf("%s: %d %s", more, got.code, got.body)
		}
	}
}

// TestSettlingByTheAPI: a conflict is settled once, and only by who may.
func TestSettlingByTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.postDocumented()
	x := w.disputed()
	settle := func(choice, note, key string) answer {
		body := `{"conflict_id":"` + x.ID + `","choice":"` + choice + `"` + note + `}`
		return w.do(http.MethodPost, "/v1/candidates/C-2026-000815/settle-conflict", body, "Content-Type", jsonMedia, "Idempotency-Key", "settling-"+key)
	}
	if got := settle("handled", "", "a"); got.code != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `"field":"note"`) {
		t.Errorf("without a note: %d %s", got.code, got.body)
	}
	if got := settle("agreed", "", "b"); got.code != http.StatusUnprocessableEntity {
		t.Errorf("what only the comparison may say: %d %s", got.code, got.body)
	}
	first := settle("theirs", "", "c")
	if first.code != http.StatusOK || !strings.Contains(string(first.body), `"offered_start_date":"2026-07-20"`) {
		t.Fatalf("%d %s", first.code, first.body)
	}
	if again := settle("theirs", "", "c"); again.code != http.StatusOK || string(again.body) != string(first.body) {
		t.Errorf("repeated: %d %s", again.code, again.body)
	}
	if got := settle("ours", "", "d"); got.code != http.StatusConflict {
		t.Errorf("settled twice: %d %s", got.code, got.body)
	}
	c := w.conversation()
	if kept := c.ConflictWith(x.System); kept.Choice != conversations.ChooseTheirs || kept.Agent != "api:ehr" {
		t.Errorf("kept %+v", kept)
	}
}
