// Package voice speaks for an account that calls candidates by Aliyun's voice
// service (语音服务): a filed text is read to them (SingleCallByTts), and they
// answer with a key.
//
// One call out: call.go; codes.go puts the platform's codes into the core's
// words. One report in: report.go says how the call went and which key was
// pressed. outid.go packs what the report has to bring back into the fifteen
// bytes that the platform keeps of a call.
//
// What a call may say. Whoever picks up may not be the candidate, so calls
// name the bank, ask for the candidate by name and speak of an application;
// where they ask about the first day at work they name the day, because a key
// must not confirm what was not heard. They tell no result, position, place or
// pay, and a wrong person is asked to hang up. Pressing a key shows no more
// than that: the answer to it goes to the candidate's other channels.
//
// The platform knows no repeat: a call whose outcome nobody knows is not made
// again, and its report settles it.
//
// Imports: the standard library, conversations, channels, channels/carrier,
// channels/carrier/aliyun and the SDK's core.
package voice

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"

	"jiebao/channels/carrier"
	"jiebao/channels/carrier/aliyun"
	"jiebao/conversations"
)

// Adapter speaks for one account. It is safe for concurrent use.
type Adapter struct {
	account Account
	client  *openapi.Client
	codes   aliyun.Codes
	guard   *carrier.Guard
	now     func() time.Time
	log     *slog.Logger
}

// Options are what an Adapter works with. Now is required.
type Options struct {
	// HTTPClient's transport calls the platform; nil: one with keep-alive.
	HTTPClient *http.Client
	Now        func() time.Time
	Log        *slog.Logger // nil: silent
}

// host is the product's own address (语音服务, 服务接入点).
const host = "dyvmsapi.aliyuncs.com"

// New returns the adapter of an account, or an error that names every setting
// that is wrong.
func New(a Account, o Options) (*Adapter, error) {
	if o.Now == nil {
		return nil, errors.New("setting up a voice account: Options.Now is required")
	}
	a = a.withDefaults()
	if err := a.Validate(); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	v := &Adapter{account: a, codes: codes(), now: o.Now, log: o.Log}
	var err error
	if v.guard, err = carrier.NewGuard(a.CallbackKey, a.CallbackNetworks); err != nil {
		return nil, fmt.Errorf("account %q: %w", a.ID, err)
	}
	config, err := aliyun.Config(aliyun.Account{AccessKeyID: a.KeyID, AccessKeySecret: a.Secret, BaseURL: a.BaseURL}, host, o.HTTPClient)
	if err != nil {
		return nil, fmt.Errorf("account %q: %w", a.ID, err)
	}
	if v.client, err = openapi.NewClient(config); err != nil {
		return nil, fmt.Errorf("account %q: setting up the SDK: %w", a.ID, err)
	}
	return v, nil
}

// Describe states what the account can do.
func (a *Adapter) Describe() conversations.Description {
	return conversations.Description{
		Platform:     "voice",
		Account:      a.account.ID,
		Name:         a.account.Name,
		Branch:       a.account.Branch,
		Medium:       conversations.Call,
		Contact:      conversations.ByPhone,
		Templates:    true,
		Receipts:     true,
		Reads:        true,
		PerMinute:    a.account.PerMinute,
		PerRecipient: a.account.PerRecipient,
	}
}
