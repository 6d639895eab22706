// Package wechat speaks for WeChat official accounts (微信公众号, service
// accounts): it verifies and reads their callbacks, puts answers into them,
// and sends template and customer-service messages.
//
// One message in: parse.go verifies and opens the request, document.go reads the
// document, inbound.go puts it into the core's terms. One message out: send.go,
// or seal.go when it rides in the answer to a callback. platform.go asks for the
// access token and puts the platform's codes into the core's words. What WeCom
// does alike (sealing, XML, tokens, calls, media) is package tencent's.
//
// What it takes from the SDK (github.com/silenceper/wechat/v2), and what not:
// the payloads of messages, templates, menus, QR codes, media and tokens, the
// names of message types and events are the SDK's. Its calls are not used,
// because they reach every account by constant host names through one
// process-wide client, where this package serves several accounts with different
// addresses in one process; because most take no context; because they turn
// error codes into text; and because they put access tokens into errors. Its
// callback server is not used, because it lets the caller choose the encryption
// mode, logs what candidates say, and reads the id of a tapped choice as a
// number only. The SDK's root package, which changes the process's logging when
// imported, is never imported.
//
// Facts about the platform carry the title of the page that states them
// (developers.weixin.qq.com).
//
// Imports: the standard library, conversations, channels, channels/tencent,
// and the SDK's sub-packages.
package wechat

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// Adapter speaks for one official account. It is safe for concurrent use.
type Adapter struct {
	account   Account
	callbacks tencent.Callbacks
	api       *tencent.Client
	uploads   tencent.Uploads
	qrBase    string
	now       func() time.Time
	log       *slog.Logger
}

// Options are what an Adapter works with. Now is required.
type Options struct {
	// HTTPClient calls the platform; nil: one with keep-alive for many
	// sends at a time. Its CheckRedirect is not used.
	HTTPClient *http.Client
	Now        func() time.Time
	// Tokens keeps access tokens; nil: in memory, for one node.
	Tokens tencent.TokenCache
	// Files opens the pictures that are sent; nil: pictures are refused.
	Files tencent.Files
	Log   *slog.Logger // nil: silent
	// QRBase is the address that shows QR codes. Empty: mp.weixin.qq.com,
	// or the account's base URL if that is not the platform's own.
	QRBase string
}

// New returns the adapter of an account, or an error that names every setting
// that is wrong.
func New(a Account, o Options) (*Adapter, error) {
	if o.Now == nil {
		return nil, errors.New("setting up a WeChat account: Options.Now is required")
	}
	a = a.withDefaults()
	if err := a.Validate(); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.QRBase == "" {
		o.QRBase = a.BaseURL
		if a.BaseURL == officialBase {
			o.QRBase = officialQRBase
		}
	}
	api := tencent.NewClient(a.platform(), tencent.Options{HTTPClient: o.HTTPClient, Now: o.Now, Tokens: o.Tokens, Log: o.Log})
	return &Adapter{
		account: a,
		callbacks: tencent.Callbacks{
			Token: a.Token, Owner: a.AppID, Keys: tencent.NewKeys(a.EncodingAESKey, a.PreviousEncodingAESKey), Now: o.Now,
		},
		api:     api,
		uploads: tencent.Uploads{Client: api, Files: o.Files, Now: o.Now},
		qrBase:  o.QRBase,
		now:     o.Now,
		log:     o.Log,
	}, nil
}

const (
	// maxText is the longest free-form text in bytes (发送客服消息,
	// 回复文本消息: 2048 字节).
	maxText = 2048
	// maxRunes fits into maxText whatever the runes are.
	maxRunes = maxText / 4
	// maxChoices is the longest menu. No page of the official account
	// states a limit; this is the one of 微信客服 发送消息 (menu items).
	maxChoices = 10
)

// onceFor is how long a template's client_msg_id is remembered (发送模板消息:
// client_msg_id, 防重入id).
const onceFor = 10 * time.Minute

// Describe states what the account can do.
func (a *Adapter) Describe() conversations.Description {
	return conversations.Description{
		Platform:      "wechat",
		Account:       a.account.ID,
		Name:          a.account.Name,
		Branch:        a.account.Branch,
		Medium:        conversations.Chat,
		MaxRunes:      maxRunes,
		Choices:       maxChoices,
		OnceTemplates: true,
		OnceFor:       onceFor,
		Templates:     len(a.account.Templates) > 0,
		Receipts:      true,
		Invites:       true,
	}
}

// Prepare sets the account's menu, unless it is set already.
func (a *Adapter) Prepare(ctx context.Context) error { return a.api.SetMenu(ctx, nil) }
