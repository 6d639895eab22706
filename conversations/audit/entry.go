package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Entry is one thing that somebody did.
type Entry struct {
	// ID is random, which also keeps the digest of an entry from telling what
	// is in it. Stores set it where it is empty, and At where that is zero.
	ID string
	At time.Time // to the millisecond
	// Actor is an agent's id, "api:" and the name of a system's key, or "" for
	// somebody whom nobody knows, such as who fails to sign in.
	Actor   string
	Role    string // the agent's, at that time
	Action  Action
	Subject Subject // what it was done to
	Branch  string  // that it concerns; "" for all
	Detail  Detail
}

// LogValue keeps to what was done to what.
func (e Entry) LogValue() slog.Value {
	return slog.GroupValue(slog.String("action", string(e.Action)), slog.String("actor", e.Actor), slog.String("subject", string(e.Subject)))
}

// Detail says more about an action: ids, numbers and the values of settings
// under names such as "item". Values that are empty are left out.
type Detail map[string]string

// Recorder keeps entries. They are kept once it returns.
type Recorder interface {
	Record(ctx context.Context, entries ...Entry) error
}

// Subject is what something was done to: its kind and its id.
type Subject string

// The kinds of subjects.
const (
	OfConversation = "conversation"
	OfAgent        = "agent"
	OfEndpoint     = "endpoint"
	OfArticle      = "article"
	OfQuestion     = "question"
	OfAlarm        = "alarm"
	OfReport       = "report"
	OfDocument     = "document"
	OfCandidate    = "candidate" // by the EHR's id
	OfDevice       = "device"
	OfCanned       = "canned" // a reply that is kept ready
	OfBulk         = "bulk"   // one thing done to many conversations
	OfLog          = "log"    // the audit log itself
)

// Of names a subject.
func Of(kind, id string) Subject { return Subject(kind + "/" + id) }

// Conversation names a conversation.
func Conversation(id string) Subject { return Of(OfConversation, id) }

// Split returns the subject's kind and id.
func (s Subject) Split() (kind, id string) {
	kind, id, _ = strings.Cut(string(s), "/")
	return kind, id
}

// Text is the entry as it is hashed and kept: JSON by the canonical scheme of
// RFC 8785, with its names sorted and nothing empty in it.
func (e Entry) Text() string {
	var b bytes.Buffer
	b.WriteByte('{')
	field := func(name, value string) {
		if value == "" {
			return
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		writeString(&b, name)
		b.WriteByte(':')
		b.WriteString(value)
	}
	field("action", quoted(string(e.Action)))
	field("actor", quoted(e.Actor))
	field("at", fmt.Sprint(e.At.UnixMilli()))
	field("branch", quoted(e.Branch))
	field("detail", e.Detail.text())
	field("id", quoted(e.ID))
	field("role", quoted(e.Role))
	field("subject", quoted(string(e.Subject)))
	b.WriteByte('}')
	return b.String()
}

// ErrEntry says that a text is no entry as they are written.
var ErrEntry = errors.New("it is no entry of the audit log as they are written")

// ParseEntry reads what Text wrote. Any other text, also one that says the
// same in another way, is ErrEntry.
func ParseEntry(text string) (Entry, error) {
	var is struct {
		Action  Action  `json:"action"`
		Actor   string  `json:"actor"`
		At      int64   `json:"at"`
		Branch  string  `json:"branch"`
		Detail  Detail  `json:"detail"`
		ID      string  `json:"id"`
		Role    string  `json:"role"`
		Subject Subject `json:"subject"`
	}
	if err := json.Unmarshal([]byte(text), &is); err != nil {
		return Entry{}, ErrEntry
	}
	e := Entry{
		ID: is.ID, At: time.UnixMilli(is.At), Actor: is.Actor, Role: is.Role,
		Action: is.Action, Subject: is.Subject, Branch: is.Branch, Detail: is.Detail,
	}
	if e.Text() != text {
		return Entry{}, ErrEntry
	}
	return e, nil
}
