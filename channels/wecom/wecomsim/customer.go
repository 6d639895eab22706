package wecomsim

import (
	"errors"
	"fmt"
	"net/url"
)

// customer is a person outside the company, in WeChat.
type customer struct {
	Corp    string `json:"corp"`
	Name    string `json:"name"`
	UnionID string `json:"unionid,omitempty"`
}

// Customer is a handle on one customer's phone. Its actions return when the
// callbacks they cause are answered or given up.
type Customer struct {
	sim *Sim
	id  string
}

// AddCustomer gives the platform a person who may write to 微信客服 accounts.
func (s *Sim) AddCustomer(corpID, name string) (*Customer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "wm" + s.text(30)
	s.state.Customers[id] = &customer{Corp: corpID, Name: name, UnionID: "o" + s.text(27)}
	return &Customer{s, id}, nil
}

// Customer finds a customer.
func (s *Sim) Customer(externalUserID string) (*Customer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.state.Customers[externalUserID]; !ok {
		return nil, fmt.Errorf("finding a customer: %w", errNoSuch)
	}
	return &Customer{s, externalUserID}, nil
}

// ExternalUserID is the customer's id.
func (c *Customer) ExternalUserID() string { return c.id }

// Screen returns what the customer sees of a 微信客服 account, oldest first;
// messages that failed are not on it.
func (c *Customer) Screen(openKfID string) []Shown {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	k, ok := c.sim.state.Kfs[openKfID]
	if !ok {
		return nil
	}
	var out []Shown
	for _, m := range k.session(c.id).view() {
		if m.Failed == 0 {
			out = append(out, m)
		}
	}
	return out
}

// State is the state of the customer's session with an account, and how many
// messages it may still be sent.
func (c *Customer) State(openKfID string) (state, left int) {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	k, ok := c.sim.state.Kfs[openKfID]
	if !ok {
		return StateEnded, 0
	}
	s := k.session(c.id)
	if c.sim.now().Sub(s.Last) < window {
		left = perWindow - s.Sent
	}
	return s.State, left
}

// Enter opens the chat by a link of add_contact_way, with what was added to it.
// A welcome code comes with it to who was neither welcomed nor wrote within 48
// hours (用户进入会话事件: welcome_code).
func (c *Customer) Enter(address string) (Exchange, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Exchange{}, fmt.Errorf("opening a chat: %w", err)
	}
	q := u.Query()
	s := c.sim
	s.mu.Lock()
	l, ok := s.state.Links[q.Get("enc_scene")]
	if !ok {
		s.mu.Unlock()
		return Exchange{}, errors.New("opening a chat: the link is none of the platform's")
	}
	k := s.state.Kfs[l.Kf]
	in, now := k.session(c.id), s.now()
	in.Entered, in.Scene, in.Param = now, l.Scene, q.Get("scene_param")
	members := map[string]any{"external_userid": c.id, "scene": l.Scene, "scene_param": in.Param}
	if now.Sub(in.Welcomed) >= window && now.Sub(in.Last) >= window {
		in.Welcomed = now
		members["welcome_code"] = s.codeFor(s.state.Apps[k.App], newCode{use: "welcome", user: c.id, kf: k.OpenKfID, life: welcomeFor})
	}
	p := s.event(k, "enter_session", members)
	s.mu.Unlock()
	return s.post(p), nil
}

// send puts a message of the customer into the log and tells the account.
func (c *Customer) send(openKfID string, own Shown, kind string, content map[string]any) (Exchange, error) {
	s := c.sim
	s.mu.Lock()
	k, ok := s.state.Kfs[openKfID]
	if !ok {
		s.mu.Unlock()
		return Exchange{}, fmt.Errorf("writing to 微信客服: %w", errNoSuch)
	}
	in := k.session(c.id)
	in.Last, in.Sent = s.now(), 0
	if in.State == StateEnded {
		in.State, in.Servicer = StateNew, ""
	}
	own.From, own.Type = FromPerson, kind
	s.show(&in.screen, own)
	p := s.append(k, map[string]any{"origin": 3, "open_kfid": openKfID, "external_userid": c.id, "msgtype": kind, kind: content})
	s.mu.Unlock()
	return s.post(p), nil
}

// Say sends a text.
func (c *Customer) Say(openKfID, text string) (Exchange, error) {
	return c.send(openKfID, Shown{Text: text}, "text", map[string]any{"content": text})
}

// Tap taps a choice of the newest menu that has it, by its id or its text.
func (c *Customer) Tap(openKfID, choice string) (Exchange, error) {
	s := c.sim
	s.mu.Lock()
	k, ok := s.state.Kfs[openKfID]
	var tapped Choice
	if ok {
		_, tapped, ok = k.session(c.id).tappable(choice)
	}
	s.mu.Unlock()
	if !ok {
		return Exchange{}, errors.New("tapping: no menu on the screen has that choice")
	}
	return c.send(openKfID, Shown{Text: tapped.Text}, "text", map[string]any{"content": tapped.Text, "menu_id": tapped.ID})
}

// SendMedia sends an image, voice, video or file.
func (c *Customer) SendMedia(openKfID, kind, name string, data []byte) (Exchange, error) {
	if _, ok := mediaRules[kind]; !ok {
		return Exchange{}, errors.New("sending media: want image, voice, video or file")
	}
	c.sim.mu.Lock()
	id := c.sim.keepMedia(c.sim.state.Customers[c.id].Corp, kind, name, data)
	c.sim.mu.Unlock()
	return c.send(openKfID, Shown{Text: name, MediaID: id}, kind, map[string]any{"media_id": id})
}

// SendLocation sends a place.
func (c *Customer) SendLocation(openKfID string, latitude, longitude float64, name, address string) (Exchange, error) {
	return c.send(openKfID, Shown{Text: name}, "location", map[string]any{"latitude": latitude, "longitude": longitude, "name": name, "address": address})
}

// SendLink sends a link.
func (c *Customer) SendLink(openKfID, title, desc, address string) (Exchange, error) {
	return c.send(openKfID, Shown{Text: title, URL: address}, "link", map[string]any{"title": title, "desc": desc, "url": address, "pic_url": ""})
}

// SendOther sends a message of a kind that is rarely met, such as
// business_card.
func (c *Customer) SendOther(openKfID, kind string) (Exchange, error) {
	return c.send(openKfID, Shown{}, kind, map[string]any{})
}

// Refuse lets what the account sends fail after it was accepted, with a
// fail_type (消息发送失败事件); 0 ends it.
func (c *Customer) Refuse(openKfID string, failType int) {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	if k, ok := c.sim.state.Kfs[openKfID]; ok {
		k.session(c.id).Refuses = failType
	}
}

// TakeOver has a person of the company take the session (会话状态变更事件:
// change_type 1).
func (c *Customer) TakeOver(openKfID, servicer string) (Exchange, error) {
	return c.change(openKfID, StatePerson, servicer, map[string]any{"change_type": 1, "new_servicer_userid": servicer})
}

// Queue puts the session into 待接入池, as 接待规则 may.
func (c *Customer) Queue(openKfID string) {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	if k, ok := c.sim.state.Kfs[openKfID]; ok {
		k.session(c.id).State = StateWaiting
	}
}

// End has the person end the session (change_type 3).
func (c *Customer) End(openKfID string) (Exchange, error) {
	return c.change(openKfID, StateEnded, "", map[string]any{"change_type": 3})
}

func (c *Customer) change(openKfID string, state int, servicer string, members map[string]any) (Exchange, error) {
	s := c.sim
	s.mu.Lock()
	k, ok := s.state.Kfs[openKfID]
	if !ok {
		s.mu.Unlock()
		return Exchange{}, fmt.Errorf("changing a session: %w", errNoSuch)
	}
	in := k.session(c.id)
	if in.Servicer != "" {
		members["old_servicer_userid"] = in.Servicer
	}
	in.State, in.Servicer = state, servicer
	members["external_userid"] = c.id
	p := s.event(k, "session_status_change", members)
	s.mu.Unlock()
	return s.post(p), nil
}

// Answer has the person who took the session write to the customer, from WeCom.
func (c *Customer) Answer(openKfID, text string) (Exchange, error) {
	s := c.sim
	s.mu.Lock()
	k, ok := s.state.Kfs[openKfID]
	if !ok || k.session(c.id).State != StatePerson {
		s.mu.Unlock()
		return Exchange{}, errors.New("answering: nobody has taken the session")
	}
	in := k.session(c.id)
	s.show(&in.screen, Shown{From: FromServer, Type: "text", Text: text})
	p := s.append(k, map[string]any{
		"origin": 5, "open_kfid": openKfID, "external_userid": c.id, "servicer_userid": in.Servicer,
		"msgtype": "text", "text": map[string]any{"content": text},
	})
	s.mu.Unlock()
	return s.post(p), nil
}

// PutEntry puts an entry into an account's log as it is, for what the other
// actions do not do, and tells the account.
func (s *Sim) PutEntry(openKfID, body string) (Exchange, error) {
	s.mu.Lock()
	k, ok := s.state.Kfs[openKfID]
	if !ok {
		s.mu.Unlock()
		return Exchange{}, fmt.Errorf("putting into the log: %w", errNoSuch)
	}
	p := s.append(k, map[string]any{})
	k.Log[len(k.Log)-1].Body = []byte(body)
	s.mu.Unlock()
	return s.post(p), nil
}
