package conversations

import (
	"errors"
	"fmt"
	"time"
)

// Engine turns snapshots and commands into changes.
type Engine struct {
	Dialogue  Dialogue
	Phrases   Phrases
	Templates Templates
	Channels  Channels
	Office    Office         // nil: nobody knows when people answer
	Reminders Reminders      // nil: nobody is reminded
	Zone      *time.Location // the bank's
	// StartDates judges start dates; nil leaves them all to HR.
	StartDates StartDates
	Routes     Routes // nil: notifications leave by chat, at any hour
	Links      Links  // nil: candidates have no pages of their own
	// MaxDocuments is how many files one application may hold; 0 means 60.
	MaxDocuments int
	// Source names this Jiebao in events, as a URI; "" means DefaultSource.
	Source string
	// PushDocuments says that the EHR has a storage of its own to put them into.
	PushDocuments bool
	// Model says that tasks of kind TaskUnderstand have a model to ask.
	Model bool
}

// Links makes the addresses of the candidates' own pages.
type Links interface {
	// Upload returns the address at which the candidate of a conversation can
	// upload documents for some days from now on: for one item of the
	// checklist, or, with "", for all. Equal arguments give equal addresses.
	Upload(conversation, item string, now time.Time) string
	// Page returns the address of the candidate's own page, which works for
	// some days from now on. Equal arguments give equal addresses.
	Page(conversation string, now time.Time) string
}

// Phrases puts the bot's keys into words.
type Phrases interface {
	// Words renders one key in one locale. An unknown key or argument is an
	// error: the turn fails rather than send half a sentence.
	Words(l Locale, key string, args map[string]any) (string, error)
}

// Templates renders notifications.
type Templates interface {
	// Render fills in the most specific template for the query. It returns
	// ErrNoTemplate, or *InvalidError naming every field of the result that
	// the platform would not take.
	Render(q TemplateQuery) (Rendered, error)
}

// ErrNoTemplate says that no template fits position, branch, locale and channel.
var ErrNoTemplate = errors.New("no template fits")

// TemplateQuery asks for a notification of an application.
type TemplateQuery struct {
	Purpose     string // result_passed, …
	Channel     string // the platform
	Branch      string
	Candidate   Candidate
	Application Application
	Link        string // to the candidate's own page, "" without one
}

// Rendered is a notification in words: for templates its content, and always
// the text that people read in its place.
type Rendered struct {
	Template *TemplateContent
	Text     string
}

// The purposes of templates.
const (
	PurposeResult  = "result_passed"   // the interview was passed
	PurposeWaiting = "message_waiting" // words wait in the chat until the candidate writes

	// Reminders for when the chat is closed. Without them PurposeWaiting
	// stands in.
	PurposeOfferReminder  = "offer_reminder"
	PurposePapersReminder = "documents_reminder"

	// For the candidate's calendar, by e-mail.
	PurposeStartDate          = "start_date_confirmed"
	PurposeStartDateCancelled = "start_date_cancelled"
)

// Channels knows the configured accounts.
type Channels interface {
	// Describe returns the facts of an account, or false if there is none.
	Describe(account string) (Description, bool)
	// Serving returns the accounts that serve a branch, nearest first.
	Serving(branch string) []Description
}

// RideWindow is how long a message waits for a callback to carry it before
// it is sent by itself: WeChat tries a callback three times, five seconds
// apart, and the last try takes five more.
const RideWindow = 20 * time.Second

// rideGap is the time that a platform is given to show what rode in an
// answer before the next message is sent.
const rideGap = 500 * time.Millisecond

// modelGrace is longer than asking a model takes: a reply window that is shut
// by then is not waited in.
const modelGrace = time.Minute

// Turn decides what becomes of a conversation when c happens. It reads s and
// changes nothing but what it returns.
func (e *Engine) Turn(s Snapshot, c Command) (Changes, error) {
	t := newTurn(e, s)
	if s.Condition.done(&s.Conversation) {
		t.unchanged()
		t.out.Duplicate = true
		return t.changes(), nil
	}
	err := s.Condition.met(&s.Conversation)
	if err != nil {
		return Changes{}, err
	}
	switch c := c.(type) {
	case Receive:
		err = t.receive(c)
	case Report:
		err = t.report(c)
	case Notify:
		err = t.notify(c)
	case OptOut:
		t.optOut()
	case Reply:
		err = t.reply(c)
	case AnswerQuestion:
		err = t.answerQuestion(c)
	case Assign:
		err = t.assign(c)
	case Unassign:
		err = t.unassign(c)
	case Release:
		err = t.release(c)
	case Decide:
		err = t.decide(c)
	case ChangeOffer:
		err = t.changeOffer(c)
	case Withdraw:
		err = t.withdraw(c)
	case Disagree:
		err = t.disagree(c)
	case Settle:
		err = t.settle(c)
	case Review:
		err = t.review(c)
	case Seen:
		err = t.seen(c)
	case Tick:
		err = t.tick(c)
	case Bind:
		err = t.bind(c)
	case RefuseClaim:
		err = t.refuseClaim(c)
	case Filed:
		err = t.filed(c)
	case Recorded:
		err = t.recorded(c)
	case Pushed:
		err = t.pushed(c)
	case PushAgain:
		err = t.pushAgain(c)
	case PushEach:
		err = t.pushEach(c)
	case Upload:
		err = t.upload(c)
	case Enter:
		err = t.enter(c)
	case Relink:
		err = t.relink()
	case Invited:
		err = t.invited(c)
	case Reinvite:
		err = t.reinvite(c)
	case Understood:
		err = t.understood(c)
	case Prefer:
		err = t.prefer(c)
	case CancelPlan:
		err = t.cancelPlan(c)
	case CancelSend:
		err = t.cancelSend(c)
	case Called:
		err = t.called(c)
	case Appeared:
		err = t.appeared()
	case Snooze:
		err = t.snooze(c)
	case Close:
		err = t.closeDesk(c)
	case Reopen:
		err = t.reopenDesk(c)
	case Annotate:
		err = t.annotate(c)
	case SendTemplate:
		err = t.templateByHand(c)
	case Remind:
		err = t.remindByHand(c)
	case Dismiss:
		err = t.dismiss(c)
	default:
		err = fmt.Errorf("unknown command %T", c)
	}
	if err != nil {
		return Changes{}, err
	}
	return t.changes(), nil
}
