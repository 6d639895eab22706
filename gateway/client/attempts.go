package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Attempt is one try at telling an endpoint an event.
type Attempt struct {
	At          time.Time `json:"at"`
	TookMS      int64     `json:"took_ms"`
	CandidateID string    `json:"candidate_id,omitempty"`
	EventID     string    `json:"event_id,omitempty"`
	Type        string    `json:"type,omitempty"`
	Sequence    int64     `json:"sequence,omitempty"`
	Taken       bool      `json:"taken"`
	Status      int       `json:"status,omitempty"` // of HTTP; 0: no answer came
	Problem     string    `json:"problem,omitempty"`
	Answer      string    `json:"answer,omitempty"` // with what looks personal masked
}

// DeadLetter is an event that was given up.
type DeadLetter struct {
	EventID     string    `json:"event_id"`
	CandidateID string    `json:"candidate_id"`
	Type        string    `json:"type"`
	Sequence    int64     `json:"sequence"`
	At          time.Time `json:"at"`
	Attempts    int       `json:"attempts"`
	Problem     string    `json:"problem"`
	Replaying   bool      `json:"replaying"`
}

// Progress is how far an endpoint has got with a candidate: it has got all if
// Taken is Known.
type Progress struct {
	CandidateID  string    `json:"candidate_id"`
	Known        int64     `json:"known"` // the sequence of the last event
	Taken        int64     `json:"taken"`
	DeadLetters  int       `json:"dead_letters"`
	FailingSince time.Time `json:"failing_since,omitzero"`
	Attempts     int       `json:"attempts,omitempty"`
	Problem      string    `json:"problem,omitempty"`
}

// Pick narrows a list of attempts or dead letters; what is empty does not.
type Pick struct {
	Candidate string
	Event     string
	Type      string
	From, To  time.Time
}

func (p Pick) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"candidate": p.Candidate, "event": p.Event, "type": p.Type} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, at := range map[string]time.Time{"from": p.From, "to": p.To} {
		if !at.IsZero() {
			q.Set(name, at.Format(time.RFC3339Nano))
		}
	}
	return q
}

// EventPick picks events: those to which all that is given applies.
type EventPick struct {
	Candidate string     `json:"candidate_id,omitempty"`
	After     int64      `json:"after_sequence,omitempty"` // with Candidate
	Events    []string   `json:"event_ids,omitempty"`
	From      *time.Time `json:"from,omitempty"`
	To        *time.Time `json:"to,omitempty"`
	Type      string     `json:"type,omitempty"`
	All       bool       `json:"all,omitempty"` // everything: has to be said if nothing else is given
}

// Replay picks the events that are told again.
type Replay struct {
	EventPick
	DeadOnly bool `json:"dead_only,omitempty"`
}

// Replayed is what came of a replay.
type Replayed struct {
	Events int  `json:"events"`
	DryRun bool `json:"dry_run,omitempty"`
	// UnderWay says that they are still being lined up; Endpoint says how far
	// that is.
	UnderWay bool `json:"under_way,omitempty"`
}

// ReplayEvents has events told again, with their own ids; dry only counts them.
func (c *Client) ReplayEvents(ctx context.Context, endpoint string, r Replay, dry bool) (Replayed, error) {
	at := path("endpoints", endpoint, "replay")
	if dry {
		at += "?dry_run=true"
	}
	return post[Replayed](ctx, c, at, r)
}

type attemptPage struct {
	Attempts []Attempt `json:"attempts"`
	Next     string    `json:"next"`
}

// Attempts are what was tried at an endpoint in the last days, the latest first;
// failed: only what was not taken. It ends with the first error.
func (c *Client) Attempts(ctx context.Context, endpoint string, p Pick, failed bool) iter.Seq2[Attempt, error] {
	query := p.query()
	if failed {
		query.Set("failed", "true")
	}
	return pages(ctx, c, path("endpoints", endpoint, "attempts"), query, func(p attemptPage) ([]Attempt, string) { return p.Attempts, p.Next })
}

type deadPage struct {
	DeadLetters []DeadLetter `json:"dead_letters"`
	Next        string       `json:"next"`
}

// DeadLetters are the events that were given up. It ends with the first error.
func (c *Client) DeadLetters(ctx context.Context, endpoint string, p Pick) iter.Seq2[DeadLetter, error] {
	return pages(ctx, c, path("endpoints", endpoint, "dead-letters"), p.query(), func(p deadPage) ([]DeadLetter, string) { return p.DeadLetters, p.Next })
}

// ReplayDeadLetter tries a dead letter again.
func (c *Client) ReplayDeadLetter(ctx context.Context, endpoint, event string) (Replayed, error) {
	return post[Replayed](ctx, c, path("endpoints", endpoint, "dead-letters", event, "replay"), nil)
}

// DismissDeadLetter has an endpoint do without an event.
func (c *Client) DismissDeadLetter(ctx context.Context, endpoint, event string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: path("endpoints", endpoint, "dead-letters", event)})
}

// DismissDeadLetters has an endpoint do without the events that are picked, and
// returns how many.
func (c *Client) DismissDeadLetters(ctx context.Context, endpoint string, p EventPick) (Dismissed, error) {
	return post[Dismissed](ctx, c, path("endpoints", endpoint, "dead-letters", "dismiss"), p)
}

// Dismissed is what came of dismissing dead letters.
type Dismissed struct {
	Events int `json:"events"`
}

type progressPage struct {
	Candidates []Progress `json:"candidates"`
	Next       string     `json:"next"`
}

// Progress is how far an endpoint has got: with the candidates named, up to 100,
// or with all. It ends with the first error.
func (c *Client) Progress(ctx context.Context, endpoint string, candidates ...string) iter.Seq2[Progress, error] {
	query := url.Values{}
	if len(candidates) > 0 {
		query.Set("candidate", strings.Join(candidates, ","))
	}
	return pages(ctx, c, path("endpoints", endpoint, "progress"), query, func(p progressPage) ([]Progress, string) { return p.Candidates, p.Next })
}
