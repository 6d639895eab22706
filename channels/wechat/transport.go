package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/silenceper/wechat/v2/util"

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

// api calls the platform for one account.
type api struct {
	http   *http.Client
	base   string
	secret string
	tokens *tokens
	now    func() time.Time
}

func newAPI(a Account, o Options) *api {
	client := http.Client{}
	if o.HTTPClient != nil {
		client = *o.HTTPClient
	} else {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConns, transport.MaxIdleConnsPerHost = atOnce, atOnce
		transport.IdleConnTimeout = keepIdle
		client.Transport = transport
	}
	// The API never redirects; who follows would carry the token elsewhere.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c := &api{http: &client, base: a.BaseURL, secret: a.Secret, now: o.Now}
	c.tokens = newTokens(a, o, c)
	return c
}

// request is one call, complete but for the token.
type request struct {
	method      string
	path        string
	query       url.Values
	contentType string
	body        []byte
	hide        string // the candidate's address, not to be shown in errors
	// safe says that making the call twice is the same as once. The client
	// then repeats it by itself when a kept connection turns out to be closed.
	safe bool
}

func get(path string, query url.Values) request {
	return request{method: http.MethodGet, path: path, query: query, safe: true}
}

// postJSON is a call with a JSON body. Characters such as < stay as they are:
// the platform refuses some that are escaped (40033).
func postJSON(path string, body any) (request, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return request{}, &conversations.SendError{Reason: conversations.BadContent, Detail: "it cannot be written as JSON", Err: err}
	}
	return request{method: http.MethodPost, path: path, contentType: "application/json; charset=utf-8", body: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}, nil
}

// call makes a call and returns the answer, once with a renewed token if the
// platform does not take the one we have.
func (c *api) call(ctx context.Context, r request) ([]byte, *conversations.SendError) {
	token, refused := c.tokens.get(ctx)
	if refused != nil {
		return nil, refused
	}
	answer, refused := c.try(ctx, r, token)
	if !staleToken(refused) {
		return answer, refused
	}
	token, refused = c.tokens.renew(ctx, token)
	if refused != nil {
		return nil, refused
	}
	return c.try(ctx, r, token)
}

// try makes a call with a token.
func (c *api) try(ctx context.Context, r request, token string) ([]byte, *conversations.SendError) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	resp, refused := c.send(ctx, r, token)
	if refused != nil {
		return nil, refused
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, unsure("the answer broke off", err)
	}
	return c.judge(body, r, token)
}

// judge returns the answer unless it holds an error code or cannot be read.
func (c *api) judge(body []byte, r request, token string) ([]byte, *conversations.SendError) {
	var status util.CommonError
	if err := json.Unmarshal(body, &status); err != nil {
		return nil, unsure("the answer is no JSON", nil)
	}
	if status.ErrCode != 0 {
		return nil, refusal(status.ErrCode, hide(status.ErrMsg, c.secret, token, r.hide), c.now())
	}
	return body, nil
}

// send sends a request and returns the response if its status is 200. What
// goes wrong before anything left is temporary; afterwards nobody can tell.
func (c *api) send(ctx context.Context, r request, token string) (*http.Response, *conversations.SendError) {
	if err := ctx.Err(); err != nil {
		return nil, temporary("nothing was sent", err)
	}
	var trace trace
	req, err := http.NewRequestWithContext(trace.with(ctx), r.method, c.address(r, token), bytes.NewReader(r.body))
	if err != nil {
		return nil, &conversations.SendError{Reason: conversations.Credentials, Detail: "base_url makes no address"}
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	if r.safe {
		req.Header["Idempotency-Key"] = nil // read by net/http, and not sent
	}
	resp, err := c.http.Do(req)
	if err != nil {
		err = withoutAddress(err)
		if trace.nothingLeft(err) {
			return nil, temporary("nothing was sent", err)
		}
		return nil, unsure("no answer came", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, c.refusedStatus(resp)
}

func (c *api) address(r request, token string) string {
	query := url.Values{}
	for name, values := range r.query {
		query[name] = values
	}
	if token != "" {
		query.Set("access_token", token)
	}
	if len(query) == 0 {
		return c.base + r.path
	}
	return c.base + r.path + "?" + query.Encode()
}

// refusedStatus is for answers that are not 200, which come from what stands
// before the platform rather than from the platform, which puts its errors
// into answers of 200.
func (c *api) refusedStatus(resp *http.Response) *conversations.SendError {
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

func temporary(detail string, err error) *conversations.SendError {
	return &conversations.SendError{Reason: conversations.Temporary, Detail: detail, Err: err}
}

func unsure(detail string, err error) *conversations.SendError {
	return &conversations.SendError{Reason: conversations.OutcomeUnsure, Detail: detail, Err: err}
}

// withoutAddress takes the address, which holds the token, out of an error.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// trace watches whether anything of a request left.
type trace struct{ asked, wrote atomic.Bool }

func (t *trace) with(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { t.asked.Store(true) },
		WroteHeaders: func() { t.wrote.Store(true) },
	})
}

// nothingLeft says whether it is certain that the platform saw nothing. A
// transport that does not tell how far it came is believed only when it could
// not connect.
func (t *trace) nothingLeft(err error) bool {
	if t.asked.Load() {
		return !t.wrote.Load()
	}
	var dial *net.OpError
	return errors.As(err, &dial) && dial.Op == "dial"
}
