// Package demo is what "make run" shows: a page on which a person is the
// candidate with a phone (/phone), a page on which they are the bank's EHR
// (/ehr), and the simulated platform that both stand on. It knows the gateway
// only from outside: it posts results to its API with a key and receives its
// webhooks, whose signatures it verifies with code of its own.
//
// One file a subject: pages.go and words.go (what a page is made of), people.go,
// phone.go and phonestream.go (the candidates and their phones), apps.go and a
// file for each app on them, samples.go and results.go (what the EHR posts and
// reads), receiver.go, uploads.go, ledger.go, stream.go and reconcile.go (what
// it is told and given),
// believe.go (what it holds for true),
// clock.go, state.go (a restart), seed.go and stories.go (the first start).
//
// Imports: the simulators and the standard library, nothing of the product.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

// Clock is the gateway's clock, if it can be moved. It keeps running: what it
// is moved by stays added.
type Clock interface {
	Now() time.Time
	Advance(d time.Duration)
}

// Options say where the demo stands. Sim, AppID, GatewayURL, APIKey and
// WebhookSecret are required.
type Options struct {
	Sim         *wechatsim.Sim
	AppID       string // of the simulated account that candidates follow
	AccountID   string // the same account's id in the gateway's configuration
	AccountName string // as candidates see it; empty: the simulator's
	// Apps are on the phones beside WeChat's official account.
	Apps []App

	GatewayURL    string // without a slash at the end
	APIKey        string
	WebhookSecret string // whsec_… as the gateway signs with
	// Branch is the branch the API key may post for; samples lie below it.
	// Empty: head.
	Branch string
	// InboxURL returns HR's address, which may change until it is used: a
	// one-time sign-in link. nil: the gateway's own.
	InboxURL func() string

	// Clock, if set, is moved by the pages. Without it time is the system's
	// and the pages have no controls for it.
	Clock Clock
	// Client calls the gateway; nil: one of its own.
	Client *http.Client
	Log    *slog.Logger
}

// LogValue shows no secret.
func (o Options) LogValue() slog.Value {
	return slog.GroupValue(slog.String("app_id", o.AppID), slog.String("account", o.AccountID), slog.String("gateway", o.GatewayURL))
}

// Demo serves the pages. All methods may be called concurrently.
type Demo struct {
	opts    Options
	words   *dictionary
	pages   *pages
	gateway *gateway
	verify  *verifier
	ledger  *ledger
	results *results
	people  *people
	apps    []App
	handler http.Handler
	pace    pace
	touched atomic.Bool // something may have changed since KeepState looked
	moved   moves       // of the clock

	moving   sync.Mutex // guards what follows: one move of the clock at a time
	advanced time.Duration
	path     string // where LoadState looked for the state
	afresh   bool   // it found none: the platform remembers no QR code
}

// New checks o and returns the demo. Nothing is called yet.
func New(o Options) (*Demo, error) {
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("setting up the demo: %w", err)
	}
	d := &Demo{opts: o, ledger: newLedger(), results: &results{}, people: &people{}, pace: humanPace()}
	d.apps = append([]App{wechat{o.Sim, o.AppID}}, o.Apps...)
	for _, a := range d.simAccounts() {
		if a.AppID == o.AppID {
			d.opts.AccountName = cmp.Or(o.AccountName, a.Name)
		}
	}
	var err error
	if d.verify, err = newVerifier(o.WebhookSecret, d.now); err != nil {
		return nil, fmt.Errorf("setting up the demo: %w", err)
	}
	if d.words, err = loadWords(); err != nil {
		return nil, err
	}
	if d.pages, err = loadPages(); err != nil {
		return nil, err
	}
	d.gateway = &gateway{base: o.GatewayURL, key: o.APIKey, client: o.Client}
	d.handler = d.routes()
	return d, nil
}

func (o *Options) complete() error {
	if o.Sim == nil || o.AppID == "" || o.APIKey == "" {
		return errors.New("it needs a simulator, the account's app id and an API key")
	}
	u, err := url.Parse(o.GatewayURL)
	if err != nil || u.Host == "" {
		return errors.New("the gateway's address must be like http://127.0.0.1:8080")
	}
	o.GatewayURL = strings.TrimRight(o.GatewayURL, "/")
	o.Branch = cmp.Or(o.Branch, "head")
	if o.InboxURL == nil {
		inbox := o.GatewayURL + "/inbox"
		o.InboxURL = func() string { return inbox }
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 20 * time.Second}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

// now is the gateway's time.
func (d *Demo) now() time.Time {
	if d.opts.Clock != nil {
		return d.opts.Clock.Now()
	}
	return time.Now()
}

// Handler serves the pages, and everything else as the simulated platform.
func (d *Demo) Handler() http.Handler { return d.handler }

// Close ends the live streams to browsers, so that a server can shut down.
func (d *Demo) Close() { d.ledger.close() }

func (d *Demo) routes() http.Handler {
	m := http.NewServeMux()
	m.Handle("/", d.opts.Sim.Handler())
	m.Handle("GET /static/", staticFiles())
	m.HandleFunc("GET /{$}", d.showHome)
	m.HandleFunc("GET /inbox", d.toInbox)

	m.HandleFunc("GET /phone", d.showPhone)
	m.HandleFunc("GET /phone/people", d.listPeople)
	m.HandleFunc("POST /phone/people", d.addPerson)
	m.HandleFunc("GET /phone/people/{person}/stream", d.streamPhone)
	m.HandleFunc("GET /phone/people/{person}/plan", d.showPlan)
	m.HandleFunc("POST /phone/people/{person}/{app}", d.gesture)
	m.HandleFunc("GET /phone/people/{person}/{app}/{item}", d.showItemPage)
	m.HandleFunc("GET /phone/invitations", d.listInvitations)

	m.HandleFunc("GET /ehr", d.showEHR)
	m.HandleFunc("POST /ehr/results", d.postResult)
	m.HandleFunc("POST /ehr/preflight", d.preflight)
	m.HandleFunc("GET /ehr/results", d.listResults)
	m.HandleFunc("POST /ehr/results/{id}/invitation", d.renewInvitation)
	m.HandleFunc("POST /ehr/results/{id}/cancel", d.cancelResult)
	m.HandleFunc("POST /ehr/webhooks", d.receive)
	m.HandleFunc("PUT /ehr/documents/{document}", d.storeDocument)
	m.HandleFunc("GET /ehr/stream", d.streamLedger)
	m.HandleFunc("POST /ehr/candidates/{id}/reconcile", d.reconcile)
	m.HandleFunc("POST /ehr/candidates/{id}/start-date", d.changeDate)
	m.HandleFunc("DELETE /ehr/candidates/{id}/start-date", d.correctDate)
	m.HandleFunc("POST /ehr/reconciliation", d.believe)

	m.HandleFunc("GET /clock", d.showClock)
	m.HandleFunc("POST /clock", d.moveClock)
	return http.NewCrossOriginProtection().Handler(d.noticing(m))
}

// toInbox leads to HR's side. It is asked anew each time: a sign-in link works
// once.
func (d *Demo) toInbox(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, d.opts.InboxURL(), http.StatusSeeOther)
}

// wait is a pause that ctx cuts short.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
