package conversations

import (
	"strconv"
	"strings"
	"time"
)

// EventType names what the EHR is told.
type EventType string

// The events.
const (
	EventMessageReceived       EventType = "message.received"
	EventNotificationSent      EventType = "notification.sent"
	EventNotificationDelivered EventType = "notification.delivered"
	EventNotificationRead      EventType = "notification.read"
	EventNotificationFailed    EventType = "notification.failed"
	EventNotificationCancelled EventType = "notification.cancelled"
	EventCallRequested         EventType = "call.requested"
	EventCallMade              EventType = "call.made"
	EventStartDateConfirmed    EventType = "start_date.confirmed"
	EventScheduleRequested     EventType = "schedule_change.requested"
	EventScheduleDecided       EventType = "schedule_change.decided"
	EventOfferDeclined         EventType = "offer.declined"
	EventOfferChanged          EventType = "offer.changed"
	EventOfferWithdrawn        EventType = "offer.withdrawn"
	EventDocumentReceived      EventType = "document.received"
	EventDocumentRefused       EventType = "document.refused"
	EventQuestionAnswered      EventType = "question.answered"
	EventHandoffStarted        EventType = "handoff.started"
	EventHandoffEnded          EventType = "handoff.ended"
	EventConsentWithdrawn      EventType = "consent.withdrawn"
	EventConsentGiven          EventType = "consent.given"
)

// Event is one fact told to the EHR. Sequence numbers start at 1 for each
// candidate and have no gaps; an id always stands for the same content.
type Event struct {
	ID   string    `json:"-"`
	Type EventType `json:"type"`
	At   time.Time `json:"timestamp"`
	Data EventData `json:"data"`
}

// EventID is the id of a conversation's event: the one with that sequence
// number.
func EventID(conversation string, sequence int64) string {
	return "evt_" + conversation + "_" + strconv.FormatInt(sequence, 10)
}

// ParseEventID takes an event's id apart, and says whether it is one.
func ParseEventID(id string) (conversation string, sequence int64, ok bool) {
	rest, ok := strings.CutPrefix(id, "evt_")
	i := strings.LastIndexByte(rest, '_')
	if !ok || i <= 0 {
		return "", 0, false
	}
	sequence, err := strconv.ParseInt(rest[i+1:], 10, 64)
	return rest[:i], sequence, err == nil && sequence > 0
}

// EventData is the content of an event: whom it is about, its place in the
// candidate's order, the message it came from, and the detail that belongs
// to its type.
type EventData struct {
	Candidate string        `json:"candidate_id"` // the EHR's id
	Sequence  int64         `json:"sequence"`
	Result    string        `json:"result_id,omitempty"`
	Message   *EventMessage `json:"message,omitempty"`

	Notification *NotificationDetail `json:"notification,omitempty"`
	Call         *CallDetail         `json:"call,omitempty"`
	StartDate    *StartDateDetail    `json:"start_date,omitempty"`
	Schedule     *ScheduleDetail     `json:"schedule_change,omitempty"`
	Decline      *DeclineDetail      `json:"decline,omitempty"`
	Offer        *OfferDetail        `json:"offer,omitempty"`
	Document     *DocumentDetail     `json:"document,omitempty"`
	Question     *QuestionDetail     `json:"question,omitempty"`
	Handoff      *HandoffDetail      `json:"handoff,omitempty"`
}

// EventMessage is the message an event came from. Text is verbatim and is
// given for messages received.
type EventMessage struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"`
	Author  Author    `json:"author"`
	Kind    Kind      `json:"kind"`
	Text    string    `json:"text,omitempty"`
	At      time.Time `json:"at"`
}

// NotificationDetail tells how a notification fared.
type NotificationDetail struct {
	Account    string `json:"account,omitempty"`
	Medium     Medium `json:"medium,omitempty"`
	PlatformID string `json:"platform_id,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Agent      string `json:"agent,omitempty"` // who called it off
}

// CallDetail is a telephone call that HR is asked to make, or made.
type CallDetail struct {
	Reason  string      `json:"reason"`
	Agent   string      `json:"agent,omitempty"`
	Outcome CallOutcome `json:"outcome,omitempty"`
	Note    string      `json:"note,omitempty"`
	Next    time.Time   `json:"next,omitzero"` // when to try again
}

// StartDateDetail is the date both sides agreed on, and by whom on the bank's
// side: the offer, HR or the policies.
type StartDateDetail struct {
	Date    Date     `json:"date"`
	Offered Date     `json:"offered"`
	By      AgreedBy `json:"by"`
	Class   string   `json:"class,omitempty"` // the intake class that starts then
}

// AgreedBy says who agreed to a start date for the bank.
type AgreedBy string

// Who agrees for the bank.
const (
	AgreedByOffer  AgreedBy = "offer"
	AgreedByHR     AgreedBy = "hr"
	AgreedByPolicy AgreedBy = "policy"
)

// ScheduleDetail is a candidate's wish and, once decided, HR's answer.
type ScheduleDetail struct {
	ID        string  `json:"id"`
	Offered   Date    `json:"offered"`
	Requested Date    `json:"requested"`
	Verdict   Verdict `json:"verdict,omitempty"`
	Counter   Date    `json:"counter,omitzero"`
	Agent     string  `json:"agent,omitempty"`
	// Reasons are why HR is asked, for schedule_change.requested.
	Reasons []DateCode `json:"reasons,omitempty"`
}

// DeclineDetail is why the candidate declined, in their own words.
type DeclineDetail struct {
	Reason string `json:"reason,omitempty"`
}

// OfferDetail is what the bank did to an offer.
type OfferDetail struct {
	StartDate Date     `json:"start_date"`            // that is offered now; of a withdrawn one, that held
	Changed   []string `json:"changed,omitempty"`     // the parts that are other now
	Was       Answer   `json:"answer_was,omitempty"`  // the candidate's, until then
	Asks      bool     `json:"asked_again,omitempty"` // the answer is void
	Agent     string   `json:"agent"`
	Note      string   `json:"note,omitempty"` // to the candidate
}

// DocumentDetail describes a document. One that was refused may be known by
// its id and the reason only.
type DocumentDetail struct {
	ID     string `json:"id"`
	Item   string `json:"item,omitempty"`
	MIME   string `json:"mime"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Scan   string `json:"scan,omitempty"`   // clean, not_scanned or infected
	Reason string `json:"reason,omitempty"` // why it was refused, for document.refused
}

// QuestionDetail is a question that nobody had answered before, and HR's
// answer to it.
type QuestionDetail struct {
	ID      string    `json:"id"`
	Asked   string    `json:"asked"` // the candidate's words
	AskedAt time.Time `json:"asked_at"`
	Answer  string    `json:"answer"`
	Agent   string    `json:"agent"`
	Article string    `json:"article,omitempty"` // that answers it from now on
}

// HandoffDetail says why a person was asked for, and who took over or
// handed back.
type HandoffDetail struct {
	Reason string `json:"reason,omitempty"`
	Agent  string `json:"agent,omitempty"`
	By     string `json:"by,omitempty"` // who gave it to the agent, if they did not take it
	Epoch  int64  `json:"epoch"`
	// Summary is how things stood, for whoever takes over; for handoff.started.
	Summary *Summary `json:"summary,omitempty"`
}
