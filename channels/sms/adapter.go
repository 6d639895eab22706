// Package sms speaks for an account that sends text messages to mainland
// phones by one or more providers: Aliyun (短信服务) and Tencent Cloud (短信).
// It sends their filed templates only, reads the receipts and replies that
// they push, and counts what a message is billed as.
//
// One message out: send.go chooses the provider and passes over one that is
// down or refuses for a reason of its own; aliyun.go or tencent.go calls it;
// aliyun_codes.go and tencent_codes.go put its codes into the core's words.
// One callback in: parse.go verifies it and tells by its form whose and what
// it is; aliyun_push.go and tencent_push.go read it. segments.go counts.
//
// Neither provider knows a repeat (SendSms: 国内短信…均不支持幂等), so a message
// whose outcome nobody knows goes to nobody else. Both give back what was sent
// along, Aliyun as OutId and Tencent Cloud as SessionContext, which here is
// conversations.Delivery.Message: the receipt settles what the answer left open.
//
// Imports: the standard library, conversations, channels, channels/carrier,
// channels/carrier/aliyun and the providers' SDKs.
package sms

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// Adapter speaks for one account. It is safe for concurrent use.
type Adapter struct {
	account   Account
	providers []*line
	guard     *carrier.Guard
	now       func() time.Time
	log       *slog.Logger
}

// Options are what an Adapter works with. Now is required.
type Options struct {
	// HTTPClient's transport calls the providers; nil: one with keep-alive.
	HTTPClient *http.Client
	Now        func() time.Time
	Log        *slog.Logger // nil: silent
}

// New returns the adapter of an account, or an error that names every setting
// that is wrong.
func New(a Account, o Options) (*Adapter, error) {
	if o.Now == nil {
		return nil, errors.New("setting up an SMS account: Options.Now is required")
	}
	a = a.withDefaults()
	if err := a.Validate(); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	guard, err := carrier.NewGuard(a.CallbackKey, a.CallbackNetworks)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", a.ID, err)
	}
	s := &Adapter{account: a, guard: guard, now: o.Now, log: o.Log}
	for i, p := range a.Providers {
		provider, err := newProvider(p, o)
		if err != nil {
			return nil, fmt.Errorf("account %q: sms.providers[%d]: %w", a.ID, i, err)
		}
		s.providers = append(s.providers, &line{provider: provider, config: p, breaker: carrier.NewBreaker(o.Now)})
	}
	return s, nil
}

// Describe states what the account can do.
func (a *Adapter) Describe() conversations.Description {
	return conversations.Description{
		Platform:     "sms",
		Account:      a.account.ID,
		Name:         a.account.Name,
		Branch:       a.account.Branch,
		Medium:       conversations.SMS,
		Contact:      conversations.ByPhone,
		Templates:    true,
		Receipts:     true,
		Linked:       true,
		PerMinute:    a.account.PerMinute,
		PerRecipient: a.account.PerRecipient,
	}
}
