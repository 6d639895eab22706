package bulk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"jiebao/conversations"
)

// Row is what a deed would come to in one conversation.
type Row struct {
	Conversation string
	Branch       string
	Name         string // "" for a follower nobody has recognised
	EHR          string
	Position     string
	Owner        conversations.Owner // who has it now

	Skip  Skip
	Until time.Time // of AtNight: when the night is over
	Sends []Send    // what the candidate would be sent
	// Counted says that the account counts what it is given in words; Left is
	// what it takes before the first of Sends.
	Counted bool
	Left    int

	seen time.Time // when the conversation was updated last
	done bool      // it was done before
	seal string    // of what it would come to
}

// Send is one message as the candidate would read it.
type Send struct {
	Account  string
	Medium   conversations.Medium
	Text     string
	Choices  []conversations.Choice
	Template *conversations.TemplateContent
	Parts    int   // billed messages; 0 where nobody knows, or nothing is billed
	Cost     int64 // in thousandths of a yuan
	Paused   bool  // the account cannot send now: it leaves once it can

	message string // its id
}

// Skip is why a conversation is left out; "" if it is not.
type Skip string

// Why.
const (
	Missing     Skip = "missing"     // it is not there any more, or outside what the agent may do
	Unknown     Skip = "unknown"     // nobody has recognised the follower
	OptedOut    Skip = "opted_out"   // they want no messages
	Owned       Skip = "owned"       // a colleague looks after them
	NotAwaited  Skip = "not_awaited" // the bank waits for nothing of theirs
	Reminded    Skip = "reminded"    // within the last hour
	AtNight     Skip = "at_night"    // it is an hour in which candidates are left alone
	Unreachable Skip = "unreachable" // the reply window is closed, and no template opens it
	NoTemplate  Skip = "no_template" // none of that purpose can be sent to them now
	Unfit       Skip = "unfit"       // the template does not take the candidate's data
	Refused     Skip = "refused"     // the account would not take the message
	Same        Skip = "same"        // it is so already
	NotTheirs   Skip = "not_theirs"  // the colleague may not work with candidates of the branch
	Changed     Skip = "changed"     // it would come to something else than what was shown
)

// Skips are all of them, in the order in which they are told.
func Skips() []Skip {
	return []Skip{OptedOut, AtNight, Unreachable, NoTemplate, NotAwaited, Reminded, Owned, Unfit, Refused, Unknown, NotTheirs, Same, Missing, Changed}
}

// sealed is what must stay as it was shown.
type sealed struct {
	Skip     Skip
	Sends    []words
	From     string // who has it, for Assign
	Messages int64  // of the conversation, for what a new one must stop
}

type words struct {
	Account, Text string
	Choices       []conversations.Choice
	Template      *conversations.TemplateContent
}

// sign seals the row.
func (r *Row) sign(d Deed, c *conversations.Conversation) {
	s := sealed{Skip: r.Skip}
	if d.Kind == Assign {
		s.From = string(c.Owner.Kind) + " " + c.Owner.Agent
	} else {
		s.Messages = c.Messages
	}
	for _, m := range r.Sends {
		s.Sends = append(s.Sends, words{m.Account, m.Text, m.Choices, m.Template})
	}
	r.seal = digest(s)
}

// digest is a short name of what v says.
func digest(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // which seals nothing: it is not done
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}
