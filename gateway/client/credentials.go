package client

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Credentials say who calls: a Key, or ClientCredentials.
type Credentials interface {
	authorizer(*Client) (authorizer, error)
}

// authorizer gives calls their Authorization.
type authorizer interface {
	header(context.Context) (string, error)
	// refused takes note that a header was answered 401, and says whether another
	// may fare better.
	refused(header string) bool
}

const redacted = "[secret]"

// Key is an API key, which is sent with every call. It does not show itself in
// logs.
type Key string

// String, GoString and LogValue keep the key out of logs.
func (Key) String() string       { return redacted }
func (Key) GoString() string     { return redacted }
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

func (k Key) authorizer(*Client) (authorizer, error) {
	if k == "" {
		return nil, errors.New("the API key is empty")
	}
	return fixed("Bearer " + string(k)), nil
}

// fixed is a header that stays.
type fixed string

func (f fixed) header(context.Context) (string, error) { return string(f), nil }
func (fixed) refused(string) bool                      { return false }

// ClientCredentials get an access token with an API key and call with that
// (OAuth2, RFC 6749, 4.4 Client Credentials Grant). The token is got with the
// first call, renewed before it ends, and got anew when it is refused.
type ClientCredentials struct {
	ID     string   // the key's name
	Secret Key      // the key
	Scopes []string // what the token may do; none: all that the key may
}

func (o ClientCredentials) authorizer(c *Client) (authorizer, error) {
	if o.ID == "" || o.Secret == "" {
		return nil, errors.New("the client credentials lack the key's name or the key")
	}
	basic := base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(o.ID) + ":" + url.QueryEscape(string(o.Secret))))
	form := url.Values{"grant_type": {"client_credentials"}}
	if len(o.Scopes) > 0 {
		form.Set("scope", strings.Join(o.Scopes, " "))
	}
	return &tokens{client: c, basic: fixed("Basic " + basic), form: form, turn: make(chan struct{}, 1)}, nil
}

// renewal is how long before a token's end another is got, or a tenth of its
// life if that is less.
const renewal = time.Minute

// tokens keeps an access token.
type tokens struct {
	client *Client
	basic  fixed
	form   url.Values

	turn       chan struct{} // is held by who reads or changes what follows
	current    string        // a header
	renew, end time.Time
}

func (t *tokens) header(ctx context.Context) (string, error) {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	now := t.client.o.Now()
	if now.Before(t.renew) {
		return t.current, nil
	}
	err := t.fetch(ctx, now)
	if err != nil && now.Before(t.end) {
		return t.current, nil // it still works; the next call tries again
	}
	return t.current, err
}

// fetch gets a token, whose life is counted from before it was asked for.
func (t *tokens) fetch(ctx context.Context, now time.Time) error {
	var got struct {
		Token     string `json:"access_token"`
		ExpiresIn int64  `json:"expires_in"`
	}
	if err := t.client.doAs(ctx, call{method: http.MethodPost, path: "/oauth2/token", in: t.form, out: &got}, t.basic); err != nil {
		return err
	}
	life := time.Duration(got.ExpiresIn) * time.Second
	t.current, t.end = "Bearer "+got.Token, now.Add(life)
	t.renew = t.end.Add(-min(renewal, life/10))
	return nil
}

func (t *tokens) refused(header string) bool {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	if t.current == header {
		t.renew, t.end = time.Time{}, time.Time{}
	}
	return true
}
