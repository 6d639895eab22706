package outbox

import (
	"context"
	"encoding/json"
	"time"

	"jiebao/conversations"
)

// Sender sends one delivery, by the adapter of its account.
type Sender interface {
	Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error)
}

// Deliver sends messages to candidates: no faster than platforms take them, not
// by accounts that cannot send, and never twice where nobody can tell whether
// a message arrived and the platform would not recognise the repeat.
type Deliver struct {
	Sender   Sender
	Describe func(account string) (conversations.Description, bool)
	Limits   Limits
	Health   *Health
	Retry    RetryPolicy
	Now      func() time.Time
	// Started is when this node began to take callbacks.
	Started time.Time
	// Patience is how long an account may be down before the conversations
	// whose messages wait for it are asked to do without. A message that has no
	// other way goes on waiting, and its conversation is asked again whenever
	// the message comes back: another way may have come up meanwhile.
	Patience time.Duration
}

// lastTry is how long after the first attempt WeChat tries a callback for
// the last time: three tries, five seconds apart.
const lastTry = 10 * time.Second

// Do sends the item, unless a callback's answer carried it already or its
// account rests.
func (w *Deliver) Do(ctx context.Context, it Item) Outcome {
	var d conversations.Delivery
	if err := json.Unmarshal(it.Body, &d); err != nil {
		return unreadable(err)
	}
	o := w.deliver(ctx, it, d)
	if r, ok := o.Then.(conversations.Report); ok {
		r.Message, r.To = d.Message, d.To
		o.Then, o.Target = r, conversations.Target{Conversation: d.Conversation, Account: d.To.Account}
	}
	return o
}

func (w *Deliver) deliver(ctx context.Context, it Item, d conversations.Delivery) Outcome {
	now := w.Now()
	switch {
	case it.Ride == Riding:
		return w.lostRide(it, now)
	case it.Ride == Cancelled:
		return report(conversations.Report{Status: conversations.Failed, Reason: conversations.Cancelled, At: now})
	}
	if it.Ride == Withdrawn && d.Agent == "" {
		return report(conversations.Report{Status: conversations.Failed, Reason: conversations.OptedOut, At: now})
	}
	about, _ := w.Describe(d.To.Account)
	if tooLate(it, about, d, now) {
		o := report(conversations.Report{Status: conversations.Unknown, Reason: conversations.OutcomeUnsure, At: now})
		o.Note = "the platform would no longer recognise the message that may have arrived"
		return o
	}
	permit := w.Health.Ask(ctx, d.To.Account)
	if permit.Waits() {
		return w.held(permit, now)
	}
	if at := w.Limits.Take(ctx, pacesOf(about, d.To)...); !at.IsZero() {
		return Outcome{Verdict: Retry, RetryAt: wholeMillis(at), Uncounted: true}
	}
	return w.send(ctx, it, d, about, permit)
}

func (w *Deliver) send(ctx context.Context, it Item, d conversations.Delivery, about conversations.Description, permit Permit) Outcome {
	rec, err := w.Sender.Send(ctx, d)
	now := w.Now()
	o := w.Retry.Next(it, about.Once(d), rec, err, now)
	permit = w.Health.Fared(ctx, d.To.Account, d.Message, permit, err)
	se := sendError(err)
	if se == nil {
		return o
	}
	if se.Reason == conversations.Throttled && !se.Recipient {
		w.Limits.Hold(ctx, accountKey(d.To.Account), now.Add(max(se.RetryAfter, throttledPause)))
	}
	// Of the account's trouble no message is to blame, but one whose outcome
	// nobody can tell is not simply sent again.
	if permit.Waits() && (o.Verdict == Retry || se.Reason != conversations.OutcomeUnsure) {
		held := w.held(permit, now)
		held.Unsure, held.Note = o.Unsure, o.Note
		return held
	}
	return o
}

const (
	// throttledPause is how long an account is left alone that went too fast,
	// if the platform does not say.
	throttledPause = 5 * time.Second
	// onceMargin is how much sooner a platform is believed to forget a message.
	onceMargin = time.Minute
)

// tooLate says whether a message that may have arrived can no longer be sent
// again: the platform has forgotten it, or never knew.
func tooLate(it Item, about conversations.Description, d conversations.Delivery, now time.Time) bool {
	return !it.Unsure.IsZero() && (!about.Once(d) || about.OnceFor > 0 && now.Sub(it.Unsure) > about.OnceFor-onceMargin)
}

// held has a message wait for its account. The conversation is asked to do
// without the account when that has been down for long.
func (w *Deliver) held(p Permit, now time.Time) Outcome {
	o := p.waiting()
	if impatient := p.Alarm.Since.Add(w.Patience); now.Before(impatient) {
		o.RetryAt = wholeMillis(earliest(p.Until, impatient))
	} else {
		o.Then = conversations.Report{Reason: conversations.AccountDown, Code: string(p.Alarm.Reason), At: now}
	}
	return o
}

// wholeMillis rounds up to what queues keep, lest a task come back too soon.
func wholeMillis(t time.Time) time.Time {
	if whole := t.Truncate(time.Millisecond); whole.Before(t) {
		return whole.Add(time.Millisecond)
	}
	return t
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
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
