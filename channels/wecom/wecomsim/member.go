package wecomsim

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// member is a person of the company.
type member struct {
	Corp   string          `json:"corp"`
	UserID string          `json:"userid"`
	Name   string          `json:"name"`
	Hidden bool            `json:"hidden"` // outside every app's 可见范围
	Apps   map[int64]*chat `json:"apps"`
}

// chat is a member's view of one app.
type chat struct {
	screen `json:"screen"`
	Sent   []time.Time `json:"sent"` // by the app, in the last minute
}

func (m *member) in(agentID int64) *chat {
	c, ok := m.Apps[agentID]
	if !ok {
		c = &chat{}
		m.Apps[agentID] = c
	}
	return c
}

func memberKey(corpID, userID string) string { return corpID + "/" + userID }

// Member is a handle on one member's phone. Its actions post the callbacks that
// WeCom would and return when those are answered or given up.
type Member struct {
	sim  *Sim
	corp string
	id   string
}

// AddMember gives a company a member, who sees all of its apps.
func (s *Sim) AddMember(corpID, userID, name string) (*Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := memberKey(corpID, userID)
	if _, taken := s.state.Members[key]; taken || userID == "" {
		return nil, fmt.Errorf("adding a member: the userid is taken or empty")
	}
	s.state.Members[key] = &member{Corp: corpID, UserID: userID, Name: name, Apps: map[int64]*chat{}}
	return &Member{s, corpID, userID}, nil
}

// Member finds a member.
func (s *Sim) Member(corpID, userID string) (*Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.state.Members[memberKey(corpID, userID)]; !ok {
		return nil, fmt.Errorf("finding a member: %w", errNoSuch)
	}
	return &Member{s, corpID, userID}, nil
}

// UserID is the member's id.
func (m *Member) UserID() string { return m.id }

// Screen returns what the member sees in an app, oldest first.
func (m *Member) Screen(agentID int64) []Shown {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	return m.state().in(agentID).view()
}

// state is the member. The caller holds the lock.
func (m *Member) state() *member { return m.sim.state.Members[memberKey(m.corp, m.id)] }

// Hide takes the member out of the apps' 可见范围, or back into it.
func (m *Member) Hide(on bool) {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	m.state().Hidden = on
}

// act shows what the member did and posts the callback.
func (m *Member) act(agentID int64, own *Shown, doc document) (Exchange, error) {
	s := m.sim
	s.mu.Lock()
	a, ok := s.state.Apps[appKey(m.corp, agentID)]
	if !ok {
		s.mu.Unlock()
		return Exchange{}, fmt.Errorf("app %d: %w", agentID, errNoSuch)
	}
	if own != nil {
		own.From = FromPerson
		s.show(&m.state().in(agentID).screen, *own)
	}
	doc.user = m.id
	doc.head(m.corp, s.now())
	doc.add("AgentID", strconv.FormatInt(agentID, 10), true)
	p := s.prepare(a, doc)
	s.mu.Unlock()
	x := s.post(p)
	return x, nil
}

// message posts one of the kinds of 接收消息格式.
func (m *Member) message(agentID int64, own Shown, kind string, fields ...string) (Exchange, error) {
	doc := document{name: kind, kind: kind}
	for i := 0; i < len(fields); i += 2 {
		doc.add(fields[i], fields[i+1], false)
	}
	m.sim.mu.Lock()
	doc.add("MsgId", strconv.FormatInt(7_000_000_000_000_000_000+m.sim.serial(), 10), true)
	m.sim.mu.Unlock()
	own.Type = kind
	return m.act(agentID, &own, doc)
}

// Say sends a text (接收消息格式: 文本消息).
func (m *Member) Say(agentID int64, text string) (Exchange, error) {
	return m.message(agentID, Shown{Text: text}, "text", "Content", text)
}

// SendMedia sends an image, voice, video or file (接收消息格式). A file is told
// like the others [?].
func (m *Member) SendMedia(agentID int64, kind, name string, data []byte) (Exchange, error) {
	m.sim.mu.Lock()
	id := m.sim.keepMedia(m.corp, kind, name, data)
	m.sim.mu.Unlock()
	fields := []string{"MediaId", id}
	switch kind {
	case "image":
		fields = append(fields, "PicUrl", "http://wecomsim.invalid/"+id)
	case "voice":
		fields = append(fields, "Format", "amr")
	case "video":
		fields = append(fields, "ThumbMediaId", id)
	case "file":
		fields = append(fields, "FileName", name)
	default:
		return Exchange{}, errors.New("sending media: want image, voice, video or file")
	}
	return m.message(agentID, Shown{Text: name, MediaID: id}, kind, fields...)
}

// SendLocation sends a place (接收消息格式: 位置消息).
func (m *Member) SendLocation(agentID int64, latitude, longitude, label string) (Exchange, error) {
	return m.message(agentID, Shown{Text: label}, "location", "Location_X", latitude, "Location_Y", longitude, "Scale", "15", "Label", label)
}

// Event posts an event of 事件格式 that has no more than a key: subscribe,
// unsubscribe, enter_agent, click, view.
func (m *Member) Event(agentID int64, name, key string) (Exchange, error) {
	doc := document{name: name, kind: "event"}
	doc.add("Event", name, false)
	doc.add("EventKey", key, false)
	return m.act(agentID, &Shown{Type: "event", Text: name}, doc)
}

// Tap taps a button of the newest card that has it, by its key or its text
// (事件格式: 模板卡片事件推送).
func (m *Member) Tap(agentID int64, choice string) (Exchange, error) {
	s := m.sim
	s.mu.Lock()
	card, button, ok := m.state().in(agentID).tappable(choice)
	a := s.state.Apps[appKey(m.corp, agentID)]
	if !ok || a == nil {
		s.mu.Unlock()
		return Exchange{}, errors.New("tapping: no card has that button, or it was tapped already")
	}
	doc := document{name: "template_card_event", kind: "event", card: card.MsgID}
	doc.add("Event", doc.name, false)
	doc.add("EventKey", button.ID, false)
	doc.add("TaskId", card.TaskID, false)
	doc.add("CardType", "button_interaction", false)
	doc.add("ResponseCode", s.codeFor(a, newCode{use: "card", user: m.id, msgID: card.MsgID, life: cardLife}), false)
	s.mu.Unlock()
	return m.act(agentID, nil, doc)
}

// Login returns a code that an app exchanges for the member's id, as after
// 网页授权登录. It works once, for five minutes.
func (m *Member) Login(agentID int64) (string, error) {
	m.sim.mu.Lock()
	defer m.sim.mu.Unlock()
	a, ok := m.sim.state.Apps[appKey(m.corp, agentID)]
	if !ok {
		return "", fmt.Errorf("signing in: app %d: %w", agentID, errNoSuch)
	}
	return m.sim.codeFor(a, newCode{use: "login", user: m.id, life: loginLife}), nil
}
