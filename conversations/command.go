package conversations

import "time"

// Target names the conversation that a command is for. Exactly one of the
// groups below is set; the Store finds, or for a Receive and a Notify makes,
// the conversation. Scope, when set, hides conversations outside it as if
// they did not exist.
type Target struct {
	Scope Scope

	// Conversation by id.
	Conversation string

	// Address of a candidate or follower, with the scene of the QR code
	// they scanned, if any.
	Address Address
	Scene   string

	// Candidate by the EHR's id, and the branch for a new one.
	Candidate string
	Branch    string

	// The conversation of a message, by the platform's id of it. With
	// Conversation, Account is the one a reported message went out by.
	Account    string
	PlatformID string

	Condition Condition
}

// Command is something that happened, or that somebody wants.
type Command interface{ command() }

// Receive is a candidate's message or gesture, as an adapter read it.
type Receive struct{ Inbound }

// Inbound is one inbound event in the core's terms.
type Inbound struct {
	Address Address
	Dedupe  string // the platform's identity of the event, unique in the account
	At      time.Time
	Gesture Gesture
	Kind    Kind   // of what was said, for Said
	Text    string // verbatim words, a voice transcript, a menu key
	Choice  string // id of the tapped choice
	Mark    *Mark  // how to show it on the message that was tapped; nil: nothing is to be done for that
	Scene   string // of a scanned QR code
	Media   string // the platform's id of the file
	Grants  []Grant
	// CanAnswer says that the answer to the callback can carry a message.
	CanAnswer bool
	// Shown is the Stance of the offer that the candidate was shown with the
	// choice, where the question stands on a page rather than in the chat.
	// With it the choice counts whatever the chat's latest words asked, and
	// whoever owns the conversation. If the offer stands otherwise by now the
	// command ends with ErrStale.
	Shown string
}

// Gesture is what the candidate did.
type Gesture string

// The gestures.
const (
	Said       Gesture = "said"       // sent a message, or tapped a choice in one
	Followed   Gesture = "followed"   // followed the account
	Unfollowed Gesture = "unfollowed" // left the account
	Scanned    Gesture = "scanned"    // scanned a QR code while already following
	Tapped     Gesture = "tapped"     // tapped an entry of the account's menu
)

// Report says how a delivery fared: what the outbox learned when sending, or
// a receipt that came later.
type Report struct {
	Message    string // its id; empty if only the platform's id is known
	Status     Status
	Reason     Reason // of a failure
	Code       string // the platform's code
	PlatformID string
	At         time.Time
	// To is where the message was sent; zero means to its own address.
	To Address
}

// Notify is a result the EHR posted.
type Notify struct {
	Result Result
	Digest string // of the body, to tell a repeat from a conflict
	Scene  string // for the invitation: random, single use
	Code   string // for the invitation: random, single use
}

// OptOut says that the candidate wants no more messages, by a way that has no
// words, such as the button of a mail program.
type OptOut struct{}

// Reply is an agent's words to the candidate. An agent who is not the owner
// takes over by replying.
type Reply struct {
	Agent string
	Text  string
	Key   string // the form's idempotency key: the same key twice is one message
	// At is when the words are to leave; zero, or past, for at once. Words that
	// leave later do not take over.
	At time.Time
	// Despite says that the agent knows that the candidate wants no more
	// messages, and answers them all the same.
	Despite bool
	// Beside says that the words come from a system, which takes nobody's
	// place: whoever owns the conversation goes on, and the candidate who waits
	// for a person still does.
	Beside bool
	// Undo is how long the words wait for the agent to take them back by
	// CancelSend, up to a minute, as if they had never been sent.
	Undo time.Duration
}

// AnswerQuestion is HR's answer to a question that nothing answered. Of two
// for the same question only the first is sent.
type AnswerQuestion struct {
	Agent    string
	Question string // the gap's id
	Text     string
	Source   string // who says so, as it is cited
	Article  string // the article that the answer became, if it did
}

// Assign makes an agent the owner; the bot keeps quiet from then on.
type Assign struct {
	Agent string
	By    string // who gave it to them; "" if they took it
}

// Release hands the conversation back to the bot.
type Release struct{ Agent string }

// Decide is HR's answer to the open schedule request.
type Decide struct {
	Agent   string
	Request string
	Verdict Verdict
	Counter Date // for Counter
	// Overbook says that the agent knows that the class is full.
	Overbook bool
	Note     string // words added for the candidate
}

// Review is HR's look at a document: accepted or rejected, or filed under
// another item of the checklist.
type Review struct {
	Agent    string
	Document string
	State    DocumentState // Accepted or Rejected, or "" to leave it
	Item     string        // to file it there, or "" to leave it
	Reason   string        // told to the candidate when rejected
}

// Seen marks the candidate's messages as read by an agent.
type Seen struct{ Agent string }

// Tick says that the time has come that was asked for by TickAt.
type Tick struct{ At time.Time }

// Bind ties an address to the candidate after proof of identity.
type Bind struct {
	Reach Reach
	From  string // the follower's conversation, which ends
	By    string // code, or the id of the agent who approved
}

// RefuseClaim is HR's no to a follower's claim of identity.
type RefuseClaim struct{ Agent string }

// Filed reports what became of a file that was to be fetched.
type Filed struct {
	Document string
	MIME     string
	Size     int64
	SHA256   string
	Scan     string // what is known of viruses: clean or not_scanned
	Refused  string // why it was not kept: too_large, wrong_type, unreadable, encrypted, too_many_pages, Infected, expired; "" if it was
}

// Pushed reports that a document is in the EHR's own storage, or that it was
// given up to put it there.
type Pushed struct {
	Document string
	Asked    int    // the PushRequest's
	Problem  string // why it was given up, for engineers: holds no personal data and no secret; "" if it is there
}

// PushAgain has a document put into the EHR's own storage at once, whether or
// not it was before. It ends with ErrNotFound for a document that is not kept,
// and with ErrNoPush where the EHR has no such storage.
type PushAgain struct{ Document string }

// PushEach is PushAgain for each of the candidate's documents that are picked.
type PushEach struct{ Pick PushPick }

// Upload is files that the candidate put on their upload page, which are
// checked and stored already. A file whose document is in the conversation
// neither before nor after was not taken: its bytes may go.
type Upload struct {
	Item  string // of the checklist, "" for none
	Files []Uploaded
	// More says that further files of the same choice are on their way, and
	// that the chat waits for the last.
	More bool
}

// Uploaded is one stored file.
type Uploaded struct {
	Document string // its id in the documents store
	Name     string // as the candidate's device calls it
	MIME     string // as sniffed
	Size     int64  // bytes
	SHA256   string
	Scan     string // what is known of viruses: clean or not_scanned
	Refused  string // Infected if it was not kept for that; other refusals are between the page and the candidate
}

// Enter is a try to open the candidate's own pages, by the last four digits
// of their phone number. It ends with ErrLocked after too many wrong tries,
// and with ErrNotFound for a candidate whose number nobody knows.
type Enter struct{ Digits string }

// Relink asks for a new link to the candidate's pages. It is sent to where they
// are known to be reached, at most every RelinkEvery.
type Relink struct{}

// Invited reports the QR code the platform made, or why there is none.
type Invited struct {
	Scene   string
	QR      string
	Link    string
	Expires time.Time
	Error   string
}

// Understood brings what a model made of a message that the bot could not
// read: nothing, when it was slow, wrong or not asked after all.
type Understood struct {
	Message    string
	Suggestion *Suggestion
}

// Reinvite replaces an invitation that was used, expired or lost.
type Reinvite struct {
	Agent string
	Scene string
	Code  string
}

func (Receive) command()        {}
func (Report) command()         {}
func (Notify) command()         {}
func (OptOut) command()         {}
func (Reply) command()          {}
func (Assign) command()         {}
func (Release) command()        {}
func (Unassign) command()       {}
func (Decide) command()         {}
func (ChangeOffer) command()    {}
func (Withdraw) command()       {}
func (Review) command()         {}
func (Seen) command()           {}
func (Bind) command()           {}
func (Tick) command()           {}
func (RefuseClaim) command()    {}
func (Filed) command()          {}
func (Pushed) command()         {}
func (PushAgain) command()      {}
func (PushEach) command()       {}
func (Upload) command()         {}
func (Enter) command()          {}
func (Relink) command()         {}
func (Invited) command()        {}
func (Reinvite) command()       {}
func (Understood) command()     {}
func (AnswerQuestion) command() {}
func (Prefer) command()         {}
func (CancelPlan) command()     {}
func (CancelSend) command()     {}
func (Called) command()         {}
func (Appeared) command()       {}
func (Snooze) command()         {}
func (Close) command()          {}
func (Reopen) command()         {}
func (Annotate) command()       {}
func (SendTemplate) command()   {}
func (Remind) command()         {}
func (Dismiss) command()        {}
