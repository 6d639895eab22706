package conversations

import (
	"strconv"
	"strings"
	"time"
)

// EventType names what the EHR is told.
type EventType string

// The events. What each means, and when it is told, stands in the catalogue.
const (
	EventMessageReceived       EventType = "message.received"
	EventMessageDispatched     EventType = "message.dispatched"
	EventMessageDelivered      EventType = "message.delivered"
	EventMessageRead           EventType = "message.read"
	EventMessageFailed         EventType = "message.failed"
	EventMessageUnknown        EventType = "message.unknown"
	EventMessageScheduled      EventType = "message.scheduled"
	EventMessageCancelled      EventType = "message.cancelled"
	EventNotificationSent      EventType = "notification.sent"
	EventNotificationDelivered EventType = "notification.delivered"
	EventNotificationRead      EventType = "notification.read"
	EventNotificationFailed    EventType = "notification.failed"
	EventNotificationUnknown   EventType = "notification.unknown"
	EventNotificationCancelled EventType = "notification.cancelled"
	EventCallRequested         EventType = "call.requested"
	EventCallMade              EventType = "call.made"
	EventCallCancelled         EventType = "call.cancelled"
	EventReminderSent          EventType = "reminder.sent"
	EventStartDateConfirmed    EventType = "start_date.confirmed"
	EventScheduleRequested     EventType = "schedule_change.requested"
	EventScheduleDecided       EventType = "schedule_change.decided"
	EventOfferDeclined         EventType = "offer.declined"
	EventOfferChanged          EventType = "offer.changed"
	EventOfferWithdrawn        EventType = "offer.withdrawn"
	EventDocumentReceived      EventType = "document.received"
	EventDocumentRefused       EventType = "document.refused"
	EventDocumentFiled         EventType = "document.filed"
	EventDocumentReviewed      EventType = "document.reviewed"
	EventChecklistChanged      EventType = "checklist.changed"
	EventChecklistCompleted    EventType = "checklist.completed"
	EventQuestionAsked         EventType = "question.asked"
	EventQuestionAnswered      EventType = "question.answered"
	EventHandoffStarted        EventType = "handoff.started"
	EventHandoffAssigned       EventType = "handoff.assigned"
	EventHandoffEnded          EventType = "handoff.ended"
	EventConversationClosed    EventType = "conversation.closed"
	EventConversationReopened  EventType = "conversation.reopened"
	EventChannelBound          EventType = "channel.bound"
	EventChannelLost           EventType = "channel.lost"
	EventChannelRegained       EventType = "channel.regained"
	EventPreferenceChanged     EventType = "preference.changed"
	EventPageLocked            EventType = "page.locked"
	EventConsentWithdrawn      EventType = "consent.withdrawn"
	EventConsentGiven          EventType = "consent.given"
	EventConflictFound         EventType = "reconciliation.conflict"
	EventConflictSettled       EventType = "reconciliation.resolved"
)

// Version is that of the type's data. It is raised by every change that a
// receiver written for the version before could stumble over; optional fields
// may come without. The catalogue keeps every version's schema.
func (t EventType) Version() int {
	return 1 // of every type so far
}

// Moves says whether such an event makes what systems knew before out of date.
// What the bank itself wrote, and how that fared, does not.
func (t EventType) Moves() bool {
	switch t {
	case EventMessageDispatched, EventMessageDelivered, EventMessageRead, EventMessageFailed, EventMessageUnknown,
		EventMessageScheduled, EventMessageCancelled, EventNotificationSent, EventNotificationDelivered,
		EventNotificationRead, EventNotificationFailed, EventNotificationUnknown, EventReminderSent,
		EventConversationClosed, EventConversationReopened:
		return false
	}
	return true
}

// Schema names the schema of the type's data.
func (t EventType) Schema() string {
	return "urn:jiebao:event:" + string(t) + ":" + strconv.Itoa(t.Version())
}

// Event is one fact about a candidate. It is written once, by the turn that
// caused it; its id always stands for the same bytes. Sequence numbers start
// at 1 for each candidate and have no gaps.
//
// As JSON it is a CloudEvent (CloudEvents 1.0, structured mode, with the
// extension sequence) which has type, timestamp and data where receivers of
// Standard Webhooks look for them.
type Event struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"`
	Source      string    `json:"source"`  // which Jiebao
	Type        EventType `json:"type"`    // what happened
	Subject     string    `json:"subject"` // the EHR's id of the candidate
	Time        time.Time `json:"time"`    // the same as At
	ContentType string    `json:"datacontenttype"`
	DataSchema  string    `json:"dataschema"`
	Order       string    `json:"sequence"` // Data.Sequence in ten digits, so that text sorts like numbers
	At          time.Time `json:"timestamp"`
	Data        EventData `json:"data"`
}

// DefaultSource names a Jiebao without an address of its own.
const DefaultSource = "urn:jiebao"

// NewEvent puts data in its envelope. Its id is made of the conversation and
// the data's sequence.
func NewEvent(source, conversation string, typ EventType, at time.Time, data EventData) Event {
	if source == "" {
		source = DefaultSource
	}
	return Event{
		SpecVersion: "1.0", ID: EventID(conversation, data.Sequence), Source: source,
		Type: typ, Subject: data.Candidate, Time: at, ContentType: "application/json", DataSchema: typ.Schema(),
		Order: tenDigits(data.Sequence), At: at, Data: data,
	}
}

// tenDigits writes n, which is not negative, with leading zeros.
func tenDigits(n int64) string {
	digits := make([]byte, 0, 20)
	for next := int64(1e9); n < next && next > 1; next /= 10 {
		digits = append(digits, '0')
	}
	return string(strconv.AppendInt(digits, n, 10))
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
