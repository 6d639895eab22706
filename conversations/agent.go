package conversations

import (
	"log/slog"
	"time"
)

// Agent is an HR person: who signs in to the inbox, and what they may see.
type Agent struct {
	ID    string
	Name  string
	Scope Scope
	Admin bool // may add and disable agents within the scope and issue sign-in links
	// Disabled agents cannot sign in and have no sessions. They are kept:
	// what they said and did bears their name.
	Disabled bool
}

// LogValue names the agent by id only.
func (a Agent) LogValue() slog.Value { return slog.StringValue(a.ID) }

// BySystemNamed stands before the name of a system of the bank's, such as the
// EHR, where it did what else an agent does.
const BySystemNamed = "api:"

// Session is an agent's signed-in browser. Stores keep only the hash of its
// token.
type Session struct {
	Agent   Agent
	CSRF    string // to be repeated by every form
	Expires time.Time
}

// Changed says that a conversation changed, or what questions are answered
// from. Notices are coalesced: one may stand for many changes.
type Changed struct{ ID, Branch string }

// ChangedKnowledge stands in a notice in a conversation's place when an article
// of the branch changed. It is no conversation's id.
const ChangedKnowledge = "knowledge"

// ChangedAlarms stands there when an account of the branch got into trouble, or
// out of it.
const ChangedAlarms = "alarms"
