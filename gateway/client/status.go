package client

import "time"

// ResultStatus is where a result stands.
type ResultStatus struct {
	ID               string           `json:"id"`
	CandidateID      string           `json:"candidate_id"`
	Branch           string           `json:"branch"`
	Current          bool             `json:"current"` // no later result took its place
	Status           string           `json:"status"`  // waiting, queued, sent, delivered, read, failed or unknown
	WaitingFor       *WaitingFor      `json:"waiting_for,omitempty"`
	Reason           string           `json:"reason,omitempty"`
	PostedAt         time.Time        `json:"posted_at"`
	StatusAt         time.Time        `json:"status_at,omitzero"`
	Version          int64            `json:"version"` // for AtVersion
	Answer           string           `json:"answer"`  // open, confirmed, requested, countered, declined or withdrawn
	StartDate        string           `json:"start_date,omitempty"`
	OfferedStartDate string           `json:"offered_start_date"`
	ScheduleRequest  *ScheduleRequest `json:"schedule_request,omitempty"`
	Checklist        []ChecklistItem  `json:"checklist"`
	Binding          Binding          `json:"binding"`
	Plan             *Plan            `json:"plan,omitempty"`
}

// WaitingFor is why a notification has not left.
type WaitingFor struct {
	Reason string `json:"reason"`
	Advice string `json:"advice"` // for HR, in the Language of the options
	Detail string `json:"detail,omitempty"`
}

// ScheduleRequest is a candidate's wish for another start date, and HR's answer.
type ScheduleRequest struct {
	ID          string    `json:"id"` // Jiebao's, for DecideSchedule
	Date        string    `json:"date"`
	Said        string    `json:"said"` // the candidate's words
	RequestedAt time.Time `json:"requested_at"`
	Verdict     string    `json:"verdict"` // pending, approved, refused, countered or superseded
	Counter     string    `json:"counter,omitempty"`
	Note        string    `json:"note,omitempty"`
	Agent       string    `json:"agent,omitempty"`
	DecidedAt   time.Time `json:"decided_at,omitzero"`
}

// ChecklistItem is a required document and the files that came in for it.
type ChecklistItem struct {
	ID      string         `json:"id,omitempty"`
	Name    string         `json:"name,omitempty"`
	Missing bool           `json:"missing"`
	Files   []DocumentFile `json:"files"`
}

// Binding is how a candidate can be reached, and how they can be bound.
type Binding struct {
	Accounts   []BoundAccount `json:"accounts"`
	Invitation *Invitation    `json:"invitation,omitempty"`
}

// BoundAccount is a platform account where the candidate is known.
type BoundAccount struct {
	Account   string    `json:"account"`
	Following bool      `json:"following"`
	BoundBy   string    `json:"bound_by,omitempty"`
	LastIn    time.Time `json:"last_message_at,omitzero"`
}

// Invitation lets one person prove that they are the candidate: its code is for
// the candidate and nobody else.
type Invitation struct {
	State   string    `json:"state"` // usable, used or expired
	QR      string    `json:"qr_url,omitempty"`
	Link    string    `json:"link,omitempty"`
	Code    string    `json:"code,omitempty"`
	Account string    `json:"account,omitempty"`
	Expires time.Time `json:"expires"`
	UsedAt  time.Time `json:"used_at,omitzero"`
	Error   string    `json:"error,omitempty"`
}

// Plan is by which steps a notification leaves, and how far it has come.
type Plan struct {
	Urgency string     `json:"urgency"`
	State   string     `json:"state"`
	EndedAt time.Time  `json:"ended_at,omitzero"`
	Steps   []PlanStep `json:"steps"`
	Next    *NextStep  `json:"next,omitempty"`
	Tries   []PlanTry  `json:"tries"`
}

// PlanStep is one step of a plan.
type PlanStep struct {
	By           string `json:"by"` // chat, push, sms, email, voice or person
	AfterSeconds int64  `json:"after_seconds"`
	Unless       string `json:"unless,omitempty"`
}

// NextStep is the step that is taken next.
type NextStep struct {
	Step int       `json:"step"` // its index in Steps
	By   string    `json:"by"`
	At   time.Time `json:"at,omitzero"`
}

// PlanTry is what became of one step.
type PlanTry struct {
	Step     int       `json:"step"`
	By       string    `json:"by"`
	Account  string    `json:"account,omitempty"`
	Message  string    `json:"message_id,omitempty"`
	At       time.Time `json:"at"`
	Status   string    `json:"status,omitempty"`
	StatusAt time.Time `json:"status_at,omitzero"`
	Reason   string    `json:"reason,omitempty"`
	Skipped  string    `json:"skipped,omitempty"`
}
