package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/gateway/reconcile"
)

const (
	reconciliationsPath = "/v1/reconciliations"
	reconciliationPath  = "/v1/reconciliations/{id}"
	digestPath          = "/v1/reconciliation/digest"

	maxBeliefs = 4 << 20 // bytes
)

// Reconciliation is how the API reconciles.
type Reconciliation struct {
	// Check compares what a system says with what there is.
	Check func(context.Context, reconcile.Call) (conversations.Reconciliation, []conversations.Difference, error)
	// Settle puts the decision about a conflict into effect.
	Settle func(context.Context, conversations.Target, conversations.Settle) (conversations.Applied, error)
	Store  interface {
		Digests(ctx context.Context, s conversations.Scope, after, through string, limit int) ([]conversations.Digest, error)
		Reconciliations(ctx context.Context, s conversations.Scope, kind conversations.ReconciliationKind, before time.Time, limit int) ([]conversations.Reconciliation, error)
		Reconciliation(ctx context.Context, s conversations.Scope, id string, n, limit int) (conversations.Reconciliation, []conversations.Difference, int, error)
		Endpoints(ctx context.Context, s conversations.Scope) ([]relay.Standing, error)
	}
}

type beliefsInput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	DryRun      bool   `query:"dry_run" doc:"Only say what does not agree and what would be done. Nothing is repaired, opened or kept." example:"false"`
	RawBody     []byte `contentType:"application/json"`
}

type outcomeOutput struct{ Body ReconciliationOutcome }

type digestInput struct{ PageInput }

type digestOutput struct{ Body DigestPage }

type reportsInput struct {
	PageInput
	Kind string `query:"kind" enum:"nightly,posted,asked" doc:"Only reports of this kind." example:"nightly"`
}

type reportsOutput struct{ Body ReportList }

type reportInput struct {
	ID string `path:"id" maxLength:"80" doc:"The report's id." example:"nightly-2026-06-22"`
	PageInput
}

func (a *API) readDigest(ctx context.Context, in *digestInput) (*digestOutput, error) {
	type at struct{ After, Hash string }
	from, err := placeOf[at]("digest", in.Cursor)
	if err != nil {
		return nil, err
	}
	all, err := a.Reconciliation.Store.Digests(ctx, callerOf(ctx).scope, from.After, "", in.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "reading the digest", "", err)
	}
	page := DigestPage{Candidates: []CandidateDigest{}, Hash: from.Hash}
	for _, d := range all[:min(len(all), in.Limit)] {
		page.Candidates = append(page.Candidates, candidateDigest(d))
		page.Hash = conversations.ChainHash(page.Hash, d.Hash())
		from.After = d.Candidate
	}
	if len(all) > in.Limit {
		page.Next = cursorAt("digest", at{from.After, page.Hash})
	}
	return &digestOutput{page}, nil
}

func (a *API) postBeliefs(ctx context.Context, in *beliefsInput) (*outcomeOutput, error) {
	c := callerOf(ctx)
	p, err := readDocument(a, in.ContentType, in.RawBody, func(p Beliefs) error {
		_, err := beliefsOf(p)
		return err
	}, func(p Beliefs) error {
		_, err := a.repaired(ctx, c, p.Endpoints)
		return err
	})
	if err != nil {
		return nil, err
	}
	call := reconcile.Call{
		System: conversations.BySystemNamed + c.name, Scope: c.scope, Branch: c.scope[0], Dry: in.DryRun,
		Complete: p.Complete, After: string(p.After), Through: string(p.Through),
	}
	if call.Beliefs, err = beliefsOf(p); err != nil {
		return nil, err
	}
	if call.Endpoints, err = a.repaired(ctx, c, p.Endpoints); err != nil {
		return nil, err
	}
	rec, found, err := a.Reconciliation.Check(ctx, call)
	if err != nil {
		return nil, a.problem(ctx, "comparing what a system believes", rec.ID, err)
	}
	return &outcomeOutput{a.outcomeOf(rec, found, "")}, nil
}

// repaired are the endpoints that are told again: those that are named, or the
// one that has the key's name, or the only one.
func (a *API) repaired(ctx context.Context, c caller, named []reference) (ids []string, err error) {
	all, err := a.Reconciliation.Store.Endpoints(ctx, conversations.Everything)
	if err != nil {
		return nil, a.problem(ctx, "reading the endpoints", "", err)
	}
	for _, e := range all {
		if c.scope.Concerns(e.Branch) {
			ids = append(ids, e.ID)
		}
	}
	if len(named) == 0 {
		switch {
		case slices.Contains(ids, c.name):
			return []string{c.name}, nil
		case len(ids) == 1:
			return ids, nil
		}
		return nil, nil
	}
	var chosen []string
	var wrong []FieldProblem
	for i, n := range named {
		if !slices.Contains(ids, string(n)) {
			wrong = append(wrong, FieldProblem{fmt.Sprintf("endpoints[%d]", i), "is no endpoint that there is"})
		}
		chosen = append(chosen, string(n))
	}
	if len(wrong) > 0 {
		return nil, invalid(wrong)
	}
	slices.Sort(chosen)
	return slices.Compact(chosen), nil
}

// beliefsOf are the beliefs in the core's words.
func beliefsOf(p Beliefs) ([]conversations.Belief, error) {
	var problems []FieldProblem
	if !p.Complete && (p.After != "" || p.Through != "") {
		problems = append(problems, FieldProblem{"complete", "is missing; after and through are the range in which you know nobody else"})
	}
	if p.Through != "" && p.Through <= p.After {
		problems = append(problems, FieldProblem{"through", "expected an id above after, by the bytes"})
	}
	out, seen := make([]conversations.Belief, 0, len(p.Candidates)), make(map[string]bool, len(p.Candidates))
	for i, c := range p.Candidates {
		wrong := func(field, why string) {
			problems = append(problems, FieldProblem{fmt.Sprintf("candidates[%d]", i) + field, why})
		}
		b := conversations.Belief{Candidate: string(c.CandidateID), Sequence: c.Sequence}
		if b.Candidate != "" && seen[b.Candidate] {
			wrong(".candidate_id", "is named twice")
		}
		seen[b.Candidate] = true
		if c.StartDate != nil {
			var d conversations.Date
			if *c.StartDate != "" {
				var err error
				if d, err = conversations.ParseDate(*c.StartDate); err != nil {
					wrong(".start_date", "expected a date like 2026-07-06, or nothing")
				}
			}
			b.StartDate = &d
		}
		if c.Answer != nil {
			answer := conversations.Answer(*c.Answer)
			if *c.Answer == conversations.AnswerOpen {
				answer = conversations.Open
			}
			b.Answer = &answer
		}
		if c.Documents != nil {
			b.Documents = []conversations.DigestDocument{}
			for _, d := range *c.Documents {
				b.Documents = append(b.Documents, conversations.DigestDocument{
					ID: string(d.ID), SHA256: strings.ToLower(d.SHA256), Item: string(d.Item), State: conversations.DocumentState(d.State),
				})
			}
		}
		out = append(out, b)
	}
	if len(problems) > 0 {
		return nil, invalid(problems)
	}
	return out, nil
}

func (a *API) listReports(ctx context.Context, in *reportsInput) (*reportsOutput, error) {
	of := listOf("reconciliations", in.Kind)
	before, err := placeOf[time.Time](of, in.Cursor)
	if err != nil {
		return nil, err
	}
	all, err := a.Reconciliation.Store.Reconciliations(ctx, callerOf(ctx).scope, conversations.ReconciliationKind(in.Kind), before, in.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, "listing reconciliations", "", err)
	}
	list := ReportList{Reports: []Report{}}
	for _, rec := range all[:min(len(all), in.Limit)] {
		list.Reports = append(list.Reports, a.reportOf(rec))
	}
	if len(all) > in.Limit {
		list.Next = cursorAt(of, all[in.Limit-1].Asked)
	}
	return &reportsOutput{list}, nil
}

func (a *API) readReport(ctx context.Context, in *reportInput) (*outcomeOutput, error) {
	of := listOf("differences", in.ID)
	from, err := placeOf[int](of, in.Cursor)
	if err != nil {
		return nil, err
	}
	rec, found, next, err := a.Reconciliation.Store.Reconciliation(ctx, callerOf(ctx).scope, in.ID, from, in.Limit)
	if err != nil {
		return nil, a.problem(ctx, "reading a reconciliation", in.ID, err)
	}
	more := ""
	if next > 0 {
		more = cursorAt(of, next)
	}
	return &outcomeOutput{a.outcomeOf(rec, found, more)}, nil
}

func (a *API) registerReconciliation() {
	register := func(op huma.Operation) huma.Operation {
		op.Tags, op.Security = []string{tagReconciliation}, needs(scopeReconciliation)
		return op
	}
	huma.Register(a.huma, register(huma.Operation{
		OperationID: "read-digest", Method: http.MethodGet, Path: digestPath,
		Summary: "Read what there is to agree on",
		Description: "Every candidate of the key's branches, in the order of the bytes of their ids, with a hash of each: the first 16 bytes of the SHA-256, in hexadecimal digits, " +
			"of a text with one line each (ended by a line feed) for candidate_id, sequence, result_id, offered_date, agreed_date, answer, and then each document by id, as id, sha256, item and state with a blank between; what is missing is an empty text. " +
			"The page's hash covers all candidates from the beginning of the list to the end of the page: begin with an empty text, and for each candidate take the same hash of that text and the candidate's hash together. " +
			"So whoever keeps the hash of the last page knows whether anything changed.",
		Responses: a.responses(),
	}), a.readDigest)
	huma.Register(a.huma, register(huma.Operation{
		OperationID: "post-beliefs", Method: http.MethodPost, Path: reconciliationsPath,
		Summary: "Say what you believe, and learn what differs",
		Description: "For each candidate the sequence of the last event that you took, and whatever else you want compared; up to 5,000 candidates at once. Those about whom we agree are only counted. " +
			"What you lack is told again to your endpoint. What both sides changed is a conflict: nothing is overwritten, HR decides, and you are told with reconciliation.conflict and reconciliation.resolved. " +
			"What you believe is remembered and compared again every night. Repeating is safe.",
		MaxBodyBytes: maxBeliefs, SkipValidateBody: true,
		Responses: a.responses(),
	}), a.postBeliefs)
	a.huma.OpenAPI().Paths[reconciliationsPath].Post.RequestBody = a.body(reflect.TypeFor[Beliefs](), exampleBeliefs())
	huma.Register(a.huma, register(huma.Operation{
		OperationID: "list-reconciliations", Method: http.MethodGet, Path: reconciliationsPath,
		Summary:     "List reports",
		Description: "The comparisons that were made in the last year, newest first: one every night, and those that were posted or asked for.",
		Responses:   a.responses(),
	}), a.listReports)
	huma.Register(a.huma, register(huma.Operation{
		OperationID: "read-reconciliation", Method: http.MethodGet, Path: reconciliationPath,
		Summary:     "Read a report",
		Description: "Who did not agree, why, and what was done about it, page by page: those of the key's branches.",
		Responses:   a.responses(http.StatusNotFound),
	}), a.readReport)
}

func reconciliationMeanings() map[int]string {
	return map[int]string{
		http.StatusOK:                    "What agrees and what does not.",
		http.StatusRequestEntityTooLarge: "The document is larger than 4 MiB; post fewer candidates at once.",
	}
}
