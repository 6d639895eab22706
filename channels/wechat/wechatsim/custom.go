package wechatsim

import (
	"encoding/json"
	"time"
)

// customMessage is the request of "发送客服消息".
type customMessage struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	Text    *struct {
		Content string `json:"content"`
	} `json:"text"`
	Image *mediaRef `json:"image"`
	Voice *mediaRef `json:"voice"`
	Menu  *struct {
		Head string   `json:"head_content"`
		List []Choice `json:"list"`
		Tail string   `json:"tail_content"`
	} `json:"msgmenu"`
	News *struct {
		Articles []Article `json:"articles"`
	} `json:"news"`
	Video json.RawMessage `json:"video"`
}

type mediaRef struct {
	MediaID string `json:"media_id"`
}

// maxText is the longest text in bytes. "被动回复用户消息" and "发送客服消息" give
// 45002 without a number; 2048 bytes is what the console and the field know [?].
const maxText = 2048

// sendCustom is "发送客服消息".
func sendCustom(c *call) answer {
	var m customMessage
	if code := c.decode(&m); code != errNone {
		return c.fail(code)
	}
	f, code := c.follower(m.ToUser)
	if code != errNone {
		return c.fail(code)
	}
	msg, code := c.render(&m)
	if code != errNone {
		return c.fail(code)
	}
	c.sim.answers.Wait(c.r.Context(), m.ToUser)
	if code := f.acceptCustom(c.now); code != errNone {
		return c.fail(code)
	}
	msg.From, msg.Source = FromAccount, SourceCustom
	f.show(c.sim, c.now, msg)
	return ok()
}

func (f *follower) acceptCustom(now time.Time) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state.Blacklisted {
		return errBlacklisted
	}
	code := f.state.spend(now)
	if code == errNone {
		f.state.TypingUntil = time.Time{}
	}
	return code
}

// render turns a request into what the phone shows.
func (c *call) render(m *customMessage) (PhoneMessage, int) {
	switch {
	case m.MsgType == "text" && m.Text != nil:
		return textMessage(m.Text.Content)
	case m.MsgType == "image" && m.Image != nil:
		return c.mediaMessage("image", m.Image.MediaID)
	case m.MsgType == "voice" && m.Voice != nil:
		return c.mediaMessage("voice", m.Voice.MediaID)
	case m.MsgType == "msgmenu" && m.Menu != nil:
		if len(m.Menu.List) == 0 {
			return PhoneMessage{}, errArgument
		}
		return PhoneMessage{Type: "msgmenu", Text: m.Menu.Head, Tail: m.Menu.Tail, Choices: m.Menu.List}, errNone
	case m.MsgType == "news" && m.News != nil:
		if len(m.News.Articles) != 1 { // 图文消息条数限制在1条以内, 45008
			return PhoneMessage{}, errArticleCount
		}
		return PhoneMessage{Type: "news", Articles: m.News.Articles}, errNone
	}
	return PhoneMessage{}, errMessageType
}

func textMessage(content string) (PhoneMessage, int) {
	switch {
	case content == "":
		return PhoneMessage{}, errEmptyText
	case len(content) > maxText:
		return PhoneMessage{}, errTooLong
	}
	return PhoneMessage{Type: "text", Text: content, Choices: linkedChoices(content)}, errNone
}

func (c *call) mediaMessage(kind, id string) (PhoneMessage, int) {
	md, ok := c.acct.findMedia(id, c.now)
	if !ok || md.Kind != kind {
		return PhoneMessage{}, errMediaID
	}
	return PhoneMessage{Type: kind, MediaID: id, MediaURL: c.sim.mediaURL(id)}, errNone
}

const (
	typingFor   = 15 * time.Second // "客服输入状态": how long it shows is not said [?]
	typingAfter = 30 * time.Second // 45080: 需要之前30秒内跟用户有过消息交互
)

// typing is "客服输入状态".
func typing(c *call) answer {
	var in struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}
	if code := c.decode(&in); code != errNone {
		return c.fail(code)
	}
	f, code := c.follower(in.ToUser)
	if code != errNone {
		return c.fail(code)
	}
	if code := f.setTyping(in.Command, c.now); code != errNone {
		return c.fail(code)
	}
	return ok()
}

func (f *follower) setTyping(command string, now time.Time) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	st := &f.state
	switch {
	case command != "Typing" && command != "CancelTyping":
		return errTypingCommand
	case !st.Following || now.Sub(st.Touched) > typingAfter:
		return errTypingTooLate
	case command == "CancelTyping":
		st.TypingUntil = time.Time{}
	case now.Before(st.TypingUntil):
		return errTyping
	default:
		st.TypingUntil = now.Add(typingFor)
	}
	f.screen.changed()
	return errNone
}
