package conversations

import "time"

// Reconciliation is one comparison of what other systems know with what there
// is to know, and its report.
type Reconciliation struct {
	ID     string
	Kind   ReconciliationKind
	System string // who posted what it believes; "" if all were compared
	Branch string // whose candidates were compared; "" for all
	Dry    bool   // nothing was repaired and no conflict was opened
	By     string // who asked for it, if somebody did

	Asked    time.Time
	Started  time.Time // zero as long as it waits
	Finished time.Time // zero as long as it lasts

	Done       int    // candidates that were looked at so far
	Candidates int    // of so many
	Agree      int    // of which so many agree
	Hash       string // over the digests of all, once all were compared
	// Failed are systems that could not be asked, with why, for engineers.
	Failed []string
}

// Agrees says whether nobody and nothing disagreed.
func (r Reconciliation) Agrees() bool { return r.Agree == r.Candidates && len(r.Failed) == 0 }

// ReconciliationKind is what made it happen.
type ReconciliationKind string

// The kinds.
const (
	ReconcileNightly ReconciliationKind = "nightly"
	ReconcilePosted  ReconciliationKind = "posted" // a system posted what it believes
	ReconcileAsked   ReconciliationKind = "asked"  // somebody wanted to know
)

// Difference is a candidate about whom a system and Jiebao do not agree.
type Difference struct {
	Candidate string       `json:"candidate_id"`
	Branch    string       `json:"branch,omitempty"` // "" of one that Jiebao does not know
	System    string       `json:"system"`           // who does not agree: an endpoint's id, or api: and a key's name
	Verdict   Disagreement `json:"verdict"`
	Theirs    int64        `json:"theirs"`            // the last event they know
	Ours      int64        `json:"ours"`              // the last event there is
	Differs   []string     `json:"differs,omitempty"` // of a conflict: start_date, answer, documents
	Conflict  string       `json:"conflict,omitempty"`
	Repair    Repair       `json:"repair,omitempty"`
	Events    int          `json:"events,omitempty"` // that are told again
	Detail    string       `json:"detail,omitempty"` // for engineers
}

// Disagreement is how a system and Jiebao do not agree.
type Disagreement string

// The disagreements; Agreement is none.
const (
	Agreement     Disagreement = ""
	BehindUs      Disagreement = "behind"       // it lacks events
	AheadOfUs     Disagreement = "ahead"        // it knows an event that never was
	UnknownToUs   Disagreement = "unknown"      // Jiebao has no such candidate
	UnknownToThem Disagreement = "missing"      // the system does not know the candidate
	InConflict    Disagreement = "conflict"     // both changed the same thing
	NotTaken      Disagreement = "not_taken"    // an endpoint does not take what it is told
	GivenUp       Disagreement = "dead_letters" // an endpoint lacks what it did not take for too long
)

// Repair is what is done about a difference, or would be.
type Repair string

// The repairs; none is "".
const (
	RepairReplay Repair = "replay" // events are told again
	RepairByHR   Repair = "hr"     // HR decides
)
