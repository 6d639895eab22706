package client

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// Endpoint is who is told of events, and how it stands.
type Endpoint struct {
	ID         string           `json:"id"`
	Kind       string           `json:"kind"` // webhook or feed
	Name       string           `json:"name"`
	Branch     string           `json:"branch,omitempty"`
	Types      []string         `json:"types,omitempty"`
	Filter     string           `json:"filter,omitempty"`
	Webhook    *Webhook         `json:"webhook,omitempty"`
	Secrets    []EndpointSecret `json:"secrets,omitempty"`
	Unreadable string           `json:"unreadable,omitempty"` // why its settings cannot be opened
	Configured bool             `json:"configured"`           // by the gateway's file
	Version    int64            `json:"version"`              // for ReplaceEndpoint
	Created    time.Time        `json:"created_at"`
	Paused     *Pause           `json:"paused,omitempty"`

	Waiting         int       `json:"waiting"` // candidates
	OldestWaiting   time.Time `json:"oldest_waiting,omitzero"`
	DeadLetters     int       `json:"dead_letters"`
	Replaying       int       `json:"replaying,omitempty"` // events of long replays
	LinedUp         int       `json:"lined_up,omitempty"`  // of these
	TookAt          time.Time `json:"took_at,omitzero"`
	FailedAt        time.Time `json:"failed_at,omitzero"`
	CertificateEnds time.Time `json:"certificate_ends,omitzero"`
}

// Settings are what can be changed of the endpoint, to change some of it.
func (e Endpoint) Settings() EndpointSettings {
	return EndpointSettings{Name: e.Name, Branch: e.Branch, Types: e.Types, Filter: e.Filter, Webhook: e.Webhook}
}

// EndpointSettings are what can be changed of an endpoint, all at once.
type EndpointSettings struct {
	Name    string   `json:"name"`
	Branch  string   `json:"branch,omitempty"`
	Types   []string `json:"types,omitempty"`
	Filter  string   `json:"filter,omitempty"`
	Webhook *Webhook `json:"webhook,omitempty"` // of webhooks, and not of feeds
}

// NewEndpoint is an endpoint to be set up.
type NewEndpoint struct {
	ID     string `json:"id"`
	Kind   string `json:"kind,omitempty"`   // webhook or feed
	From   string `json:"from,omitempty"`   // now or beginning
	Secret string `json:"secret,omitempty"` // whsec_…; empty: one is made
	EndpointSettings
}

// LogValue keeps secrets out of logs.
func (n NewEndpoint) LogValue() slog.Value { return slog.StringValue(n.ID) }

// Webhook is how events are posted. What is read as [secret] stays as it is when
// it is written so.
type Webhook struct {
	URL         string            `json:"url"`
	Headers     map[string]string `json:"headers,omitempty"`
	TLS         *WebhookTLS       `json:"tls,omitempty"`
	Proxy       *WebhookProxy     `json:"proxy,omitempty"`
	Timeout     string            `json:"timeout,omitempty"` // such as 15s
	InFlight    int               `json:"in_flight,omitempty"`
	PerSecond   int               `json:"per_second,omitempty"`
	PerMinute   int               `json:"per_minute,omitempty"`
	ContentType string            `json:"content_type,omitempty"`
	Mapping     string            `json:"mapping,omitempty"` // CEL
}

// LogValue names where events are posted, without secrets.
func (w Webhook) LogValue() slog.Value { return slog.StringValue(w.URL) }

// WebhookTLS is what makes the connection; all in PEM.
type WebhookTLS struct {
	Certificate string `json:"certificate,omitempty"`
	Key         string `json:"key,omitempty"`
	CA          string `json:"ca,omitempty"`
	ServerName  string `json:"server_name,omitempty"`
}

// WebhookProxy is an HTTP CONNECT or SOCKS5 proxy.
type WebhookProxy struct {
	URL      string `json:"url"`
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
}

// EndpointSecret is a secret that signs, without its value.
type EndpointSecret struct {
	ID    string    `json:"id"`
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"` // zero: it stays
}

// Pause is why an endpoint is told nothing for now.
type Pause struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"` // by_hand, gone or failing
	Detail string    `json:"detail,omitempty"`
	By     string    `json:"by,omitempty"`
}

// MadeEndpoint is an endpoint with the new secret that signs: keep it, it is not
// shown again. It is empty if you gave it, and of a feed.
type MadeEndpoint struct {
	Endpoint Endpoint `json:"endpoint"`
	Secret   string   `json:"secret,omitempty"`
}

// LogValue keeps the secret out of logs.
func (m MadeEndpoint) LogValue() slog.Value { return slog.StringValue(m.Endpoint.ID) }

// NewSecret is how a secret that signs is replaced.
type NewSecret struct {
	Overlap string `json:"overlap"`          // in which both sign: 0s to 168h
	Secret  string `json:"secret,omitempty"` // empty: one is made
}

// LogValue keeps the secret out of logs.
func (n NewSecret) LogValue() slog.Value { return slog.StringValue(n.Overlap) }

// CreateEndpoint sets an endpoint up. If it fails on its way it may have been
// done, and its secret is lost: delete it and set it up again, or give a Secret.
func (c *Client) CreateEndpoint(ctx context.Context, n NewEndpoint) (out MadeEndpoint, err error) {
	return out, c.do(ctx, call{method: http.MethodPost, path: path("endpoints"), in: n, out: &out, once: true})
}

type endpointPage struct {
	Endpoints []Endpoint `json:"endpoints"`
	Next      string     `json:"next"`
}

// Endpoints are those of the key's branches, by id. It ends with the first error.
func (c *Client) Endpoints(ctx context.Context) iter.Seq2[Endpoint, error] {
	return pages(ctx, c, path("endpoints"), nil, func(p endpointPage) ([]Endpoint, string) { return p.Endpoints, p.Next })
}

// Endpoint reads an endpoint.
func (c *Client) Endpoint(ctx context.Context, id string) (Endpoint, error) {
	return get[Endpoint](ctx, c, path("endpoints", id))
}

// ReplaceEndpoint changes all settings of an endpoint, if it still has the
// version that you read; otherwise it is refused as "endpoint-changed".
func (c *Client) ReplaceEndpoint(ctx context.Context, id string, version int64, s EndpointSettings) (out Endpoint, err error) {
	return out, c.do(ctx, call{method: http.MethodPut, path: path("endpoints", id), in: s, out: &out, header: match(version), once: true})
}

// match has a call refused that is about another version.
func match(version int64) map[string]string {
	return map[string]string{"If-Match": strconv.Quote(strconv.FormatInt(version, 10))}
}

// DeleteEndpoint removes an endpoint, if it still has the version that you read;
// otherwise it is refused as "endpoint-changed". One that is removed already is
// "not-found".
func (c *Client) DeleteEndpoint(ctx context.Context, id string, version int64) error {
	return c.do(ctx, call{method: http.MethodDelete, path: path("endpoints", id), header: match(version)})
}

// PauseEndpoint stops telling an endpoint; why is for colleagues.
func (c *Client) PauseEndpoint(ctx context.Context, id, why string) (Endpoint, error) {
	return post[Endpoint](ctx, c, path("endpoints", id, "pause"), pauseBody{why})
}

type pauseBody struct {
	Detail string `json:"detail,omitempty"`
}

// ResumeEndpoint tells an endpoint again, all that waits first.
func (c *Client) ResumeEndpoint(ctx context.Context, id string) (Endpoint, error) {
	return post[Endpoint](ctx, c, path("endpoints", id, "resume"), nil)
}

// RotateSecret replaces the secret that signs. If it fails on its way, do it
// again: a secret that nobody knows harms nobody.
func (c *Client) RotateSecret(ctx context.Context, id string, n NewSecret) (out MadeEndpoint, err error) {
	return out, c.do(ctx, call{method: http.MethodPost, path: path("endpoints", id, "secret"), in: n, out: &out, once: true})
}

// TestEndpoint posts an event that says of itself that it is a test.
func (c *Client) TestEndpoint(ctx context.Context, id string) (out Attempt, err error) {
	return out, c.do(ctx, call{method: http.MethodPost, path: path("endpoints", id, "test"), out: &out, once: true, held: 2 * time.Minute})
}
