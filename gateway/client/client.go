// Package client calls Jiebao's API, for systems of a bank that are written in
// Go: it posts results, reads where they stand, and goes through lists. Calls
// that failed on their way are repeated; each is done once all the same.
//
// It is made of the documented JSON alone and imports nothing of Jiebao; a test
// holds it to the real API.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client calls one gateway. It may be used at the same time by many.
type Client struct {
	URL string // such as https://jiebao.example.com
	Key string // an API key, or an access token
	// HTTP makes the calls; nil: http.DefaultClient.
	HTTP *http.Client
	// Tries is how often a call is made that fails on its way, by a busy
	// gateway or by too many calls; 0: five times.
	Tries int
	// Wait passes the time between tries; nil: by the machine's clock.
	Wait func(context.Context, time.Duration) error
}

// Problem is why the gateway refused a call (RFC 9457).
type Problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail"`
	Errors    []Field `json:"errors"`
	RequestID string  `json:"request_id"`
}

// Field is what is wrong with one field.
type Field struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Error says what is wrong, and how the gateway's log calls it.
func (p *Problem) Error() string {
	text := fmt.Sprintf("%s (%d): %s", p.Title, p.Status, p.Detail)
	for _, f := range p.Errors {
		text += fmt.Sprintf(" %s: %s.", f.Field, f.Detail)
	}
	return text + " Request " + p.RequestID
}

// Is kinds of problem by their type, such as "not-found".
func Is(err error, kind string) bool {
	var p *Problem
	return errors.As(err, &p) && p.Type == "urn:jiebao:problem:"+kind
}

// mostAnswer bounds what is read of an answer.
const mostAnswer = 16 << 20

// Call makes a call of the API and decodes its answer into out, unless that is
// nil. It is for operations that have no method of their own.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("writing a call of %s: %w", path, err)
		}
	}
	once := rand.Text() // the same for all tries
	tries := c.Tries
	if tries == 0 {
		tries = 5
	}
	for try := 1; ; try++ {
		again, wait, err := c.try(ctx, method, path, once, body, out)
		if err == nil || !again || try >= tries || ctx.Err() != nil {
			return err
		}
		if err := c.wait(ctx, max(wait, time.Second<<(try-1))); err != nil {
			return err
		}
	}
}

// try makes a call once, and says whether to make it again and after how long.
func (c *Client) try(ctx context.Context, method, path, once string, body []byte, out any) (again bool, wait time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return false, 0, fmt.Errorf("calling %s: %w", path, err)
	}
	r.Header.Set("Authorization", "Bearer "+c.Key)
	r.Header.Set("Accept", "application/json, application/problem+json")
	if method != http.MethodGet {
		r.Header.Set("Idempotency-Key", once)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(r)
	if err != nil {
		return true, 0, fmt.Errorf("calling %s: %w", path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer))
	if err != nil {
		return true, 0, fmt.Errorf("reading the answer of %s: %w", path, err)
	}
	if answer.StatusCode >= 300 {
		return retried(answer), retryAfter(answer), problemOf(answer, text)
	}
	if out == nil || len(text) == 0 {
		return false, 0, nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return false, 0, fmt.Errorf("reading the answer of %s: %w", path, err)
	}
	return false, 0, nil
}

func retried(r *http.Response) bool {
	return r.StatusCode == http.StatusTooManyRequests || r.StatusCode >= 500 || r.StatusCode == http.StatusConflict && r.Header.Get("Retry-After") != ""
}

func retryAfter(r *http.Response) time.Duration {
	seconds, _ := strconv.Atoi(r.Header.Get("Retry-After"))
	return time.Duration(max(seconds, 0)) * time.Second
}

func problemOf(r *http.Response, text []byte) error {
	p := &Problem{}
	if json.Unmarshal(text, p) != nil || p.Status == 0 { // something before the gateway answered
		p = &Problem{Type: "about:blank", Title: http.StatusText(r.StatusCode), Status: r.StatusCode, RequestID: r.Header.Get("X-Request-ID")}
	}
	return p
}

func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if c.Wait != nil {
		return c.Wait(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func path(parts ...string) string {
	out := "/v1"
	for _, p := range parts {
		out += "/" + url.PathEscape(p)
	}
	return out
}
