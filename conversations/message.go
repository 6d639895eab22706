package conversations

import (
	"log/slog"
	"time"
)

// Kind is what a message consists of.
type Kind string

// The kinds. Note is a line of the record ("followed the account") that
// nobody wrote and nobody is sent. Remark is what an agent wrote for colleagues.
const (
	Text     Kind = "text"
	Image    Kind = "image"
	Voice    Kind = "voice"
	Video    Kind = "video"
	File     Kind = "file"
	Location Kind = "location"
	Menu     Kind = "menu"     // text with tappable choices
	Template Kind = "template" // a platform template
	Note     Kind = "note"
	Remark   Kind = "remark"
)

// Internal says that such messages stay among HR: they are neither the
// candidate's to see nor any other system's.
func (k Kind) Internal() bool { return k == Note || k == Remark }

// Author is who wrote a message: the candidate, the bot, the program itself
// or, by id, an agent.
type Author string

// The authors that are not agents.
const (
	ByCandidate Author = "candidate"
	ByBot       Author = "bot"
	BySystem    Author = "system"
)

// ByAgent is the author that stands for an agent.
func ByAgent(id string) Author { return Author("agent:" + id) }

// Agent returns the agent's id, or "" when a is somebody else.
func (a Author) Agent() string {
	if len(a) > 6 && a[:6] == "agent:" {
		return string(a[6:])
	}
	return ""
}

// Message is one entry of a conversation. Messages are numbered from 1
// within their conversation and never change, but for their status.
type Message struct {
	ID           string           `json:"id"`
	Conversation string           `json:"conversation"`
	N            int64            `json:"n"`
	Author       Author           `json:"author"`
	Kind         Kind             `json:"kind"`
	Address      Address          `json:"address,omitzero"`
	Text         string           `json:"text,omitempty"` // verbatim
	Choices      []Choice         `json:"choices,omitempty"`
	Template     *TemplateContent `json:"template,omitempty"`
	Document     string           `json:"document,omitempty"`
	At           time.Time        `json:"at"`
	Status       Status           `json:"status,omitempty"`
	Reason       string           `json:"reason,omitempty"` // of a failure: a Reason and the platform's code
	PlatformID   string           `json:"platform_id,omitempty"`
	Dedupe       string           `json:"dedupe,omitempty"` // inbound: the platform's identity of the event
	Answer       string           `json:"answer,omitempty"` // inbound: id of the message that rides in the callback's answer
}

// CalledOff says that the message was called off before it left: nobody is to read
// it but HR.
func (m Message) CalledOff() bool { return m.Status == Failed && m.Reason == string(Cancelled) }

// LogValue keeps the words out of logs.
func (m Message) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", m.ID), slog.String("kind", string(m.Kind)), slog.String("status", m.Status.String()))
}

// Choice is one tappable answer. Typing its text, or its number in the list,
// means the same as tapping it.
type Choice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// TemplateContent is a platform template filled in: which one, by purpose
// (each account maps purposes to the platform's ids), and its fields.
type TemplateContent struct {
	Purpose string          `json:"purpose"`
	Title   string          `json:"title,omitempty"` // the subject, where messages have one
	Fields  []TemplateField `json:"fields"`
	URL     string          `json:"url,omitempty"`
}

// TemplateField is one named value of a template.
type TemplateField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Status is how far an outgoing message has come. Statuses are ranked and
// appended: a later report of a lower rank never takes a message back.
type Status int

// The statuses in rank order. Failed ranks above Sent because platforms
// report failures after they accept; Delivered above Failed because arrival
// is proof.
const (
	NoStatus  Status = 0
	Queued    Status = 10
	Unknown   Status = 20 // the request left, no answer came
	Sent      Status = 30 // the platform accepted it
	Failed    Status = 40
	Delivered Status = 50
	Read      Status = 60
)

// String returns the status's name, "" for NoStatus.
func (s Status) String() string {
	switch s {
	case Queued:
		return "queued"
	case Unknown:
		return "unknown"
	case Sent:
		return "sent"
	case Failed:
		return "failed"
	case Delivered:
		return "delivered"
	case Read:
		return "read"
	}
	return ""
}

// StatusChange is one line of a message's append-only history.
type StatusChange struct {
	Message    string
	Status     Status
	At         time.Time
	Reason     string // of a failure
	PlatformID string // the platform's id of the message, when it told one
}
