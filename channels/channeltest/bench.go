package channeltest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"jiebao/channels"
	"jiebao/conversations"
)

// bench is the account's side: a webhook with a store that remembers.
type bench struct {
	Platform
	url     string
	door    http.Handler // nil: the webhook
	webhook channels.Webhook
	handled sync.WaitGroup // an answer may arrive before its handler is through

	log Journal // what the webhook logs

	mu       sync.Mutex
	posted   []posted
	inbound  []conversations.Inbound
	reports  []conversations.Report
	answer   func(conversations.Inbound) *conversations.Message
	carried  map[string]bool
	statuses []int

	pulling sync.Mutex // one pull at a time
	cursor  string
}

// AskPull fetches what the account has to fetch, page by page.
func (b *bench) AskPull(ctx context.Context, account, token string) error {
	puller, ok := b.Adapter.(channels.Puller)
	if !ok || account != b.To.Account {
		return fmt.Errorf("account %q has nothing to pull", account)
	}
	b.pulling.Lock()
	defer b.pulling.Unlock()
	for range mostPages {
		page, err := puller.Pull(ctx, token, b.cursor)
		if err != nil {
			return err
		}
		b.cursor = page.Cursor
		for _, in := range page.Inbound {
			b.Apply(ctx, conversations.Target{}, conversations.Receive{Inbound: in})
		}
		for _, r := range page.Receipts {
			b.Apply(ctx, conversations.Target{}, r.Report)
		}
		if !page.More {
			return nil
		}
	}
	return fmt.Errorf("pulling does not end after %d pages", mostPages)
}

const mostPages = 1000

// stand puts the account of a platform behind the bench's address.
func (b *bench) stand(p Platform) {
	b.Platform = p
	b.webhook.Now = b.Now
	if b.Callbacks == nil {
		b.Callbacks = b.Adapter
	}
	b.webhook.Accounts = map[string]channels.Adapter{"": b.Callbacks}
	if b.Door != nil {
		b.door = b.Door(b)
	}
}

func (b *bench) begin(t *testing.T) {
	if b.Begin == nil {
		return
	}
	b.Begin(t)
	b.handled.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posted, b.inbound, b.reports, b.statuses = nil, nil, nil, nil
}

// posted is a callback as it came in.
type posted struct {
	url  string
	head http.Header
	body []byte
}

func (p posted) request(body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, p.url, bytes.NewReader(body))
	r.Header = p.head.Clone()
	return r
}

func newBench(t *testing.T) *bench {
	b := &bench{carried: map[string]bool{}}
	b.webhook = channels.Webhook{
		Store:   b,
		Log:     slog.New(slog.NewTextHandler(&b.log, nil)),
		Carried: b.carry,
		Pulls:   b,
	}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// ServeHTTP takes a callback.
func (b *bench) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.handled.Add(1)
	defer b.handled.Done()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if r.Method == http.MethodPost {
		b.mu.Lock()
		b.posted = append(b.posted, posted{r.URL.String(), r.Header.Clone(), body})
		b.mu.Unlock()
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	status := statusWriter{w, http.StatusOK}
	if b.door != nil {
		b.door.ServeHTTP(&status, r)
	} else {
		b.webhook.Handle(&status, r, "")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.statuses = append(b.statuses, status.code)
}

type statusWriter struct {
	http.ResponseWriter
	code int
}

func (w *statusWriter) WriteHeader(code int) {
	w.code = code
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// parse is what a request says to the account, if it is believed.
func (b *bench) parse(r *http.Request) (channels.Batch, error) {
	if b.door == nil {
		return b.Callbacks.Parse(r)
	}
	before := len(b.heard())
	answer := httptest.NewRecorder()
	b.door.ServeHTTP(answer, r)
	batch := channels.Batch{Inbound: b.heard()[before:]}
	if answer.Code >= http.StatusBadRequest {
		return batch, fmt.Errorf("answered %d: %w", answer.Code, channels.ErrForged)
	}
	return batch, nil
}

// Apply remembers what happened.
func (b *bench) Apply(_ context.Context, _ conversations.Target, c conversations.Command) (conversations.Applied, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch c := c.(type) {
	case conversations.Receive:
		b.inbound = append(b.inbound, c.Inbound)
		if b.answer != nil {
			return conversations.Applied{Answer: b.answer(c.Inbound)}, nil
		}
	case conversations.Report:
		b.reports = append(b.reports, c)
	}
	return conversations.Applied{}, nil
}

func (b *bench) carry(id string, carried bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.carried[id] = carried
}

// rode says whether an answer was carried, and whether that was told.
func (b *bench) rode(id string) (carried, told bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	carried, told = b.carried[id]
	return carried, told
}

// first returns the first callback that came in.
func (b *bench) first() posted {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.posted[0]
}

func (b *bench) logged() string {
	if b.Logged == nil {
		return b.log.String()
	}
	return b.log.String() + b.Logged()
}

// heard returns the messages that came in so far.
func (b *bench) heard() []conversations.Inbound {
	b.handled.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]conversations.Inbound(nil), b.inbound...)
}

// said has the candidate say something and returns how it came in.
func (b *bench) said(t *testing.T, text string) conversations.Inbound {
	t.Helper()
	before := len(b.heard())
	b.Say(t, text)
	heard := b.heard()
	if len(heard) != before+1 {
		t.Fatalf("%q came in as %d messages", text, len(heard)-before)
	}
	return heard[before]
}

func (b *bench) checkSecrets(t *testing.T, text string) {
	t.Helper()
	for _, secret := range append(b.Secrets, b.To.ID) {
		if strings.Contains(text, secret) {
			t.Errorf("a secret or an address is told in %q", text)
		}
	}
}
