package wechatsim

import (
	"context"
	"slices"
	"time"
)

// Who a message on the phone comes from, and by which road it came.
const (
	FromCandidate = "candidate"
	FromAccount   = "account"
	FromSystem    = "system"

	SourceCandidate = "candidate"
	SourcePassive   = "passive"
	SourceCustom    = "custom"
	SourceTemplate  = "template"
	SourceSystem    = "system"
)

// PhoneMessage is one thing a candidate sees.
type PhoneMessage struct {
	Seq         int64     `json:"seq"`
	At          time.Time `json:"at"`
	From        string    `json:"from"`
	Source      string    `json:"source"`
	Type        string    `json:"type"` // text, image, voice, file, msgmenu, news, template, event, notice
	Text        string    `json:"text,omitempty"`
	Tail        string    `json:"tail,omitempty"` // msgmenu: below the choices
	Choices     []Choice  `json:"choices,omitempty"`
	Articles    []Article `json:"articles,omitempty"`
	Title       string    `json:"title,omitempty"`  // template: its title; file: its name
	Fields      []Field   `json:"fields,omitempty"` // template
	URL         string    `json:"url,omitempty"`
	MiniProgram string    `json:"mini_program,omitempty"`
	MediaID     string    `json:"media_id,omitempty"`
	MediaURL    string    `json:"media_url,omitempty"`
	MsgID       int64     `json:"msg_id,omitempty"`
	TemplateID  string    `json:"template_id,omitempty"`
}

// Choice is one tappable line.
type Choice struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// Article is one card of a news message.
type Article struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	PicURL      string `json:"picurl"`
}

// Field is one line of a template message.
type Field struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Value string `json:"value"`
}

// Screen is a phone's whole state, as the phone page draws it.
type Screen struct {
	AppID       string         `json:"app_id"`
	Account     string         `json:"account"`
	OpenID      string         `json:"open_id"`
	Name        string         `json:"name"`
	Now         time.Time      `json:"now"`
	Version     int64          `json:"version"` // grows with every change
	Following   bool           `json:"following"`
	Blocked     bool           `json:"blocked"`
	Blacklisted bool           `json:"blacklisted"`
	Typing      bool           `json:"typing"`
	Credit      int            `json:"credit"` // customer messages the account may send
	CreditUntil time.Time      `json:"credit_until,omitzero"`
	Menu        []Button       `json:"menu"`
	Messages    []PhoneMessage `json:"messages"`
}

// Last returns the newest message from the account, and whether there is one.
func (s Screen) Last() (PhoneMessage, bool) {
	for _, m := range slices.Backward(s.Messages) {
		if m.From == FromAccount {
			return m, true
		}
	}
	return PhoneMessage{}, false
}

// screen holds a phone's messages and wakes those who watch it.
type screen struct {
	messages []PhoneMessage
	seq      int64
	version  int64
	watch    chan struct{} // closed at the next change; nil: nobody watches
}

// changed wakes the watchers. The caller holds the follower's lock.
func (s *screen) changed() {
	s.version++
	if s.watch != nil {
		close(s.watch)
		s.watch = nil
	}
}

// show puts a message on the phone and returns it as it stands there. A screen
// may grow a quarter beyond its limit before it is cut, so that a full one
// does not move every message at each call.
func (f *follower) show(s *Sim, now time.Time, m PhoneMessage) PhoneMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	sc := &f.screen
	sc.seq++
	m.Seq, m.At = sc.seq, now
	sc.messages = append(sc.messages, m)
	if keep := s.opts.PhoneHistory; len(sc.messages) > keep+keep/4 {
		sc.messages = slices.Clone(sc.messages[len(sc.messages)-keep:])
	}
	sc.changed()
	return m
}

// Screen returns what the phone shows now.
func (p *Phone) Screen() Screen {
	con := p.acct.console()
	menu := p.acct.buttons()
	now := p.sim.clock.Now()
	f := p.f
	f.mu.Lock()
	defer f.mu.Unlock()
	left, until := f.state.credits(now)
	msgs := f.screen.messages
	if over := len(msgs) - p.sim.opts.PhoneHistory; over > 0 {
		msgs = msgs[over:]
	}
	return Screen{
		AppID: con.AppID, Account: con.Name, OpenID: f.openID, Name: f.state.Name,
		Now: now, Version: f.screen.version, Following: f.state.Following,
		Blocked: f.state.Blocked, Blacklisted: f.state.Blacklisted,
		Typing: now.Before(f.state.TypingUntil), Credit: left, CreditUntil: until,
		Menu: menu, Messages: append([]PhoneMessage{}, msgs...),
	}
}

// Wait returns the screen as soon as its version is above after, or when ctx
// ends, whichever is first.
func (p *Phone) Wait(ctx context.Context, after int64) Screen {
	for {
		p.f.mu.Lock()
		sc := &p.f.screen
		if sc.version > after || ctx.Err() != nil {
			p.f.mu.Unlock()
			return p.Screen()
		}
		if sc.watch == nil {
			sc.watch = make(chan struct{})
		}
		watch := sc.watch
		p.f.mu.Unlock()
		select {
		case <-watch:
		case <-ctx.Done():
		}
	}
}
