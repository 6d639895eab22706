package client

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// CandidateToken lets the bank's app speak for one candidate. It is a secret of
// the candidate's, and does not show itself in logs.
type CandidateToken struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
	Account   string    `json:"account"`
}

// LogValue keeps the token out of logs.
func (t CandidateToken) LogValue() slog.Value { return slog.StringValue(redacted) }

// Device is a phone with the bank's app, as one push provider knows it.
type Device struct {
	CandidateID string `json:"candidate_id,omitempty"`
	Provider    string `json:"provider"` // apns, fcm, jpush or huawei
	Token       string `json:"token"`
	Handset     string `json:"handset,omitempty"`
	Vendor      string `json:"vendor,omitempty"`
	Locale      string `json:"locale,omitempty"`
}

// LogValue keeps the device's token out of logs.
func (d Device) LogValue() slog.Value { return slog.StringValue(d.Provider) }

// RegisteredDevice is a registered phone.
type RegisteredDevice struct {
	ID           string    `json:"id"` // for DeleteDevice
	RegisteredAt time.Time `json:"registered_at"`
}

// IssueCandidateToken makes a token for the app of a candidate who is signed in.
func (c *Client) IssueCandidateToken(ctx context.Context, candidate string) (CandidateToken, error) {
	return post[CandidateToken](ctx, c, path("candidates", candidate, "token"), nil)
}

// RegisterDevice registers a candidate's phone. Doing so again changes nothing.
func (c *Client) RegisterDevice(ctx context.Context, d Device) (RegisteredDevice, error) {
	return post[RegisteredDevice](ctx, c, path("devices"), d)
}

// DeleteDevice forgets a phone. One that is forgotten already is "not-found".
func (c *Client) DeleteDevice(ctx context.Context, id string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: path("devices", id)})
}
