package wecomsim

import (
	"slices"
	"time"
)

// Who a message on a screen comes from.
const (
	FromPerson  = "person"  // whose screen it is
	FromAccount = "account" // the app, or the 微信客服 account
	FromServer  = "server"  // a person of the company who answers in WeCom
	FromSystem  = "system"
)

// Shown is one thing on a screen.
type Shown struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	From    string    `json:"from"`
	Type    string    `json:"type"` // text, markdown, image, file, textcard, card, menu, event, …
	Title   string    `json:"title,omitempty"`
	Text    string    `json:"text,omitempty"`
	URL     string    `json:"url,omitempty"`    // of a textcard
	Button  string    `json:"button,omitempty"` // of a textcard
	Choices []Choice  `json:"choices,omitempty"`
	Chosen  string    `json:"chosen,omitempty"` // on a card, in place of its buttons
	MediaID string    `json:"media_id,omitempty"`
	MsgID   string    `json:"msgid,omitempty"`
	TaskID  string    `json:"task_id,omitempty"`
	Passive bool      `json:"passive,omitempty"` // came as the answer to a callback
	Failed  int       `json:"failed,omitempty"`  // 微信客服: accepted and not shown to the customer
}

// Choice is what can be tapped.
type Choice struct {
	ID   string `json:"id"` // a button's key, a menu's id
	Text string `json:"text"`
}

// screen is what one person was shown in one chat.
type screen struct {
	Messages []*Shown `json:"messages"`
}

// show puts a message on a screen. The caller holds the lock.
func (s *Sim) show(on *screen, m Shown) *Shown {
	m.Seq, m.At = s.serial(), s.now()
	on.Messages = append(on.Messages, &m)
	if keep := s.opts.History; len(on.Messages) > keep+keep/4 {
		on.Messages = slices.Clone(on.Messages[len(on.Messages)-keep:])
	}
	s.changed()
	return &m
}

// view copies a screen. The caller holds the lock.
func (s *screen) view() []Shown {
	out := make([]Shown, 0, len(s.Messages))
	for _, m := range s.Messages {
		out = append(out, *m)
	}
	return out
}

// tappable finds the newest message with a choice, by its id or its text.
func (s *screen) tappable(choice string) (*Shown, Choice, bool) {
	for _, m := range slices.Backward(s.Messages) {
		for _, c := range m.Choices {
			if (c.ID == choice || c.Text == choice) && m.Chosen == "" {
				return m, c, true
			}
		}
	}
	return nil, Choice{}, false
}

func (s *screen) find(msgID string) *Shown {
	for _, m := range s.Messages {
		if m.MsgID == msgID {
			return m
		}
	}
	return nil
}
