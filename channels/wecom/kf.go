package wecom

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/work/kf"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// Kf speaks for one 微信客服 account. It hears of messages by the app's
// callbacks, and fetches them. It is safe for concurrent use.
type Kf struct {
	account  KfAccount
	api      *tencent.Client
	files    tencent.Uploads
	images   tencent.Uploads
	sentAt   func(seconds string) time.Time
	welcomes welcomes
	sessions sessions
	now      func() time.Time
	log      *slog.Logger
}

func newKf(k KfAccount, app *App, o Options) *Kf {
	return &Kf{
		account:  k,
		api:      app.api,
		images:   tencent.Uploads{Client: app.api, Files: o.Files, Now: o.Now},
		files:    tencent.Uploads{Client: app.api, Files: o.Files, Now: o.Now},
		sentAt:   app.callbacks.SentAt,
		welcomes: welcomes{codes: o.Tokens, account: k.OpenKfID, now: o.Now},
		now:      o.Now,
		log:      o.Log,
	}
}

// Describe states what the account can do. It is told which messages failed,
// and never which arrived.
func (k *Kf) Describe() conversations.Description {
	return conversations.Description{
		Platform:  "kf",
		Account:   k.account.ID,
		Name:      k.account.Name,
		Branch:    k.account.Branch,
		Medium:    conversations.Chat,
		MaxRunes:  maxRunes,
		Choices:   maxMenu,
		Invites:   true,
		Apart:     true,
		PerMinute: perMinute,
	}
}

// Parse refuses every request: 微信客服 accounts have no callbacks of their own.
func (k *Kf) Parse(*http.Request) (channels.Batch, error) {
	return channels.Batch{}, tencent.Forged("微信客服 accounts have no callback address; enter the app's")
}

// FetchMedia opens what a customer sent. Errors are *conversations.SendError.
func (k *Kf) FetchMedia(ctx context.Context, ref string) (io.ReadCloser, error) {
	return k.api.FetchMedia(ctx, ref)
}

const (
	// linkScene tells links of ours in the statistics of 微信客服.
	linkScene = "jiebao"
	// maxScene is the longest scene_param, as it stands in the address
	// (获取客服账号链接: 128 字节).
	maxScene = 128
)

// Invite makes a link that opens the chat, in WeChat or drawn as a QR code,
// and names the scene when it does (获取客服账号链接). The link never expires.
func (k *Kf) Invite(ctx context.Context, scene string) (conversations.Invited, error) {
	escaped := url.QueryEscape(scene)
	if scene == "" || len(escaped) > maxScene {
		return conversations.Invited{}, channels.BadContent("a scene has 1 to 128 characters")
	}
	r, refused := tencent.PostJSON("/cgi-bin/kf/add_contact_way", kf.AddContactWayOptions{OpenKFID: k.account.OpenKfID, Scene: linkScene})
	if refused != nil {
		return conversations.Invited{}, refused
	}
	r.Safe = true
	body, refused := k.api.Call(ctx, r)
	if refused != nil {
		return conversations.Invited{}, tencent.Harmless(refused)
	}
	var answer kf.AddContactWaySchema
	if err := json.Unmarshal(body, &answer); err != nil || answer.URL == "" {
		return conversations.Invited{}, channels.Temporary("the answer holds no link", nil)
	}
	mark := "?"
	if strings.Contains(answer.URL, "?") {
		mark = "&"
	}
	return conversations.Invited{Scene: scene, Link: answer.URL + mark + "scene_param=" + escaped}, nil
}
