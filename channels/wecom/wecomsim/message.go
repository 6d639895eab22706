package wecomsim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// appMessage is the body of 发送应用消息.
type appMessage struct {
	ToUser            string          `json:"touser"`
	MsgType           string          `json:"msgtype"`
	AgentID           json.RawMessage `json:"agentid"`
	Text, Markdown    struct{ Content string }
	Image, File       struct{ Media_ID string }
	TextCard          struct{ Title, Description, URL, BtnTxt string }
	TemplateCard      templateCard `json:"template_card"`
	CheckDuplicates   int          `json:"enable_duplicate_check"`
	DuplicateInterval int          `json:"duplicate_check_interval"`
}

// templateCard is a card (发送应用消息: 模板卡片消息).
type templateCard struct {
	CardType string `json:"card_type"`
	Title    struct {
		Title string `json:"title"`
		Desc  string `json:"desc"`
	} `json:"main_title"`
	Subtitle string `json:"sub_title_text"`
	TaskID   string `json:"task_id"`
	Buttons  []struct {
		Text  string `json:"text"`
		Style int    `json:"style"`
		Key   string `json:"key"`
	} `json:"button_list"`
	Action struct {
		Type int    `json:"type"`
		URL  string `json:"url"`
	} `json:"card_action"`
	ReplaceText string `json:"replace_text"`
}

// Limits of 发送应用消息.
const (
	maxText         = 2048 // bytes; what is longer is cut
	maxCardTitle    = 36   // characters that a phone shows
	maxCardSubtitle = 160
	maxButtons      = 6
	maxButtonText   = 10
	maxButtonKey    = 1024 // bytes
	maxTaskID       = 128
	maxTextTitle    = 128 // bytes
	maxTextDesc     = 512
	mostPerMinute   = 30 // to one member; the rest is dropped (频率限制)
	defaultCheck    = 30 * time.Minute
	maxCheck        = 4 * time.Hour
	cardLife        = 72 * time.Hour // of a response_code
	recallFor       = 24 * time.Hour // 撤回应用消息
)

const sendPath = "/cgi-bin/message/send"

// queue waits behind the answers that the members are about to be shown. Nothing
// is locked meanwhile.
func (c *call) queue() {
	var m struct{ ToUser string }
	_ = json.Unmarshal(c.body, &m) // what is no message is refused when it is sent
	for to := range strings.SplitSeq(m.ToUser, "|") {
		c.answers.Wait(c.r.Context(), to)
	}
}

// sendMessage is 发送应用消息.
func sendMessage(c *call) answer {
	var m appMessage
	if code := c.decode(&m); code != 0 {
		return c.fail(code)
	}
	agent, typed := agentID(m.AgentID)
	if agent != c.app.AgentID {
		return c.fail(errForeignAgent)
	}
	reached, invalid := c.members(m.ToUser)
	if len(reached) == 0 {
		return c.fail(errNobody)
	}
	shown, code := c.shownOf(&m)
	if code != 0 {
		return c.fail(code)
	}
	out := map[string]any{"invaliduser": strings.Join(invalid, "|"), "invalidparty": "", "invalidtag": "", "unlicenseduser": ""}
	if !typed {
		out["errmsg"] = "ok. " + warningWrongJSON
	}
	if id, dup := c.duplicate(&m); dup {
		c.note = "duplicate"
		out["msgid"] = id
		return c.ok(out)
	}
	shown.MsgID = "msg_" + strconv.FormatInt(c.serial(), 10)
	out["msgid"] = shown.MsgID
	c.remember(&m, shown.MsgID)
	if shown.TaskID != "" {
		c.app.Tasks[shown.TaskID] = true
		out["response_code"] = c.codeFor(c.app, newCode{use: "card", msgID: shown.MsgID, user: m.ToUser, life: cardLife})
	}
	for _, to := range reached {
		c.deliver(to, shown)
	}
	return c.ok(out)
}

// newCode is a code to be made.
type newCode struct {
	use, user, kf, msgID string
	life                 time.Duration
}

// codeFor makes a code that works once. The caller holds the lock.
func (s *Sim) codeFor(a *app, k newCode) string {
	value := s.text(43)
	s.state.Codes[value] = &code{Use: k.use, App: appKey(a.CorpID, a.AgentID), User: k.user, Kf: k.kf, MsgID: k.msgID, Expires: s.now().Add(k.life)}
	return value
}

// agentID reads agentid, which is a number; written as text it is taken with a
// warning.
func agentID(raw json.RawMessage) (id int64, typed bool) {
	text := strings.Trim(string(raw), `"`)
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && text == string(raw)
}

// members finds the members that touser names. Unknown ones come back in lower
// case.
func (c *call) members(touser string) (known []*member, invalid []string) {
	for id := range strings.SplitSeq(touser, "|") {
		switch m, ok := c.state.Members[memberKey(c.app.CorpID, id)]; {
		case id == "@all":
			for _, m := range c.state.Members {
				if m.Corp == c.app.CorpID && !m.Hidden {
					known = append(known, m)
				}
			}
		case ok && !m.Hidden:
			known = append(known, m)
		case id != "":
			invalid = append(invalid, strings.ToLower(id))
		}
	}
	return known, invalid
}

// shownOf is the message as a member sees it, or the code that refuses it.
func (c *call) shownOf(m *appMessage) (Shown, int) {
	shown := Shown{From: FromAccount, Type: m.MsgType}
	switch m.MsgType {
	case "text", "markdown":
		shown.Text = m.Text.Content
		if m.MsgType == "markdown" {
			shown.Text = strings.ReplaceAll(m.Markdown.Content, "**", "")
		}
		if shown.Text == "" {
			return shown, errEmptyText
		}
		shown.Text = cutBytes(shown.Text, maxText)
	case "image", "file":
		shown.MediaID = m.Image.Media_ID + m.File.Media_ID
		if _, ok := c.mediaOf(shown.MediaID, m.MsgType); !ok {
			return shown, errMediaID
		}
	case "textcard":
		card := m.TextCard
		if card.Title == "" || card.Description == "" || card.URL == "" {
			return shown, errArgument
		}
		shown.Title = cutBytes(card.Title, maxTextTitle)
		shown.Text = html.UnescapeString(strings.ReplaceAll(cutBytes(card.Description, maxTextDesc), "<br>", "\n"))
		shown.URL, shown.Button = card.URL, card.BtnTxt
	case "template_card":
		return c.cardOf(&m.TemplateCard)
	default:
		return shown, errMessageType
	}
	return shown, 0
}

// cardOf is a card of buttons, or one that leads to a page, as a member sees it.
func (c *call) cardOf(t *templateCard) (Shown, int) {
	shown := Shown{From: FromAccount, Type: "card", Title: cutRunes(t.Title.Title, maxCardTitle), Text: cutRunes(t.Subtitle, maxCardSubtitle)}
	if t.CardType == "text_notice" {
		shown.URL = t.Action.URL
		if t.Action.Type != 1 || t.Action.URL == "" || shown.Title+shown.Text == "" {
			return shown, errArgument
		}
		return shown, 0
	}
	if t.CardType != "button_interaction" || t.Title.Title == "" || len(t.Buttons) == 0 || len(t.Buttons) > maxButtons ||
		t.TaskID == "" || len(t.TaskID) > maxTaskID || strings.ContainsFunc(t.TaskID, notInTaskID) {
		return shown, errArgument
	}
	shown.TaskID = t.TaskID
	keys := map[string]bool{}
	for _, b := range t.Buttons {
		if b.Text == "" || b.Key == "" || len(b.Key) > maxButtonKey || keys[b.Key] {
			return shown, errArgument
		}
		keys[b.Key] = true
		shown.Choices = append(shown.Choices, Choice{ID: b.Key, Text: cutRunes(b.Text, maxButtonText)})
	}
	return shown, 0
}

func notInTaskID(r rune) bool {
	return !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || strings.ContainsRune("_-@", r))
}

// duplicate says whether the very same request came before (重复消息检查: the
// whole JSON). A card's task_id that was used by another request is refused by
// nobody [?].
func (c *call) duplicate(m *appMessage) (msgID string, dup bool) {
	if m.CheckDuplicates != 1 {
		return "", false
	}
	p, ok := c.app.Posted[bodyKey(c.body)]
	return p.MsgID, ok && c.at.Before(p.Until)
}

func (c *call) remember(m *appMessage, msgID string) {
	if m.CheckDuplicates != 1 {
		return
	}
	life := time.Duration(m.DuplicateInterval) * time.Second
	if life <= 0 {
		life = defaultCheck
	}
	c.app.Posted[bodyKey(c.body)] = posted{c.at.Add(min(life, maxCheck)), msgID}
}

func bodyKey(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// deliver shows a message to a member, unless they got 30 in the last minute:
// then it is dropped without a word.
func (c *call) deliver(to *member, m Shown) {
	in := to.in(c.app.AgentID)
	recent := in.Sent[:0]
	for _, at := range in.Sent {
		if c.at.Sub(at) < time.Minute {
			recent = append(recent, at)
		}
	}
	in.Sent = recent
	if len(in.Sent) >= mostPerMinute {
		c.note = "dropped"
		return
	}
	in.Sent = append(in.Sent, c.at)
	c.show(&in.screen, m)
}

// updateCard is 更新模版卡片消息. Of a tap's card it changes what the members see
// whom it names. What an unknown, expired or used code is answered with, and
// whether an update that names nobody uses its code up, is not documented [?]:
// here it does not.
func updateCard(c *call) answer {
	var in struct {
		UserIDs []string        `json:"userids"`
		AtAll   int             `json:"atall"`
		AgentID json.RawMessage `json:"agentid"`
		Code    string          `json:"response_code"`
		Button  struct {
			ReplaceName string `json:"replace_name"`
		} `json:"button"`
		Card *templateCard `json:"template_card"`
	}
	if code := c.decode(&in); code != 0 {
		return c.fail(code)
	}
	if agent, _ := agentID(in.AgentID); agent != c.app.AgentID {
		return c.fail(errForeignAgent)
	}
	if (in.Button.ReplaceName == "") == (in.Card == nil) {
		return c.fail(errArgument)
	}
	named, invalid := c.members(strings.Join(in.UserIDs, "|"))
	if in.AtAll == 1 {
		named, invalid = c.members("@all")
	}
	if len(named) == 0 {
		return c.fail(errNobody)
	}
	k, ok := c.take(in.Code, "card")
	if !ok || k.App != appKey(c.app.CorpID, c.app.AgentID) {
		return c.fail(errArgument)
	}
	for _, m := range named {
		if shown := m.in(c.app.AgentID).find(k.MsgID); shown != nil {
			shown.Chosen = in.Button.ReplaceName
			if in.Card != nil {
				shown.Title, shown.Text, shown.Chosen = in.Card.Title.Title, in.Card.Subtitle, in.Card.ReplaceText
			}
		}
	}
	c.changed()
	return c.ok(map[string]any{"invaliduser": append([]string{}, invalid...)})
}

// recall is 撤回应用消息.
func recall(c *call) answer {
	var in struct {
		MsgID string `json:"msgid"`
	}
	if code := c.decode(&in); code != 0 {
		return c.fail(code)
	}
	found := false
	for _, m := range c.state.Members {
		on := m.in(c.app.AgentID)
		if shown := on.find(in.MsgID); shown != nil && m.Corp == c.app.CorpID && c.at.Sub(shown.At) < recallFor {
			*shown = Shown{Seq: shown.Seq, At: shown.At, From: FromSystem, Type: "recalled", MsgID: in.MsgID}
			found = true
		}
	}
	if !found {
		return c.fail(errArgument)
	}
	c.changed()
	return c.ok(nil)
}

func cutBytes(text string, most int) string {
	for len(text) > most {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

func cutRunes(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
