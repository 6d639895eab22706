package client

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Alarm is what keeps, or kept, a platform account from its work.
type Alarm struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	Name    string    `json:"name,omitempty"`
	Branch  string    `json:"branch,omitempty"`
	Work    string    `json:"work"`   // deliver, pull, invite, fetch, mark, event, daily or push
	Reason  string    `json:"reason"` // credentials, quota_used_up, temporary, outcome_unsure, endpoint_down, endpoint_failing, endpoint_gone, given_up or unwritten
	Code    string    `json:"code,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Since   time.Time `json:"since"`
	Last    time.Time `json:"last"`
	Count   int       `json:"count"`
	Waiting int       `json:"waiting"` // candidates for whom something waits
	NextTry time.Time `json:"next_try,omitzero"`
	Ended   time.Time `json:"ended,omitzero"` // zero: it lasts
	EndedBy string    `json:"ended_by,omitempty"`
}

type alarmPage struct {
	Alarms []Alarm `json:"alarms"`
	Next   string  `json:"next"`
}

// Alarms are what keeps accounts from their work, and then what did in the last
// 24 hours. It ends with the first error.
func (c *Client) Alarms(ctx context.Context) iter.Seq2[Alarm, error] {
	return pages(ctx, c, path("alarms"), nil, func(p alarmPage) ([]Alarm, string) { return p.Alarms, p.Next })
}

// ResumeAccount tries an alarm's account again at once.
func (c *Client) ResumeAccount(ctx context.Context, alarm string) error {
	return c.do(ctx, call{method: http.MethodPost, path: path("alarms", alarm, "resume"), once: true})
}
