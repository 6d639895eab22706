package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/silenceper/wechat/v2/work/message"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

const pathSend = "/cgi-bin/message/send"

// outgoing is one message of the app to one member (发送应用消息). Of two whose
// bytes are the same the platform sends the first only, for as long as
// DuplicateInterval, so that Message, which it does not know, tells two
// messages of the same words apart, and a message from its repeat.
type outgoing struct {
	ToUser   string              `json:"touser"`
	MsgType  string              `json:"msgtype"`
	AgentID  int64               `json:"agentid"`
	Text     *message.TextField  `json:"text,omitempty"`
	Markdown *message.TextField  `json:"markdown,omitempty"`
	Image    *message.ImageField `json:"image,omitempty"`
	File     *message.ImageField `json:"file,omitempty"`
	TextCard *textCard           `json:"textcard,omitempty"`
	Card     *card               `json:"template_card,omitempty"`

	CheckDuplicates   int    `json:"enable_duplicate_check"`
	DuplicateInterval int    `json:"duplicate_check_interval"` // seconds
	Message           string `json:"client_msg_id"`
}

// textCard is a text that leads to a page (文本卡片消息).
type textCard struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	Button      string `json:"btntxt"`
}

const (
	// duplicateInterval is the longest that the platform looks back, which is
	// how long a message may be tried again after nobody knows what became of it.
	duplicateInterval = 4 * 60 * 60

	maxCardTitle = 128  // bytes (文本卡片消息)
	maxCardText  = 512  // bytes
	maxCardURL   = 2048 // bytes
)

// Send sends one message. A member is written to at any time.
func (a *App) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	if d.To.Account != a.account.ID || !isMember(d.To.ID) {
		return conversations.Receipt{}, a.badRecipient()
	}
	receipt, refused := a.send(ctx, d)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	return receipt, nil
}

func (a *App) badRecipient() *conversations.SendError {
	return channels.BadRecipient("the address is not that of one member of account " + a.account.ID)
}

func invalidUser() *conversations.SendError {
	return &conversations.SendError{Reason: conversations.BadRecipient, Code: "invaliduser", Detail: "no such member, or outside the app's 可见范围"}
}

// isMember says whether an id can be that of one member: @all is everybody, and
// | stands between several (发送应用消息: touser).
func isMember(id string) bool { return id != "" && id[0] != '@' && !strings.Contains(id, "|") }

func (a *App) send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	switch d.Kind {
	case conversations.Text:
		return a.sendText(ctx, d, conversations.Numbered(d.Text, d.Choices))
	case conversations.Menu:
		return a.sendMenu(ctx, d)
	case conversations.Template:
		return a.sendNotice(ctx, d)
	case conversations.Image:
		return a.images.Send(ctx, d.Document, pictures(), func(media string) (conversations.Receipt, *conversations.SendError) {
			return a.post(ctx, d, outgoing{MsgType: "image", Image: &message.ImageField{MediaID: media}})
		})
	case conversations.File:
		return a.files.Send(ctx, d.Document, anyFile(), func(media string) (conversations.Receipt, *conversations.SendError) {
			return a.post(ctx, d, outgoing{MsgType: "file", File: &message.ImageField{MediaID: media}})
		})
	}
	return conversations.Receipt{}, channels.BadContent("WeCom apps send no messages of kind " + string(d.Kind))
}

func (a *App) sendText(ctx context.Context, d conversations.Delivery, text string) (conversations.Receipt, *conversations.SendError) {
	text = tencent.Legible(text)
	if refused := fits(text); refused != nil {
		return conversations.Receipt{}, refused
	}
	return a.post(ctx, d, outgoing{MsgType: "text", Text: &message.TextField{Content: text}})
}

// sendMenu sends a text with choices as a card with buttons, or, when it does
// not fit into one, as a text with numbered lines.
func (a *App) sendMenu(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	c, ok := newCard(tencent.Legible(d.Text), d.Choices, a.account.ID+"_"+d.Message, a.account.Name)
	if !ok {
		return a.sendText(ctx, d, conversations.Numbered(d.Text, d.Choices))
	}
	return a.post(ctx, d, outgoing{MsgType: "template_card", Card: &c})
}

// sendNotice sends a notification: with an address, as a card that leads to
// it; with a title only, with the title in bold; what fits neither, as a text.
func (a *App) sendNotice(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	if d.Template == nil || d.Text == "" {
		return conversations.Receipt{}, channels.BadContent("the notification has no words")
	}
	title, text := tencent.Legible(d.Template.Title), tencent.Legible(d.Text)
	if c := noticeCard(title, text, d.Template.URL, d.Locale); c != nil {
		return a.post(ctx, d, outgoing{MsgType: "textcard", TextCard: c})
	}
	marked := "**" + title + "**\n" + text
	if title != "" && d.Template.URL == "" && !strings.ContainsAny(title+text, "*_`<>[]#\\~") && len(marked) <= maxText {
		return a.post(ctx, d, outgoing{MsgType: "markdown", Markdown: &message.TextField{Content: marked}})
	}
	return a.sendText(ctx, d, tencent.Lines(title, text, d.Template.URL))
}

// noticeCard makes the card of a notification, or nil if it does not fit. The
// description is written in HTML.
func noticeCard(title, text, address string, locale conversations.Locale) *textCard {
	html := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br>").Replace(text)
	if title == "" || address == "" || len(title) > maxCardTitle || len(html) > maxCardText || len(address) > maxCardURL {
		return nil
	}
	return &textCard{title, html, address, more(locale)}
}

// more is what the button of a card says, in at most four characters.
func more(locale conversations.Locale) string {
	switch {
	case strings.HasPrefix(string(locale), "en"):
		return "Open"
	case locale == "zh-HK" || locale == "zh-TW":
		return "查看詳情"
	}
	return "查看详情"
}

// post posts a message to the delivery's member. Only an answer that says
// errcode 0, and that names nobody as unreachable, is a success; one that says
// nothing leaves it open.
func (a *App) post(ctx context.Context, d conversations.Delivery, m outgoing) (conversations.Receipt, *conversations.SendError) {
	m.ToUser, m.AgentID = d.To.ID, a.account.AgentID
	m.CheckDuplicates, m.DuplicateInterval, m.Message = 1, duplicateInterval, d.Message
	r, refused := tencent.PostJSON(pathSend, m)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	r.Hide, r.Safe = d.To.ID, d.Message != ""
	body, refused := a.api.Call(ctx, r)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	var answer struct {
		ErrCode *int64 `json:"errcode"`
		message.SendResponse
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.ErrCode == nil {
		return conversations.Receipt{}, channels.Unsure("the answer does not say whether it was accepted", nil)
	}
	switch {
	case answer.InvalidUser != "":
		return conversations.Receipt{}, invalidUser()
	case answer.UnlicensedUser != "":
		return conversations.Receipt{}, &conversations.SendError{Reason: conversations.BadRecipient, Code: "unlicenseduser", Detail: "the member has no 接口许可"}
	}
	return conversations.Receipt{PlatformID: answer.MsgID}, nil
}

// fits refuses a text that the platform would refuse or cut.
func fits(text string) *conversations.SendError {
	if text == "" {
		return channels.BadContent("the text is empty")
	}
	if len(text) > maxText {
		return channels.BadContent(fmt.Sprintf("the text has %d bytes; at most %d are allowed", len(text), maxText))
	}
	return nil
}
