package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/silenceper/wechat/v2/officialaccount/message"

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
		return conversations.Receipt{}, &conversations.SendError{Reason: conversations.BadRecipient, Detail: "the address is not one of account " + a.account.ID}
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
	return conversations.Receipt{}, badContent("official accounts send no messages of kind " + string(d.Kind))
}

// sendText sends a text (发送客服消息: 发送文本消息), its choices, if any, as
// numbered lines.
func (a *Adapter) sendText(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	text := withChoices(legible(d.Text), d.Choices)
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
	menu := &message.MediaMsgmenu{HeadContent: legible(d.Text)}
	if refused := fits("text with choices", withChoices(menu.HeadContent, d.Choices)); refused != nil {
		return conversations.Receipt{}, refused
	}
	for _, c := range d.Choices {
		menu.List = append(menu.List, message.MsgmenuItem{ID: c.ID, Content: legible(c.Text)})
	}
	receipt, refused := a.sendCustom(ctx, &message.CustomerMessage{ToUser: d.To.ID, Msgtype: "msgmenu", Msgmenu: menu})
	if refused != nil && isCode(refused, codeTestAccount) {
		return a.sendText(ctx, d)
	}
	return receipt, refused
}

// sendImage sends a picture, uploading it first if the platform has not kept
// it (发送客服消息: 发送图片消息).
func (a *Adapter) sendImage(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	media, refused := a.uploaded(ctx, d.Document)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	receipt, refused := a.sendCustom(ctx, message.NewCustomerImgMessage(d.To.ID, media))
	if refused == nil || refused.Reason != conversations.MediaExpired {
		return receipt, refused
	}
	a.uploads.forget(d.Document)
	if media, refused = a.uploaded(ctx, d.Document); refused != nil {
		return conversations.Receipt{}, refused
	}
	return a.sendCustom(ctx, message.NewCustomerImgMessage(d.To.ID, media))
}

func (a *Adapter) sendCustom(ctx context.Context, m *message.CustomerMessage) (conversations.Receipt, *conversations.SendError) {
	return a.api.deliver(ctx, pathCustom, m.ToUser, m, false)
}

// deliver sends a message to somebody; once says that the platform takes a
// repeat for the same message. Only an answer that says errcode 0 is a
// success; one that says nothing leaves it open.
func (c *api) deliver(ctx context.Context, path, to string, m any, once bool) (conversations.Receipt, *conversations.SendError) {
	r, err := postJSON(path, m)
	if err != nil {
		return conversations.Receipt{}, badContent("it cannot be written as JSON")
	}
	r.hide, r.safe = to, once
	body, refused := c.call(ctx, r)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	var answer struct {
		ErrCode *int64 `json:"errcode"`
		MsgID   int64  `json:"msgid"` // of templates
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.ErrCode == nil {
		return conversations.Receipt{}, unsure("the answer does not say whether it was accepted", nil)
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
		return badContent("the " + what + " is empty")
	}
	if len(text) > maxText {
		return badContent(fmt.Sprintf("the %s has %d bytes; at most %d are allowed", what, len(text), maxText))
	}
	return nil
}

func badContent(detail string) *conversations.SendError {
	return &conversations.SendError{Reason: conversations.BadContent, Detail: detail}
}
