package channels

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
)

// Trace follows one request to a platform, to tell what was certainly not done
// from what may have been. The zero value is ready to use, for one request.
type Trace struct{ asked, wrote atomic.Bool }

// Begin returns the context that the request has to have.
func (t *Trace) Begin(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { t.asked.Store(true) },
		WroteHeaders: func() { t.wrote.Store(true) },
	})
}

// NothingLeft says whether it is certain, after the request ended with err,
// that the platform saw nothing. A transport that does not tell how far it came
// is believed only when it could not connect.
func (t *Trace) NothingLeft(err error) bool {
	if t.asked.Load() {
		return !t.wrote.Load()
	}
	var dial *net.OpError
	return errors.As(err, &dial) && dial.Op == "dial"
}

// Left says whether the head of the request is known to have left.
func (t *Trace) Left() bool { return t.wrote.Load() }

// WithoutAddress takes the request's address, which may hold a token or name a
// device, out of an error of net/http.
func WithoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
