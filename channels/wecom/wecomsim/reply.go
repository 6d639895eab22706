package wecomsim

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"jiebao/channels/wechat/simseal"
)

// envelope is the outside of a passive reply, in either format.
type envelope struct {
	XMLName   xml.Name `xml:"xml" json:"-"`
	Encrypt   string   `xml:"Encrypt" json:"encrypt"`
	Signature string   `xml:"MsgSignature" json:"msgsignature"`
	Timestamp string   `xml:"TimeStamp" json:"timestamp"`
	Nonce     string   `xml:"Nonce" json:"nonce"`
}

// passive is what is sealed in it (被动回复消息格式).
type passive struct {
	XMLName      xml.Name `xml:"xml" json:"-"`
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Content      string
	Button       struct{ ReplaceName string }
}

// replied judges the body of a callback's answer. Nothing to show is nil: an
// empty body, or "success".
func (p prepared) replied(body []byte) (*passive, error) {
	if text := strings.TrimSpace(string(body)); text == "" || text == "success" {
		return nil, nil
	}
	read := xml.Unmarshal
	if p.app.Format == JSON {
		read = json.Unmarshal
	}
	var e envelope
	if err := read(body, &e); err != nil || e.Encrypt == "" {
		return nil, errors.New("the reply is not a sealed document in the format of the callback")
	}
	if !simseal.SignedBy(e.Signature, p.app.Token, e.Timestamp, e.Nonce, e.Encrypt) {
		return nil, errors.New("the reply's signature is wrong")
	}
	plain, err := p.keys.Open(e.Encrypt, p.app.CorpID)
	if err != nil {
		return nil, err
	}
	var r passive
	if err := read(plain, &r); err != nil {
		return nil, fmt.Errorf("reading the reply: %w", err)
	}
	return &r, p.judge(r)
}

func (p prepared) judge(r passive) error {
	switch {
	case p.doc.user == "" || r.ToUserName != p.doc.user || r.FromUserName != p.app.CorpID || r.CreateTime == 0:
		return errors.New("the reply's ToUserName and FromUserName are not the message's, swapped, or it has no CreateTime")
	case r.MsgType == "text" && p.doc.card == "":
		if r.Content == "" || len(r.Content) > maxText {
			return fmt.Errorf("the reply's text has %d bytes", len(r.Content))
		}
	case r.MsgType == "update_button" && p.doc.card != "":
		if r.Button.ReplaceName == "" {
			return errors.New("the reply does not say what the button shows")
		}
	default:
		return fmt.Errorf("a reply of type %q does not answer %s", r.MsgType, p.doc.name)
	}
	return nil
}

// showReply shows a good reply: a text below, or on the card that was tapped.
func (s *Sim) showReply(p prepared, r passive) *Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.state.Members[memberKey(p.app.CorpID, p.doc.user)]
	if !ok {
		return nil
	}
	on := m.in(p.app.AgentID)
	shown := on.find(p.doc.card)
	if p.doc.card == "" {
		shown = s.show(&on.screen, Shown{From: FromAccount, Type: "text", Text: r.Content, Passive: true})
	} else if shown != nil {
		shown.Chosen = r.Button.ReplaceName
		s.changed()
	}
	if shown == nil {
		return nil
	}
	copied := *shown
	return &copied
}
