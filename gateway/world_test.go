package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"jiebao/channels/wechat/wechatsim"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/gateway/app"
	"jiebao/gateway/ehr/catalogue/catalogueconform"
)

type worldKey struct{}

const (
	appID   = "wx0123456789abcdef"
	apiKey  = "key-for-tests-and-for-nothing-else"
	account = "oa"
	patient = 20 * time.Second // how long what must happen may take on a busy machine
)

var (
	hmacKey       = bytes.Repeat([]byte("k"), 32)
	webhookSecret = "whsec_" + base64.StdEncoding.EncodeToString(hmacKey)
)

// world is one gateway with everything around it.
type world struct {
	t          testing.TB
	clock      *clock.Virtual
	sim        *wechatsim.Sim
	cfg        config.Config
	app        *app.App
	stop       func()
	http       *http.Client // HR's browser, or the EHR
	log        *bytes.Buffer
	logMu      sync.Mutex
	ehr        *receiver
	model      *modelServer // nil until a script tells it what to say
	mails      *mails       // nil until a script opens a mailbox
	payroll    *payroll     // nil until a script sets an endpoint up
	storage    *storage     // nil until a script gives the EHR one for documents
	scanner    *scanner     // nil until a script sets clamd up
	bucket     *s3mem.Backend
	link       link        // to a document: the latest that a script asked for
	cursor     string      // how far a script has read the feed
	colleagues *colleagues // HR besides the administrator; nil until a script names one
	weCom      *weCom      // nil until a script gives the gateway a WeCom app
	phones     map[string]*phone
	links      map[string]string // what the results' QR codes say
	last       string            // the last answer's body
}

// phone is a candidate with how far a script has read their screen.
type phone struct {
	*wechatsim.Phone
	read    int64
	browser *browser // nil until a link is opened
}

// newWorld keeps files in dir and hands to atEnd what ends it.
func newWorld(t testing.TB, dir string, atEnd func(func()), store config.Store) *world {
	w := &world{
		t: t, clock: clock.NewVirtual(time.Date(2026, 6, 24, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))),
		phones: map[string]*phone{}, links: map[string]string{}, ehr: newReceiver(t),
	}
	w.sim = wechatsim.New(wechatsim.Options{Seed: 1, Now: w.clock.Now})
	simServer := httptest.NewServer(w.sim.Handler())
	w.sim.SetPublicURL(simServer.URL)
	ehrServer := httptest.NewServer(w.ehr)
	jar, _ := cookiejar.New(nil)
	w.http = &http.Client{Jar: jar, Timeout: patient}
	w.cfg = testConfig(store, dir, simServer.URL, ehrServer.URL)
	w.start()
	atEnd(func() {
		w.stop()
		simServer.Close()
		ehrServer.Close()
		w.sim.Close()
	})
	return w
}

func testConfig(store config.Store, dir, simURL, ehrURL string) config.Config {
	cfg := config.Default()
	cfg.Store = store
	cfg.Documents.Dir, cfg.Documents.KeyFile = dir+"/.documents", dir+"/.keys/documents.key"
	cfg.Bank.Name = "示范银行"
	cfg.API.Keys = []config.APIKey{{Name: "ehr", Key: config.NewSecret(apiKey), Branch: "head"}}
	cfg.EHR.Endpoint.URL = ehrURL
	cfg.EHR.AllowNetworks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	cfg.EHR.Endpoint.Secret = config.NewSecret(webhookSecret)
	cfg.Accounts = []config.Account{{
		ID: account, Platform: "wechat", Branch: "head", Name: "示范银行招聘", AppID: appID,
		Secret: config.NewSecret("app-secret"), Token: config.NewSecret("token"),
		EncodingAESKey: config.NewSecret(strings.Repeat("a", 43)), BaseURL: simURL,
		Templates: map[string]string{"result_passed": "T-RESULT", "message_waiting": "T-WAITING"},
	}}
	return cfg
}

// start starts the gateway, for the first time or again on the same data.
func (w *world) start() {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(writerFunc(w.write), &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.app, err = app.New(w.t.Context(), w.cfg, app.Options{Clock: w.clock, Log: log, Listener: listener})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- w.app.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("the gateway ended with %v", err)
		}
	}
	platform := simAccount(w.app.URL())
	if err := w.sim.AddAccount(platform); err != nil {
		err = w.sim.Configure(platform)
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// simAccount is the account as the platform's console has it.
func simAccount(gateway string) wechatsim.Account {
	return wechatsim.Account{
		AppID: appID, Secret: "app-secret", Token: "token", EncodingAESKey: strings.Repeat("a", 43),
		Mode: wechatsim.Secure, CallbackURL: gateway + "/callbacks/" + account, Name: "示范银行招聘",
		Templates: map[string]wechatsim.TemplateSpec{
			"T-RESULT":  {Title: "面试结果通知", Content: "姓名：{{thing1.DATA}}\n岗位：{{thing2.DATA}}\n结果：{{phrase3.DATA}}\n日期：{{date4.DATA}}\n地点：{{thing5.DATA}}"},
			"T-WAITING": {Title: "消息提醒", Content: "姓名：{{thing1.DATA}}\n提醒：{{thing2.DATA}}\n说明：{{thing3.DATA}}"},
		},
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func (w *world) write(b []byte) (int, error) {
	w.logMu.Lock()
	defer w.logMu.Unlock()
	if w.log == nil {
		w.log = &bytes.Buffer{}
	}
	return w.log.Write(b)
}

func (w *world) logged() string {
	w.logMu.Lock()
	defer w.logMu.Unlock()
	if w.log == nil {
		return ""
	}
	return w.log.String()
}

// call makes a request to the gateway and keeps the answer's body.
func (w *world) call(method, path string, header http.Header, body string) (int, error) {
	code, _, err := w.exchange(w.http, method, path, header, body)
	return code, err
}

// exchange is a call by somebody else, who sees the answer's header as well.
func (w *world) exchange(by *http.Client, method, path string, header http.Header, body string) (int, http.Header, error) {
	target := path
	if !strings.HasPrefix(path, "http") {
		target = w.app.URL() + path
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	for k, v := range header {
		req.Header[k] = v
	}
	resp, err := by.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	w.last = string(b)
	return resp.StatusCode, resp.Header, err
}

// form posts one of the inbox's forms as a browser without JavaScript would.
func (w *world) form(path string, fields url.Values) (int, error) {
	if _, err := w.call(http.MethodGet, "/inbox", nil, ""); err != nil {
		return 0, err
	}
	_, after, found := strings.Cut(w.last, `name="csrf" value="`)
	if !found {
		return 0, fmt.Errorf("the inbox shows no form; is HR signed in?")
	}
	csrf, _, _ := strings.Cut(after, `"`)
	fields.Set("csrf", csrf)
	return w.call(http.MethodPost, path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, fields.Encode())
}

// receiver is the EHR: it verifies each event by itself and insists on every
// candidate's order.
type receiver struct {
	mu     sync.Mutex
	events []received
	seqs   map[string]int64
	bodies map[string]string
	again  int // how often an event came once more
	wrong  []string
	news   chan struct{}
	status int // what it answers; 0 means 204

	fits func(body []byte) error // whether the catalogue has such an event
}

// beside says whether the event is about the bank's own words, which scripts
// look at where the candidate reads them, and whose receipts come at any time.
func (r received) beside() bool {
	return strings.HasPrefix(r.Type, "message.") && r.Type != string(conversations.EventMessageReceived)
}

type received struct {
	ID, Type, Candidate string
	Sequence            int64
	Body                string
}

func newReceiver(t testing.TB) *receiver {
	return &receiver{fits: catalogueconform.New(t), seqs: map[string]int64{}, bodies: map[string]string{}, news: make(chan struct{}, 1)}
}

func (r *receiver) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	b, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.status != 0 {
		rw.WriteHeader(r.status)
		return
	}
	r.take(req.Header, b)
	rw.WriteHeader(http.StatusNoContent)
	select {
	case r.news <- struct{}{}:
	default:
	}
}

func (r *receiver) take(h http.Header, b []byte) {
	id, stamp := h.Get("webhook-id"), h.Get("webhook-timestamp")
	mac := hmac.New(sha256.New, hmacKey)
	fmt.Fprintf(mac, "%s.%s.%s", id, stamp, b)
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); h.Get("webhook-signature") != want {
		r.wrong = append(r.wrong, id+": the signature does not hold")
		return
	}
	if _, err := strconv.ParseInt(stamp, 10, 64); err != nil {
		r.wrong = append(r.wrong, id+": no timestamp")
	}
	var ev struct {
		Type string
		Data struct {
			Candidate string `json:"candidate_id"`
			Sequence  int64
		}
	}
	if err := json.Unmarshal(b, &ev); err != nil {
		r.wrong = append(r.wrong, id+": "+err.Error())
		return
	}
	if err := r.fits(b); err != nil {
		r.wrong = append(r.wrong, fmt.Sprintf("%s is not of the catalogue: %v: %s", id, err, b))
	}
	if before, again := r.bodies[id]; again {
		r.again++
		if before != string(b) {
			r.wrong = append(r.wrong, id+": came again with another content")
		}
		return
	}
	r.bodies[id] = string(b)
	if want := r.seqs[ev.Data.Candidate] + 1; ev.Data.Sequence != want {
		r.wrong = append(r.wrong, fmt.Sprintf("%s: sequence %d of %s, want %d", id, ev.Data.Sequence, ev.Data.Candidate, want))
	}
	r.seqs[ev.Data.Candidate] = ev.Data.Sequence
	r.events = append(r.events, received{id, ev.Type, ev.Data.Candidate, ev.Data.Sequence, string(b)})
}

// next waits for the next event that no script has looked at. Those of the
// bank's own words are passed over, unless that is the type that is asked for.
func (r *receiver) next(ctx context.Context, typ string) (received, error) {
	for {
		r.mu.Lock()
		if len(r.wrong) > 0 {
			defer r.mu.Unlock()
			return received{}, fmt.Errorf("the EHR refuses: %s", strings.Join(r.wrong, "; "))
		}
		if len(r.events) > 0 {
			ev := r.events[0]
			r.events = r.events[1:]
			if ev.beside() && ev.Type != typ {
				r.mu.Unlock()
				continue
			}
			r.mu.Unlock()
			return ev, nil
		}
		r.mu.Unlock()
		select {
		case <-r.news:
		case <-ctx.Done():
			return received{}, fmt.Errorf("no event came")
		}
	}
}
