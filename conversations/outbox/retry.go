package outbox

import (
	"errors"
	"time"

	"jiebao/conversations"
)

// RetryPolicy says when a delivery is tried again and when it is given up.
type RetryPolicy struct {
	// Backoff lists the pauses after each failure that may pass by itself;
	// when they are used up the delivery has failed.
	Backoff []time.Duration
	// Hold is how long an account rests whose credentials or quota are
	// refused and which did not say how long.
	Hold time.Duration
	// Jitter returns a factor around 1, to spread retries.
	Jitter func() float64
}

// DefaultRetry tries for about two and a half hours.
func DefaultRetry(jitter func() float64) RetryPolicy {
	return RetryPolicy{
		Backoff: []time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, 2 * time.Hour},
		Hold:    5 * time.Minute,
		Jitter:  jitter,
	}
}

// Next is what becomes of a delivery after err, at now. An outcome that
// nobody can tell is tried again only where repeatable says that the
// platform recognises a repeat.
func (p RetryPolicy) Next(it Item, repeatable bool, rec conversations.Receipt, err error, now time.Time) Outcome {
	if err == nil {
		return report(conversations.Report{Status: conversations.Sent, PlatformID: rec.PlatformID, At: now})
	}
	se := sendError(err)
	failed := report(conversations.Report{Status: conversations.Failed, Reason: se.Reason, Code: se.Code, At: now})
	failed.Note = se.Error()
	failed.Everyday = se.Reason == conversations.BadRecipient || se.Reason == conversations.Unsubscribed
	switch se.Reason {
	case conversations.Credentials, conversations.QuotaUsedUp:
		return Outcome{Verdict: Retry, RetryAt: now.Add(p.rest(se)), Uncounted: true, Note: se.Error()}
	case conversations.Throttled:
		if o := p.again(it, se, now, failed); o.Verdict == Retry || se.Recipient {
			o.Uncounted = !se.Recipient
			return o
		}
		return Outcome{Verdict: Retry, RetryAt: now.Add(p.rest(se)), Uncounted: true, Note: se.Error()}
	case conversations.Temporary:
		return p.again(it, se, now, failed)
	case conversations.OutcomeUnsure:
		unknown := report(conversations.Report{Status: conversations.Unknown, Reason: se.Reason, Code: se.Code, At: now})
		unknown.Note = se.Error()
		if repeatable && it.Attempts < 2 {
			o := p.again(it, se, now, unknown)
			o.Unsure = true
			return o
		}
		return unknown
	}
	return failed
}

// sendError is what err says of a send: of an error of no platform's nobody can
// tell. It is nil if there was none.
func sendError(err error) *conversations.SendError {
	var se *conversations.SendError
	if err != nil && !errors.As(err, &se) {
		se = &conversations.SendError{Reason: conversations.OutcomeUnsure, Err: err}
	}
	return se
}

// rest is how long an account is left alone.
func (p RetryPolicy) rest(se *conversations.SendError) time.Duration {
	if se.RetryAfter > 0 {
		return se.RetryAfter
	}
	return p.Hold
}

func (p RetryPolicy) again(it Item, se *conversations.SendError, now time.Time, giveUp Outcome) Outcome {
	if it.Attempts >= len(p.Backoff) {
		return giveUp
	}
	pause := time.Duration(float64(p.Backoff[it.Attempts]) * p.Jitter())
	return Outcome{Verdict: Retry, RetryAt: now.Add(max(pause, se.RetryAfter)), Note: se.Error()}
}

// report ends a task and tells the conversation how.
func report(r conversations.Report) Outcome { return Outcome{Verdict: Done, Then: r} }
