package push_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels/channeltest"
	"jiebao/channels/push"
	"jiebao/channels/push/pushsim"
	"jiebao/conversations"
)

const (
	accountID = "bankapp"
	anna      = "C-2026-000815"
	topic     = "com.example.bank"
	project   = "bank-app"
	opens     = "bankapp://jiebao/conversation"
)

// ticker is a clock that tests advance.
type ticker struct {
	mu  sync.Mutex
	now time.Time
}

func (c *ticker) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *ticker) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// registry is who has which phone.
type registry struct {
	mu      sync.Mutex
	devices []conversations.Device
	err     error
}

func (r *registry) Devices(_ context.Context, candidate string) ([]conversations.Device, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []conversations.Device
	for i := len(r.devices) - 1; i >= 0; i-- {
		if d := r.devices[i]; d.Candidate == candidate {
			out = append(out, d)
		}
	}
	return out, r.err
}

func (r *registry) DropDevice(_ context.Context, id string, since time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, d := range r.devices {
		if d.ID() == id && !d.Registered.After(since) {
			r.devices = append(r.devices[:i:i], r.devices[i+1:]...)
			return nil
		}
	}
	return nil
}

func (r *registry) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.devices)
}

// cache is what nodes share.
type cache struct{ kept sync.Map }

type entry struct {
	value   string
	expires time.Time
}

func (c *cache) Get(_ context.Context, key string) (string, time.Time, bool, error) {
	v, ok := c.kept.Load(key)
	if !ok {
		return "", time.Time{}, false, nil
	}
	return v.(entry).value, v.(entry).expires, true, nil
}

func (c *cache) Set(_ context.Context, key, value string, expires time.Time) error {
	c.kept.Store(key, entry{value, expires})
	return nil
}

// world is the providers, the candidate's phones and the adapter.
type world struct {
	*pushsim.Sim
	t         *testing.T
	transport *http.Transport
	clock     *ticker
	server    *httptest.Server
	gate      *channeltest.Gate
	devices   *registry
	cache     *cache
	account   push.Account
	adapter   *push.Adapter
	logged    *channeltest.Journal
	secrets   []string
}

// isPush says whether a request to a provider brings a banner.
func isPush(r *http.Request) bool {
	return !strings.HasSuffix(r.URL.Path, "/token") && !strings.HasSuffix(r.URL.Path, "/cid")
}

// newWorld sets up some of the providers, by their names. Over HTTP/2, as Apple
// wants it, or, if plain, over HTTP/1.1.
func newWorld(t *testing.T, plain bool, providers ...string) *world {
	t.Helper()
	w := &world{t: t, clock: &ticker{now: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)}, devices: &registry{}, cache: &cache{}, logged: &channeltest.Journal{}}
	w.Sim = pushsim.New(pushsim.Options{Now: w.clock.Now, AnyHTTP: plain})
	w.gate = channeltest.NewGate(w.Handler(), isPush)
	w.server = httptest.NewUnstartedServer(w.gate)
	w.server.EnableHTTP2 = !plain
	w.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	if plain {
		w.server.Start()
	} else {
		w.server.StartTLS()
	}
	t.Cleanup(w.server.Close)
	w.SetPublicURL(w.server.URL)
	w.account = push.Account{ID: accountID, Name: "捷报银行App", Branch: "head", Open: opens}
	for _, name := range providers {
		w.set(name)
	}
	w.connect()
	return w
}

// set makes the account and a provider known to each other.
func (w *world) set(provider string) {
	w.t.Helper()
	url := w.server.URL
	switch provider {
	case push.NameAPNs:
		c, err := w.SetAPNs(topic)
		w.must(err)
		w.account.APNs = &push.APNs{KeyID: c.KeyID, TeamID: c.TeamID, Key: c.Key, Topic: topic, BaseURL: url}
		w.secrets = append(w.secrets, c.Key)
	case push.NameFCM:
		file, err := w.SetFCM(project)
		w.must(err)
		w.account.FCM = &push.FCM{ServiceAccount: file, Channel: "recruiting", BaseURL: url}
		w.secrets = append(w.secrets, file, "ya29.")
	case push.NameJPush:
		c := w.SetJPush()
		w.account.JPush = &push.JPush{
			AppKey: c.AppKey, MasterSecret: c.MasterSecret, Channel: "recruiting", Harmony: "WORK", BaseURL: url,
			Vendors: map[string]push.Vendor{
				"huawei": {Distribution: "secondary_push", Category: "WORK", Importance: "NORMAL"},
				"xiaomi": {Distribution: "secondary_push", Channel: "112233"},
			},
		}
		w.secrets = append(w.secrets, c.MasterSecret)
	case push.NameHuawei:
		c, err := w.SetHuawei(project)
		w.must(err)
		w.account.Huawei = &push.Huawei{ServiceAccount: c.ServiceAccount, Category: "WORK", BaseURL: url}
		w.secrets = append(w.secrets, c.ServiceAccount, c.ClientSecret)
	}
}

// connect makes the adapter anew, as after a restart.
func (w *world) connect() {
	w.t.Helper()
	w.transport = w.server.Client().Transport.(*http.Transport).Clone()
	w.transport.ForceAttemptHTTP2 = w.server.EnableHTTP2
	w.t.Cleanup(w.transport.CloseIdleConnections)
	var err error
	w.adapter, err = push.New(w.account, push.Options{
		HTTPClient: &http.Client{Transport: w.transport}, Now: w.clock.Now, Devices: w.devices, Cache: w.cache, Log: slog.New(slog.NewTextHandler(w.logged, nil)),
	})
	w.must(err)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// register makes a phone's tokens known.
func (w *world) register(p *pushsim.Phone, providers ...string) {
	w.t.Helper()
	w.devices.mu.Lock()
	defer w.devices.mu.Unlock()
	for _, name := range providers {
		token := p.Token(name)
		w.secrets = append(w.secrets, token)
		d := conversations.Device{
			Candidate: anna, Provider: name, Token: token, Handset: p.ID(), Vendor: p.Vendor, Registered: w.clock.Now(),
		}
		w.devices.devices = slices.DeleteFunc(w.devices.devices, func(o conversations.Device) bool { return o.ID() == d.ID() })
		w.devices.devices = append(w.devices.devices, d)
	}
}

// phone is one more of the candidate's phones, registered.
func (w *world) phone(vendor string, providers ...string) *pushsim.Phone {
	w.t.Helper()
	p := w.AddPhone(anna, vendor, providers...)
	w.register(p, providers...)
	return p
}

func (w *world) fault(f pushsim.Fault) {
	w.t.Helper()
	w.must(w.AddFault(f))
}

// text is a free-form message to the candidate.
func text(message string) conversations.Delivery {
	return conversations.Delivery{
		Message: message, Conversation: "cnv_1", To: conversations.Address{Account: accountID, ID: anna},
		Kind: conversations.Text, Text: "恭喜您通过面试", Link: "https://jiebao.example.com/c/token",
	}
}

func (w *world) send(d conversations.Delivery) (conversations.Receipt, error) {
	return w.adapter.Send(context.Background(), d)
}

// shown is what the candidate's phones show, in words.
func (w *world) shown() []string {
	out := []string{}
	for _, n := range w.Inbox(anna) {
		out = append(out, n.Text)
	}
	return out
}

// all are the providers.
var all = []string{push.NameAPNs, push.NameFCM, push.NameHuawei, push.NameJPush}

// reason is why a sending was refused.
func reason(t *testing.T, err error) conversations.Reason {
	t.Helper()
	var e *conversations.SendError
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *SendError", err)
	}
	return e.Reason
}
