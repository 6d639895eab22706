package conversations

import "time"

// Result is a passed AI interview as the EHR posts it: who, for what, how
// well, and what the bank offers.
type Result struct {
	ID        string    `json:"id"`
	Candidate Candidate `json:"candidate"`
	Branch    string    `json:"branch"`
	Addresses []Address `json:"addresses,omitempty"` // where the EHR already knows the candidate
	Position  Position  `json:"position"`
	Interview Interview `json:"interview"`
	Offer     Offer     `json:"offer"`
	Urgency   Urgency   `json:"urgency,omitempty"`
}

// Position is the job.
type Position struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
}

// Interview is the AI interview's outcome.
type Interview struct {
	Score      float64  `json:"score"` // 0 to 100
	Passed     bool     `json:"passed"`
	Highlights []string `json:"highlights,omitempty"`
}

// Offer is what the candidate is asked to accept.
type Offer struct {
	StartDate    Date               `json:"start_date"`
	ReplyBy      time.Time          `json:"reply_by,omitzero"`
	Workplace    string             `json:"workplace"`
	ContactName  string             `json:"contact_name"`
	ContactPhone string             `json:"contact_phone"`
	Documents    []RequiredDocument `json:"documents,omitempty"`
	// NoticeDays are the days of notice that the candidate owes a present
	// employer; 0 for none.
	NoticeDays int `json:"notice_days,omitempty"`
	// MedicalValidUntil is the last day that the medical report is good for;
	// zero if none is known.
	MedicalValidUntil Date `json:"medical_valid_until,omitzero"`
}

// RequiredDocument is one line of the checklist as the EHR asks for it.
type RequiredDocument struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Answer is where the candidate stands on the offer.
type Answer string

// The answers. Open means that nothing binding was said yet.
const (
	Open      Answer = ""
	Confirmed Answer = "confirmed"
	Requested Answer = "requested" // another start date, waiting for HR
	Countered Answer = "countered" // HR proposed a date, waiting for the candidate
	Declined  Answer = "declined"
	Withdrawn Answer = "withdrawn" // by the bank
)

// Application is one result in the life of a conversation: the offer as it
// stands now, the documents that came in and how the notification fared.
type Application struct {
	ResultID  string           `json:"result_id"`
	Position  Position         `json:"position"`
	Interview Interview        `json:"interview"`
	Offer     Offer            `json:"offer"`
	Answer    Answer           `json:"answer,omitempty"`
	StartDate Date             `json:"start_date,omitzero"` // the agreed date; zero until there is one
	Request   *ScheduleRequest `json:"request,omitempty"`
	Seats     []Seat           `json:"seats,omitempty"` // held in intake classes
	Checklist []ChecklistItem  `json:"checklist,omitempty"`
	Waiting   string           `json:"waiting,omitempty"`  // why the notification has not left; one of the Waiting reasons
	Notice    string           `json:"notice,omitempty"`   // id of the notification's message
	Status    Status           `json:"status,omitempty"`   // of the notification
	Reason    string           `json:"reason,omitempty"`   // why it failed
	Reminded  Reminded         `json:"reminded,omitzero"`  // of what the bank waits for now
	Route     *Route           `json:"route,omitempty"`    // by which the notification reaches the candidate
	Calendar  *CalendarSent    `json:"calendar,omitempty"` // what their calendar was told
	// Kept says that the bank changed an offer that had been agreed on, or
	// that it had proposed a day for: the offered day is promised.
	Kept     bool      `json:"kept,omitempty"`
	At       time.Time `json:"at"`                 // when the result was posted
	StatusAt time.Time `json:"status_at,omitzero"` // when Status last changed
}

// Why a result's notification waits.
const (
	WaitingUnbound    = "unbound"     // no address of the candidate is known
	WaitingUnfollowed = "unfollowed"  // the candidate left the account
	WaitingNoTemplate = "no_template" // no template for position, branch, locale and channel
	WaitingOptedOut   = "opted_out"   // the candidate wants no more messages
	WaitingQuiet      = "quiet_hours" // it is night where the candidate lives
	WaitingClosed     = "closed"      // nothing may be written to them until they write
	WaitingCancelled  = "cancelled"   // it was called off before it left
)

// ScheduleRequest is a candidate's wish for another start date.
type ScheduleRequest struct {
	ID        string    `json:"id"`
	Date      Date      `json:"date"`
	Said      string    `json:"said"`    // the words it was read from
	Message   string    `json:"message"` // and their message
	At        time.Time `json:"at"`
	Verdict   Verdict   `json:"verdict,omitempty"`
	Counter   Date      `json:"counter,omitzero"`
	Note      string    `json:"note,omitempty"` // HR's words to the candidate
	Agent     string    `json:"agent,omitempty"`
	DecidedAt time.Time `json:"decided_at,omitzero"`
}

// Verdict is HR's answer to a schedule request.
type Verdict string

// The verdicts; Pending means that HR has not decided.
const (
	Pending Verdict = ""
	Approve Verdict = "approved"
	Refuse  Verdict = "refused"
	Counter Verdict = "countered"
	// Superseded: the offer was changed or withdrawn meanwhile.
	Superseded Verdict = "superseded"
)

// ChecklistItem is a required document and what came in for it.
type ChecklistItem struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Documents []Document `json:"documents,omitempty"`
}

// Missing says whether nothing usable came in for the item. What is filed under
// none was asked for by nobody, so that nothing of it is missing.
func (i ChecklistItem) Missing() bool {
	if i.ID == "" {
		return false
	}
	for _, d := range i.Documents {
		if d.State != DocumentRejected {
			return false
		}
	}
	return true
}

// Document is one file from a candidate. Its bytes are kept, encrypted, by
// the documents store under the same id.
type Document struct {
	ID      string        `json:"id"`
	Item    string        `json:"item,omitempty"` // the checklist item it is filed under, "" for none
	Message string        `json:"message"`
	State   DocumentState `json:"state"`
	MIME    string        `json:"mime,omitempty"` // as sniffed
	Size    int64         `json:"size,omitempty"` // bytes
	SHA256  string        `json:"sha256,omitempty"`
	Scan    string        `json:"scan,omitempty"`   // what is known of viruses: clean or not_scanned; "" if it is not kept
	Reason  string        `json:"reason,omitempty"` // why it was rejected or is lost
	At      time.Time     `json:"at"`
	// Push is how it gets to the EHR's own storage; nil if nobody asked for that.
	Push *DocumentPush `json:"push,omitempty"`
}

// Why a document is refused, besides what the documents store finds.
const (
	Duplicate = "duplicate" // the same bytes came before
	TooMany   = "too_many"  // the application holds as many files as it may
	Infected  = "infected"  // a virus was found in it; the EHR and HR are told, wherever it came from
)

// DocumentState is how far a document has come.
type DocumentState string

// The states of a document.
const (
	DocumentFetching DocumentState = "fetching" // being downloaded from the platform
	DocumentReceived DocumentState = "received" // stored
	DocumentAccepted DocumentState = "accepted" // HR looked at it
	DocumentRejected DocumentState = "rejected" // HR, or a check, refused it
)
