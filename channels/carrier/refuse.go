package carrier

import (
	"time"

	"jiebao/conversations"
)

// Refusal is what a provider's code means.
type Refusal struct {
	Reason conversations.Reason
	// After is how long to wait; Tomorrow stands for midnight in Beijing, where
	// quotas of a day are counted.
	After time.Duration
	// Own says that the provider refuses for a reason of its own, such as its
	// balance: another provider would take the message. Of what is too fast, the
	// rest is one number's share.
	Own bool
	// Advice says what to do, for engineers.
	Advice string
}

// Tomorrow stands for the time until midnight in Beijing.
const Tomorrow = -1

// Error puts the refusal of a code. The provider's own text is left out: it
// repeats numbers and variables.
func (r Refusal) Error(code string, now time.Time) *conversations.SendError {
	after := r.After
	if after == Tomorrow {
		after = untilMidnight(now)
	}
	return &conversations.SendError{
		Reason: r.Reason, Code: code, Detail: r.Advice, RetryAfter: after,
		Recipient: r.Reason == conversations.Throttled && !r.Own,
	}
}

func untilMidnight(now time.Time) time.Duration {
	local := now.In(Beijing())
	midnight := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, local.Location())
	return midnight.Sub(local)
}

// Beijing is the zone that providers count and write in.
func Beijing() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// Moment reads the time that providers write, 2017-01-01 00:00:00 in Beijing.
// One that cannot be read, or that is still to come, is now.
func Moment(text string, now time.Time) time.Time {
	at, err := time.ParseInLocation(time.DateTime, text, Beijing())
	if err != nil || at.After(now) {
		return now.UTC().Truncate(time.Second)
	}
	return at.UTC()
}
