package conversations

import (
	"fmt"
	"time"
)

// Reason is why a platform did not take a message, in terms that the core
// can act on. Adapters translate every platform's codes into these.
type Reason string

// The reasons.
const (
	Temporary     Reason = "temporary"      // busy or broken: try again
	Throttled     Reason = "throttled"      // too fast: try again after RetryAfter
	QuotaUsedUp   Reason = "quota_used_up"  // the account's quota: try again after RetryAfter
	WindowClosed  Reason = "window_closed"  // free-form messages are not allowed now
	Unsubscribed  Reason = "unsubscribed"   // the candidate left
	BadRecipient  Reason = "bad_recipient"  // no such address, or it refuses us
	BadContent    Reason = "bad_content"    // the platform will never take this message
	MediaExpired  Reason = "media_expired"  // the media is gone or foreign
	Credentials   Reason = "credentials"    // secret, IP or permission: the account is down until somebody acts
	OutcomeUnsure Reason = "outcome_unsure" // the request left and no readable answer came
	OptedOut      Reason = "opted_out"      // not sent: the candidate wants no more messages
	AccountDown   Reason = "account_down"   // not sent: the account cannot send at the moment, and nobody knows for how long
	Cancelled     Reason = "cancelled"      // not sent: called off
	LeavesLater   Reason = "scheduled"      // not sent yet: an agent chose a time

	// Of alarms about endpoints, which are told events.
	EndpointDown    Reason = "endpoint_down"    // it takes nothing, and is tried again
	EndpointFailing Reason = "endpoint_failing" // it took nothing for too long, and is paused
	EndpointGone    Reason = "endpoint_gone"    // it wants no more events, and is paused

	// Of alarms about events that an endpoint did not take, and documents that
	// the EHR's own storage did not, while they took others.
	GaveUp Reason = "given_up"
	// Unwritten is of alarms about a feed's daily files.
	Unwritten Reason = "unwritten"
)

// SendError says that a platform refused a request, or that nobody can tell.
type SendError struct {
	Reason     Reason
	Code       string        // the platform's own code, such as 45015
	Detail     string        // for engineers; holds no personal data and no secret
	RetryAfter time.Duration // how long the platform wants to be left alone, 0 if it did not say
	// Recipient says that what was too fast, or is used up, is this recipient's
	// share: the account's other messages need not wait.
	Recipient bool
	Err       error // the cause, if another error led to this
}

func (e *SendError) Error() string {
	s := string(e.Reason)
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += fmt.Sprintf(": %v", e.Err)
	}
	return s
}

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }

// Short is the reason with the platform's code, as stored and shown to HR.
func (e *SendError) Short() string {
	if e.Code == "" {
		return string(e.Reason)
	}
	return string(e.Reason) + ":" + e.Code
}
