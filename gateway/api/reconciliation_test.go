package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"jiebao/conversations"
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
	return []example{
		{operation: "list-reconciliations", status: http.StatusOK, before: nightly},
		{operation: "read-reconciliation", status: http.StatusOK, before: nightly},
	}
}
