package carrier

import (
	"sync"
	"time"

	"jiebao/conversations"
)

const (
	// troubles in a row open a breaker.
	troubles = 3
	// passedOver is how long an open breaker passes its provider over, unless
	// the provider itself asked for longer.
	passedOver = 30 * time.Second
)

// Breaker passes over a provider that is in trouble, so that messages do not
// wait for it one by one. After three troubles in a row, or one that lasts
// until somebody acts, it is open for a while; then one message tries, and the
// others follow when it went well. It keeps the time by the clock passed in,
// which no library's breaker does.
//
// It chooses among the providers of one account. What keeps the account as a
// whole from its work is outbox.Health's, which all nodes share; what package
// push does with its providers is milder, and said there.
type Breaker struct {
	now func() time.Time

	mu     sync.Mutex
	inARow int
	until  time.Time // passed over until then
	trying bool      // one message is on its way to try
	last   *conversations.SendError
}

// NewBreaker returns a closed breaker.
func NewBreaker(now func() time.Time) *Breaker { return &Breaker{now: now} }

// Allow says whether a message may go to the provider, and otherwise why not.
// Whoever may must call Done.
func (b *Breaker) Allow() *conversations.SendError {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.inARow < troubles {
		return nil
	}
	now := b.now()
	if now.Before(b.until) || b.trying {
		e := *b.last
		e.RetryAfter = max(b.until.Sub(now), time.Second)
		return &e
	}
	b.trying = true
	return nil
}

// Done notes how a message fared, nil for well, and says whether the breaker
// opened by it. Refusals that are not the provider's trouble count as well.
func (b *Breaker) Done(refused *conversations.SendError) (opened bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	if !isTrouble(refused) {
		b.inARow = 0
		return false
	}
	was := b.inARow
	b.inARow++
	if refused.Reason == conversations.Credentials || refused.Reason == conversations.QuotaUsedUp {
		b.inARow = max(b.inARow, troubles)
	}
	b.until, b.last = b.now().Add(max(passedOver, refused.RetryAfter)), refused
	return was < troubles && b.inARow >= troubles
}

func isTrouble(e *conversations.SendError) bool {
	if e == nil {
		return false
	}
	switch e.Reason {
	case conversations.Temporary, conversations.OutcomeUnsure, conversations.Throttled,
		conversations.Credentials, conversations.QuotaUsedUp:
		return true
	}
	return false
}
