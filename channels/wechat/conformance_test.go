package wechat_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/channels/channeltest"
	"jiebao/channels/wechat"
	"jiebao/channels/wechat/wechatsim"
	"jiebao/conversations"
)

const (
	simAppID  = "wxba5fad812f8e6fb9"
	simSecret = "0123456789abcdef0123456789abcdef"
	simToken  = "callbacktoken"
	simKey    = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
	simResult = "tmpl-result"
	accountID = "wechat-head"
)

// world is the simulated platform with one account, one candidate and the
// adapter of the account.
type world struct {
	*wechatsim.Sim
	t         *testing.T
	server    *httptest.Server
	gate      *channeltest.Gate
	anna      *wechatsim.Phone
	transport *http.Transport
	adapter   *wechat.Adapter
	logged    *channeltest.Journal
}

// pictures is a store with one picture.
type pictures map[string][]byte

func (p pictures) Open(_ context.Context, id string) (io.ReadCloser, string, error) {
	content, ok := p[id]
	if !ok {
		return nil, "", errors.New("no such picture")
	}
	return io.NopCloser(bytes.NewReader(content)), "image/png", nil
}

// onePixel is the smallest PNG.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")

func newWorld(t *testing.T, mode wechatsim.Mode, callbacks string, change ...func(*wechat.Account)) *world {
	t.Helper()
	sim := wechatsim.New(wechatsim.Options{Seed: 7, Start: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)})
	t.Cleanup(sim.Close)
	gate := channeltest.NewGate(sim.Handler(), func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/send") })
	server := httptest.NewServer(gate)
	t.Cleanup(server.Close)
	sim.SetPublicURL(server.URL)
	w := &world{Sim: sim, t: t, server: server, gate: gate, logged: &channeltest.Journal{}}
	w.must(sim.AddAccount(wechatsim.Account{
		AppID: simAppID, Secret: simSecret, Token: simToken, EncodingAESKey: simKey, Mode: mode,
		CallbackURL: callbacks, Name: "捷报银行招聘",
		Templates: map[string]wechatsim.TemplateSpec{simResult: {Title: "面试结果通知", Content: "岗位：{{thing1.DATA}}\n结果：{{phrase2.DATA}}"}},
	}))
	var err error
	w.anna, err = sim.AddCandidate(simAppID, wechatsim.Candidate{Name: "安娜"})
	w.must(err)
	w.transport = http.DefaultTransport.(*http.Transport).Clone()
	account := wechat.Account{
		ID: accountID, Name: "捷报银行招聘", Branch: "head", AppID: simAppID, Secret: simSecret, Token: simToken,
		EncodingAESKey: simKey, Mode: wechat.Mode(mode), BaseURL: server.URL,
		Templates: map[string]string{conversations.PurposeResult: simResult},
	}
	for _, c := range change {
		c(&account)
	}
	w.adapter, err = wechat.New(account, wechat.Options{HTTPClient: &http.Client{Transport: w.transport}, Now: sim.Now, Files: pictures{"map": onePixel}, Log: slog.New(slog.NewTextHandler(w.logged, nil))})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fault(f wechatsim.Fault) {
	w.t.Helper()
	_, err := w.AddFault(f)
	w.must(err)
}

// shown returns what the phone shows of the account's messages.
func (w *world) shown() []string {
	var shown []string
	for _, m := range w.anna.Screen().Messages {
		switch {
		case m.From != wechatsim.FromAccount:
		case m.Type == "template":
			shown = append(shown, m.Fields[0].Value)
		default:
			shown = append(shown, m.Text)
		}
	}
	return shown
}

func (w *world) failure(mode string) func(*testing.T) {
	return func(*testing.T) {
		w.fault(wechatsim.Fault{Match: wechatsim.Match{Path: "/send"}, Mode: mode, Count: 1})
	}
}

func (w *world) forgery(mode string) func(*testing.T, string) {
	return func(_ *testing.T, text string) {
		w.fault(wechatsim.Fault{Match: wechatsim.Match{Event: "text"}, Mode: mode, Count: 1})
		_, err := w.anna.Say(text)
		w.must(err)
	}
}

func (w *world) platform() channeltest.Platform {
	refuse := func(codes ...string) func(*testing.T) {
		return func(*testing.T) {
			for _, code := range codes {
				w.fault(wechatsim.Fault{Match: wechatsim.Match{Path: "/send"}, Mode: "errcode:" + code, Count: 1})
			}
		}
	}
	return channeltest.Platform{
		Adapter: w.adapter,
		Now:     w.Now,
		To:      conversations.Address{Account: accountID, ID: w.anna.OpenID()},
		Begin: func(*testing.T) {
			_, err := w.anna.Follow("")
			w.must(err)
			_, err = w.anna.Say("我来了")
			w.must(err)
		},
		Say: func(_ *testing.T, text string) {
			_, err := w.anna.Say(text)
			w.must(err)
		},
		SayAgain: func(_ *testing.T, text string) {
			w.fault(wechatsim.Fault{Match: wechatsim.Match{Event: "text"}, Mode: "duplicate:3", Count: 1})
			_, err := w.anna.Say(text)
			w.must(err)
		},
		Tap: func(_ *testing.T, choice string) {
			_, err := w.anna.Tap(choice)
			w.must(err)
		},
		Forge: map[string]func(*testing.T, string){
			"a wrong signature": w.forgery("bad_signature"),
			"an old recording":  w.forgery("old_timestamp"),
			"a downgrade":       w.forgery("downgrade_plain"),
		},
		Shown: w.shown,
		Template: func(shown string) *conversations.TemplateContent {
			return &conversations.TemplateContent{Purpose: conversations.PurposeResult, Fields: []conversations.TemplateField{{Name: "thing1", Value: shown}, {Name: "phrase2", Value: "已通过"}}}
		},
		OnceTemplates: true,
		Rides:         true,
		Receipts:      func(*testing.T) { w.Advance(time.Minute) },
		Fail: map[channeltest.Failure]func(*testing.T){
			channeltest.Busy:       w.failure("http:502"),
			channeltest.Garbage:    w.failure("garbage_json"),
			channeltest.Reset:      w.failure("reset"),
			channeltest.LostAnswer: w.failure("reset_after_commit"),
			channeltest.Down: func(*testing.T) {
				w.server.Close()
				w.transport.CloseIdleConnections()
			},
		},
		Refuse: map[conversations.Reason]func(*testing.T){
			conversations.Temporary:    refuse("-1"),
			conversations.Throttled:    refuse("45011"),
			conversations.QuotaUsedUp:  refuse("45009"),
			conversations.WindowClosed: refuse("45015"),
			conversations.Unsubscribed: refuse("43004"),
			conversations.BadRecipient: refuse("40003"),
			conversations.BadContent:   refuse("45002"),
			conversations.Credentials:  refuse("40001", "40001"),
		},
		Stall:   func(*testing.T) <-chan struct{} { return w.gate.Hold() },
		Secrets: []string{simSecret, simToken, simKey},
		Logged:  w.logged.String,
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, mode := range []wechatsim.Mode{wechatsim.Secure, wechatsim.Compat} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			channeltest.Run(t, func(t *testing.T, callbacks string) channeltest.Platform {
				return newWorld(t, mode, callbacks).platform()
			})
		})
	}
}

var (
	_ channels.Verifier = (*wechat.Adapter)(nil)
	_ channels.Typist   = (*wechat.Adapter)(nil)
)
