// Package client calls Jiebao's API, for systems of a bank that are written in
// Go, such as the EHR: it posts results and looks ahead at them, reads where
// they stand, goes through events, has commands carried out, fetches documents,
// and takes webhooks in.
//
//	c, err := client.New("https://jiebao.example.com", client.Key(key), client.Options{})
//	…
//	status, err := c.PostResult(ctx, result)
//	if client.Is(err, "invalid") {
//		// *client.Problem names every wrong field
//	}
//
// Calls that fail on their way, by a busy gateway or by too many calls are made
// again, as far as doing so twice is the same as once; commands carry an
// Idempotency-Key for that. Every operation for systems has a method, and every
// field of its answer is read: tests of the API see to both. What a newer
// gateway adds is passed over.
//
// The types are written by hand over the documented JSON (/docs of a gateway
// explains each field, with its units); dates are 2026-07-06, times have a zone.
// The package imports nothing of Jiebao and nothing but the standard library, so
// that it can be copied into another system as it is.
package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client calls one gateway. It may be used by many goroutines at the same time.
type Client struct {
	base string
	as   authorizer
	o    Options
	http http.Client // follows no redirects: the API has none
}

// Options are how calls are made. The zero value is good for most.
type Options struct {
	// HTTP makes the calls, such as by a proxy or with a certificate; nil:
	// http.DefaultClient.
	HTTP *http.Client
	// Tries is how often a call is made at most; 0: five times.
	Tries int
	// Timeout is how long one try may take until its answer is read; 0: 30 s.
	// Documents are not bound by it, only by the context.
	Timeout time.Duration
	// MaxWait is how long a call waits for its next try at most. A gateway that
	// wants longer gets its way by the problem being returned at once, which says
	// how long in RetryAfter; 0: one minute.
	MaxWait time.Duration
	// Language is that of advice for people: zh-CN, zh-HK or en; empty: zh-CN.
	Language string
	// Now and Sleep are the time; nil: the machine's clock. Sleep ends early
	// with the context, and says so.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// New returns a client of the gateway at an address such as
// https://jiebao.example.com, that calls with the given credentials: a Key or
// ClientCredentials.
func New(address string, as Credentials, o Options) (*Client, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "":
		return nil, errors.New("the gateway's address is not one like https://jiebao.example.com")
	case as == nil:
		return nil, errors.New("calling Jiebao needs credentials: a Key or ClientCredentials")
	}
	c := &Client{base: strings.TrimSuffix(address, "/"), o: o.withDefaults()}
	c.http = *c.o.HTTP
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.as, err = as.authorizer(c); err != nil {
		return nil, fmt.Errorf("preparing to call Jiebao: %w", err)
	}
	return c, nil
}

func (o Options) withDefaults() Options {
	if o.HTTP == nil {
		o.HTTP = http.DefaultClient
	}
	if o.Tries == 0 {
		o.Tries = 5
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxWait == 0 {
		o.MaxWait = time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return o
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
