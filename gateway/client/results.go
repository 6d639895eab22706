package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Result is a passed AI interview. Fields are as the API's documentation has
// them; dates are written 2026-07-06 and times by RFC 3339.
type Result struct {
	ID        string    `json:"id"`
	Branch    string    `json:"branch"`
	Candidate Candidate `json:"candidate"`
	Position  Position  `json:"position"`
	Interview Interview `json:"interview"`
	Offer     Offer     `json:"offer"`
	Urgency   string    `json:"urgency,omitempty"` // normal or urgent
}

// Candidate is whom a result is about.
type Candidate struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Phone     string    `json:"phone,omitempty"`
	Email     string    `json:"email,omitempty"`
	Locale    string    `json:"locale,omitempty"`
	TimeZone  string    `json:"time_zone,omitempty"`
	Preferred string    `json:"preferred_channel,omitempty"`
	Addresses []Address `json:"addresses,omitempty"`
}

// Address is a candidate on one platform account.
type Address struct {
	Account string `json:"account"`
	ID      string `json:"id"`
}

// Position is the job.
type Position struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
}

// Interview is the AI interview's outcome.
type Interview struct {
	Score      float64  `json:"score"`
	Passed     bool     `json:"passed"`
	Highlights []string `json:"highlights,omitempty"`
}

// Offer is what the candidate is asked to accept.
type Offer struct {
	StartDate    string     `json:"start_date"`
	ReplyBy      string     `json:"reply_by"`
	Workplace    string     `json:"workplace"`
	ContactName  string     `json:"contact_name"`
	ContactPhone string     `json:"contact_phone"`
	Documents    []Document `json:"documents,omitempty"`
}

// Document is one line of the checklist.
type Document struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Status is where a result stands.
type Status struct {
	ID               string `json:"id"`
	CandidateID      string `json:"candidate_id"`
	Branch           string `json:"branch"`
	Current          bool   `json:"current"`
	Status           string `json:"status"`
	Reason           string `json:"reason"`
	Answer           string `json:"answer"`
	StartDate        string `json:"start_date"`
	OfferedStartDate string `json:"offered_start_date"`
}

// Event is something that happened to a candidate. Data is decoded by whoever
// knows its type.
type Event struct {
	ID   string          `json:"id"`
	Type string          `json:"type"`
	At   time.Time       `json:"timestamp"`
	Data json.RawMessage `json:"data"`
}

// PostResult posts a result. Posting the same one again changes nothing.
func (c *Client) PostResult(ctx context.Context, r Result) (s Status, err error) {
	return s, c.Call(ctx, http.MethodPost, path("results"), r, &s)
}

// Result reads where a result stands.
func (c *Client) Result(ctx context.Context, id string) (s Status, err error) {
	return s, c.Call(ctx, http.MethodGet, path("results", id), nil, &s)
}

// CancelResult calls a notification off.
func (c *Client) CancelResult(ctx context.Context, id string) (s Status, err error) {
	return s, c.Call(ctx, http.MethodPost, path("results", id, "cancel"), nil, &s)
}

// Events are all events of a candidate, in order, page by page. It ends with
// the first error.
func (c *Client) Events(ctx context.Context, candidate string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		cursor := ""
		for {
			var page struct {
				Events []Event `json:"events"`
				Next   string  `json:"next"`
			}
			if err := c.Call(ctx, http.MethodGet, path("candidates", candidate, "events")+"?cursor="+url.QueryEscape(cursor), nil, &page); err != nil {
				yield(Event{}, err)
				return
			}
			for _, e := range page.Events {
				if !yield(e, nil) {
					return
				}
			}
			if cursor = page.Next; cursor == "" {
				return
			}
		}
	}
}
