package conversations

import (
	"maps"
	"slices"
	"time"
)

// Dialogue decides the bot's next move: equal Turns, equal Decisions.
type Dialogue interface {
	Decide(t Turn) Decision
}

// Turn is what the dialogue may look at.
type Turn struct {
	Now          time.Time     // in the bank's time zone
	Conversation *Conversation // to read only
	Desk         Desk          // how soon a person can answer
	Heard        Heard
	// Pages says that the candidate has pages of their own, so that an
	// UploadLink leads somewhere.
	Pages bool
	// Silent says that a person owns the conversation: of what is decided
	// only FileUnder, Acknowledge, WithdrawConsent and GiveConsent are done,
	// nothing is said without one of the latter three, and nothing is
	// remembered.
	Silent bool
	Dates  Dates // judges start dates for the candidate
	// Channels are the bank's accounts, for a candidate who asks to be written
	// to by another; nil if nobody knows them.
	Channels Channels

	Knowledge Knowledge // nil if there is none
}

// Heard is what the dialogue reacts to.
type Heard struct {
	Cue      Cue
	Kind     Kind             // for CueSaid
	Text     string           // for CueSaid: the words; for CueTapped: the menu key
	Choice   string           // for CueSaid: id of the tapped choice, if one was
	Shown    bool             // for CueSaid: the question stood beside the choice, so that it is a plain answer to it
	Document *Document        // for CueSaid with a file; without an id, for one that is not taken
	Filed    []Document       // for CueFiled
	Scan     Scan             // for CueFollowed and CueScanned
	Identity Identity         // for an unknown follower
	Verdict  *ScheduleRequest // for CueDecided: HR's answer
	Topic    Topic            // for CueReminded
	Offer    *OfferNews       // for CueOfferChanged and CueOfferWithdrawn
	First    bool             // for CueSaid by a person the bot has not greeted yet
	Buttons  bool             // for CueNotified: a question with buttons may follow where the result was told, and costs nothing

	CanAskModel bool        // for CueSaid: AskModel is a possible move
	Suggestion  *Suggestion // for CueUnderstood: what the model made of Text, nil if nothing
}

// Cue is the kind of occasion.
type Cue string

// The occasions.
const (
	CueSaid     Cue = "said"
	CueFollowed Cue = "followed"
	CueScanned  Cue = "scanned"
	CueTapped   Cue = "tapped"   // an entry of the account's menu
	CueBound    Cue = "bound"    // the follower was recognised as the candidate
	CueNotified Cue = "notified" // a result was sent to a candidate who can be reached; the bot prepares to talk about it, and speaks only where there are Buttons
	CueDecided  Cue = "decided"  // HR answered the schedule request
	CueFiled    Cue = "filed"    // documents were stored or refused, or HR reviewed one
	CueReminded Cue = "reminded" // it is time to remind the candidate of Topic
	CueReleased Cue = "released" // a person handed the conversation back
	CueAnswered Cue = "answered" // HR answered the candidate's question; the bot goes on
	CueRefused  Cue = "refused"  // HR refused the claim of identity

	CueOfferChanged   Cue = "offer_changed"   // the bank changed the offer
	CueOfferWithdrawn Cue = "offer_withdrawn" // and withdrew it

	CueUnderstood Cue = "understood" // the model that AskModel asked has answered, or will not
)

// Identity is how far an unknown follower is from being recognised. The
// answer is the same whether or not a candidate of that name exists.
type Identity string

// The steps of identification.
const (
	IdentityKnown  Identity = ""
	IdentityNeeds  Identity = "needs_name_and_phone"
	IdentityPhone  Identity = "needs_phone"
	IdentityName   Identity = "needs_name"
	IdentityCode   Identity = "needs_code"
	IdentityWrong  Identity = "wrong_code"
	IdentityLocked Identity = "locked" // too many tries: a person has to look
	IdentityProven Identity = "proven"
)

// Decision is the bot's move.
type Decision struct {
	Memory Memory // serialisable; the bot's only state
	Say    []Say  // keys and arguments, not words
	Do     []Act
}

// Say is one message in keys. Words come from Phrases.
type Say struct {
	Key     string
	Args    map[string]any
	Choices []SayChoice
}

// SayChoice is one tappable answer in keys.
type SayChoice struct {
	ID   string
	Key  string
	Args map[string]any
}

// UploadLink is an argument that stands for the address of the candidate's
// upload page, for one item of the checklist or for all. The core puts the
// address in its place.
type UploadLink struct{ Item string }

// linked returns args with addresses in the place of links, also within
// phrases. It copies what it changes.
func linked(args map[string]any, address func(UploadLink) string) map[string]any {
	if !holdLink(args) {
		return args
	}
	out := maps.Clone(args)
	for name, arg := range args {
		switch a := arg.(type) {
		case UploadLink:
			arg = address(a)
		case Say:
			arg = a.Linked(address)
		case []Say:
			lines := make([]Say, len(a))
			for i, line := range a {
				lines[i] = line.Linked(address)
			}
			arg = lines
		}
		out[name] = arg
	}
	return out
}

// holdLink says whether there is a link in args, or in a phrase of theirs.
func holdLink(args map[string]any) bool {
	for _, arg := range args {
		switch a := arg.(type) {
		case UploadLink:
			return true
		case Say:
			if holdLink(a.Args) {
				return true
			}
		case []Say:
			if slices.ContainsFunc(a, func(s Say) bool { return holdLink(s.Args) }) {
				return true
			}
		}
	}
	return false
}

// Linked returns s with addresses in the place of its links.
func (s Say) Linked(address func(UploadLink) string) Say {
	s.Args = linked(s.Args, address)
	return s
}

// Act is something the bot does besides talking. The core checks every act
// against the conversation's state and ignores those that make no sense.
type Act interface{ act() }

// ConfirmStartDate records that the candidate agreed to start on Date, which
// has to be the offered date, HR's counter-proposal or one that the policies
// accept.
type ConfirmStartDate struct{ Date Date }

// RequestSchedule asks HR for another start date.
type RequestSchedule struct {
	Date Date
	Said string
}

// DeclineOffer records that the candidate does not want the job.
type DeclineOffer struct{ Reason string }

// FileUnder files a document under an item of the checklist.
type FileUnder struct{ Document, Item string }

// RequestHandoff asks for a person.
type RequestHandoff struct {
	Reason string
	Understanding
}

// Acknowledge lets the dialogue tell a candidate who waits in the queue that
// they do. It is the only thing said while a person was asked for, and the
// core sees to it that it is not said too often.
type Acknowledge struct{}

// WithdrawConsent records that the candidate wants no more messages.
type WithdrawConsent struct{}

// GiveConsent records that the candidate wants messages again.
type GiveConsent struct{}

// SpeakLocale changes the language the candidate is spoken to in.
type SpeakLocale struct{ Locale Locale }

// PreferChannel records that the candidate would rather be written to by a
// medium, at which they have an address.
type PreferChannel struct{ Channel string }

// AskModel keeps the bot quiet until a model was asked what the message may
// mean, at most for seconds. Text is what the model is shown and has to be
// masked; Asked names the question that is open.
type AskModel struct{ Text, Asked string }

// LeaveQuestion records a question that nothing answered. HR answers it once
// for all who ask the same.
type LeaveQuestion struct{ Text string }

func (ConfirmStartDate) act() {}
func (RequestSchedule) act()  {}
func (DeclineOffer) act()     {}
func (FileUnder) act()        {}
func (RequestHandoff) act()   {}
func (Acknowledge) act()      {}
func (WithdrawConsent) act()  {}
func (GiveConsent) act()      {}
func (SpeakLocale) act()      {}
func (PreferChannel) act()    {}
func (AskModel) act()         {}
func (LeaveQuestion) act()    {}

// Reasons for a handoff, as told to the EHR and shown to HR.
const (
	HandoffAsked    = "asked"    // the candidate wants a person
	HandoffFailed   = "failed"   // the bot failed twice
	HandoffUpset    = "upset"    // the candidate complains
	HandoffIdentity = "identity" // a follower could not be recognised
	HandoffDistress = "distress" // the candidate may be in danger: hurry
	HandoffPolicy   = "policy"   // a word that only a person may answer
	HandoffQuestion = "question" // no approved text answers the question
)
