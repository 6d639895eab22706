package wecom

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// App speaks for one self-built app. It is safe for concurrent use.
type App struct {
	account   Account
	callbacks tencent.Callbacks
	api       *tencent.Client
	images    tencent.Uploads
	files     tencent.Uploads
	kf        []KfAccount
	log       *slog.Logger
}

// Options are what the adapters work with. Now is required.
type Options struct {
	// HTTPClient calls the platform; nil: one with keep-alive for many
	// sends at a time. Its CheckRedirect is not used.
	HTTPClient *http.Client
	Now        func() time.Time
	// Tokens keeps access tokens and welcome codes; nil: in memory, for one node.
	Tokens tencent.TokenCache
	// Files opens the pictures and files that are sent; nil: they are refused.
	Files tencent.Files
	Log   *slog.Logger // nil: silent
}

// New returns the adapters of an app and of its 微信客服 accounts, or an error
// that names every setting that is wrong.
func New(a Account, o Options) (*App, []*Kf, error) {
	if o.Now == nil {
		return nil, nil, errors.New("setting up a WeCom account: Options.Now is required")
	}
	a = a.withDefaults()
	if err := a.Validate(); err != nil {
		return nil, nil, err
	}
	if o.Tokens == nil {
		o.Tokens = tencent.NewMemoryTokens(o.Now)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	api := tencent.NewClient(a.platform(), tencent.Options{HTTPClient: o.HTTPClient, Now: o.Now, Tokens: o.Tokens, Log: o.Log})
	app := &App{
		account: a,
		callbacks: tencent.Callbacks{
			Token: a.Token, Owner: a.CorpID, Keys: tencent.NewKeys(a.EncodingAESKey, a.PreviousEncodingAESKey), Now: o.Now,
		},
		api:    api,
		images: tencent.Uploads{Client: api, Files: o.Files, Now: o.Now},
		files:  tencent.Uploads{Client: api, Files: o.Files, Now: o.Now},
		kf:     a.Kf,
		log:    o.Log,
	}
	var all []*Kf
	for _, k := range a.Kf {
		all = append(all, newKf(k, app, o))
	}
	return app, all, nil
}

const (
	// maxText is the longest text in bytes; what is longer is cut (发送应用消息,
	// 被动回复消息格式) or refused (微信客服, 发送消息): 2048 字节.
	maxText = 2048
	// maxRunes fits into maxText whatever the runes are.
	maxRunes = maxText / 4
	// perMinute is 150,000 calls in an hour, evenly (访问频率限制: 每企业每接口
	// 不可超过 1万次/分钟, 15万次/小时).
	perMinute = 2500
	// perMember is what one member is sent in a minute; the platform drops
	// what is more without a word (发送应用消息: 频率限制, 30次/分钟). Who keeps to
	// it has to stay below.
	perMember = 30
)

// Describe states what the app can do.
func (a *App) Describe() conversations.Description {
	return conversations.Description{
		Platform:      "wecom",
		Account:       a.account.ID,
		Name:          a.account.Name,
		Branch:        a.account.Branch,
		Medium:        conversations.Chat,
		MaxRunes:      maxRunes,
		Choices:       maxButtons,
		Free:          true,
		OnceTemplates: true,
		OnceTexts:     true,
		OnceFor:       duplicateInterval * time.Second,
		PerMinute:     perMinute,
		PerRecipient:  perMember,
	}
}

// FetchMedia opens what a member sent. Errors are *conversations.SendError.
func (a *App) FetchMedia(ctx context.Context, ref string) (io.ReadCloser, error) {
	return a.api.FetchMedia(ctx, ref)
}

// Prepare sets the app's menu, unless it is set already.
func (a *App) Prepare(ctx context.Context) error {
	return a.api.SetMenu(ctx, url.Values{"agentid": {strconv.FormatInt(a.account.AgentID, 10)}})
}
