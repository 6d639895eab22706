package conversations

import "time"

// InboxView is one way of looking at the inbox: which conversations are
// listed, and in which order. A conversation that is snoozed is in no view
// but ViewSnoozed until its time has come, and one that is closed is in none
// but ViewClosed; words that are searched for are found in all of them.
type InboxView string

// The views. Unless they say otherwise those who wait for a person come
// first, longest first, and then the rest, the latest first.
const (
	ViewAll        InboxView = ""
	ViewMine       InboxView = "mine"       // owned by the agent who asks
	ViewUnassigned InboxView = "unassigned" // in the queue, nobody's
	ViewWaiting    InboxView = "waiting"    // the candidate waits for a person
	ViewExpiring   InboxView = "expiring"   // the offer's reply-by, or the reply window of a candidate who waits, ends today; soonest first
	ViewRequests   InboxView = "requests"   // a schedule request, a claim of identity or a disagreement with another system waits for HR
	ViewDocuments  InboxView = "documents"  // documents wait to be looked at
	ViewFailed     InboxView = "failed"     // the latest delivery failed, or nobody knows what became of it
	ViewOverdue    InboxView = "overdue"    // the reply-by passed without an answer; the latest deadline first
	ViewUnread     InboxView = "unread"
	ViewCalls      InboxView = "calls"   // somebody is to telephone the candidate
	ViewSnoozed    InboxView = "snoozed" // soonest back first
	ViewClosed     InboxView = "closed"
)

// InboxViews are all views, in the order in which people are offered them.
func InboxViews() []InboxView {
	return []InboxView{
		ViewAll, ViewMine, ViewUnassigned, ViewWaiting, ViewExpiring, ViewOverdue, ViewRequests, ViewDocuments,
		ViewFailed, ViewCalls, ViewUnread, ViewSnoozed, ViewClosed,
	}
}

// InboxQuery asks for one page of the list. What a filter leaves "" may be
// anything.
type InboxQuery struct {
	Scope Scope     `json:"-"`
	Agent string    `json:"-"` // who asks
	View  InboxView `json:"view,omitempty"`

	Branch   string `json:"branch,omitempty"`   // and those below it
	Position string `json:"position,omitempty"` // the title
	Intake   string `json:"intake,omitempty"`   // the class that the candidate has a seat in
	Channel  string `json:"channel,omitempty"`  // the platform that words leave by
	Answer   string `json:"answer,omitempty"`   // as Answer.String writes it
	Owner    string `json:"owner,omitempty"`    // OwnerBot, OwnerQueue, or as ByAgent writes it

	// Search is part of a name, the EHR's id, the last digits of a phone
	// number, four at least, or words that somebody wrote: two characters of
	// Chinese at least. Of several words, all have to be there. With it, the
	// conversations that people are found in come first, and then those with
	// the words, the latest words first.
	Search string `json:"search,omitempty"`

	DayEnds time.Time `json:"-"` // the end of today, where the agent is
	Cursor  string    `json:"-"` // from the previous page
	Limit   int       `json:"-"` // 0 means 50
}

// Owners that are not agents, in InboxQuery.
const (
	OwnerBot   = "bot"
	OwnerQueue = "queue"
)

// InboxPage is one page of the list and the cursor of the next, "" at the end.
type InboxPage struct {
	Rows   []InboxRow
	Next   string
	Counts InboxCounts
}

// InboxCounts counts the conversations behind each view, within the scope.
// Nothing is counted further than CountsTo.
type InboxCounts map[InboxView]int

// CountsTo stands in counts for itself and everything above it.
const CountsTo = 1000

// InboxRow is a conversation in the list.
type InboxRow struct {
	ID        string
	Branch    string
	Name      string // "" for a follower nobody has recognised
	EHR       string
	Position  string
	Intake    string // the class that they have a seat in
	Answer    Answer
	Owner     Owner
	Unread    int
	Waiting   time.Time // zero if nobody waits
	Updated   time.Time
	Last      string
	LastBy    Author
	LastBack  bool      // taken back before they left; Last is empty
	LastLater time.Time // when Last leaves, if its agent chose a time that is to come
	Call      *CallDue  // HR is to telephone them
	Action    bool      // a schedule request, a disagreement or a claim waits for HR
	Documents int       // that wait to be looked at
	Failed    *Failure  // the latest delivery did not arrive
	ReplyBy   time.Time // by when an answer to the offer is expected; zero if there is one, or no such time
	Snoozed   time.Time // zero if not
	Closed    time.Time // zero if not

	Account      string    // where words would go, or "" if the candidate cannot be reached
	Left         int       // free-form messages that may be sent there, of an account that counts them
	WindowCloses time.Time // until when; zero where no window is open, or none is needed

	Hit *Hit // what was searched for, if it is not the candidate's name or number
}

// Hit is the latest message of a conversation with the words that were
// searched for.
type Hit struct {
	Message int64 // its number
	Author  Author
	At      time.Time
	Snippet string // with the words in it, on one line, shortened
}

// Facets are what the conversations of a scope can be told apart by.
type Facets struct {
	Branches, Positions, Intakes []string
	Channels                     []string // platforms
}

// SavedView is an agent's own way of looking at the inbox. Of its query only
// what is asked for counts, not who asks.
type SavedView struct {
	ID    string
	Agent string
	Name  string
	Query InboxQuery
}

// Expects is by when an answer of the candidate's to the offer is expected,
// zero if none is or there is no such time.
func (c *Conversation) Expects() time.Time {
	app := c.Application()
	if app == nil || app.Answer != Open && app.Answer != Countered {
		return time.Time{}
	}
	return app.Offer.ReplyBy
}

// ToReview is how many documents wait for HR to look at them.
func (c *Conversation) ToReview() (n int) {
	app := c.Application()
	if app == nil {
		return 0
	}
	for _, item := range app.Checklist {
		for _, d := range item.Documents {
			if d.State == DocumentReceived {
				n++
			}
		}
	}
	return n
}

// Intake is the class that the candidate has a seat in, "" for none.
func (c *Conversation) Intake() string {
	app := c.Application()
	if app == nil || len(app.Seats) == 0 {
		return ""
	}
	if class := app.classOn(app.StartDate); class != "" {
		return class
	}
	return app.Seats[0].Class
}

// NeedsDecision says whether a schedule request, a disagreement with another
// system or a complete claim of identity waits for HR.
func (c *Conversation) NeedsDecision() bool {
	if c.OpenConflict() != nil {
		return true
	}
	if app := c.Application(); app != nil && app.Request != nil && app.Request.Verdict == Pending {
		return true
	}
	return !c.Candidate.Known() && c.Claim != nil && c.Claim.Name != "" && c.Claim.Phone != ""
}

// Row is the conversation in the list, at now.
func (c *Conversation) Row(now time.Time, describe Describe) InboxRow {
	row := InboxRow{
		ID: c.ID, Branch: c.Branch, Name: c.Candidate.Name, EHR: c.Candidate.ID, Intake: c.Intake(),
		Owner: c.Owner, Unread: c.Unread, Waiting: c.Waiting, Updated: c.Updated, Last: c.Last, LastBy: c.LastBy, LastBack: c.LastBack,
		Call: c.Call, Action: c.NeedsDecision(), Documents: c.ToReview(), Failed: c.Failed, ReplyBy: c.Expects(),
		Snoozed: c.Snoozed, Closed: c.Closed,
	}
	for _, s := range c.Scheduled {
		if s.Message == c.MessageID(c.LastN) {
			row.LastLater = s.At
		}
	}
	if app := c.Application(); app != nil {
		row.Position, row.Answer = app.Position.Title, app.Answer
	}
	if r := c.Road(now, describe); r != nil {
		row.Account = r.Address.Account
		if d, _ := describe(row.Account); !d.Free {
			row.Left, row.WindowCloses = r.Quota(now)
		}
	}
	return row
}
