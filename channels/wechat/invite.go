package wechat

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/basic"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// inviteFor is the longest that a temporary QR code lives (生成带参数的二维码).
const inviteFor = 30 * 24 * time.Hour

// maxScene is the longest scene string (生成带参数的二维码: 1 到 64 个字符).
const maxScene = 64

// Invite makes a QR code with the scene: who scans it follows with it, or,
// following already, scans it. Asking again is harmless.
func (a *Adapter) Invite(ctx context.Context, scene string) (conversations.Invited, error) {
	if scene == "" || len(scene) > maxScene {
		return conversations.Invited{}, channels.BadContent("a scene has 1 to 64 characters")
	}
	r, refused := tencent.PostJSON("/cgi-bin/qrcode/create", basic.NewTmpQrRequest(inviteFor, scene))
	if refused != nil {
		return conversations.Invited{}, refused
	}
	r.Safe = true
	asked := a.now()
	body, refused := a.api.Call(ctx, r)
	if refused != nil {
		return conversations.Invited{}, tencent.Harmless(refused)
	}
	var ticket basic.Ticket
	if err := json.Unmarshal(body, &ticket); err != nil || ticket.Ticket == "" {
		return conversations.Invited{}, channels.Temporary("the answer holds no QR code", nil)
	}
	return conversations.Invited{
		Scene:   scene,
		QR:      a.qrBase + "/cgi-bin/showqrcode?ticket=" + url.QueryEscape(ticket.Ticket),
		Link:    ticket.URL,
		Expires: asked.Add(lifetime(ticket)),
	}, nil
}

func lifetime(t basic.Ticket) time.Duration {
	if t.ExpireSeconds <= 0 {
		return inviteFor
	}
	return time.Duration(t.ExpireSeconds) * time.Second
}
