package client

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Beliefs is what a system believes of up to 5,000 candidates.
type Beliefs struct {
	Candidates []BelievedCandidate `json:"candidates"`
	Endpoints  []string            `json:"endpoints,omitempty"` // to which what is lacking is told again
	// Complete says that the system knows no other candidates with an id above
	// After and up to Through, by the bytes.
	Complete bool   `json:"complete,omitempty"`
	After    string `json:"after,omitempty"`
	Through  string `json:"through,omitempty"`
}

// BelievedCandidate is what a system believes of one candidate. What is nil is
// not compared.
type BelievedCandidate struct {
	CandidateID string             `json:"candidate_id"`
	Sequence    int64              `json:"sequence"`             // of the last event that it took
	StartDate   *string            `json:"start_date,omitempty"` // that holds; empty: it knows of none
	Answer      *string            `json:"answer,omitempty"`
	Documents   []BelievedDocument `json:"documents,omitzero"` // all that it has; empty and not nil: none
}

// BelievedDocument is a document as a system has it. What is empty is not
// compared.
type BelievedDocument struct {
	ID     string `json:"id"` // Jiebao's
	SHA256 string `json:"sha256,omitempty"`
	Item   string `json:"item,omitempty"`
	State  string `json:"state,omitempty"` // received, accepted or rejected
}

// Reconciliation is what a comparison came to.
type Reconciliation struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"` // nightly, posted or asked
	System     string    `json:"system,omitempty"`
	DryRun     bool      `json:"dry_run"`
	Asked      time.Time `json:"asked"`
	Finished   time.Time `json:"finished,omitzero"`
	Agrees     bool      `json:"agrees"`
	Candidates int       `json:"candidates"` // to compare
	Done       int       `json:"done"`       // compared so far
	Agree      int       `json:"agree"`
	Hash       string    `json:"hash,omitempty"`
	Failed     []string  `json:"failed"` // who could not be asked, and why
}

// ReconciliationOutcome is a comparison and who does not agree.
type ReconciliationOutcome struct {
	Reconciliation
	Differences []Difference `json:"differences"`
	Next        string       `json:"next,omitempty"` // empty: these are all
}

// Difference is a candidate about whom a system and Jiebao do not agree.
type Difference struct {
	CandidateID     string   `json:"candidate_id"`
	System          string   `json:"system"`
	Verdict         string   `json:"verdict"` // behind, ahead, unknown, missing, conflict, not_taken or dead_letters
	Theirs          int64    `json:"theirs"`  // the sequence of the last event that the system has
	Ours            int64    `json:"ours"`
	Differs         []string `json:"differs,omitempty"` // of a conflict
	ConflictID      string   `json:"conflict_id,omitempty"`
	Repair          string   `json:"repair,omitempty"` // replay or hr
	EventsToldAgain int      `json:"events_told_again,omitempty"`
	Detail          string   `json:"detail,omitempty"`
}

// CandidateDigest is what there is to agree on about a candidate.
type CandidateDigest struct {
	CandidateID string           `json:"candidate_id"`
	Sequence    int64            `json:"sequence"`
	ResultID    string           `json:"result_id,omitempty"`
	StartDate   string           `json:"start_date,omitempty"` // that holds
	OfferedDate string           `json:"offered_date,omitempty"`
	AgreedDate  string           `json:"agreed_date,omitempty"`
	Answer      string           `json:"answer"`
	Documents   []DigestDocument `json:"documents"`
	Hash        string           `json:"hash"` // over all of this
}

// DigestDocument is a stored document.
type DigestDocument struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
	Item   string `json:"item,omitempty"`
	State  string `json:"state"`
}

// Reconcile says what the caller believes and learns what differs. What it lacks
// is told again, and what both sides changed goes to HR. Repeating is safe.
func (c *Client) Reconcile(ctx context.Context, b Beliefs) (ReconciliationOutcome, error) {
	return post[ReconciliationOutcome](ctx, c, path("reconciliations"), b)
}

// ForeseeReconciliation says what Reconcile would come to; nothing is done.
func (c *Client) ForeseeReconciliation(ctx context.Context, b Beliefs) (ReconciliationOutcome, error) {
	return post[ReconciliationOutcome](ctx, c, path("reconciliations")+"?dry_run=true", b)
}

// mostBeliefs is how many candidates one call takes.
const mostBeliefs = 5000

// ReconcileAll is Reconcile for any number of candidates: all that the caller
// knows, in ranges of their ids, so that nobody in between is missed. It hands
// over each range's outcome, and ends with the first error. Begun again, it does
// no harm. The ranges make up what After, Through and Complete of b are for.
func (c *Client) ReconcileAll(ctx context.Context, b Beliefs) iter.Seq2[ReconciliationOutcome, error] {
	all := slices.SortedFunc(slices.Values(b.Candidates), func(x, y BelievedCandidate) int { return strings.Compare(x.CandidateID, y.CandidateID) })
	return func(yield func(ReconciliationOutcome, error) bool) {
		for after := ""; ; {
			n := min(len(all), mostBeliefs)
			part := Beliefs{Candidates: all[:n], Endpoints: b.Endpoints, Complete: true, After: after}
			if all = all[n:]; len(all) > 0 {
				after = part.Candidates[n-1].CandidateID
				part.Through = after
			}
			outcome, err := c.Reconcile(ctx, part)
			if !yield(outcome, err) || err != nil || len(all) == 0 {
				return
			}
		}
	}
}

type reconciliationPage struct {
	Reports []Reconciliation `json:"reports"`
	Next    string           `json:"next"`
}

// Reconciliations are the comparisons of the last year, newest first: of a kind,
// or all. It ends with the first error.
func (c *Client) Reconciliations(ctx context.Context, kind string) iter.Seq2[Reconciliation, error] {
	query := url.Values{}
	if kind != "" {
		query.Set("kind", kind)
	}
	return pages(ctx, c, path("reconciliations"), query, func(p reconciliationPage) ([]Reconciliation, string) { return p.Reports, p.Next })
}

// Reconciliation reads a comparison, with all that does not agree.
func (c *Client) Reconciliation(ctx context.Context, id string) (ReconciliationOutcome, error) {
	out, err := get[ReconciliationOutcome](ctx, c, path("reconciliations", id))
	for err == nil && out.Next != "" {
		var more ReconciliationOutcome
		more, err = get[ReconciliationOutcome](ctx, c, path("reconciliations", id)+"?"+url.Values{"cursor": {out.Next}}.Encode())
		out.Differences, out.Next = append(out.Differences, more.Differences...), more.Next
	}
	return out, err
}

type digestPage struct {
	Candidates []CandidateDigest `json:"candidates"`
	Next       string            `json:"next"`
}

// Digest is what there is to agree on, candidate by candidate, in the order of
// the bytes of their ids. It ends with the first error.
func (c *Client) Digest(ctx context.Context) iter.Seq2[CandidateDigest, error] {
	return pages(ctx, c, path("reconciliation", "digest"), nil, func(p digestPage) ([]CandidateDigest, string) { return p.Candidates, p.Next })
}
