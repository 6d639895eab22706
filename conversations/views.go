package conversations

import "time"

// What the inbox and the API read. Every query carries a Scope, and what
// lies outside it does not exist.

// InboxFilter picks conversations for the list.
type InboxFilter string

// The filters.
const (
	InboxAll     InboxFilter = ""
	InboxWaiting InboxFilter = "waiting" // the candidate waits for a person
	InboxMine    InboxFilter = "mine"    // owned by the agent who asks
	InboxUnread  InboxFilter = "unread"
	InboxCalls   InboxFilter = "calls"    // somebody is to telephone the candidate
	InboxRequest InboxFilter = "requests" // a schedule request, a claim of identity or a disagreement with another system waits for HR
)

// InboxQuery asks for one page of the list, those that waited longest first,
// then the latest.
type InboxQuery struct {
	Scope  Scope
	Agent  string
	Filter InboxFilter
	Search string // part of a name, the EHR's id, or a whole phone number
	Cursor string // from the previous page
	Limit  int
}

// InboxPage is one page of the list and the cursor of the next, "" at the end.
type InboxPage struct {
	Rows   []InboxRow
	Next   string
	Counts InboxCounts
}

// InboxCounts counts the conversations behind each filter, within the scope.
type InboxCounts struct{ All, Waiting, Mine, Unread, Requests, Calls int }

// InboxRow is a conversation in the list.
type InboxRow struct {
	ID       string
	Branch   string
	Name     string // "" for a follower nobody has recognised
	EHR      string
	Position string
	Answer   Answer
	Owner    Owner
	Unread   int
	Waiting  time.Time // zero if nobody waits
	Updated  time.Time
	Last     string
	LastBy   Author
	Call     *CallDue // HR is to telephone them
	Action   bool     // a schedule request or a claim waits for HR
	Account  string   // where words would go, or "" if the candidate cannot be reached
}

// MessageView is a message with the history of its statuses.
type MessageView struct {
	Message
	History []StatusChange
}

// ResultView is a posted result as the EHR sees it.
type ResultView struct {
	Result       Result
	Conversation Conversation
	Current      bool // false once a later result of the same candidate took its place
	Application  Application
}

// View returns how the result stands in the conversation it belongs to.
func (r Result) View(c Conversation) ResultView {
	v := ResultView{Result: r, Conversation: c}
	for i, app := range c.Applications {
		if app.ResultID == r.ID {
			v.Application, v.Current = app, i == len(c.Applications)-1
		}
	}
	return v
}
