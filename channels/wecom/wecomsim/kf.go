package wecomsim

import (
	"encoding/json"
	"regexp"
	"strconv"
	"time"
)

// kf is a Kf at work: its log, which sync_msg reads, and its sessions.
type kf struct {
	Kf       `json:"settings"`
	App      string              `json:"app"` // that may call it
	Log      []entry             `json:"log"`
	Dropped  int                 `json:"dropped"` // entries that are no longer kept
	Sessions map[string]*session `json:"sessions"`
}

// entry is one message or event of the log.
type entry struct {
	At   time.Time       `json:"at"`
	Body json.RawMessage `json:"body"`
}

// session is the account's dealings with one customer.
type session struct {
	screen   `json:"screen"`
	State    int       `json:"state"`
	Servicer string    `json:"servicer,omitempty"`
	Last     time.Time `json:"last"`     // the customer's last message
	Sent     int       `json:"sent"`     // by the account since then
	Welcomed time.Time `json:"welcomed"` // when a welcome code was last given
	Entered  time.Time `json:"entered"`
	Scene    string    `json:"scene,omitempty"`
	Param    string    `json:"scene_param,omitempty"`
	Refuses  int       `json:"refuses,omitempty"` // fail_type of what is sent; 0: none
}

// The states of a session (会话状态).
const (
	StateNew     = 0 // 未处理
	StateBot     = 1 // 由智能助手接待
	StateWaiting = 2 // 待接入池排队中
	StatePerson  = 3 // 由人工接待
	StateEnded   = 4 // 已结束/未开始
)

const (
	window      = 48 * time.Hour
	perWindow   = 5
	logFor      = 3 * 24 * time.Hour // sync_msg: 最近3天内
	pullToken   = 10 * time.Minute
	welcomeFor  = 20 * time.Second
	maxPage     = 1000
	maxMenu     = 10
	maxMenuText = 1024 // bytes
	maxMenuID   = 64
	maxItem     = 128
)

func (k *kf) session(customer string) *session {
	s, ok := k.Sessions[customer]
	if !ok {
		s = &session{State: StateEnded}
		k.Sessions[customer] = s
	}
	return s
}

// append adds to the log and tells the app. The caller holds the lock and
// pushes what is returned.
func (s *Sim) append(k *kf, body map[string]any) prepared {
	now := s.now()
	body["msgid"] = "kfmsg_" + strconv.FormatInt(s.serial(), 10)
	body["send_time"] = now.Unix()
	k.Log = append(k.Log, entry{now, encode(body)})
	for len(k.Log) > 0 && now.Sub(k.Log[0].At) > logFor {
		k.Log = k.Log[1:]
		k.Dropped++
	}
	a := s.state.Apps[k.App]
	token := "ENC" + s.text(44)
	for old, until := range a.Pulls {
		if !now.Before(until) {
			delete(a.Pulls, old)
		}
	}
	a.Pulls[token] = now.Add(pullToken)
	doc := document{name: "kf_msg_or_event", kind: "event"}
	doc.add("Event", doc.name, false)
	doc.add("Token", token, false)
	doc.add("OpenKfId", k.OpenKfID, false)
	doc.head(a.CorpID, now)
	return s.prepare(a, doc)
}

// event adds an event of the system (事件消息).
func (s *Sim) event(k *kf, name string, members map[string]any) prepared {
	members["event_type"], members["open_kfid"] = name, k.OpenKfID
	return s.append(k, map[string]any{"origin": 4, "msgtype": "event", "event": members})
}

// kfOf finds a 微信客服 account that the app may call.
func (c *call) kfOf(id string) (*kf, bool) {
	k, ok := c.state.Kfs[id]
	return k, ok && k.App == appKey(c.app.CorpID, c.app.AgentID)
}

// syncMessages is 读取消息. A cursor is a place in the log of one account.
func syncMessages(c *call) answer {
	var in struct {
		Cursor, Token string
		Limit         int
		OpenKfID      string `json:"open_kfid"`
	}
	if code := c.decode(&in); code != 0 {
		return c.fail(code)
	}
	k, ok := c.kfOf(in.OpenKfID)
	if !ok {
		return c.fail(errKfID)
	}
	if until, known := c.app.Pulls[in.Token]; in.Token != "" && (!known || !c.at.Before(until)) {
		return c.fail(errPullToken)
	}
	place := 0
	if in.Cursor != "" {
		n, err := strconv.Atoi(in.Cursor)
		if err != nil || n < 0 {
			return c.fail(errArgument)
		}
		place = n
	}
	if in.Limit <= 0 || in.Limit > maxPage {
		in.Limit = maxPage
	}
	return c.page(k, place, in.Limit)
}

func (c *call) page(k *kf, place, limit int) answer {
	list := []json.RawMessage{}
	if empty := c.faults.pick(pageModes, func(*fault) bool { return true }); empty.kind != "" {
		return c.ok(map[string]any{"next_cursor": strconv.Itoa(place), "has_more": 1, "msg_list": list})
	}
	place = max(place, k.Dropped)
	for place-k.Dropped < len(k.Log) && len(list) < limit {
		if e := k.Log[place-k.Dropped]; c.at.Sub(e.At) <= logFor {
			list = append(list, e.Body)
		}
		place++
	}
	more := 0
	if place-k.Dropped < len(k.Log) {
		more = 1
	}
	return c.ok(map[string]any{"next_cursor": strconv.Itoa(place), "has_more": more, "msg_list": list})
}

// kfMessage is the body of 发送消息 and 发送欢迎语等事件响应消息.
type kfMessage struct {
	ToUser   string `json:"touser"`
	OpenKfID string `json:"open_kfid"`
	Code     string `json:"code"`
	MsgID    string `json:"msgid"`
	MsgType  string `json:"msgtype"`
	Text     struct{ Content string }
	Image    struct{ Media_ID string }
	File     struct{ Media_ID string }
	MsgMenu  struct {
		Head string `json:"head_content"`
		Tail string `json:"tail_content"`
		List []struct {
			Type  string `json:"type"`
			Click struct {
				ID      string `json:"id"`
				Content string `json:"content"`
			} `json:"click"`
		} `json:"list"`
	} `json:"msgmenu"`
}

var messageID = regexp.MustCompile(`^[0-9a-zA-Z_-]{0,32}$`)

// sendKf is 发送消息.
func sendKf(c *call) answer {
	var m kfMessage
	if code := c.decode(&m); code != 0 {
		return c.fail(code)
	}
	k, ok := c.kfOf(m.OpenKfID)
	if !ok {
		return c.fail(errKfID)
	}
	if _, known := c.state.Customers[m.ToUser]; !known {
		return c.fail(errExternalUser)
	}
	shown, code := c.kfShown(&m)
	if code != 0 {
		return c.fail(code)
	}
	s := k.session(m.ToUser)
	switch {
	case s.State != StateNew && s.State != StateBot:
		return c.fail(errSessionState)
	case c.at.Sub(s.Last) >= window: // which of the two codes it is [?]
		return c.fail(errKfTime)
	case s.Sent >= perWindow:
		return c.fail(errKfCount)
	}
	s.Sent++
	return c.kfDeliver(k, m.ToUser, shown)
}

// kfDeliver shows a message, or, to a customer who refuses, tells the account
// later that it failed (消息发送失败事件).
func (c *call) kfDeliver(k *kf, customer string, shown Shown) answer {
	s := k.session(customer)
	if s.Refuses != 0 {
		shown.Failed = s.Refuses
		c.note = "refused"
		p := c.event(k, "msg_send_fail", map[string]any{"external_userid": customer, "fail_msgid": shown.MsgID, "fail_type": s.Refuses})
		c.after = append(c.after, func() { c.push(p) })
	}
	c.show(&s.screen, shown)
	return c.ok(map[string]any{"msgid": shown.MsgID})
}

// sendOnEvent is 发送欢迎语等事件响应消息: text or menu, once, within 20 seconds.
// What a code that is unknown, old or used is answered with is not documented [?].
func sendOnEvent(c *call) answer {
	var m kfMessage
	if code := c.decode(&m); code != 0 {
		return c.fail(code)
	}
	shown, code := c.kfShown(&m)
	if code != 0 {
		return c.fail(code)
	}
	if m.MsgType != "text" && m.MsgType != "msgmenu" {
		return c.fail(errMessageType)
	}
	w, ok := c.take(m.Code, "welcome")
	if !ok {
		return c.fail(errArgument)
	}
	return c.kfDeliver(c.state.Kfs[w.Kf], w.User, shown)
}

// kfShown is the message as a customer sees it, or the code that refuses it.
func (c *call) kfShown(m *kfMessage) (Shown, int) {
	shown := Shown{From: FromAccount, Type: m.MsgType, MsgID: m.MsgID}
	if !messageID.MatchString(m.MsgID) {
		return shown, errArgument
	}
	if m.MsgID == "" {
		shown.MsgID = "auto_" + strconv.FormatInt(c.serial(), 10)
	}
	switch m.MsgType {
	case "text":
		shown.Text = m.Text.Content
		if shown.Text == "" {
			return shown, errEmptyText
		}
		if len(shown.Text) > maxText {
			return shown, errTooLong
		}
	case "image", "file":
		shown.MediaID = m.Image.Media_ID + m.File.Media_ID
		if _, ok := c.mediaOf(shown.MediaID, m.MsgType); !ok {
			return shown, errMediaID
		}
	case "msgmenu":
		return menuShown(m, shown)
	default:
		return shown, errMessageType
	}
	return shown, 0
}

func menuShown(m *kfMessage, shown Shown) (Shown, int) {
	shown.Type, shown.Text = "menu", m.MsgMenu.Head
	if len(m.MsgMenu.Head) > maxMenuText || len(m.MsgMenu.Tail) > maxMenuText {
		return shown, errTooLong
	}
	if len(m.MsgMenu.List) > maxMenu {
		return shown, errMenuItems
	}
	for _, item := range m.MsgMenu.List {
		if item.Type != "click" {
			return shown, errMenuType
		}
		if len(item.Click.ID) > maxMenuID || item.Click.Content == "" || len(item.Click.Content) > maxItem {
			return shown, errArgument
		}
		shown.Choices = append(shown.Choices, Choice{item.Click.ID, item.Click.Content})
	}
	return shown, 0
}
