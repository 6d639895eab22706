package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/silenceper/wechat/v2/work/kf/sendmsg"
	"github.com/silenceper/wechat/v2/work/message"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// What a message with choices holds (微信客服, 发送消息: 菜单消息).
const (
	maxMenu      = 10
	maxMenuHead  = 1024 // bytes
	maxMenuID    = 64   // bytes
	maxMenuWords = 128  // bytes
)

// kfMessage is one message to one customer (微信客服, 发送消息), or, with a code
// in place of the customer, the answer to their coming in (发送欢迎语等事件响应消息).
type kfMessage struct {
	Code     string `json:"code,omitempty"`
	ToUser   string `json:"touser,omitempty"`
	OpenKfID string `json:"open_kfid,omitempty"`
	ID       string `json:"msgid,omitempty"`
	Type     string `json:"msgtype"`

	Text  *message.TextField  `json:"text,omitempty"`
	Menu  *kfMenu             `json:"msgmenu,omitempty"`
	Image *message.ImageField `json:"image,omitempty"`
	File  *message.ImageField `json:"file,omitempty"`
}

type kfMenu struct {
	Head string              `json:"head_content"`
	List []sendmsg.MenuClick `json:"list"`
}

// Send sends one message while the platform grants it: five in 48 hours after
// the customer wrote, or one within 20 seconds after they came in.
func (k *Kf) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	if d.To.Account != k.account.ID || d.To.ID == "" {
		return conversations.Receipt{}, channels.BadRecipient("the address is not one of account " + k.account.ID)
	}
	receipt, refused := k.send(ctx, d)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	return receipt, nil
}

func (k *Kf) send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	switch d.Kind {
	case conversations.Text:
		return k.sendText(ctx, d, conversations.Numbered(d.Text, d.Choices))
	case conversations.Menu:
		return k.sendMenu(ctx, d)
	case conversations.Template:
		if d.Template == nil || d.Text == "" {
			return conversations.Receipt{}, channels.BadContent("the notification has no words")
		}
		return k.sendText(ctx, d, tencent.Lines(d.Template.Title, d.Text, d.Template.URL))
	case conversations.Image:
		return k.images.Send(ctx, d.Document, pictures(), func(media string) (conversations.Receipt, *conversations.SendError) {
			return k.post(ctx, d, kfMessage{Type: "image", Image: &message.ImageField{MediaID: media}})
		})
	case conversations.File:
		return k.files.Send(ctx, d.Document, anyFile(), func(media string) (conversations.Receipt, *conversations.SendError) {
			return k.post(ctx, d, kfMessage{Type: "file", File: &message.ImageField{MediaID: media}})
		})
	}
	return conversations.Receipt{}, channels.BadContent("微信客服 sends no messages of kind " + string(d.Kind))
}

func (k *Kf) sendText(ctx context.Context, d conversations.Delivery, text string) (conversations.Receipt, *conversations.SendError) {
	text = tencent.Legible(text)
	if refused := fits(text); refused != nil {
		return conversations.Receipt{}, refused
	}
	return k.speak(ctx, d, kfMessage{Type: "text", Text: &message.TextField{Content: text}})
}

// sendMenu sends a text with tappable choices, or, when they do not fit into
// such a message, with numbered lines.
func (k *Kf) sendMenu(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	menu, ok := newMenu(tencent.Legible(d.Text), d.Choices)
	if !ok {
		return k.sendText(ctx, d, conversations.Numbered(d.Text, d.Choices))
	}
	return k.speak(ctx, d, kfMessage{Type: "msgmenu", Menu: menu})
}

func newMenu(text string, choices []conversations.Choice) (*kfMenu, bool) {
	menu := &kfMenu{Head: text}
	if len(choices) == 0 || len(choices) > maxMenu || len(text) > maxMenuHead {
		return nil, false
	}
	for _, c := range choices {
		item := sendmsg.MenuClick{Type: "click"}
		item.Click.ID, item.Click.Content = c.ID, tencent.Legible(c.Text)
		if c.ID == "" || len(c.ID) > maxMenuID || c.Text == "" || len(item.Click.Content) > maxMenuWords {
			return nil, false
		}
		menu.List = append(menu.List, item)
	}
	return menu, true
}

// speak sends words: in answer to the customer's coming in, if there is leave
// for that, and else as an ordinary message.
func (k *Kf) speak(ctx context.Context, d conversations.Delivery, m kfMessage) (conversations.Receipt, *conversations.SendError) {
	code, until := k.welcomes.take(ctx, d.To.ID)
	if code == "" {
		return k.post(ctx, d, m)
	}
	welcome := m
	welcome.Code, welcome.ID = code, messageID(d.Message)
	receipt, refused := k.call(ctx, "/cgi-bin/kf/send_msg_on_event", d, welcome)
	switch {
	case refused == nil || refused.Reason == conversations.OutcomeUnsure:
		return receipt, refused
	case refused.Reason == conversations.Temporary || refused.Reason == conversations.Throttled:
		k.welcomes.keep(ctx, d.To.ID, code, until) // for the next try
		return receipt, refused
	}
	return k.post(ctx, d, m) // they may have written meanwhile
}

// post posts an ordinary message, once more if the session could be opened.
func (k *Kf) post(ctx context.Context, d conversations.Delivery, m kfMessage) (conversations.Receipt, *conversations.SendError) {
	m.ToUser, m.OpenKfID, m.ID = d.To.ID, k.account.OpenKfID, messageID(d.Message)
	if k.sessions.begin(d.To.ID, k.now()) && k.state(ctx, d.To.ID) == stateNew {
		k.handToBot(ctx, d.To.ID) // a message is taken without, too
	}
	receipt, refused := k.call(ctx, pathKfSend, d, m)
	if !tencent.IsCode(refused, codeSessionState) {
		return receipt, refused
	}
	if refused = k.reopened(ctx, d.To.ID, refused); refused != nil {
		return conversations.Receipt{}, refused
	}
	return k.call(ctx, pathKfSend, d, m)
}

const pathKfSend = "/cgi-bin/kf/send_msg"

// call posts a message. Only an answer that says errcode 0 is a success; one
// that says nothing leaves it open.
func (k *Kf) call(ctx context.Context, path string, d conversations.Delivery, m kfMessage) (conversations.Receipt, *conversations.SendError) {
	r, refused := tencent.PostJSON(path, m)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	r.Hide = d.To.ID
	body, refused := k.api.Call(ctx, r)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	var answer struct {
		ErrCode *int64 `json:"errcode"`
		ID      string `json:"msgid"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.ErrCode == nil {
		return conversations.Receipt{}, channels.Unsure("the answer does not say whether it was accepted", nil)
	}
	return conversations.Receipt{PlatformID: answer.ID}, nil
}

// messageID is a message's id as the platform takes it: at most 32 letters,
// digits, _ and - (发送消息: msgid).
func messageID(id string) string {
	const longest = 32
	plain := !strings.ContainsFunc(id, func(r rune) bool {
		return !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_' || r == '-')
	})
	if plain && len(id) <= longest {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:longest/2])
}
