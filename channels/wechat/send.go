package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

const (
	pathTemplate = "/cgi-bin/message/template/send"
	pathCustom   = "/cgi-bin/message/custom/send"
)

// Send sends one message: a template at any time, everything else as a
// customer-service message while the platform grants it.
func (a *Adapter) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	if d.To.Account != a.account.ID || d.To.ID == "" {
		return conversations.Receipt{}, channels.BadRecipient("the address is not one of account " + a.account.ID)
	}
	receipt, refused := a.send(ctx, d)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	return receipt, nil
}

func (a *Adapter) send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	switch d.Kind {
	case conversations.Template:
		return a.sendTemplate(ctx, d)
	case conversations.Text:
		return a.sendText(ctx, d)
	case conversations.Menu:
		return a.sendMenu(ctx, d)
	case conversations.Image:
		return a.sendImage(ctx, d)
	}
	return conversations.Receipt{}, channels.BadContent("official accounts send no messages of kind " + string(d.Kind))
}

// sendText sends a text (发送客服消息: 发送文本消息), its choices, if any, as
// numbered lines.
func (a *Adapter) sendText(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	text := withChoices(tencent.Legible(d.Text), d.Choices)
	if refused := fits("text", text); refused != nil {
		return conversations.Receipt{}, refused
	}
	return a.sendCustom(ctx, message.NewCustomerTextMessage(d.To.ID, text))
}

// sendMenu sends a text with tappable choices (发送客服消息: 发送菜单消息).
// Test accounts have no menu messages and get a text instead.
func (a *Adapter) sendMenu(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	if len(d.Choices) == 0 || len(d.Choices) > maxChoices {
		return a.sendText(ctx, d)
	}
	menu := &message.MediaMsgmenu{HeadContent: tencent.Legible(d.Text)}
	if refused := fits("text with choices", withChoices(menu.HeadContent, d.Choices)); refused != nil {
		return conversations.Receipt{}, refused
	}
	for _, c := range d.Choices {
		menu.List = append(menu.List, message.MsgmenuItem{ID: c.ID, Content: tencent.Legible(c.Text)})
	}
	receipt, refused := a.sendCustom(ctx, &message.CustomerMessage{ToUser: d.To.ID, Msgtype: "msgmenu", Msgmenu: menu})
	if refused != nil && tencent.IsCode(refused, codeTestAccount) {
		return a.sendText(ctx, d)
	}
	return receipt, refused
}

// sendImage sends a picture, uploading it first if the platform has not kept
// it (发送客服消息: 发送图片消息).
func (a *Adapter) sendImage(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	return a.uploads.Send(ctx, d.Document, pictures(), func(media string) (conversations.Receipt, *conversations.SendError) {
		return a.sendCustom(ctx, message.NewCustomerImgMessage(d.To.ID, media))
	})
}

func (a *Adapter) sendCustom(ctx context.Context, m *message.CustomerMessage) (conversations.Receipt, *conversations.SendError) {
	return a.deliver(ctx, pathCustom, m.ToUser, m, false)
}

// deliver sends a message to somebody; once says that the platform takes a
// repeat for the same message. Only an answer that says errcode 0 is a
// success; one that says nothing leaves it open.
func (a *Adapter) deliver(ctx context.Context, path, to string, m any, once bool) (conversations.Receipt, *conversations.SendError) {
	r, refused := tencent.PostJSON(path, m)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	r.Hide, r.Safe = to, once
	body, refused := a.api.Call(ctx, r)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	var answer struct {
		ErrCode *int64 `json:"errcode"`
		MsgID   int64  `json:"msgid"` // of templates
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.ErrCode == nil {
		return conversations.Receipt{}, channels.Unsure("the answer does not say whether it was accepted", nil)
	}
	var receipt conversations.Receipt
	if answer.MsgID != 0 {
		receipt.PlatformID = strconv.FormatInt(answer.MsgID, 10)
	}
	return receipt, nil
}

// fits refuses a text that the platform would refuse; nothing is ever cut.
func fits(what, text string) *conversations.SendError {
	if text == "" {
		return channels.BadContent("the " + what + " is empty")
	}
	if len(text) > maxText {
		return channels.BadContent(fmt.Sprintf("the %s has %d bytes; at most %d are allowed", what, len(text), maxText))
	}
	return nil
}
