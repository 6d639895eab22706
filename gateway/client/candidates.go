package client

import (
	"context"
	"time"
)

// Channels is how a candidate can be written to.
type Channels struct {
	CandidateID string      `json:"candidate_id"`
	OptedOut    bool        `json:"opted_out"`
	Preferred   string      `json:"preferred_channel,omitempty"`
	Channels    []Channel   `json:"channels"`
	Call        *CallListed `json:"call,omitempty"`
	ResultID    string      `json:"result_id,omitempty"`
	Plan        *Plan       `json:"plan,omitempty"`
}

// Channel is one address of a candidate and what it allows now.
type Channel struct {
	Account    string    `json:"account"`
	Name       string    `json:"name,omitempty"`
	Medium     string    `json:"medium,omitempty"`
	State      string    `json:"state"`
	Left       int       `json:"messages_left,omitempty"`
	LastIsKept bool      `json:"last_is_kept,omitempty"` // for a person
	ClosesAt   time.Time `json:"closes_at,omitzero"`
	OpenedBy   string    `json:"opened_by,omitempty"`
	LastIn     time.Time `json:"last_message_at,omitzero"`
	BoundBy    string    `json:"bound_by,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Current    bool      `json:"current"` // words leave here now
}

// CallListed is a candidate whom HR is to telephone.
type CallListed struct {
	Since  time.Time `json:"since"`
	Reason string    `json:"reason"`
	Calls  int       `json:"calls"` // that nobody answered
	Next   time.Time `json:"next,omitzero"`
}

// Channels reads how a candidate can be written to.
func (c *Client) Channels(ctx context.Context, candidate string) (Channels, error) {
	return get[Channels](ctx, c, path("candidates", candidate, "channels"))
}
