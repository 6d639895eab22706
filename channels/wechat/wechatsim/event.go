package wechatsim

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// event is what one callback tells ("接收普通消息", "接收事件推送"). It is data, so
// that a snapshot can hold the ones not yet delivered.
type event struct {
	AppID  string    `json:"app_id"`
	OpenID string    `json:"open_id"`
	Name   string    `json:"name"` // text, image, …, or the Event: subscribe, CLICK, …
	Type   string    `json:"type"` // MsgType
	At     time.Time `json:"at"`   // CreateTime; zero: when first delivered
	Fields []field   `json:"fields"`
	Dedupe string    `json:"dedupe"` // MsgId, or a receipt's MsgID
	// Heard is true for what a candidate did: its reply, or the notice of its
	// failure, is shown on their phone.
	Heard bool `json:"heard"`
	// Faulted is true once faults have been applied, so that a callback held
	// back or delayed is not held back for ever.
	Faulted bool `json:"faulted"`
}

type field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Bare  bool   `json:"bare"` // written without CDATA, as numbers are
}

// event starts an event push: MsgType event with that Event.
func (a *account) event(openID, name string) *event {
	ev := &event{AppID: a.console().AppID, OpenID: openID, Name: name, Type: "event"}
	return ev.add("Event", name)
}

// message starts a candidate's message of that MsgType.
func (a *account) message(openID, msgType string) *event {
	return &event{AppID: a.console().AppID, OpenID: openID, Name: msgType, Type: msgType, Heard: true}
}

// add appends a field; those the documentation shows without CDATA (ids and
// lengths) go without.
func (ev *event) add(name, value string) *event {
	bare := false
	switch name {
	case "MsgId", "MsgID", "FileTotalLen", "bizmsgmenuid":
		bare = true
	}
	ev.Fields = append(ev.Fields, field{name, value, bare})
	return ev
}

// ident gives a message its MsgId, the last field of most messages.
func (ev *event) ident(id int64) *event {
	ev.Dedupe = fmt.Sprint(id)
	return ev.add("MsgId", ev.Dedupe)
}

// xml writes the event the way the platform does: fields in the order of the
// documentation, strings in CDATA. In compat mode sealed is appended.
func (ev *event) xml(original, sealed string) []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	element(&b, "ToUserName", original, false)
	element(&b, "FromUserName", ev.OpenID, false)
	element(&b, "CreateTime", fmt.Sprint(ev.At.Unix()), true)
	element(&b, "MsgType", ev.Type, false)
	for _, f := range ev.Fields {
		element(&b, f.Name, f.Value, f.Bare)
	}
	if sealed != "" {
		element(&b, "Encrypt", sealed, false)
	}
	b.WriteString("</xml>")
	return b.Bytes()
}

// envelope is the body of a callback in secure mode.
func envelope(original, sealed string) []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	element(&b, "ToUserName", original, false)
	element(&b, "Encrypt", sealed, false)
	b.WriteString("</xml>")
	return b.Bytes()
}

func element(b *bytes.Buffer, name, value string, bare bool) {
	fmt.Fprintf(b, "<%s>", name)
	if bare {
		xml.EscapeText(b, []byte(value))
	} else {
		b.WriteString("<![CDATA[")
		b.WriteString(strings.ReplaceAll(strings.Map(allowedInXML, value), "]]>", "]]]]><![CDATA[>"))
		b.WriteString("]]>")
	}
	fmt.Fprintf(b, "</%s>\n", name)
}

// allowedInXML drops the characters no XML document may hold.
func allowedInXML(r rune) rune {
	if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
		return -1
	}
	return r
}
