// Package push shows banners on the phones of candidates who have the bank's
// app, and lets them lead into the conversation. It speaks with APNs, FCM,
// JPush and Huawei Push Kit through one interface, provider.
//
// An account's addresses are the EHR's ids of candidates. Who has which phone
// is asked of Devices for every message. A message is brought to every handset
// of the candidate; a handset that several providers know gets it from the
// first that takes it. What a provider says of a dead token is passed on.
//
// Words stay off the lock screen: a banner holds a template's title, or says
// that a message came, and the message's id. The app reads the message by the
// gateway's API, where it also answers; so Parse has nothing to read. Each
// banner replaces an earlier one of the same message, so that whatever may have
// arrived is safe to send again. A phone with the app open gets the message by
// the API's stream as well; the banner names its id, and an app in the
// foreground shows none.
//
// One message out: send.go → notice.go → a provider (apns.go, fcm.go,
// jpush.go, huawei.go) → call.go. token.go and jwt.go keep the credentials that
// providers ask for, breaker.go gives a provider that is down a rest.
//
// The providers' APIs are called by net/http. github.com/sideshow/apns2 (its
// last release is of 2024) would serve one of the four; what an adapter has to
// know of every call, whether anything left, it does not tell. Facts carry the
// title of the page that states them.
//
// Imports: the standard library, conversations and channels.
package push

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// Devices knows on which phones candidates have the bank's app.
type Devices interface {
	// Devices returns a candidate's devices, the latest registered first.
	Devices(ctx context.Context, candidate string) ([]conversations.Device, error)
	// DropDevice forgets a device that its provider says is gone since then,
	// unless it was registered again later.
	DropDevice(ctx context.Context, id string, since time.Time) error
}

// Cache keeps what nodes share: access tokens, and what JPush knows a message
// by. What it loses is fetched again. It may return what has ended.
type Cache interface {
	Get(ctx context.Context, key string) (value string, expires time.Time, ok bool, err error)
	Set(ctx context.Context, key, value string, expires time.Time) error
}

// Options are what an Adapter works with. Now, Devices and Cache are required.
type Options struct {
	// HTTPClient calls the providers; nil: one with keep-alive for many sends
	// at a time, and HTTP/2. Its CheckRedirect is not used.
	HTTPClient *http.Client
	Now        func() time.Time
	Devices    Devices
	Cache      Cache
	Log        *slog.Logger // nil: silent
}

// Adapter speaks for one account: one app and its providers. It is safe for
// concurrent use.
type Adapter struct {
	account   Account
	providers []*guarded // in the order in which a handset's are tried
	devices   Devices
	now       func() time.Time
	log       *slog.Logger
}

var _ channels.Adapter = (*Adapter)(nil)

// New returns the adapter of an account, or an error that names every setting
// that is wrong.
func New(a Account, o Options) (*Adapter, error) {
	if o.Now == nil || o.Devices == nil || o.Cache == nil {
		return nil, errors.New("setting up a push account: Options.Now, Devices and Cache are required")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a = a.withDefaults()
	providers, err := a.build(o)
	if err != nil {
		return nil, err
	}
	p := &Adapter{account: a, devices: o.Devices, now: o.Now, log: o.Log}
	for _, each := range providers {
		p.providers = append(p.providers, &guarded{provider: each, breaker: breaker{now: o.Now}})
	}
	return p, nil
}

// choices is how many tappable answers the app shows under a message.
const choices = 10

// Describe implements channels.Adapter.
func (a *Adapter) Describe() conversations.Description {
	return conversations.Description{
		Platform: "push", Account: a.account.ID, Name: a.account.Name, Branch: a.account.Branch,
		Medium: conversations.Push, Contact: conversations.ByEHR,
		Choices: choices, Free: true, Templates: true, Linked: true,
		Receipts: a.account.Acknowledges, Reads: a.account.Acknowledges,
		OnceTemplates: true, OnceTexts: true, OnceFor: cidLife,
		PerMinute: a.account.PerMinute,
	}
}

// Parse implements channels.Adapter. No provider calls back: what candidates
// say and what their phones acknowledge comes by the gateway's API.
func (*Adapter) Parse(*http.Request) (channels.Batch, error) {
	return channels.Batch{}, channels.ErrForged
}
