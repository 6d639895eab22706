package conversations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Store applies commands to conversations.
type Store interface {
	// Apply runs one turn. Turns of one conversation run in order; turns of
	// many conversations may share one commit. It returns after the commit.
	Apply(ctx context.Context, to Target, c Command) (Applied, error)
}

// Applied is what a committed turn came to.
type Applied struct {
	Conversation string
	// Duplicate says that the same inbound event, result or reply was
	// applied before and that nothing changed now.
	Duplicate bool
	// Answer is the message to carry in the answer to the callback, or nil.
	// Whoever carries it says so with Carried.
	Answer *Message
	// State is the conversation as committed, to read only; nil when nothing
	// changed.
	State *Conversation
}

// The errors a turn can end with. They change nothing.
var (
	ErrNotFound = errors.New("no such conversation")
	// ErrConflict: the same id was used before for something else.
	ErrConflict = errors.New("the id was used before with another content")
	// ErrStale: what the command is about has changed meanwhile.
	ErrStale = errors.New("it has changed meanwhile; look again and repeat")
	// ErrNoPush: there is nowhere to push documents to.
	ErrNoPush = errors.New("the EHR has no storage of its own that documents are pushed to")
	// ErrLocked: there were too many wrong tries; time or a person helps.
	ErrLocked = errors.New("there were too many wrong tries; try again in an hour")
)

// InvalidError names every field of a command that cannot be accepted.
type InvalidError struct{ Fields []FieldError }

// FieldError is one wrong field: its path in the posted document, such as
// offer.workplace, and what is wrong with it.
type FieldError struct {
	Path    string
	Problem string
}

func (e *InvalidError) Error() string {
	var b strings.Builder
	for i, f := range e.Fields {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %s", f.Path, f.Problem)
	}
	return b.String()
}

// add adds the errors that are not there yet: several accounts may refuse the
// same field for the same reason.
func (e *InvalidError) add(fields ...FieldError) {
	for _, f := range fields {
		if !slices.Contains(e.Fields, f) {
			e.Fields = append(e.Fields, f)
		}
	}
}

// Snapshot is all that a turn may know besides its command.
type Snapshot struct {
	Now          time.Time // in the bank's time zone
	Conversation Conversation
	New          bool      // the conversation does not exist yet; ID and Branch are set
	Knowledge    Knowledge // approved as of now; nil if there is none

	// Queue is how long people of the branch take at the moment.
	Queue Queue

	Condition Condition // of the command

	// For a Receive.
	Scan      Scan
	Follower  *Conversation // the unknown follower's conversation that a binding ends
	Claimants []Claimant    // candidates with a phone number that LookupPhones named

	Seats Seats // taken in the classes that LookupClasses named

	// For a Notify.
	PostedDigest string    // digest of the result stored under the same id, "" if none
	Taken        []Address // those of the result's addresses that belong to another candidate

	// For a Report.
	Message *Message       // the message it is about
	Early   []StatusChange // receipts that came before the platform's id was known
}

// Scan is what the scanned QR code means.
type Scan string

// The outcomes of a scan. A scan that binds is applied to the candidate's
// conversation; the others to the conversation of the address.
const (
	NoScan    Scan = ""
	ScanBinds Scan = "binds"
	ScanStale Scan = "stale" // unknown, used or expired
	ScanTaken Scan = "taken" // valid, but the address belongs to another candidate
)

// Claimant is a candidate whom a follower may claim to be.
type Claimant struct {
	Conversation string
	Name         string
	Phone        string
	Invitation   *Invitation
}

// DedupeKey identifies what must not be applied twice: the platform's event
// or an agent's form. It is "" for commands that may repeat. Stores keep it,
// unique, in Message.Dedupe.
func DedupeKey(to Target, c Command) string {
	switch c := c.(type) {
	case Receive:
		if c.Dedupe != "" {
			return c.Address.Account + "/" + c.Dedupe
		}
	case Reply:
		return formKey("reply", to, c.Key)
	case AnswerQuestion:
		return "answer/" + c.Question
	case Annotate:
		return formKey("remark", to, c.Key)
	case SendTemplate:
		return formKey("template", to, c.Key)
	case Remind:
		return formKey("remind", to, c.Key)
	}
	return ""
}

// formKey identifies one filled-in form, "" for one without a key.
func formKey(what string, to Target, key string) string {
	if key == "" {
		return ""
	}
	return what + "/" + to.Conversation + "/" + key
}

// Changes is what a turn comes to. The Store commits all of it or nothing.
type Changes struct {
	Conversation Conversation
	Messages     []Message
	Statuses     []StatusChange
	Tasks        []Task
	Bind         []Address   // addresses that belong to this conversation from now on
	Contacts     []Address   // and those that may be others' too: what comes in from them is the newest conversation's
	Parted       []Address   // contacts that are this conversation's no more
	Merged       string      // the follower's conversation that ended in this one
	Invite       *Invitation // a new invitation, to be found by its scene
	Spent        string      // scene of the invitation that was used up
	Posted       *Notify     // a result to keep under its id
	Took, Freed  []Seat      // in intake classes; no seat is ever two people's
	Gaps         []Gap       // questions that nothing answered
	Settled      []Settled   // and those that somebody now has
	Answer       *Message    // one of Messages, to ride in the answer to the callback
	Answered     *Answered   // a person's first words to a candidate who waited
	Cancelled    []string    // messages that must not leave any more, if they have not yet
	Withdrawn    bool        // deliveries of the conversation that wait and are nobody's own words must not leave any more
	Unchanged    bool        // nothing is to be written
	Duplicate    bool        // it was applied before; implies Unchanged
}
