package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// mostAnswer bounds what is read of an answer.
const mostAnswer = 64 << 20

// call is a call of one operation.
type call struct {
	method string
	path   string // with its query
	header map[string]string
	in     any // written as JSON; a url.Values as a form
	out    any // what the answer is decoded into; nil: nothing
	// once: doing it twice is not the same as doing it once, so that it is made
	// again only if it certainly was not done.
	once bool
	// held is how long the gateway may hold its answer back.
	held time.Duration
}

// do makes a call, again if need be and if doing so is safe.
func (c *Client) do(ctx context.Context, o call) error { return c.doAs(ctx, o, c.as) }

func (c *Client) doAs(ctx context.Context, o call, as authorizer) error {
	body, media, err := o.write()
	if err != nil {
		return fmt.Errorf("writing a call of %s: %w", o.name(), err)
	}
	renewed := false
	for try := 1; ; try++ {
		credentials, err := as.header(ctx)
		if err != nil {
			return fmt.Errorf("calling %s: %w", o.name(), err)
		}
		err = c.try(ctx, o, credentials, body, media)
		var p *Problem
		refused := errors.As(err, &p)
		if refused && p.Status == http.StatusUnauthorized && !renewed && as.refused(credentials) {
			renewed = true
			continue
		}
		if err == nil || try >= c.o.Tries || !o.again(err) || !c.waited(ctx, pause(try, p)) {
			return err
		}
	}
}

// pause is how long to wait after a try: longer each time, as the gateway wants
// it, and not when everybody else comes back.
func pause(try int, p *Problem) time.Duration {
	grows := min(500*time.Millisecond<<(try-1), 30*time.Second)
	if p != nil && p.RetryAfter > 0 {
		return p.RetryAfter + rand.N(grows)
	}
	return grows/2 + rand.N(grows/2)
}

// waited waits, unless that is too long for the options or the context.
func (c *Client) waited(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); d > c.o.MaxWait || ok && c.o.Now().Add(d).After(end) {
		return false
	}
	return c.o.Sleep(ctx, d) == nil
}

// errUnread is of an answer that is not what was asked for.
var errUnread = errors.New("the answer cannot be read")

// again says whether a call that failed may be made once more.
func (o call) again(err error) bool {
	var p *Problem
	switch {
	case errors.Is(err, errUnread), errors.Is(err, context.Canceled):
		return false
	case !errors.As(err, &p):
		return !o.once // on its way
	case p.Status == http.StatusTooManyRequests:
		return true // it was not done
	case o.once:
		return false
	case p.Status == http.StatusConflict:
		return p.RetryAfter > 0 // an earlier try is being done
	}
	return p.Status >= http.StatusInternalServerError && p.Status != http.StatusNotImplemented
}

// try makes a call once.
func (c *Client) try(ctx context.Context, o call, credentials string, body []byte, media string) error {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout+o.held)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, o.method, c.base+o.path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("calling %s: %w", o.name(), err)
	}
	r.Header.Set("Authorization", credentials)
	r.Header.Set("Accept", "application/json, application/problem+json")
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	if c.o.Language != "" {
		r.Header.Set("Accept-Language", c.o.Language)
	}
	for name, value := range o.header {
		r.Header.Set(name, value)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("calling %s: %w", o.name(), plain(err))
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("reading the answer of %s: %w", o.name(), err)
	case len(text) > mostAnswer:
		return fmt.Errorf("%w: that of %s is longer than %d bytes", errUnread, o.name(), mostAnswer)
	case answer.StatusCode >= 300:
		return problemOf(answer, text, c.o.Now())
	case o.out == nil:
		return nil
	}
	if err := json.Unmarshal(text, o.out); err != nil {
		return fmt.Errorf("%w: that of %s: %w", errUnread, o.name(), err)
	}
	return nil
}

// plain is an error without the address, which may be a secret.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func (o call) write() (body []byte, media string, err error) {
	switch in := o.in.(type) {
	case nil:
		return nil, "", nil
	case url.Values:
		return []byte(in.Encode()), "application/x-www-form-urlencoded", nil
	}
	body, err = json.Marshal(o.in)
	return body, "application/json", err
}

// name is how errors call a call.
func (o call) name() string {
	path, _, _ := strings.Cut(o.path, "?")
	return o.method + " " + path
}

// path is an address of the API.
func path(parts ...string) string {
	out := "/v1"
	for _, p := range parts {
		out += "/" + url.PathEscape(p)
	}
	return out
}

func get[T any](ctx context.Context, c *Client, path string) (out T, err error) {
	return out, c.do(ctx, call{method: http.MethodGet, path: path, out: &out})
}

func post[T any](ctx context.Context, c *Client, path string, in any) (out T, err error) {
	return out, c.do(ctx, call{method: http.MethodPost, path: path, in: in, out: &out})
}

// pages goes through a list page by page. It ends with the first error.
func pages[P, T any](ctx context.Context, c *Client, path string, query url.Values, of func(P) (entries []T, next string)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		from := url.Values{}
		for name, values := range query {
			from[name] = values
		}
		for {
			page, err := get[P](ctx, c, path+"?"+from.Encode())
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			entries, next := of(page)
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			from.Set("cursor", next)
		}
	}
}
