package carrier

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

const (
	// atOnce is how many connections to a provider are kept for reuse.
	atOnce = 256
	// keepIdle is short, so that the provider is seldom the one to close a kept
	// connection: a message sent at that moment would be in doubt.
	keepIdle = 20 * time.Second
)

// Transport returns what carries requests to a provider: that of client, or
// one with keep-alive for many sends at a time. With a base address, such as a
// simulator's or a proxy's, requests go there, below its path.
func Transport(client *http.Client, base string) (http.RoundTripper, error) {
	var next http.RoundTripper
	if client != nil && client.Transport != nil {
		next = client.Transport
	} else {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConns, t.MaxIdleConnsPerHost, t.IdleConnTimeout = atOnce, atOnce, keepIdle
		next = t
	}
	if base == "" {
		return next, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("base_url is no address, such as https://dysmsapi.aliyuncs.com")
	}
	return &elsewhere{next: next, base: u}, nil
}

// Host is the host of a base address, or of the provider's own.
func Host(base, own string) string {
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		return u.Host
	}
	return own
}

// Base is a base address, or else the provider's own.
func Base(base, own string) string {
	if base != "" {
		return strings.TrimSuffix(base, "/")
	}
	return own
}

// elsewhere sends requests to another address than they name.
type elsewhere struct {
	next http.RoundTripper
	base *url.URL
}

func (e *elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = e.base.Scheme, e.base.Host
	r.URL.Path = strings.TrimSuffix(e.base.Path, "/") + r.URL.Path
	return e.next.RoundTrip(r)
}

// Watch follows one call to a provider, made through a library that tells
// little about what went wrong.
type Watch struct {
	trace  channels.Trace
	status atomic.Int32
	retry  atomic.Int64
}

// Begin returns a context that tells w how far the call comes.
func (w *Watch) Begin(ctx context.Context) context.Context {
	return w.trace.Begin(context.WithValue(ctx, watchKey{}, w))
}

type watchKey struct{}

// Watched makes next tell the Watch of each request's context what was
// answered. Answers that only something before the provider can have given,
// such as a redirect or a page of 502, become errors.
func Watched(next http.RoundTripper) http.RoundTripper { return watched{next} }

type watched struct{ next http.RoundTripper }

func (t watched) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if w, ok := r.Context().Value(watchKey{}).(*Watch); ok && err == nil {
		w.status.Store(int32(resp.StatusCode))
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
			w.retry.Store(int64(s))
		}
	}
	return resp, err
}

// Failed puts what went wrong, when the provider gave no code: nothing left,
// something else answered, or nobody can tell. The error of the library is
// named by its kind only, because its text repeats the request.
func (w *Watch) Failed(err error) *conversations.SendError {
	// Libraries that are given up before they call do not ask the transport.
	unsent := w.trace.NothingLeft(err) || errors.Is(err, context.Canceled) && !w.trace.Left()
	switch status := int(w.status.Load()); {
	case status == 0 && unsent:
		return channels.Temporary("nothing was sent", kindOf(err))
	case status == 0:
		return channels.Unsure("no answer came", kindOf(err))
	case status == http.StatusOK:
		return channels.Unsure("the answer cannot be read", nil)
	default:
		return w.refused(status)
	}
}

// refused is for statuses without a code that can be read.
func (w *Watch) refused(status int) *conversations.SendError {
	e := &conversations.SendError{
		Code: "http_" + strconv.Itoa(status), Detail: "the answer was " + strconv.Itoa(status) + " " + http.StatusText(status),
		RetryAfter: time.Duration(w.retry.Load()) * time.Second,
	}
	switch {
	case status == http.StatusGatewayTimeout: // what stands between passed it on
		e.Reason = conversations.OutcomeUnsure
	case status == http.StatusTooManyRequests:
		e.Reason = conversations.Throttled
	case status >= 500, status == http.StatusRequestTimeout:
		e.Reason = conversations.Temporary
	default:
		e.Reason = conversations.Credentials
		e.Detail += "; check base_url and what stands between"
	}
	return e
}

// kindOf keeps of an error what cannot repeat the request.
func kindOf(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known
		}
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op
	}
	return nil
}
