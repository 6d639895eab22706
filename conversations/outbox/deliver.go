package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"jiebao/conversations"
)

// Sender sends one delivery, by the adapter of its account.
type Sender interface {
	Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error)
}

// Deliver sends messages to candidates.
type Deliver struct {
	Sender Sender
	Retry  RetryPolicy
	Now    func() time.Time
	// Started is when this node began to take callbacks.
	Started time.Time

	mu      sync.Mutex
	resting map[string]time.Time
}

// lastTry is how long after the first attempt WeChat tries a callback for
// the last time: three tries, five seconds apart.
const lastTry = 10 * time.Second

// Do sends the item, unless a callback's answer carried it already or its
// account rests.
func (w *Deliver) Do(ctx context.Context, it Item) Outcome {
	var d conversations.Delivery
	if err := json.Unmarshal(it.Body, &d); err != nil {
		return Outcome{Verdict: Done, Note: "the task cannot be read: " + err.Error()}
	}
	o := w.deliver(ctx, it, d)
	if r, ok := o.Then.(conversations.Report); ok {
		r.Message = d.Message
		o.Then, o.Target = r, conversations.Target{Conversation: d.Conversation, Account: d.To.Account}
	}
	return o
}

func (w *Deliver) deliver(ctx context.Context, it Item, d conversations.Delivery) Outcome {
	now := w.Now()
	if it.Ride == Riding {
		return w.lostRide(it, now)
	}
	if it.Ride == Withdrawn && d.Agent == "" {
		return report(conversations.Report{Status: conversations.Failed, Reason: conversations.OptedOut, At: now})
	}
	if until, rests := w.rests(d.To.Account, now); rests {
		return Outcome{Verdict: Retry, RetryAt: until, Uncounted: true}
	}
	rec, err := w.Sender.Send(ctx, d)
	now = w.Now()
	o := w.Retry.Next(it, d.Kind == conversations.Template, rec, err, now)
	var se *conversations.SendError
	if errors.As(err, &se) && (se.Reason == conversations.Credentials || se.Reason == conversations.QuotaUsedUp) {
		w.rest(d.To.Account, o.RetryAt)
	}
	return o
}

// lostRide is for a message that was to travel in a callback's answer whose
// writer never said whether it did, because its node died. Had the answer
// not arrived, the platform would have tried again: if this node could have
// taken that try and none came, the candidate has the message. Otherwise
// nobody can tell, and saying it twice is worse than showing the doubt to HR.
func (w *Deliver) lostRide(it Item, now time.Time) Outcome {
	if w.Started.After(it.Created.Add(lastTry)) {
		o := report(conversations.Report{Status: conversations.Unknown, Reason: conversations.OutcomeUnsure, At: now})
		o.Note = "the node that carried the message died, and no node was there to take the platform's repeat"
		return o
	}
	return report(conversations.Report{Status: conversations.Sent, At: now})
}

func (w *Deliver) rests(account string, now time.Time) (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	until := w.resting[account]
	return until, now.Before(until)
}

func (w *Deliver) rest(account string, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.resting == nil {
		w.resting = map[string]time.Time{}
	}
	w.resting[account] = until
}
