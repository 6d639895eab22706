// Package outbox does what turns leave to be done after their commit:
// sending to candidates, telling the EHR, fetching files and what platforms
// keep, making QR codes, showing on messages what was tapped in them.
//
// The table is the queue. Tasks of one lane are done strictly in order; a
// failing lane waits for its retry without holding any other; lanes are
// leased, so that a crashed holder's come back when the lease ends.
//
// What is sent is sent no faster than platforms take it (limits.go), and not by
// an account that cannot send (health.go). Nobody sleeps for either: a lane that
// has to wait is given back with the time at which it is due.
//
// Imports: the standard library, conversations and its clock.
package outbox

import (
	"context"
	"encoding/json"
	"time"

	"jiebao/conversations"
)

// Queue is the outbox's table. Implementations live in sqlstore.
type Queue interface {
	// Claim leases up to n due lanes of a kind for the given time and
	// returns, for each, its first tasks in order (at most perLane of them).
	Claim(ctx context.Context, kind conversations.TaskKind, now time.Time, lease time.Duration, n, perLane int) ([]Lane, error)
	// Finish records outcomes, in order, and commits with each the command
	// that tells the conversation about it. With the last outcome of a lane
	// (Release) the lease ends.
	Finish(ctx context.Context, done []Outcome) error
	// NextDue returns when the earliest unleased lane of a kind is due, or
	// false when there is none.
	NextDue(ctx context.Context, kind conversations.TaskKind) (time.Time, bool, error)
	// Wake returns a channel that receives after tasks of the kind were
	// committed on this node. A missed wake-up is made good by NextDue and
	// by polling.
	Wake(kind conversations.TaskKind) <-chan struct{}
}

// Lane is a leased lane with its first tasks.
type Lane struct {
	ID    string
	Items []Item
}

// Item is a task as the queue keeps it.
type Item struct {
	ID       string
	Lane     string
	Kind     conversations.TaskKind
	Lease    time.Time // when the lease ends under which it was claimed
	Created  time.Time
	Attempts int // how often it was tried before
	Ride     Ride
	Unsure   time.Time // since when nobody can tell whether it was done; zero if that is known
	Asked    int64     // of a pull: how often it was asked for when it was claimed; of an event: its sequence
	Since    time.Time // of an event: when it was first tried; zero if it never was
	Again    bool      // of an event: it was taken or given up before, and is told again
	Body     json.RawMessage
}

// Ride is how a message that was to travel in a callback's answer stands.
type Ride int

// The states of a ride.
const (
	NoRide    Ride = iota
	Riding         // no word yet whether the callback carried it
	Missed         // the callback did not carry it
	Withdrawn      // the candidate wants no more messages; only a person's own words still leave
	Cancelled      // it was called off before it was sent
)

// Outcome is what became of a task.
type Outcome struct {
	Item    Item
	Verdict Verdict
	RetryAt time.Time // for Retry
	// Uncounted keeps Attempts as they were: the task was not really tried,
	// or what stood in its way is not its own fault.
	Uncounted bool
	Note      string // the last error, for whoever looks at the queue
	// Everyday says that it is about the candidate, such as one without the
	// bank's app, and that nobody who runs the gateway need do anything.
	Everyday bool
	// Waits names the account that the task waits for: it is due when the
	// account's alarm ends, or at RetryAt.
	Waits string
	// Unsure says that nobody can tell whether the task was done.
	Unsure bool
	// Attempt, if set, is kept with the outcome of an event.
	Attempt *Attempt
	// Then, if set, is applied to the conversation in the same commit.
	Then   conversations.Command
	Target conversations.Target
	// Release ends the lane's lease with this outcome, unless it ended before
	// and the lane is another worker's now.
	Release bool
}

// unreadable ends a task whose body is not of its kind: no other try would
// read it.
func unreadable(err error) Outcome {
	return Outcome{Verdict: Done, Note: "the task cannot be read: " + err.Error()}
}

// Verdict says whether a task is over.
type Verdict int

// The verdicts.
const (
	Done  Verdict = iota // over, well or badly
	Retry                // to be tried again at RetryAt; the lane waits
	Dead                 // of an event: given up and kept; the lane goes on
)

// Attempt is what one try at telling a system an event came to.
type Attempt struct {
	At     time.Time
	Took   time.Duration
	Status int    // of the answer; 0 if there was none
	Note   string // what went wrong; "" if the event was taken
	Answer string // the beginning of an answer that was no success, with what looks personal masked
}
