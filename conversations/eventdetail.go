package conversations

import "time"

// EventData is the content of an event: whom it is about, its place in the
// candidate's order, the message it came from, and the detail that belongs
// to its type.
type EventData struct {
	Candidate string        `json:"candidate_id"` // the EHR's id
	Sequence  int64         `json:"sequence"`
	Result    string        `json:"result_id,omitempty"`
	Message   *EventMessage `json:"message,omitempty"`

	Delivery     *DeliveryDetail     `json:"delivery,omitempty"`
	Notification *NotificationDetail `json:"notification,omitempty"`
	Call         *CallDetail         `json:"call,omitempty"`
	Reminder     *ReminderDetail     `json:"reminder,omitempty"`
	StartDate    *StartDateDetail    `json:"start_date,omitempty"`
	Schedule     *ScheduleDetail     `json:"schedule_change,omitempty"`
	Decline      *DeclineDetail      `json:"decline,omitempty"`
	Offer        *OfferDetail        `json:"offer,omitempty"`
	Document     *DocumentDetail     `json:"document,omitempty"`
	Checklist    *ChecklistDetail    `json:"checklist,omitempty"`
	Question     *QuestionDetail     `json:"question,omitempty"`
	Handoff      *HandoffDetail      `json:"handoff,omitempty"`
	Conversation *ConversationDetail `json:"conversation,omitempty"`
	Channel      *ChannelDetail      `json:"channel,omitempty"`
	Preference   *PreferenceDetail   `json:"preference,omitempty"`
	Page         *PageDetail         `json:"page,omitempty"`
	Conflict     *ConflictDetail     `json:"conflict,omitempty"`
}

// EventMessage is the message an event came from. Text is verbatim and is
// given for what the candidate said, and once for what was said to them.
type EventMessage struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"`
	Author  Author    `json:"author"`
	Kind    Kind      `json:"kind"`
	Text    string    `json:"text,omitempty"`
	At      time.Time `json:"at"`
}

// DeliveryDetail tells how a message to the candidate fared that is no
// notification of a result.
type DeliveryDetail struct {
	Account    string    `json:"account,omitempty"` // it went by, which need not be the message's
	Medium     Medium    `json:"medium,omitempty"`
	PlatformID string    `json:"platform_id,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Agent      string    `json:"agent,omitempty"` // who chose the time, or took it back
	At         time.Time `json:"at,omitzero"`     // when it is to leave
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

// ReminderDetail is what a candidate was reminded of.
type ReminderDetail struct {
	Topic Topic  `json:"topic"`
	Times int    `json:"times"`           // how often by now
	Agent string `json:"agent,omitempty"` // who asked for it, if not the policies
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
	Said      string  `json:"said,omitempty"` // the words of the wish; the event's message may be the yes to its being read back
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

// DocumentDetail describes a document. One that was refused before its bytes
// were there has neither type nor size nor hash.
type DocumentDetail struct {
	ID     string        `json:"id,omitempty"`
	Item   string        `json:"item,omitempty"`
	MIME   string        `json:"mime,omitempty"`
	Size   int64         `json:"size,omitempty"`
	SHA256 string        `json:"sha256,omitempty"`
	Scan   string        `json:"scan,omitempty"` // clean, not_scanned or infected
	State  DocumentState `json:"state,omitempty"`
	Reason string        `json:"reason,omitempty"` // why it was refused or rejected
	Agent  string        `json:"agent,omitempty"`  // who reviewed it, or filed it
}

// ChecklistDetail is the checklist as it stands after a change.
type ChecklistDetail struct {
	Complete bool                  `json:"complete"` // nothing is missing
	Items    []ChecklistItemDetail `json:"items"`
}

// ChecklistItemDetail is one line of the checklist.
type ChecklistItemDetail struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	State     ItemState `json:"state"`
	Documents int       `json:"documents"` // that are stored
}

// ItemState is how a line of the checklist stands: as its best document does.
type ItemState string

// The states of a line.
const (
	ItemMissing  ItemState = "missing"
	ItemReceived ItemState = "received"
	ItemAccepted ItemState = "accepted"
)

// QuestionDetail is a question that nobody had answered before and, once there
// is one, HR's answer to it.
type QuestionDetail struct {
	ID      string    `json:"id"`
	Asked   string    `json:"asked"` // the candidate's words
	AskedAt time.Time `json:"asked_at"`
	Answer  string    `json:"answer,omitempty"`
	Agent   string    `json:"agent,omitempty"`
	Article string    `json:"article,omitempty"` // that answers it from now on
}

// HandoffDetail says why a person was asked for, and who took over or
// handed back.
type HandoffDetail struct {
	Reason string `json:"reason,omitempty"`
	Agent  string `json:"agent,omitempty"`
	By     string `json:"by,omitempty"`   // who gave it to the agent, if they did not take it
	From   string `json:"from,omitempty"` // the colleague who had it before
	Epoch  int64  `json:"epoch"`
	// Summary is how things stood, for whoever takes over; for handoff.started.
	Summary *Summary `json:"summary,omitempty"`
}

// ConversationDetail says who closed a conversation, or opened it again.
type ConversationDetail struct {
	Agent string `json:"agent,omitempty"` // none where the candidate's words or a new result did
}

// ChannelDetail is an address of the candidate's.
type ChannelDetail struct {
	Account string `json:"account"`
	ID      string `json:"id"` // the address there: an openid, a number, …
	Medium  Medium `json:"medium,omitempty"`
	By      string `json:"by,omitempty"`     // what proved that it is theirs: scene, code, or an agent's id
	Reason  string `json:"reason,omitempty"` // why it is lost
}

// PreferenceDetail is how the candidate would rather be written to: by which
// channel or in which language, whichever changed.
type PreferenceDetail struct {
	Channel string `json:"channel,omitempty"` // a medium, an account, or AnyChannel
	Locale  Locale `json:"locale,omitempty"`
	By      string `json:"by"` // candidate, or an agent's id
}

// AnyChannel says that the candidate prefers no channel any more.
const AnyChannel = "any"

// PageDetail says how the candidate's own pages were locked.
type PageDetail struct {
	Wrong int       `json:"wrong"` // tries since the last right one
	Until time.Time `json:"until"`
}
