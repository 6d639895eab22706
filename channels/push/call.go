package push

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

const (
	callTimeout = 10 * time.Second
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 64 << 10
	// atOnce is how many connections to a provider are kept for reuse: as many
	// as the outbox sends at once.
	atOnce = 256
	// keepIdle is short, so that a provider is seldom the one to close a kept
	// connection: a banner sent at that moment would be in doubt.
	keepIdle = 20 * time.Second
)

// caller calls providers.
type caller struct{ http *http.Client }

func newCaller(o Options) *caller {
	client := http.Client{}
	if o.HTTPClient != nil {
		client = *o.HTTPClient
	} else {
		transport := http.DefaultTransport.(*http.Transport).Clone() // speaks HTTP/2, as APNs asks for
		transport.MaxIdleConns, transport.MaxIdleConnsPerHost = atOnce, atOnce
		transport.IdleConnTimeout = keepIdle
		client.Transport = transport
	}
	// No provider redirects; who follows would carry tokens elsewhere.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &caller{http: &client}
}

// request is one call.
type request struct {
	url    string
	header map[string]string
	body   []byte
	get    bool
}

// answer is a whole answer, whatever its status.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// retryAfter is how long the answer asks to be left alone, or else the given time.
func (a answer) retryAfter(otherwise time.Duration) time.Duration {
	if s, err := strconv.Atoi(a.header.Get("Retry-After")); err == nil && s > 0 && s <= 24*60*60 {
		return time.Duration(s) * time.Second
	}
	return otherwise
}

// call makes a call. What goes wrong before anything left is temporary;
// afterwards nobody can tell.
func (c *caller) call(ctx context.Context, r request) (answer, *conversations.SendError) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return answer{}, channels.Temporary("nothing was sent", err)
	}
	var trace channels.Trace
	method := http.MethodPost
	if r.get {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(trace.Begin(ctx), method, r.url, bytes.NewReader(r.body))
	if err != nil {
		return answer{}, refuse(conversations.Credentials, "the provider's configured address makes no URL")
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		err = channels.WithoutAddress(err)
		if trace.NothingLeft(err) {
			return answer{}, channels.Temporary("nothing was sent", err)
		}
		return answer{}, channels.Unsure("no answer came", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, channels.Unsure("the answer broke off", err)
	}
	return answer{resp.StatusCode, resp.Header, body}, nil
}

// unknown is the refusal for an answer that says nothing in the provider's own
// terms. It comes from what stands before the provider.
func (a answer) unknown(name string) *refusal {
	e := &conversations.SendError{Code: "http_" + strconv.Itoa(a.status), Detail: name + " did not say why", RetryAfter: a.retryAfter(0)}
	switch {
	case a.status >= 200 && a.status < 300:
		e.Reason, e.Code, e.Detail = conversations.OutcomeUnsure, "", "the answer of "+name+" does not say whether it was accepted"
	case a.status == http.StatusTooManyRequests:
		e.Reason, e.RetryAfter = conversations.Throttled, a.retryAfter(throttle)
	case a.status == http.StatusRequestEntityTooLarge:
		e.Reason = conversations.BadContent
	case a.status >= 500, a.status == http.StatusRequestTimeout:
		e.Reason = conversations.Temporary
	default:
		e.Reason, e.Detail = conversations.Credentials, e.Detail+"; check base_url and what stands between"
	}
	return refused(e)
}

// payload writes a request's body. Characters such as < stay as they are.
func payload(v any) ([]byte, *conversations.SendError) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, &conversations.SendError{Reason: conversations.BadContent, Detail: "it cannot be written as JSON", Err: err}
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// form is a request with the fields of a form.
func form(address string, fields url.Values) request {
	return request{url: address, header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: []byte(fields.Encode())}
}
