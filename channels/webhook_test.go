package channels_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// parrot is an adapter: each line of the body is a message, but lines that
// begin with ! are receipts, and with ? word of something to fetch.
type parrot struct{ cannotSeal bool }

func (parrot) Describe() conversations.Description { return conversations.Description{} }

func (parrot) Send(context.Context, conversations.Delivery) (conversations.Receipt, error) {
	return conversations.Receipt{}, nil
}

func (p parrot) Parse(r *http.Request) (channels.Batch, error) {
	if r.URL.Query().Get("signature") == "" {
		return channels.Batch{}, fmt.Errorf("%w: no signature", channels.ErrForged)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return channels.Batch{}, fmt.Errorf("reading the callback: %w", err)
	}
	b := channels.Batch{Ack: []byte("success"), Seal: p.seal}
	for _, line := range strings.Split(string(body), "\n") {
		id, receipt := strings.CutPrefix(line, "!")
		token, pull := strings.CutPrefix(line, "?")
		switch {
		case pull:
			b.Pulls = append(b.Pulls, channels.Pull{Account: "kf", Token: token})
		case receipt:
			b.Receipts = append(b.Receipts, channels.Receipt{PlatformID: id, Report: conversations.Report{Status: conversations.Delivered}})
		case line == "unreadable":
			return channels.Batch{}, errors.New("reading the document: no XML")
		default:
			b.Inbound = append(b.Inbound, conversations.Inbound{Address: conversations.Address{Account: "a", ID: "o1"}, Text: line, Scene: "s1"})
		}
	}
	return b, nil
}

func (p parrot) seal(m conversations.Message) (string, []byte, error) {
	if p.cannotSeal {
		return "", nil, errors.New("too long")
	}
	return "application/xml", []byte("<xml>" + m.Text + "</xml>"), nil
}

// verified is a parrot whose address can be checked.
type verified struct{ parrot }

func (verified) Verify(r *http.Request) ([]byte, error) {
	if r.URL.Query().Get("signature") == "" {
		return nil, channels.ErrForged
	}
	return []byte(r.URL.Query().Get("echostr")), nil
}

// memory is a store that answers what it is asked.
type memory struct {
	mu       sync.Mutex
	applied  []string
	answers  map[string]string // text → id of the answer
	fails    map[string]error  // text or platform id
	onCommit func()
}

func (m *memory) Apply(_ context.Context, to conversations.Target, c conversations.Command) (conversations.Applied, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var what string
	switch c := c.(type) {
	case conversations.Receive:
		what = c.Text
		m.applied = append(m.applied, fmt.Sprintf("receive %s from %s/%s scene %s", what, to.Address.Account, to.Address.ID, to.Scene))
	case conversations.Report:
		what = to.PlatformID
		m.applied = append(m.applied, fmt.Sprintf("report %s of %s/%s", c.Status, to.Account, to.PlatformID))
	}
	if m.onCommit != nil {
		m.onCommit()
	}
	if err := m.fails[what]; err != nil {
		return conversations.Applied{}, err
	}
	id, ok := m.answers[what]
	if !ok {
		return conversations.Applied{}, nil
	}
	return conversations.Applied{Answer: &conversations.Message{ID: id, Text: "answer to " + what}}, nil
}

// AskPull keeps what was asked for.
func (m *memory) AskPull(_ context.Context, account, token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.applied = append(m.applied, "pull "+account+" with "+token)
	if m.onCommit != nil {
		m.onCommit()
	}
	return m.fails[token]
}

// bench is a webhook with what it reported and logged.
type bench struct {
	channels.Webhook
	store   *memory
	mu      sync.Mutex
	carried []string
	logged  bytes.Buffer
	now     time.Time
}

func newBench(adapter channels.Adapter) *bench {
	b := &bench{store: &memory{answers: map[string]string{}, fails: map[string]error{}}, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	b.Webhook = channels.Webhook{
		Store:    b.store,
		Pulls:    b.store,
		Accounts: map[string]channels.Adapter{"a": adapter},
		Log:      slog.New(slog.NewTextHandler(&b.logged, nil)),
		Now:      func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.now },
		Carried: func(id string, carried bool) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.carried = append(b.carried, fmt.Sprint(id, " ", carried))
		},
	}
	return b
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func (b *bench) post(body string) *httptest.ResponseRecorder {
	return b.do(httptest.NewRequest(http.MethodPost, "/?signature=x", strings.NewReader(body)))
}

func (b *bench) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.Handle(w, r, "a")
	return w
}

func TestEverythingIsAppliedBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(parrot{})
	w := httptest.NewRecorder()
	b.store.onCommit = func() {
		if w.Body.Len() > 0 {
			t.Error("answered before the commit")
		}
	}
	b.Handle(w, httptest.NewRequest(http.MethodPost, "/?signature=x", strings.NewReader("你好\n在吗\n!77\n?t1")), "a")
	if w.Code != 200 || w.Body.String() != "success" {
		t.Errorf("answered %d %q", w.Code, w.Body)
	}
	want := []string{"receive 你好 from a/o1 scene s1", "receive 在吗 from a/o1 scene s1", "report delivered of a/77", "pull kf with t1"}
	if !reflect.DeepEqual(b.store.applied, want) {
		t.Errorf("applied %q", b.store.applied)
	}
	if len(b.carried) > 0 || b.logged.Len() > 0 {
		t.Errorf("carried %q, logged %s", b.carried, &b.logged)
	}
}

func TestTheAnswerRides(t *testing.T) {
	t.Parallel()
	b := newBench(parrot{})
	b.store.answers["你好"] = "m-1"
	w := b.post("你好")
	if w.Body.String() != "<xml>answer to 你好</xml>" || w.Header().Get("Content-Type") != "application/xml" || !w.Flushed {
		t.Errorf("answered %v %q, flushed: %t", w.Header(), w.Body, w.Flushed)
	}
	if !reflect.DeepEqual(b.carried, []string{"m-1 true"}) {
		t.Errorf("carried %q", b.carried)
	}
}

func TestOnlyOneAnswerRides(t *testing.T) {
	t.Parallel()
	b := newBench(parrot{})
	b.store.answers["你好"], b.store.answers["在吗"] = "m-1", "m-2"
	if w := b.post("你好\n在吗"); w.Body.String() != "<xml>answer to 你好</xml>" {
		t.Errorf("answered %q", w.Body)
	}
	if !reflect.DeepEqual(b.carried, []string{"m-2 false", "m-1 true"}) {
		t.Errorf("carried %q", b.carried)
	}
}

func TestAnswersThatCannotRide(t *testing.T) {
	t.Parallel()
	b := newBench(parrot{cannotSeal: true})
	b.store.answers["你好"] = "m-1"
	if w := b.post("你好"); w.Code != 200 || w.Body.String() != "success" {
		t.Errorf("answered %d %q", w.Code, w.Body)
	}
	if !reflect.DeepEqual(b.carried, []string{"m-1 false"}) {
		t.Errorf("carried %q", b.carried)
	}
}

func TestLateAnswersCarryNothing(t *testing.T) {
	t.Parallel()
	for took, want := range map[time.Duration]string{4999 * time.Millisecond: "m-1 true", 5 * time.Second: "m-1 false"} {
		b := newBench(parrot{})
		b.store.answers["你好"] = "m-1"
		b.store.onCommit = func() { b.pass(took) }
		b.post("你好")
		if !reflect.DeepEqual(b.carried, []string{want}) {
			t.Errorf("after %v: carried %q", took, b.carried)
		}
	}
	b := newBench(parrot{})
	b.Deadline = time.Second
	b.store.answers["你好"] = "m-1"
	b.store.onCommit = func() { b.pass(time.Second) }
	b.post("你好")
	if !reflect.DeepEqual(b.carried, []string{"m-1 false"}) {
		t.Errorf("with a deadline of a second: carried %q", b.carried)
	}
}

func TestThePlatformHungUp(t *testing.T) {
	t.Parallel()
	b := newBench(parrot{})
	b.store.answers["你好"] = "m-1"
	ctx, hangUp := context.WithCancel(context.Background())
	b.store.onCommit = hangUp
	b.do(httptest.NewRequestWithContext(ctx, http.MethodPost, "/?signature=x", strings.NewReader("你好")))
	if !reflect.DeepEqual(b.carried, []string{"m-1 false"}) {
		t.Errorf("carried %q", b.carried)
	}
}

// deaf is a writer whose connection is gone; what is between keeps quiet.
type deaf struct{ http.ResponseWriter }

func (deaf) Flush()                        {}
func (d deaf) Unwrap() http.ResponseWriter { return gone(d) }

type gone struct{ http.ResponseWriter }

func (gone) FlushError() error { return net.ErrClosed }

func TestTheConnectionIsGone(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]http.ResponseWriter{
		"when flushing": deaf{httptest.NewRecorder()},
		"when writing":  mute{httptest.NewRecorder()},
	} {
		b := newBench(parrot{})
		b.store.answers["你好"] = "m-1"
		b.Handle(w, httptest.NewRequest(http.MethodPost, "/?signature=x", strings.NewReader("你好")), "a")
		if !reflect.DeepEqual(b.carried, []string{"m-1 false"}) {
			t.Errorf("%s: carried %q", name, b.carried)
		}
	}
}

type mute struct{ *httptest.ResponseRecorder }

func (mute) Write([]byte) (int, error) { return 0, net.ErrClosed }

func TestWhatIsNotStoredIsAskedForAgain(t *testing.T) {
	t.Parallel()
	b := newBench(parrot{})
	b.store.answers["你好"] = "m-1"
	b.store.fails["在吗"] = errors.New("the store is shutting down")
	if w := b.post("你好\n在吗"); w.Code != http.StatusServiceUnavailable || w.Body.Len() > 0 {
		t.Errorf("answered %d %q", w.Code, w.Body)
	}
	if !reflect.DeepEqual(b.carried, []string{"m-1 false"}) {
		t.Errorf("carried %q", b.carried)
	}
	b.store.fails["77"] = conversations.ErrNotFound
	if w := b.post("!77"); w.Code != 200 {
		t.Errorf("a receipt for nothing we know is answered %d", w.Code)
	}
	b.store.fails["77"] = errors.New("disk full")
	if w := b.post("!77"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a receipt that was not stored is answered %d", w.Code)
	}
	b.store.fails["t1"] = errors.New("disk full")
	if w := b.post("?t1"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("word of something to fetch that was not stored is answered %d", w.Code)
	}
}

// crowd is a store that commits nothing until a crowd has come.
type crowd struct {
	*memory
	mu      sync.Mutex
	waiting int
	full    chan struct{}
}

func (c *crowd) Apply(ctx context.Context, to conversations.Target, command conversations.Command) (conversations.Applied, error) {
	c.mu.Lock()
	if c.waiting++; c.waiting == 50 {
		close(c.full)
	}
	c.mu.Unlock()
	<-c.full
	return c.memory.Apply(ctx, to, command)
}

// A callback may bring hundreds of receipts, and has to be answered in seconds.
func TestManyReceiptsAreCommittedTogether(t *testing.T) {
	t.Parallel()
	b := newBench(parrot{})
	b.Store = &crowd{memory: b.store, full: make(chan struct{})}
	b.store.fails["receipt-7"] = conversations.ErrNotFound
	var body []string
	for i := range 200 {
		body = append(body, fmt.Sprint("!receipt-", i))
	}
	if w := b.post(strings.Join(body, "\n")); w.Code != http.StatusOK {
		t.Errorf("answered %d", w.Code)
	}
	if len(b.store.applied) != 200 {
		t.Errorf("%d receipts were applied", len(b.store.applied))
	}
	b.store.fails["receipt-9"] = errors.New("disk full")
	if w := b.post(strings.Join(body, "\n")); w.Code != http.StatusServiceUnavailable {
		t.Errorf("with one that was not stored it is answered %d", w.Code)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	post := func(query, body string) *http.Request {
		return httptest.NewRequest(http.MethodPost, "/?"+query, strings.NewReader(body))
	}
	for name, c := range map[string]struct {
		request *http.Request
		account string
		want    int
	}{
		"unknown account": {post("signature=x", "你好"), "b", 404},
		"forged":          {post("", "你好"), "a", 403},
		"too large":       {post("signature=x", strings.Repeat("你", 1<<20)), "a", 413},
		"unreadable":      {post("signature=x", "unreadable"), "a", 400},
		"PUT":             {httptest.NewRequest(http.MethodPut, "/?signature=x", nil), "a", 405},
		"GET":             {httptest.NewRequest(http.MethodGet, "/?signature=x", nil), "a", 405},
	} {
		b := newBench(parrot{})
		w := httptest.NewRecorder()
		b.Handle(w, c.request, c.account)
		if w.Code != c.want || w.Body.Len() > 0 {
			t.Errorf("%s: answered %d %q", name, w.Code, w.Body)
		}
		if len(b.store.applied) > 0 || len(b.carried) > 0 {
			t.Errorf("%s: applied %q", name, b.store.applied)
		}
		if strings.Contains(b.logged.String(), "你") {
			t.Errorf("%s: words are logged: %s", name, &b.logged)
		}
		if c.want == 403 && !strings.Contains(b.logged.String(), "account=a") {
			t.Errorf("%s: not logged: %s", name, &b.logged)
		}
	}
}

func TestVerification(t *testing.T) {
	t.Parallel()
	b := newBench(verified{})
	w := b.do(httptest.NewRequest(http.MethodGet, "/?signature=x&echostr=%3Cb%3E", nil))
	if w.Code != 200 || w.Body.String() != "<b>" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("answered %d %v %q", w.Code, w.Header(), w.Body)
	}
	if w := b.do(httptest.NewRequest(http.MethodGet, "/?echostr=x", nil)); w.Code != 403 || w.Body.Len() > 0 {
		t.Errorf("unsigned: answered %d %q", w.Code, w.Body)
	}
}

// Over a real connection: the platform hangs up before the answer.
func TestARealConnection(t *testing.T) {
	t.Parallel()
	b := newBench(parrot{})
	b.store.answers["你好"], b.store.answers["在吗"] = "m-1", "m-2"
	handled, committing := make(chan struct{}, 2), make(chan struct{})
	var current context.Context
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		current = r.Context()
		b.Handle(w, r, "a")
		handled <- struct{}{}
	}))
	t.Cleanup(server.Close)
	resp, err := http.Post(server.URL+"/?signature=x", "text/xml", strings.NewReader("你好"))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	<-handled
	if string(body) != "<xml>answer to 你好</xml>" {
		t.Errorf("answered %q", body)
	}
	b.store.onCommit = func() { close(committing); <-current.Done() }
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /?signature=x HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n在吗")
	<-committing
	conn.Close()
	<-handled
	if !reflect.DeepEqual(b.carried, []string{"m-1 true", "m-2 false"}) {
		t.Errorf("carried %q", b.carried)
	}
}
