package channeltest

import (
	"net/http"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// Platform is an adapter under test and the far side of it. What a platform
// cannot do is left nil.
type Platform struct {
	Adapter channels.Adapter
	// Callbacks takes the account's callbacks, where they come to another
	// account's address; nil: Adapter. What they ask to pull is pulled from
	// Adapter before they are answered.
	Callbacks channels.Adapter
	Now       func() time.Time
	// To is a candidate to whom the account may write at the moment.
	To conversations.Address

	// TemplatesOnly says that the platform takes no free-form messages.
	TemplatesOnly bool
	// Discreet says that what is shown of a free-form message is that it came,
	// and none of its words.
	Discreet bool

	// Begin has the candidate do what lets the account write to them. What
	// comes of it is forgotten.
	Begin func(t *testing.T)
	// Renew has the candidate do what lets the account write to them for
	// longer; nil where nothing has to be done. What comes of it is ignored.
	Renew func(t *testing.T)
	// Door makes what serves candidates who speak to the account itself, with no
	// platform in between, and tells a store of all that they do; requests to the
	// callbacks' address go there. Such an account takes no callbacks and, as it
	// sends nothing anywhere, knows no failures: Fail, Refuse and Stall are nil.
	Door func(told conversations.Store) http.Handler
	// Say has the candidate send a text and returns when the account has
	// answered the callback.
	Say func(t *testing.T, text string)
	// SayAgain does the same, but the platform posts the callback more than
	// once, as it does when an answer gets lost.
	SayAgain func(t *testing.T, text string)
	// Rides says that a message can ride in the answer to a callback.
	Rides bool
	// Tap has the candidate tap a choice of the newest message that has any.
	Tap func(t *testing.T, choice string)
	// Unsigned says that whoever speaks proves themselves by a secret of the
	// callback's, such as one in its address, and signs nothing of what it says.
	Unsigned bool
	// Forge posts callbacks that the platform did not make. All must be refused.
	Forge map[string]func(t *testing.T, text string)
	// Shown returns what the candidate was shown of the account's messages,
	// oldest first: the text of each, or of a template the first field.
	Shown func() []string

	// Template returns a template message that the platform accepts; its
	// first field says what is shown, or, where templates have no fields, the
	// delivery's text.
	Template func(shown string) *conversations.TemplateContent
	// OnceTemplates and OnceTexts say that the platform takes two templates, or
	// two free-form messages, of the same conversations.Delivery.Message for one.
	OnceTemplates, OnceTexts bool
	// Receipts lets time pass until receipts have arrived.
	Receipts func(t *testing.T)

	// Fail makes the next send fail in some way.
	Fail map[Failure]func(t *testing.T)
	// Refuse makes the platform refuse the next send, by the reason to report.
	Refuse map[conversations.Reason]func(t *testing.T)
	// Stall makes the platform hold the next send until the caller gives up,
	// and closes the channel when it has arrived.
	Stall func(t *testing.T) <-chan struct{}

	// Secrets must not appear in errors or logs.
	Secrets []string
	// Logged returns what the adapter logged.
	Logged func() string
}

// Failure is a way in which a platform fails without refusing.
type Failure string

// The failures, and what Send has to make of them.
const (
	Busy       Failure = "busy"        // an answer of 502: temporary
	Down       Failure = "down"        // nobody listens: temporary
	Garbage    Failure = "garbage"     // it answers what nobody can read: unsure
	Reset      Failure = "reset"       // the connection breaks: unsure
	LostAnswer Failure = "lost answer" // it is done, and the connection breaks: unsure
)

func (f Failure) reason() conversations.Reason {
	if f == Busy || f == Down {
		return conversations.Temporary
	}
	return conversations.OutcomeUnsure
}
