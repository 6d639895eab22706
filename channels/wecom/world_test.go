package wecom_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/channels/channeltest"
	"jiebao/channels/wecom"
	"jiebao/channels/wecom/wecomsim"
	"jiebao/conversations"
)

// The company of these tests is made up, but for the key, which is that of
// WeCom's own example.
const (
	corpID   = "wx5823bf96d3bd56c7"
	agentID  = 1000002
	secret   = "s3cr3t-0123456789abcdef0123456789"
	token    = "callbacktoken"
	key      = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
	openKfID = "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw"
	appID    = "wecom-head"
	kfID     = "kf-head"
	userID   = "LiSi-20261122"
)

// world is the simulated platform with an app, a 微信客服 account, a member and
// a customer, and the adapters of both accounts.
type world struct {
	*wecomsim.Sim
	t         *testing.T
	server    *httptest.Server
	li        *wecomsim.Member
	anna      *wecomsim.Customer
	transport *http.Transport
	app       *wecom.App
	kf        *wecom.Kf
	logged    *channeltest.Journal
}

// documents are files that can be sent.
type documents map[string]string

func (d documents) Open(_ context.Context, id string) (io.ReadCloser, string, error) {
	content, ok := d[id]
	if !ok {
		return nil, "", errors.New("no such file")
	}
	kind := "image/png"
	if strings.HasSuffix(id, ".pdf") {
		kind = "application/pdf"
	}
	return io.NopCloser(strings.NewReader(content)), kind, nil
}

func newWorld(t *testing.T, format wecomsim.Format, callbacks string) *world {
	t.Helper()
	sim := wecomsim.New(wecomsim.Options{Seed: 7, Start: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)})
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	w := &world{Sim: sim, t: t, server: server, logged: &channeltest.Journal{}, transport: http.DefaultTransport.(*http.Transport).Clone()}
	w.must(sim.AddApp(wecomsim.App{
		CorpID: corpID, AgentID: agentID, Name: "捷报", Secret: secret, Token: token, EncodingAESKey: key, CallbackURL: callbacks, Format: format,
	}))
	w.must(sim.AddKf(corpID, agentID, wecomsim.Kf{OpenKfID: openKfID, Name: "招聘客服"}))
	var err error
	w.li, err = sim.AddMember(corpID, userID, "李四")
	w.must(err)
	w.anna, err = sim.AddCustomer(corpID, "安娜")
	w.must(err)
	w.adapters(key, "")
	return w
}

// adapters makes the adapters with these keys.
func (w *world) adapters(key, previous string) {
	w.t.Helper()
	app, kfs, err := wecom.New(wecom.Account{
		ID: appID, Name: "捷报银行", Branch: "head", CorpID: corpID, AgentID: agentID, Secret: secret, Token: token,
		EncodingAESKey: key, PreviousEncodingAESKey: previous, BaseURL: w.server.URL,
		Kf: []wecom.KfAccount{{ID: kfID, Name: "招聘客服", Branch: "head", OpenKfID: openKfID}},
	}, wecom.Options{
		HTTPClient: &http.Client{Transport: w.transport}, Now: w.Now, Log: slog.New(slog.NewTextHandler(w.logged, nil)),
		Files: documents{"map": "\x89PNG\r\n\x1a\n", "offer.pdf": "%PDF-1.7"},
	})
	w.must(err)
	w.app, w.kf = app, kfs[0]
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fault(f wecomsim.Fault) {
	w.t.Helper()
	w.must(w.AddFault(f))
}

// shown is what stands in messages of the account.
func shown(screen []wecomsim.Shown) []string {
	var texts []string
	for _, m := range screen {
		if m.From == wecomsim.FromAccount {
			texts = append(texts, strings.TrimPrefix(m.Title+"\n"+m.Text, "\n"))
		}
	}
	return texts
}

// keyOf finds the button of a choice on the member's screen.
func (w *world) keyOf(choice string) string {
	for _, m := range w.li.Screen(agentID) {
		for _, c := range m.Choices {
			if v, err := url.ParseQuery(c.ID); err == nil && v.Get("id") == choice {
				return c.ID
			}
		}
	}
	return choice
}

// desk is the account's side: a webhook that answers with reply and pulls.
type desk struct {
	mu      sync.Mutex
	inbound []conversations.Inbound
	reports []conversations.Report
	reply   *conversations.Message
	webhook *channels.Webhook
	kf      *wecom.Kf
	cursor  string
	pages   int
	failed  error // what pulling ended with
}

// open starts a world whose callbacks are handled by a desk.
func open(t *testing.T, format wecomsim.Format) (*world, *desk) {
	t.Helper()
	d := &desk{}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	w := newWorld(t, format, server.URL+"/callbacks/"+appID)
	d.kf = w.kf
	d.webhook = &channels.Webhook{
		Store: d, Accounts: map[string]channels.Adapter{appID: w.app}, Pulls: d,
		Log: slog.New(slog.DiscardHandler), Now: w.Now, Carried: func(string, bool) {},
	}
	return w, d
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.webhook.Handle(w, r, appID) }

func (d *desk) Apply(_ context.Context, _ conversations.Target, c conversations.Command) (conversations.Applied, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch c := c.(type) {
	case conversations.Receive:
		d.inbound = append(d.inbound, c.Inbound)
		return conversations.Applied{Answer: d.reply}, nil
	case conversations.Report:
		d.reports = append(d.reports, c)
	}
	return conversations.Applied{}, nil
}

func (d *desk) AskPull(ctx context.Context, _, token string) error {
	for {
		page, err := d.kf.Pull(ctx, token, d.cursor)
		if err != nil {
			d.failed = err
			return nil
		}
		d.pages++
		d.cursor = page.Cursor
		d.mu.Lock()
		d.inbound = append(d.inbound, page.Inbound...)
		for _, r := range page.Receipts {
			d.reports = append(d.reports, r.Report)
		}
		d.mu.Unlock()
		if !page.More {
			return nil
		}
	}
}

// last returns the newest inbound event.
func (d *desk) last(t *testing.T) conversations.Inbound {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.inbound) == 0 {
		t.Fatalf("nothing came in; pulling ended with %v", d.failed)
	}
	return d.inbound[len(d.inbound)-1]
}

func (d *desk) heard() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.inbound)
}

func (d *desk) answer(m *conversations.Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reply = m
}

func (w *world) toMember(kind conversations.Kind, text string) conversations.Delivery {
	return conversations.Delivery{Message: "c-1", Kind: kind, Text: text, To: conversations.Address{Account: appID, ID: userID}}
}

func (w *world) toCustomer(kind conversations.Kind, text string) conversations.Delivery {
	return conversations.Delivery{Message: "c-1", Kind: kind, Text: text, To: conversations.Address{Account: kfID, ID: w.anna.ExternalUserID()}}
}

func (w *world) send(a channels.Adapter, d conversations.Delivery) conversations.Receipt {
	w.t.Helper()
	receipt, err := a.Send(context.Background(), d)
	w.must(err)
	return receipt
}

// refused sends and returns why it was refused.
func (w *world) refused(a channels.Adapter, d conversations.Delivery) *conversations.SendError {
	w.t.Helper()
	_, err := a.Send(context.Background(), d)
	var e *conversations.SendError
	if !errors.As(err, &e) {
		w.t.Fatalf("sending ended with %v", err)
	}
	for _, hidden := range []string{secret, userID, w.anna.ExternalUserID()} {
		if strings.Contains(err.Error(), hidden) {
			w.t.Errorf("the error tells %q: %v", hidden, err)
		}
	}
	return e
}

// did is for gestures whose exchange does not matter.
func (w *world) did(_ wecomsim.Exchange, err error) {
	w.t.Helper()
	w.must(err)
}
