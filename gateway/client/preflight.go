package client

import (
	"context"
	"time"
)

// PreflightReport is what posting results would come to.
type PreflightReport struct {
	Summary PreflightSummary `json:"summary"`
	Results []PreflightRow   `json:"results"` // in the order of the results
}

// Preflight looks what posting results would come to. Nothing is stored, and
// nobody is told.
func (c *Client) Preflight(ctx context.Context, results []Result) (PreflightReport, error) {
	return post[PreflightReport](ctx, c, path("results", "preflight"), results)
}

// PreflightSummary is what all results together would come to.
type PreflightSummary struct {
	Results   int            `json:"results"`
	Verdicts  map[string]int `json:"verdicts"`
	First     map[string]int `json:"told_first_by"`
	Messages  map[string]int `json:"messages_at_most"`
	Breaking  int            `json:"with_problems"`
	Parts     int            `json:"billed_messages_at_most"`
	FirstCost float64        `json:"cost_of_first_yuan"`
	Cost      float64        `json:"cost_at_most_yuan"`
	Paused    []string       `json:"paused_accounts"`
}

// PreflightRow is what posting one result would come to.
type PreflightRow struct {
	ResultID    string             `json:"result_id"`
	CandidateID string             `json:"candidate_id"`
	Verdict     string             `json:"verdict"`
	Why         string             `json:"why,omitempty"`
	Advice      string             `json:"advice,omitempty"`
	First       *PreflightStep     `json:"first,omitempty"`
	Steps       []PreflightStep    `json:"steps"`
	Problems    []PreflightProblem `json:"problems"`
	Invited     bool               `json:"invited"`
	Supersedes  bool               `json:"supersedes"`
	Parts       int                `json:"billed_messages_at_most"`
	Cost        float64            `json:"cost_at_most_yuan"`
}

// PreflightStep is one step of a plan as it would be taken.
type PreflightStep struct {
	By      string    `json:"by"`
	Account string    `json:"account,omitempty"`
	At      time.Time `json:"at"`
	Sends   bool      `json:"sends"`
	Skipped string    `json:"skipped,omitempty"`
	Refused string    `json:"refused,omitempty"`
	Paused  bool      `json:"paused,omitempty"`
	Parts   int       `json:"billed_messages,omitempty"`
	Cost    float64   `json:"cost_yuan,omitempty"`
}

// PreflightProblem is something of a result that does not fit.
type PreflightProblem struct {
	Field      string `json:"field"`
	Detail     string `json:"detail"`
	Template   string `json:"template,omitempty"`
	Slot       string `json:"template_field,omitempty"`
	Length     int    `json:"length,omitempty"`
	Limit      int    `json:"limit,omitempty"`
	Suggestion string `json:"suggestion,omitempty"`
	Later      bool   `json:"later,omitempty"`
}
