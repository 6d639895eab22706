package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"jiebao/conversations"
)

// The bounds of one answer.
const (
	maxAnswer  = 8 << 20
	maxBeliefs = 10_000
)

// Road is the way to a system that is asked.
type Road interface {
	// Get asks with GET and further parameters, signed, and returns an answer of
	// at most so many bytes.
	Get(ctx context.Context, id string, more url.Values, most int64) ([]byte, error)
}

// Remote asks a system over HTTP. It sends GET, with cursor and limit as
// parameters, signed as Standard Webhooks sign (specification 1.0): where a
// webhook has its body, the signed text has the request's target, as in
// /beliefs?limit=1000. The answer is JSON: candidates, as they are posted to
// Jiebao, and next, the cursor of the next page, left out at the end.
type Remote struct {
	Road  Road
	NewID func() string
}

// Ask implements Asker.
func (r *Remote) Ask(ctx context.Context, cursor string) ([]conversations.Belief, string, error) {
	q := url.Values{"limit": {"1000"}}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	body, err := r.Road.Get(ctx, "ask_"+r.NewID(), q, maxAnswer)
	if err != nil {
		return nil, "", fmt.Errorf("asking it: %w", err)
	}
	return ReadBeliefs(body)
}

// ReadBeliefs reads one page of what a system believes. Fields that it does
// not know are passed over; errors repeat no values.
func ReadBeliefs(body []byte) ([]conversations.Belief, string, error) {
	var page struct {
		Candidates []conversations.Belief `json:"candidates"`
		Next       string                 `json:"next"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, "", errors.New("its answer is not JSON with candidates and next")
	}
	if page.Candidates == nil {
		return nil, "", errors.New("its answer has no candidates; an empty list says that it knows nobody")
	}
	if len(page.Candidates) > maxBeliefs {
		return nil, "", fmt.Errorf("its answer has more than %d candidates; it should have smaller pages", maxBeliefs)
	}
	for i := range page.Candidates {
		if err := tidy(&page.Candidates[i]); err != nil {
			return nil, "", fmt.Errorf("candidate %d of its answer: %w", i+1, err)
		}
	}
	return page.Candidates, page.Next, nil
}

// tidy checks a belief and puts open in the core's words.
func tidy(b *conversations.Belief) error {
	if b.Candidate == "" || len(b.Candidate) > 64 {
		return errors.New("candidate_id must have 1 to 64 characters")
	}
	if b.Sequence < 0 {
		return errors.New("sequence must not be negative")
	}
	if b.Answer == nil {
		return nil
	}
	switch *b.Answer {
	case conversations.AnswerOpen:
		*b.Answer = conversations.Open
	case conversations.Open, conversations.Confirmed, conversations.Requested, conversations.Countered, conversations.Declined, conversations.Withdrawn:
	default:
		return errors.New("answer must be open, confirmed, requested, countered, declined or withdrawn")
	}
	return nil
}
