package tencent

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"jiebao/channels"
	"jiebao/conversations"
)

const (
	callTimeout  = 10 * time.Second
	mediaTimeout = 60 * time.Second
	// maxAnswer bounds what is read of an answer in JSON.
	maxAnswer = 1 << 20
	// atOnce is how many connections to the platform are kept for reuse: as
	// many as the outbox sends at once.
	atOnce = 256
	// keepIdle is short, so that the platform is seldom the one to close a
	// kept connection: a message sent at that moment would be in doubt.
	keepIdle = 20 * time.Second
)

// Platform is what one platform has of its own.
type Platform struct {
	Account string // the account's id, for the log
	Base    string // of the API, without a slash at the end
	Secret  string // never shown in errors
	// Token is the call that answers an access token; force asks for another
	// one than the last, for platforms that can.
	Token    func(force bool) (Request, *conversations.SendError)
	CanForce bool
	// TokenKey names the token in the cache that nodes share.
	TokenKey string
	// Stale are the codes that refuse an access token.
	Stale []int64
	// Meaning says what any other code means, and how long the platform then
	// wants to be left alone.
	Meaning func(code int64, now time.Time) (conversations.Reason, time.Duration)
}

// Client calls a platform for one account. It is safe for concurrent use.
type Client struct {
	platform Platform
	http     *http.Client
	tokens   *tokens
	now      func() time.Time
}

// Options are what a Client works with. Now is required.
type Options struct {
	// HTTPClient calls the platform; nil: one with keep-alive for many
	// sends at a time. Its CheckRedirect is not used.
	HTTPClient *http.Client
	Now        func() time.Time
	Tokens     TokenCache   // nil: in memory, for one node
	Log        *slog.Logger // nil: silent
}

// NewClient returns the client of one account.
func NewClient(p Platform, o Options) *Client {
	client := http.Client{}
	if o.HTTPClient != nil {
		client = *o.HTTPClient
	} else {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConns, transport.MaxIdleConnsPerHost = atOnce, atOnce
		transport.IdleConnTimeout = keepIdle
		client.Transport = transport
	}
	if o.Tokens == nil {
		o.Tokens = NewMemoryTokens(o.Now)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	// The API never redirects; who follows would carry the token elsewhere.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c := &Client{platform: p, http: &client, now: o.Now}
	c.tokens = &tokens{platform: p, cache: o.Tokens, client: c, now: o.Now, log: o.Log}
	return c
}

// Request is one call, complete but for the token.
type Request struct {
	Method      string
	Path        string
	Query       url.Values
	ContentType string
	Body        []byte
	Hide        string // the candidate's address, not to be shown in errors
	// Safe says that making the call twice is the same as once. The client
	// then repeats it by itself when a kept connection turns out to be closed.
	Safe bool
}

// Get is a call that changes nothing.
func Get(path string, query url.Values) Request {
	return Request{Method: http.MethodGet, Path: path, Query: query, Safe: true}
}

// PostJSON is a call with a JSON body. Characters such as < stay as they are:
// the platform refuses some that are escaped (40033).
func PostJSON(path string, body any) (Request, *conversations.SendError) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return Request{}, &conversations.SendError{Reason: conversations.BadContent, Detail: "it cannot be written as JSON", Err: err}
	}
	return Request{Method: http.MethodPost, Path: path, ContentType: "application/json; charset=utf-8", Body: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}, nil
}

// Call makes a call and returns the answer, once with a renewed token if the
// platform does not take the one we have. An answer with an error code is an
// error; one that cannot be read leaves the outcome unsure.
func (c *Client) Call(ctx context.Context, r Request) ([]byte, *conversations.SendError) {
	return withToken(ctx, c, func(token string) ([]byte, *conversations.SendError) { return c.try(ctx, r, token) })
}

// withToken does something with the access token, and once more with a
// renewed one if the platform does not take it.
func withToken[T any](ctx context.Context, c *Client, do func(token string) (T, *conversations.SendError)) (T, *conversations.SendError) {
	var nothing T
	token, refused := c.tokens.get(ctx)
	if refused != nil {
		return nothing, refused
	}
	answer, refused := do(token)
	if !c.stale(refused) {
		return answer, refused
	}
	if token, refused = c.tokens.renew(ctx, token); refused != nil {
		return nothing, refused
	}
	return do(token)
}

// stale says whether the platform refused the access token.
func (c *Client) stale(e *conversations.SendError) bool {
	return e != nil && slices.ContainsFunc(c.platform.Stale, func(code int64) bool { return IsCode(e, code) })
}

// try makes a call with a token.
func (c *Client) try(ctx context.Context, r Request, token string) ([]byte, *conversations.SendError) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	resp, refused := c.send(ctx, r, token)
	if refused != nil {
		return nil, refused
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, channels.Unsure("the answer broke off", err)
	}
	return c.judge(body, r, token)
}

// judge returns the answer unless it holds an error code or cannot be read.
func (c *Client) judge(body []byte, r Request, token string) ([]byte, *conversations.SendError) {
	var status util.CommonError
	if err := json.Unmarshal(body, &status); err != nil {
		return nil, channels.Unsure("the answer is no JSON", nil)
	}
	if status.ErrCode != 0 {
		return nil, c.refusal(status.ErrCode, hide(status.ErrMsg, c.platform.Secret, token, r.Hide))
	}
	return body, nil
}

// send sends a request and returns the response if its status is 200. What
// goes wrong before anything left is temporary; afterwards nobody can tell.
func (c *Client) send(ctx context.Context, r Request, token string) (*http.Response, *conversations.SendError) {
	if err := ctx.Err(); err != nil {
		return nil, channels.Temporary("nothing was sent", err)
	}
	var trace channels.Trace
	req, err := http.NewRequestWithContext(trace.Begin(ctx), r.Method, c.address(r, token), bytes.NewReader(r.Body))
	if err != nil {
		return nil, &conversations.SendError{Reason: conversations.Credentials, Detail: "base_url makes no address"}
	}
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	if r.Safe {
		req.Header["Idempotency-Key"] = nil // read by net/http, and not sent
	}
	resp, err := c.http.Do(req)
	if err != nil {
		err = channels.WithoutAddress(err)
		if trace.NothingLeft(err) {
			return nil, channels.Temporary("nothing was sent", err)
		}
		return nil, channels.Unsure("no answer came", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, c.refusedStatus(resp)
}

func (c *Client) address(r Request, token string) string {
	query := url.Values{}
	for name, values := range r.Query {
		query[name] = values
	}
	if token != "" {
		query.Set("access_token", token)
	}
	if len(query) == 0 {
		return c.platform.Base + r.Path
	}
	return c.platform.Base + r.Path + "?" + query.Encode()
}

// refusedStatus is for answers that are not 200, which come from what stands
// before the platform rather than from the platform, which puts its errors
// into answers of 200.
func (c *Client) refusedStatus(resp *http.Response) *conversations.SendError {
	e := &conversations.SendError{Code: "http_" + strconv.Itoa(resp.StatusCode), Detail: "the answer was " + resp.Status}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		e.RetryAfter = time.Duration(s) * time.Second
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		e.Reason = conversations.Throttled
	case resp.StatusCode == http.StatusRequestEntityTooLarge:
		e.Reason = conversations.BadContent
	case resp.StatusCode >= 500, resp.StatusCode == http.StatusRequestTimeout:
		e.Reason = conversations.Temporary
	default:
		e.Reason = conversations.Credentials
		e.Detail += "; check base_url and what stands between"
	}
	return e
}
