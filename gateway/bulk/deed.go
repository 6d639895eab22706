// Package bulk does one thing to many conversations: it gives them to a
// colleague, reminds, sends a template, puts them off or closes them.
//
// What would come of it is looked at first, by the very turns that will do it
// (conversations.Engine.Turn on what Store.Look says), so that what HR is shown
// and what is done cannot differ: who gets what, by which account, at which
// cost, and who is left out and why. Confirming takes the seal of what was
// shown; if that is not how things stand any more nothing is done. From then on
// the work goes on in the background, a few at a time, on whichever node, and
// survives a restart. Each conversation is looked at once more, and one that
// would come to something else by now is left out. Nobody gets anything twice.
//
// Imports: the standard library, conversations and conversations/clock.
package bulk

import (
	"time"

	"jiebao/conversations"
)

// Kind is what is done.
type Kind string

// The kinds.
const (
	Assign   Kind = "assign"
	Remind   Kind = "remind"
	Template Kind = "template"
	Snooze   Kind = "snooze"
	Close    Kind = "close"
)

// Kinds are all of them, in the order in which they are offered.
func Kinds() []Kind { return []Kind{Assign, Remind, Template, Snooze, Close} }

// Deed is what is done, by whom. What a kind does not need is zero.
type Deed struct {
	Kind    Kind      `json:"kind"`
	Agent   string    `json:"agent"`             // who does it
	To      string    `json:"to,omitempty"`      // the agent who gets them, for Assign
	Purpose string    `json:"purpose,omitempty"` // of the template
	Until   time.Time `json:"until,omitzero"`    // for Snooze
	// Owned says that it is done also to what colleagues look after, which is
	// left out otherwise. Assign never leaves that out.
	Owned bool `json:"owned,omitempty"`
}

// Ready says whether all is chosen that it takes.
func (d Deed) Ready() bool {
	switch d.Kind {
	case Assign:
		return d.To != ""
	case Template:
		return d.Purpose != ""
	case Snooze:
		return !d.Until.IsZero()
	}
	return true
}

// Sends says whether candidates are written to.
func (d Deed) Sends() bool { return d.Kind == Remind || d.Kind == Template }

// Command is what each conversation is told.
func (d Deed) Command() conversations.Command {
	switch d.Kind {
	case Assign:
		c := conversations.Assign{Agent: d.To}
		if d.To != d.Agent {
			c.By = d.Agent
		}
		return c
	case Remind:
		return conversations.Remind{Agent: d.Agent}
	case Template:
		return conversations.SendTemplate{Agent: d.Agent, Purpose: d.Purpose}
	case Snooze:
		return conversations.Snooze{Agent: d.Agent, Until: d.Until}
	}
	return conversations.Close{Agent: d.Agent}
}
