// Package channeltest is the conformance suite of adapters: what the core
// relies on, whatever the platform. An adapter's test brings its platform,
// usually a simulator, and a way to drive it:
//
//	channeltest.Run(t, func(t *testing.T, callbacks string) channeltest.Platform { … })
//
// Imports: the standard library, conversations and channels.
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
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// Platform is an adapter under test and the far side of it. What a platform
// cannot do is left nil.
type Platform struct {
	Adapter channels.Adapter
	// Callbacks takes the account's callbacks, where they come to another
	// account's address; nil: Adapter. What they ask to pull is pulled from
	// Adapter before they are answered.
	Callbacks channels.Adapter
	Now       func() time.Time
	// To is a candidate to whom the account may write at the moment.
	To conversations.Address

	// TemplatesOnly says that the platform takes no free-form messages.
	TemplatesOnly bool
	// Discreet says that what is shown of a free-form message is that it came,
	// and none of its words.
	Discreet bool

	// Begin has the candidate do what lets the account write to them. What
	// comes of it is forgotten.
	Begin func(t *testing.T)
	// Renew has the candidate do what lets the account write to them for
	// longer; nil where nothing has to be done. What comes of it is ignored.
	Renew func(t *testing.T)
	// Say has the candidate send a text and returns when the account has
	// answered the callback.
	Say func(t *testing.T, text string)
	// SayAgain does the same, but the platform posts the callback more than
	// once, as it does when an answer gets lost.
	SayAgain func(t *testing.T, text string)
	// Tap has the candidate tap a choice of the newest message that has any.
	Tap func(t *testing.T, choice string)
	// Unsigned says that the platform proves itself by a secret in the
	// callback's address and signs nothing of what it says.
	Unsigned bool
	// Forge posts callbacks that the platform did not make. All must be refused.
	Forge map[string]func(t *testing.T, text string)
	// Shown returns what the candidate was shown of the account's messages,
	// oldest first: the text of each, or of a template the first field.
	Shown func() []string

	// Template returns a template message that the platform accepts; its
	// first field says what is shown, or, where templates have no fields, the
	// delivery's text.
	Template func(shown string) *conversations.TemplateContent
	// Once says that the platform takes two templates of the same
	// conversations.Delivery.Message for one.
	Once bool
	// Receipts lets time pass until receipts have arrived.
	Receipts func(t *testing.T)

	// Fail makes the next send fail in some way.
	Fail map[Failure]func(t *testing.T)
	// Refuse makes the platform refuse the next send, by the reason to report.
	Refuse map[conversations.Reason]func(t *testing.T)
	// Stall makes the platform hold the next send until the caller gives up,
	// and closes the channel when it has arrived.
	Stall func(t *testing.T) <-chan struct{}

	// Secrets must not appear in errors or logs.
	Secrets []string
	// Logged returns what the adapter logged.
	Logged func() string
}

// Failure is a way in which a platform fails without refusing.
type Failure string

// The failures, and what Send has to make of them.
const (
	Busy       Failure = "busy"        // an answer of 502: temporary
	Down       Failure = "down"        // nobody listens: temporary
	Garbage    Failure = "garbage"     // it answers what nobody can read: unsure
	Reset      Failure = "reset"       // the connection breaks: unsure
	LostAnswer Failure = "lost answer" // it is done, and the connection breaks: unsure
)

func (f Failure) reason() conversations.Reason {
	if f == Busy || f == Down {
		return conversations.Temporary
	}
	return conversations.OutcomeUnsure
}

// Run runs the suite. start makes a platform of its own for every test; its
// callbacks have to go to the address it is given.
func Run(t *testing.T, start func(t *testing.T, callbacks string) Platform) {
	for name, test := range map[string]func(*testing.T, *bench){
		"describes itself":                      testDescribe,
		"says what was said":                    testSaid,
		"keeps words as they are":               testVerbatim,
		"knows a message again":                 testAgain,
		"refuses what is forged":                testForged,
		"refuses what is not signed":            testUnsigned,
		"is not fooled by a changed byte":       testChangedBytes,
		"answers in the callback":               testRide,
		"lets nothing ride that does not fit":   testTooLongToRide,
		"says which choice was tapped":          testTap,
		"sends texts as they are":               testSendVerbatim,
		"sends the longest text and cuts none":  testLongTexts,
		"refuses what it cannot send":           testCannotSend,
		"sends templates and reports receipts":  testTemplate,
		"sends a template once":                 testTemplateOnce,
		"sends a text once":                     testTextOnce,
		"names the reason of a refusal":         testRefusals,
		"tells failed from unsure":              testFailures,
		"is unsure when the caller gives up":    testStall,
		"sends nothing once the caller gave up": testGaveUp,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.Platform = start(t, b.url)
			b.webhook.Now = b.Now
			if b.Callbacks == nil {
				b.Callbacks = b.Adapter
			}
			b.webhook.Accounts = map[string]channels.Adapter{"": b.Callbacks}
			b.begin(t)
			test(t, b)
			b.checkSecrets(t, b.logged())
		})
	}
}

// bench is the account's side: a webhook with a store that remembers.
type bench struct {
	Platform
	url     string
	webhook channels.Webhook
	handled sync.WaitGroup // an answer may arrive before its handler is through

	mu       sync.Mutex
	posted   []posted
	inbound  []conversations.Inbound
	reports  []conversations.Report
	answer   func(conversations.Inbound) *conversations.Message
	carried  map[string]bool
	log      bytes.Buffer
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
		Log:     slog.New(slog.NewTextHandler(b, nil)),
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
	b.mu.Lock()
	b.posted = append(b.posted, posted{r.URL.String(), r.Header.Clone(), body})
	b.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	status := statusWriter{w, http.StatusOK}
	b.webhook.Handle(&status, r, "")
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

// Write keeps what the webhook logs.
func (b *bench) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.log.Write(p)
}

func (b *bench) logged() string {
	b.mu.Lock()
	defer b.mu.Unlock()
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

// said has the candidate say something and returns how it came in. Tests that
// need it are skipped where candidates cannot say anything.
func (b *bench) said(t *testing.T, text string) conversations.Inbound {
	t.Helper()
	if b.Say == nil {
		t.Skip("the platform brings no messages")
	}
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
