package client

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Result is a passed AI interview.
type Result struct {
	ID        string    `json:"id"` // the EHR's
	Branch    string    `json:"branch"`
	Candidate Candidate `json:"candidate"`
	Position  Position  `json:"position"`
	Interview Interview `json:"interview"`
	Offer     Offer     `json:"offer"`
	Urgency   string    `json:"urgency,omitempty"` // normal or urgent
}

// LogValue names the result and nothing personal.
func (r Result) LogValue() slog.Value { return slog.StringValue(r.ID) }

// Candidate is whom a result is about.
type Candidate struct {
	ID        string    `json:"id"` // the EHR's
	Name      string    `json:"name"`
	Phone     string    `json:"phone,omitempty"`
	Email     string    `json:"email,omitempty"`
	Locale    string    `json:"locale,omitempty"` // zh-CN, zh-HK or en
	TimeZone  string    `json:"time_zone,omitempty"`
	Preferred string    `json:"preferred_channel,omitempty"`
	Addresses []Address `json:"addresses,omitempty"`
}

// LogValue names the candidate by the EHR's id alone.
func (c Candidate) LogValue() slog.Value { return slog.StringValue(c.ID) }

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
	StartDate         string             `json:"start_date"`
	ReplyBy           time.Time          `json:"reply_by,omitzero"`
	Workplace         string             `json:"workplace"`
	ContactName       string             `json:"contact_name"`
	ContactPhone      string             `json:"contact_phone"`
	Documents         []RequiredDocument `json:"documents,omitempty"`
	NoticeDays        int                `json:"notice_days,omitempty"`
	MedicalValidUntil string             `json:"medical_valid_until,omitempty"`
}

// RequiredDocument is one line of an offer's checklist.
type RequiredDocument struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// PostResult has a candidate told of a result. Posting the same one again changes
// nothing; another document under its id is a "conflict".
func (c *Client) PostResult(ctx context.Context, r Result) (ResultStatus, error) {
	return post[ResultStatus](ctx, c, path("results"), r)
}

// Result reads where a result stands.
func (c *Client) Result(ctx context.Context, id string) (ResultStatus, error) {
	return get[ResultStatus](ctx, c, path("results", id))
}

// CancelResult calls a notification off.
func (c *Client) CancelResult(ctx context.Context, id string) (ResultStatus, error) {
	return post[ResultStatus](ctx, c, path("results", id, "cancel"), nil)
}

// RenewInvitation makes another invitation, in place of the one there was. If
// it fails on its way there may be a new one: read the result.
func (c *Client) RenewInvitation(ctx context.Context, result string) (out ResultStatus, err error) {
	return out, c.do(ctx, call{method: http.MethodPost, path: path("results", result, "invitation"), out: &out, once: true})
}
