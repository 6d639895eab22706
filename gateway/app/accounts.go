package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"jiebao/bot/phrases"
	"jiebao/channels"
	"jiebao/channels/email"
	"jiebao/channels/h5"
	"jiebao/channels/tencent"
	"jiebao/channels/wechat"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/clock"
)

// parts is what adapters are built with.
type parts struct {
	client *http.Client // nil: each adapter's own
	now    func() time.Time
	tokens tencent.TokenCache
	files  tencent.Files
	log    *slog.Logger

	devices *devices
	words   func() (*phrases.Phrases, error) // read when somebody needs them
	optOuts *email.OptOuts
	bank    string
}

// builder makes the adapters of one configured account: one, or several where
// one configuration brings more than one way to reach people.
type builder func(config.Account, parts) ([]channels.Adapter, error)

// adapters is the list of platforms: to add a channel, add its line.
var adapters = map[string]builder{
	"wechat": one(newWeChat),
	"wecom":  newWeCom,
	"email":  one(newEmail),
	"push":   one(newPush),
	"sms":    one(newSMS),
	"voice":  one(newVoice),
}

// one is the builder of accounts that are one adapter.
func one[A channels.Adapter](build func(config.Account, parts) (A, error)) builder {
	return func(c config.Account, p parts) ([]channels.Adapter, error) {
		adapter, err := build(c, p)
		if err != nil {
			return nil, err
		}
		return []channels.Adapter{adapter}, nil
	}
}

func newWeChat(c config.Account, p parts) (*wechat.Adapter, error) {
	return wechat.New(wechat.Account{
		ID: c.ID, Name: c.Name, Branch: c.Branch,
		AppID: c.AppID, Secret: c.Secret.Reveal(), Token: c.Token.Reveal(),
		EncodingAESKey: c.EncodingAESKey.Reveal(), PreviousEncodingAESKey: c.PreviousEncodingAESKey.Reveal(),
		Mode: wechat.Mode(c.Mode), BaseURL: c.BaseURL, Templates: c.Templates, TapReplies: c.TapReplies,
	}, wechat.Options{HTTPClient: p.client, Now: p.now, Tokens: p.tokens, Files: p.files, Log: p.log})
}

// accounts are the configured accounts with their adapters, and the candidates'
// pages, which every branch has and none is served by. It answers, by account, for all of them at once: to the engine (conversations.Channels)
// and to the outbox (Sender, Inviter, Media).
type accounts struct {
	byID  map[string]channels.Adapter
	facts []conversations.Description
	kept  map[string]bool // accounts whose menu at the platform is left alone
}

func newAccounts(cfg []config.Account, p parts) (*accounts, error) {
	a := &accounts{byID: map[string]channels.Adapter{conversations.PageAccount: h5.Account{Name: "候选人网页"}}, kept: map[string]bool{}}
	var errs []error
	for _, c := range cfg {
		build, ok := adapters[c.Platform]
		if !ok {
			errs = append(errs, fmt.Errorf("account %q: there is no adapter for platform %q", c.ID, c.Platform))
			continue
		}
		built, err := build(c, p)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, adapter := range built {
			d := adapter.Describe()
			a.byID[d.Account], a.kept[d.Account] = adapter, c.KeepMenu
			a.facts = append(a.facts, d)
		}
	}
	return a, errors.Join(errs...)
}

// Describe returns the facts of an account.
func (a *accounts) Describe(account string) (conversations.Description, bool) {
	adapter, ok := a.byID[account]
	if !ok {
		return conversations.Description{}, false
	}
	return adapter.Describe(), true
}

// Serving returns the accounts of the branch and of those above it, nearest
// first.
func (a *accounts) Serving(branch string) []conversations.Description {
	var out []conversations.Description
	for _, d := range a.facts {
		if d.Branch == "" || (conversations.Scope{d.Branch}).Allows(branch) {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(x, y conversations.Description) int {
		return strings.Count(y.Branch, "/") - strings.Count(x.Branch, "/")
	})
	return out
}

// as finds the account's adapter, if it can do what T asks.
func as[T channels.Adapter](a *accounts, account string) (T, error) {
	adapter, ok := a.byID[account].(T)
	if !ok {
		return adapter, &conversations.SendError{
			Reason: conversations.BadRecipient,
			Detail: fmt.Sprintf("account %q is not configured any more, or its platform cannot do this", account),
		}
	}
	return adapter, nil
}

// Send sends a delivery by its account's adapter.
func (a *accounts) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	adapter, err := as[channels.Adapter](a, d.To.Account)
	if err != nil {
		return conversations.Receipt{}, err
	}
	return adapter.Send(ctx, d)
}

// Invite makes a QR code that binds whoever scans it.
func (a *accounts) Invite(ctx context.Context, account, scene string) (conversations.Invited, error) {
	adapter, err := as[channels.Inviter](a, account)
	if err != nil {
		return conversations.Invited{}, err
	}
	return adapter.Invite(ctx, scene)
}

// FetchMedia opens a candidate's file at the platform.
func (a *accounts) FetchMedia(ctx context.Context, account, ref string) (io.ReadCloser, error) {
	adapter, err := as[channels.MediaFetcher](a, account)
	if err != nil {
		return nil, err
	}
	return adapter.FetchMedia(ctx, ref)
}

// Mark shows on a message what was tapped in it.
func (a *accounts) Mark(ctx context.Context, m conversations.Mark) error {
	adapter, err := as[channels.Marker](a, m.To.Account)
	if err != nil {
		return err
	}
	return adapter.Mark(ctx, m)
}

// The pauses between tries to set an account up.
const (
	prepareAgain  = time.Minute
	prepareAtMost = time.Hour
)

// prepare sets the accounts up at their platforms. One that cannot be set up
// now is tried again, less and less often, until ctx ends; the others work
// meanwhile.
func (a *accounts) prepare(ctx context.Context, c clock.Clock, log *slog.Logger) {
	var all sync.WaitGroup
	for id, adapter := range a.byID {
		if p, ok := adapter.(channels.Preparer); ok && !a.kept[id] {
			all.Go(func() { prepareAccount(ctx, id, p, c, log) })
		}
	}
	all.Wait()
}

func prepareAccount(ctx context.Context, id string, p channels.Preparer, c clock.Clock, log *slog.Logger) {
	for pause := prepareAgain; ; pause = min(2*pause, prepareAtMost) {
		err := p.Prepare(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		log.Warn("an account could not be set up at its platform; its menu may be missing until the next try", "account", id, "next_try_in", pause, "error", err)
		select {
		case <-c.At(c.Now().Add(pause)):
		case <-ctx.Done():
			return
		}
	}
}
