package wecom

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// The events that are WeCom's own (事件格式; 微信客服, 接收消息和事件).
const (
	eventCard  = "template_card_event"
	eventKf    = "kf_msg_or_event"
	eventClick = "click"
	msgFile    = "file"
)

// batch puts a callback into the core's terms. What the core has no use for is
// acknowledged, with an empty answer, and otherwise ignored.
func (a *App) batch(c callback) (channels.Batch, error) {
	if c.MsgType == "" {
		return channels.Batch{}, errors.New("reading the callback: it names no type")
	}
	if c.Event == eventKf {
		return channels.Batch{Pulls: a.pulls(c.document)}, nil
	}
	if c.FromUserName == "" {
		return channels.Batch{}, errors.New("reading the callback: it names no sender")
	}
	in := conversations.Inbound{
		Address: conversations.Address{Account: a.account.ID, ID: c.FromUserName},
		Dedupe:  c.Identity(c.TaskID),
		At:      a.callbacks.SentAt(c.CreateTime),
	}
	if c.Event == eventCard {
		return a.tapped(c, in), nil
	}
	if message.MsgType(c.MsgType) == message.MsgTypeEvent {
		if !event(&in, c.document) {
			return channels.Batch{}, nil
		}
	} else if !said(&in, c.document) {
		a.log.Warn("a message of an unknown type was ignored", "account", a.account.ID, "type", c.MsgType)
		return channels.Batch{}, nil
	}
	b := channels.Batch{Inbound: []conversations.Inbound{in}}
	if in.CanAnswer {
		b.Seal = func(m conversations.Message) (string, []byte, error) { return a.seal(m, c) }
	}
	return b, nil
}

// pulls are the 微信客服 accounts that have something to fetch: the one that is
// named, or, as older callbacks name none, all.
func (a *App) pulls(d document) []channels.Pull {
	var pulls []channels.Pull
	for _, k := range a.kf {
		if d.OpenKfID == "" || d.OpenKfID == k.OpenKfID {
			pulls = append(pulls, channels.Pull{Account: k.ID, Token: d.Token})
		}
	}
	if len(pulls) == 0 {
		a.log.Warn("a 微信客服 account that is not configured has messages", "account", a.account.ID)
	}
	return pulls
}

// said reads a message (接收消息格式) and says whether its type is known.
func said(in *conversations.Inbound, d document) bool {
	in.Gesture, in.CanAnswer = conversations.Said, true
	switch message.MsgType(d.MsgType) {
	case message.MsgTypeText:
		in.Kind, in.Text = conversations.Text, d.Content
	case message.MsgTypeImage:
		in.Kind, in.Media = conversations.Image, d.MediaID
	case message.MsgTypeVoice:
		in.Kind, in.Media = conversations.Voice, d.MediaID
	case message.MsgTypeVideo:
		in.Kind, in.Media = conversations.Video, d.MediaID
	case msgFile:
		in.Kind, in.Media, in.Text = conversations.File, d.MediaID, d.Title
	case message.MsgTypeLocation:
		in.Kind, in.Text = conversations.Location, tencent.Lines(d.Label, strings.Trim(d.LocationX+","+d.LocationY, ","))
	case message.MsgTypeLink:
		in.Kind, in.Text = conversations.Text, tencent.Lines(d.Title, d.Description, d.URL)
	default:
		return false
	}
	return true
}

// event reads an event (事件格式) and says whether the core has a use for it.
// It has none for enter_agent, which every look into the app causes, nor for
// view, by which the member has left for a page.
func event(in *conversations.Inbound, d document) bool {
	in.CanAnswer = true
	switch message.EventType(d.Event) {
	case message.EventSubscribe:
		in.Gesture = conversations.Followed
	case message.EventUnsubscribe:
		in.Gesture, in.CanAnswer = conversations.Unfollowed, false
	case eventClick:
		in.Gesture, in.Text = conversations.Tapped, d.EventKey
	default:
		return false
	}
	return true
}

// tapped reads the tap of a card's button (事件格式: 模板卡片事件推送).
func (a *App) tapped(c callback, in conversations.Inbound) channels.Batch {
	if chosen, ok := readButton(c.EventKey); ok {
		in.Gesture, in.Kind, in.Choice, in.Text = conversations.Said, conversations.Text, chosen.ID, chosen.Text
		in.Mark = chosen.mark(in, c.Response)
	} else {
		in.Gesture, in.Text = conversations.Tapped, c.EventKey
	}
	return channels.Batch{Inbound: []conversations.Inbound{in}}
}

// seal makes the answer to a callback that carries m: text only
// (被动回复消息格式: 文本消息). A message that would not fit is an error; nothing
// is cut.
func (a *App) seal(m conversations.Message, c callback) (contentType string, body []byte, err error) {
	if m.Kind != conversations.Text && m.Kind != conversations.Menu {
		return "", nil, fmt.Errorf("a message of kind %s cannot ride in the answer to a callback", m.Kind)
	}
	text := conversations.Numbered(tencent.Legible(m.Text), m.Choices)
	if text == "" || len(text) > maxText {
		return "", nil, fmt.Errorf("a text of %d bytes cannot ride in the answer to a callback; 1 to %d can", len(text), maxText)
	}
	if c.json {
		return a.answer(c, a.jsonText(c, text))
	}
	return a.answer(c, a.callbacks.TextReply(c.ToUserName, c.FromUserName, text))
}

// jsonText is a reply to a callback that came as JSON, its members named as the
// XML's elements are [?].
func (a *App) jsonText(c callback, text string) []byte {
	b, err := json.Marshal(map[string]any{
		"ToUserName": c.FromUserName, "FromUserName": c.ToUserName,
		"CreateTime": a.callbacks.Now().Unix(), "MsgType": "text", "Content": text,
	})
	if err != nil {
		panic(err) // strings and numbers are always JSON
	}
	return b
}
