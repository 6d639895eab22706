package sqlstore

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jiebao/conversations"
)

// messageRef is a message's place: number n of a conversation.
type messageRef struct {
	conversation string
	n            int64
}

// parseMessageID undoes Conversation.MessageID.
func parseMessageID(id string) (messageRef, bool) {
	i := strings.LastIndexByte(id, '-')
	if i < 0 {
		return messageRef{}, false
	}
	n, err := strconv.ParseInt(id[i+1:], 10, 64)
	return messageRef{id[:i], n}, err == nil
}

// storedMessage is a message with what only the store needs to know.
type storedMessage struct {
	conversations.Message
	carried bool  // a callback's answer carried it
	ride    int64 // until when one may
	history []conversations.StatusChange
}

const (
	messageColumns = `m.conversation, m.n, m.dedupe, m.platform, m.status, m.reason, m.answer, m.carried, m.ride, m.history, m.body`
	// A body never changes: one that is kept is not read again.
	findReported = `select m.conversation, m.n, m.dedupe, m.platform, m.status, m.reason, m.answer, m.carried, m.ride, m.history,
		case when r.kept = 1 then '' else m.body end
		from rows(conversation text, n bigint, kept bigint), messages m where m.conversation = r.conversation and m.n = r.n`
	findMessages = `select ` + messageColumns + ` from rows(conversation text, n bigint), messages m
		where m.conversation = r.conversation and m.n = r.n`
)

// scanMessage reads messageColumns. A body that is empty is one of those kept.
func scanMessage(r row, kept map[messageRef]conversations.Message) (*storedMessage, error) {
	var (
		ref              messageRef
		m                storedMessage
		dedupe, platform string
		reason, answer   string
		status           conversations.Status
		carried          int64
		history          string
		body             []byte
	)
	err := r.Scan(&ref.conversation, &ref.n, &dedupe, &platform, &status, &reason, &answer, &carried, &m.ride, &history, &body)
	if err != nil {
		return nil, err
	}
	if len(body) == 0 {
		m.Message = kept[ref]
	} else if err := json.Unmarshal(body, &m.Message); err != nil {
		return nil, fmt.Errorf("reading message %d of conversation %s: %w", ref.n, ref.conversation, err)
	}
	m.Conversation, m.N = ref.conversation, ref.n
	m.Dedupe, m.Status, m.Reason, m.Answer = dedupe, status, reason, answer
	_, m.PlatformID, _ = strings.Cut(platform, "/")
	m.carried = carried == 1
	if m.history, err = parseHistory(m.ID, history); err != nil {
		return nil, err
	}
	return &m, nil
}

// Columns of insertMessages.
const (
	columnRide = 7
	columnBody = 8
)

// messageRow is a message as a row of insertMessages. The columns that
// change, or are searched by, are not in the body.
func messageRow(m conversations.Message) ([]any, error) {
	platform := ""
	if m.PlatformID != "" {
		platform = platformKey(m.Address.Account, m.PlatformID)
	}
	row := []any{m.Conversation, m.N, m.Dedupe, platform, int64(m.Status), m.Reason, m.Answer, int64(0), ""}
	m.Dedupe, m.PlatformID, m.Status, m.Reason, m.Answer = "", "", 0, "", ""
	body, err := inJSON(m)
	if err != nil {
		return nil, fmt.Errorf("writing message %s: %w", m.ID, err)
	}
	row[columnBody] = body
	return row, nil
}

// historyLine is one status in a message's history, which is a list of them
// with a comma after each.
type historyLine struct {
	Status     conversations.Status `json:"s"`
	At         int64                `json:"t"`
	Reason     string               `json:"r,omitempty"`
	PlatformID string               `json:"p,omitempty"`
}

func historyText(c conversations.StatusChange) string {
	line, err := inJSON(historyLine{c.Status, millis(c.At), c.Reason, c.PlatformID})
	if err != nil {
		panic(err) // numbers and strings can be written
	}
	return line + ","
}

func parseHistory(message, text string) ([]conversations.StatusChange, error) {
	if text == "" {
		return nil, nil
	}
	var lines []historyLine
	if err := json.Unmarshal([]byte("["+strings.TrimSuffix(text, ",")+"]"), &lines); err != nil {
		return nil, fmt.Errorf("reading the history of message %s: %w", message, err)
	}
	out := make([]conversations.StatusChange, len(lines))
	for i, l := range lines {
		out[i] = conversations.StatusChange{Message: message, Status: l.Status, At: fromMillis(l.At), Reason: l.Reason, PlatformID: l.PlatformID}
	}
	return out, nil
}

// bit is how a yes or no is kept.
func bit(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Times are kept as milliseconds since 1970; 0 is no time.

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
