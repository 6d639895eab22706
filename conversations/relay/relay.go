// Package relay says which systems are told what happened to candidates, and
// how far each has got: endpoints, deliveries, dead letters, attempts, feeds.
//
// An event is written once, by the turn that caused it, and never changes. For
// every endpoint and candidate one row, the delivery, says up to which
// sequence number the endpoint took the candidate's events. So an endpoint
// gets each candidate's events in order and one after the other, whatever
// happens to other candidates or other endpoints; a new endpoint costs nothing
// per event; and a replay is a short list of events to tell again. Work is
// claimed and booked as an [outbox.Queue], by the same dispatcher as all else.
//
// Imports: conversations, outbox and the standard library.
package relay

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// Kind is how an endpoint gets its events.
type Kind string

// The kinds of endpoint.
const (
	Webhook Kind = "webhook" // they are posted to its address
	Feed    Kind = "feed"    // they are kept in one order for it to pull, or to be written to files
)

// Endpoint is a system that is told.
type Endpoint struct {
	ID     string // lower-case letters, digits, - and _; never changes
	Name   string // as people call it
	Kind   Kind
	Branch string // it is told of the candidates of that branch and all below
	// Types are the events it is told, as names or with a star at the end, such
	// as start_date.*; none means all. What it is not told is passed over.
	Types []string
	// Settings are how to speak to a Webhook, which only the deliverer
	// understands. Secrets in it are sealed.
	Settings json.RawMessage
	// Configured says that the configuration's file defines it: it cannot be
	// changed by the API or in the inbox, only paused and resumed.
	Configured bool
	Paused     Pause // zero as long as it is told
	Created    time.Time
	Version    int64 // of what can be changed: counts from 1
}

// AnyVersion is for what is done whatever the endpoint's version is.
const AnyVersion = -1

// Pause is why an endpoint is told nothing for now. Events are kept.
type Pause struct {
	At     time.Time // zero: it is not paused
	Reason PauseReason
	Detail string // for engineers; holds no personal data and no secret
	By     string // who paused it; "" if it was the deliverer
}

// PauseReason says why an endpoint is paused.
type PauseReason string

// The reasons.
const (
	PausedByHand  PauseReason = "by_hand"
	PausedGone    PauseReason = "gone"    // it answered 410
	PausedFailing PauseReason = "failing" // it took nothing for too long
)

// alarmPrefix begins the account of alarms about endpoints.
const alarmPrefix = "endpoint:"

// AlarmAccount is the account of alarms about an endpoint, which are about the
// work conversations.TaskEvent.
func AlarmAccount(endpoint string) string { return alarmPrefix + endpoint }

// AlarmEndpoint is the endpoint that an alarm with the account is about, if it
// is about one.
func AlarmEndpoint(account string) (string, bool) { return strings.CutPrefix(account, alarmPrefix) }

// Start is from when on a new endpoint is told.
type Start string

// The starts.
const (
	FromNow       Start = "now"       // what happens from now on
	FromBeginning Start = "beginning" // everything that was ever told
)

// Standing is an endpoint and how it stands.
type Standing struct {
	Endpoint
	Waiting  int       // candidates with events that it has not taken yet
	Oldest   time.Time // when the oldest of those events happened
	Dead     int       // dead letters
	Again    int       // events of replays that are still being lined up
	Lined    int       // of these, those that are lined up
	Took     time.Time // when it last took an event
	Failed   time.Time // when an attempt last failed
	Position int64     // of the last event in a Feed
}

// Attempt is one try at telling an endpoint an event.
type Attempt struct {
	ID        int64 // grows with time
	Endpoint  string
	Candidate string // the EHR's id
	Event     string // its id
	Type      conversations.EventType
	Sequence  int64
	outbox.Attempt
}

// DeadLetter is an event that an endpoint did not take for so long that the
// candidate's later events went ahead. It is kept until it is taken after all
// or dismissed.
type DeadLetter struct {
	Endpoint  string
	Candidate string
	Event     string
	Type      conversations.EventType
	Sequence  int64
	At        time.Time // when it was given up
	Attempts  int
	Note      string // the last problem
	Replaying bool   // it is to be told again
}

// ReplayAtOnce is how many events Replay lines up before it returns.
const ReplayAtOnce = 5000

// Selection picks events or attempts. Zero fields pick all.
type Selection struct {
	Candidate string    // the EHR's id
	Events    []string  // ids
	After     int64     // sequences above it; with Candidate
	From, To  time.Time // when they happened: from, and before
	Type      conversations.EventType
	DeadOnly  bool // of a replay: dead letters only
	Failed    bool // of attempts: those that were not taken
}

// Record is an event at its place in a Feed.
type Record struct {
	Position  int64
	Candidate string
	Branch    string
	At        time.Time       // when it was appended
	Body      json.RawMessage // the event, byte for byte
}

// Progress is how far an endpoint has got with a candidate.
type Progress struct {
	Candidate string
	Known     int64     // the candidate's last event
	Taken     int64     // the last one the endpoint took, or was not to be told
	Dead      int       // dead letters among those before it
	Since     time.Time // when the event that is being tried was first tried; zero if none failed
	Attempts  int
	Note      string
}

// Store keeps endpoints and how far they have got. An endpoint is in a scope
// that writes for its branch; one of the branch "", which is told of everybody,
// is the head office's. What lies outside is conversations.ErrNotFound.
type Store interface {
	// Endpoints returns all endpoints of the scope, by id.
	Endpoints(ctx context.Context, s conversations.Scope) ([]Standing, error)
	// EndpointList returns all endpoints as they are, by id, which costs little.
	EndpointList(ctx context.Context) ([]Endpoint, error)
	// PutEndpoint creates an endpoint (Version 0) or changes it, but for its
	// kind, its pause and when it was created. It ends with
	// conversations.ErrStale if the version is not the kept one, and with
	// conversations.ErrConflict for a new endpoint whose id is taken.
	//
	// FromNow means from each candidate's next event on. Who is told from the
	// beginning learns of what there is while its queue is claimed from. If the
	// branch changes, so it does of candidates that come with that.
	PutEndpoint(ctx context.Context, e Endpoint, from Start) (Endpoint, error)
	// RemoveEndpoint forgets an endpoint with its deliveries, dead letters and
	// attempts. Events stay. It ends with conversations.ErrStale if the version
	// is not the kept one, nor AnyVersion.
	RemoveEndpoint(ctx context.Context, s conversations.Scope, id string, version int64) error
	// PauseEndpoint says whether it was not paused before. A pause that nobody
	// asked for raises an alarm for the endpoint's AlarmAccount, which ends when
	// the endpoint is resumed or removed; and who resumes the account resumes the
	// endpoint.
	PauseEndpoint(ctx context.Context, s conversations.Scope, id string, p Pause) (bool, error)
	// ResumeEndpoint ends a pause: what waits is tried at once, as if for the
	// first time.
	ResumeEndpoint(ctx context.Context, s conversations.Scope, id, by string) error
	// EndpointChanges receives after endpoints changed on this node; changes on
	// others are found by asking again. It is one channel, for the one who runs
	// the endpoints.
	EndpointChanges() <-chan struct{}

	// Deliveries is the queue of what an endpoint is to be told, empty while it
	// is paused and if there is none. Items are events: ID is the event's, Body
	// its bytes, Asked its sequence, Since when it was first tried, and Again
	// says that it was taken or given up before. Outcomes may be Done (with
	// Attempt if it was told, without if it was passed over), Retry, or Dead;
	// they have no commands. Of a Feed, Done with an Attempt appends the event,
	// and no attempts are kept.
	//
	// An endpoint is told an event if the candidate is of its branch when the
	// event is claimed. What waits of a candidate who left the branch stays, and
	// is told with their next event after they came back. Outcomes that come
	// after another worker claimed the candidate's events are void.
	Deliveries(endpoint string) outbox.Queue
	// Hurry makes due what waits for its next attempt.
	Hurry(ctx context.Context, endpoint string) error

	// Attempts returns up to limit attempts with ids below before (0: the
	// latest), newest first.
	Attempts(ctx context.Context, s conversations.Scope, endpoint string, pick Selection, before int64, limit int) ([]Attempt, error)
	// DeadLetters returns up to limit of them after the given event's id, each
	// candidate's together and in order.
	DeadLetters(ctx context.Context, s conversations.Scope, endpoint string, pick Selection, after string, limit int) ([]DeadLetter, error)
	// Dismiss forgets dead letters, and returns how many.
	Dismiss(ctx context.Context, s conversations.Scope, endpoint string, pick Selection) (int, error)
	// Replay has events told again that the endpoint took before or gave up, or
	// that happened before it was told of their candidate, each candidate's in
	// order and before what is new, and returns how many. A dry run only counts.
	// A Feed gets them appended once more. More than ReplayAtOnce are lined up
	// while the endpoint's queue is claimed from, and survive a crash: a Standing
	// says how far that is. Counting a million events takes seconds.
	Replay(ctx context.Context, s conversations.Scope, endpoint string, pick Selection, dry bool) (int, error)

	// ReadFeed returns up to limit records of a Feed above a position, in order.
	ReadFeed(ctx context.Context, s conversations.Scope, endpoint string, after int64, limit int) ([]Record, error)
	// FeedGrew receives after events were appended on this node.
	FeedGrew(endpoint string) (grew <-chan struct{}, stop func())

	// ProgressOf says how far an endpoint has got with up to limit candidates
	// with ids above after, or with those named.
	ProgressOf(ctx context.Context, s conversations.Scope, endpoint, after string, candidates []string, limit int) ([]Progress, error)
	// PruneAttempts forgets attempts made before t, feed records that were
	// appended before u, and what a crash left of endpoints that were removed.
	PruneAttempts(ctx context.Context, t, u time.Time) (int, error)
}
