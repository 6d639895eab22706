package conversations

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Conversation is everything Jiebao and one candidate have between them,
// over all channels, but for the messages themselves. It is loaded and
// stored whole; stores keep it as one JSON document beside the columns they
// search by.
type Conversation struct {
	ID        string    `json:"id"`
	Branch    string    `json:"branch"`
	Candidate Candidate `json:"candidate,omitzero"`
	Created   time.Time `json:"created"`
	Updated   time.Time `json:"updated"`

	Reaches      []Reach       `json:"reaches,omitempty"`
	Applications []Application `json:"applications,omitempty"` // oldest first; the last is the current one
	Invitation   *Invitation   `json:"invitation,omitempty"`
	Claim        *Claim        `json:"claim,omitempty"`       // who an unknown follower says they are
	MergedInto   string        `json:"merged_into,omitempty"` // a follower's conversation, once bound

	Entry *Entry `json:"entry,omitempty"` // wrong tries to open the candidate's pages
	// Relinked is when somebody last asked for a new link to the pages.
	Relinked time.Time `json:"relinked,omitzero"`

	// Questions are those that nothing answered and nobody has yet.
	Questions []OpenQuestion `json:"questions,omitempty"`

	// Recordings are the voice messages as they were spoken, oldest first.
	Recordings []Recording `json:"recordings,omitempty"`

	Spoken Locale    `json:"spoken,omitempty"` // the language the candidate chose by speaking it
	OptOut time.Time `json:"opt_out,omitzero"` // since when the candidate wants no more messages; zero if they do
	Owner  Owner     `json:"owner"`
	Held   []Held    `json:"held,omitempty"` // messages waiting for the reply window to open
	// Scheduled are agents' words that leave later, soonest first.
	Scheduled []Scheduled `json:"scheduled,omitempty"`
	Preferred *Preference `json:"preferred,omitempty"`
	Call      *CallDue    `json:"call,omitempty"` // HR is to telephone the candidate
	// Recalls are the replies that may still be taken back.
	Recalls []Recall `json:"recalls,omitempty"`
	// Snoozed is until when HR looks away; zero if they do not.
	Snoozed time.Time `json:"snoozed,omitzero"`
	// Closed is since when HR is done with the conversation; zero if they are not.
	Closed time.Time `json:"closed,omitzero"`
	// Failed is the latest delivery, if it did not arrive; nil if it did, or may yet.
	Failed  *Failure  `json:"failed,omitempty"`
	Tick    time.Time `json:"tick,omitzero"`    // when to look next whether to remind the candidate
	Nudged  bool      `json:"nudged,omitempty"` // a template told the candidate that words wait here
	Nudge   time.Time `json:"nudge,omitzero"`   // when to tell them, in the morning
	Memory  Memory    `json:"memory,omitempty"`
	Puzzle  *Puzzle   `json:"puzzle,omitempty"` // what a model is being asked about
	Unread  int       `json:"unread,omitempty"` // candidate messages no agent has seen
	Waiting time.Time `json:"waiting,omitzero"` // since when the candidate waits for a person; zero if not
	Last    string    `json:"last,omitempty"`   // the latest words, shortened, for the list
	LastBy  Author    `json:"last_by,omitempty"`
	LastN   int64     `json:"last_n,omitempty"` // the number of their message
	// LastBack says that the latest words were taken back before they left. Last
	// is empty then.
	LastBack bool `json:"last_back,omitempty"`

	// Conflicts are the disagreements with other systems, the last of each.
	Conflicts []Conflict `json:"conflicts,omitempty"`

	// Done are the commands of other systems that were done lately.
	Done []Done `json:"done,omitempty"`

	Messages  int64 `json:"messages"`  // number of the last message
	Events    int64 `json:"events"`    // sequence of the last event
	Moved     int64 `json:"moved"`     // and of the last that moved something
	Documents int64 `json:"documents"` // number of the last document
	Requests  int64 `json:"requests"`  // number of the last schedule request
}

// Memory is the dialogue's own state, opaque to everybody else.
type Memory = json.RawMessage

// Owner is who may speak to the candidate. Every change of hands raises the
// epoch, and whoever spoke in an earlier epoch has to stop.
type Owner struct {
	Kind   OwnerKind `json:"kind"`
	Agent  string    `json:"agent,omitempty"`
	Epoch  int64     `json:"epoch"`
	Reason string    `json:"reason,omitempty"` // why a person was asked for
	Since  time.Time `json:"since,omitzero"`
	// Summary is for the person who takes over, and stays until they hand back.
	Summary *Summary  `json:"summary,omitempty"`
	Said    string    `json:"said,omitempty"` // the candidate's words that led to it, shortened
	Told    time.Time `json:"told,omitzero"`  // when the candidate in the queue was last told to wait
}

// OwnerKind tells bot, queue and agent apart.
type OwnerKind string

// Queue means that a person was asked for and none has taken over yet: the
// bot says so, again now and then if the candidate writes, and nothing else.
const (
	OwnedByBot   OwnerKind = ""
	OwnedByQueue OwnerKind = "queue"
	OwnedByAgent OwnerKind = "agent"
)

// Held is a message that is sent when the candidate opens the reply window
// again by writing.
type Held struct {
	Message string   `json:"message"`
	Author  Author   `json:"author,omitempty"`
	Text    string   `json:"text"`
	Choices []Choice `json:"choices,omitempty"`
}

// Invitation lets one person prove that they are the candidate: by scanning
// a QR code with a random scene, or by typing a code the bank gave them.
// Either works once.
type Invitation struct {
	Scene   string    `json:"scene"`
	Code    string    `json:"code"`
	Account string    `json:"account"`
	Expires time.Time `json:"expires"`
	QR      string    `json:"qr,omitempty"`    // address of the QR code's picture
	Link    string    `json:"link,omitempty"`  // what the QR code says
	Error   string    `json:"error,omitempty"` // why there is no QR code yet
	UsedAt  time.Time `json:"used_at,omitzero"`
}

// Usable says whether the invitation still binds at now.
func (i *Invitation) Usable(now time.Time) bool {
	return i != nil && i.UsedAt.IsZero() && now.Before(i.Expires)
}

// Claim is who an unknown follower says they are, waiting for proof.
type Claim struct {
	Name  string    `json:"name,omitempty"`
	Phone string    `json:"phone,omitempty"`
	Match string    `json:"match,omitempty"` // the one conversation that fits; never told to the follower
	Tries int       `json:"tries,omitempty"`
	At    time.Time `json:"at"`
}

// Application returns the current application, or nil for a follower nobody
// has recognised.
func (c *Conversation) Application() *Application {
	if len(c.Applications) == 0 {
		return nil
	}
	return &c.Applications[len(c.Applications)-1]
}

// Reach returns what is known about a, or nil.
func (c *Conversation) Reach(a Address) *Reach {
	for i := range c.Reaches {
		if c.Reaches[i].Address == a {
			return &c.Reaches[i]
		}
	}
	return nil
}

// MessageID returns the id of message n of the conversation.
func (c *Conversation) MessageID(n int64) string { return c.ID + "-" + strconv.FormatInt(n, 10) }

// ConversationOf returns the conversation that the id of a message names, and
// whether it is such an id.
func ConversationOf(message string) (string, bool) {
	i := strings.LastIndexByte(message, '-')
	if i <= 0 {
		return "", false
	}
	n, err := strconv.ParseInt(message[i+1:], 10, 64)
	return message[:i], err == nil && n > 0
}
