package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"jiebao/conversations"
)

// Some platforms do not post messages: their callbacks say only that there is
// something to fetch. Fetching an account's pages is one task, which every
// callback asks for anew; what a page brings becomes tasks of its own, in a
// lane of each address, in the commit that moves the cursor.

// Pulls keeps how far each account is fetched. Implementations live in
// sqlstore.
type Pulls interface {
	// AskPull asks for a pull of the account: it returns after the commit. What
	// comes while a pull is under way asks for one more after it, however often
	// it comes. A token, if there is one, replaces the one before.
	AskPull(ctx context.Context, account, token string) error
	// PullFrom returns where the next page of the account begins.
	PullFrom(ctx context.Context, account string) (Cursor, error)
	// PutPage commits what a page brought together with the cursor after it.
	// conversations.ErrStale: another worker committed that page.
	PutPage(ctx context.Context, p Page) error
}

// Cursor is where the next page of an account begins.
type Cursor struct {
	At    string // "" for the first page there is
	Page  int64  // how many came before
	Token string // of the latest callback, "" if there was none
	Asked time.Time
}

// Page is what one pull fetched.
type Page struct {
	Account  string
	Page     int64 // how many came before
	Cursor   string
	More     bool
	Arrivals []conversations.Arrival
}

// Puller fetches the page of an account after a cursor, by the account's
// adapter. It fills in the arrivals, the next cursor and More. Errors are
// *conversations.SendError.
type Puller interface {
	Pull(ctx context.Context, account, token, cursor string) (Page, error)
}

// Pull fetches what a platform keeps for an account. The lane's lease sees to
// it that one worker does so at a time, on all nodes.
type Pull struct {
	Puller Puller
	Pulls  Pulls
	Health *Health
	Retry  RetryPolicy
	Now    func() time.Time
}

// PullRetry is for pulls, which are asked for again and again: one that keeps
// failing is given up soon, so that the next may begin without delay.
func PullRetry(jitter func() float64) RetryPolicy {
	return RetryPolicy{Backoff: []time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second}, Hold: time.Minute, Jitter: jitter}
}

const (
	// pagesAtOnce bounds what is fetched under one lease.
	pagesAtOnce = 50
	// tokenLife is how long a callback's token is worth sending: the platform
	// forgets it after ten minutes (微信客服, 读取消息: token).
	tokenLife = 9 * time.Minute
)

// Do fetches page after page, and commits each before it asks for the next.
func (w *Pull) Do(ctx context.Context, it Item) Outcome {
	var r conversations.PullRequest
	if err := json.Unmarshal(it.Body, &r); err != nil {
		return unreadable(err)
	}
	permit := w.Health.Ask(ctx, r.Account)
	if permit.Waits() {
		return permit.waiting()
	}
	for range pagesAtOnce {
		from, p, err := w.fetch(ctx, r.Account)
		if permit = w.Health.Fared(ctx, r.Account, it.ID, permit, err); err != nil {
			return w.failed(it, permit, err)
		}
		p.Account, p.Page = r.Account, from.Page
		switch err := w.Pulls.PutPage(ctx, p); {
		case errors.Is(err, conversations.ErrStale):
			return Outcome{Verdict: Done, Note: "another worker fetched the account's messages"}
		case err != nil:
			return w.failed(it, Permit{}, err)
		case !p.More:
			return Outcome{Verdict: Done}
		}
	}
	return Outcome{Verdict: Retry, RetryAt: w.Now(), Uncounted: true}
}

// fetch asks the platform for the account's next page.
func (w *Pull) fetch(ctx context.Context, account string) (from Cursor, p Page, err error) {
	if from, err = w.Pulls.PullFrom(ctx, account); err != nil {
		return from, p, err
	}
	if w.Now().Sub(from.Asked) > tokenLife {
		from.Token = ""
	}
	p, err = w.Puller.Pull(ctx, account, from.Token, from.At)
	return from, p, err
}

// failed is what becomes of a pull after err. What its account is to blame for
// waits for that.
func (w *Pull) failed(it Item, permit Permit, err error) Outcome {
	if permit.Waits() {
		o := permit.waiting()
		o.Note = err.Error()
		return o
	}
	o := w.Retry.Next(it, true, conversations.Receipt{}, askAgain(err), w.Now())
	o.Then = nil
	return o
}

// Receive applies what was fetched. What was applied before changes nothing,
// so that a task may be done twice.
type Receive struct {
	Store conversations.Store
	Now   func() time.Time
}

const (
	arrivalPause = 2 * time.Second
	arrivalRest  = 10 * time.Minute
	// arrivalLife is how long an arrival is tried that makes its turn fail:
	// as long as the platform itself keeps messages (微信客服: 三天).
	arrivalLife = 3 * 24 * time.Hour
)

// Do applies the arrival. A receipt of a message that is no longer known is
// over.
func (w *Receive) Do(ctx context.Context, it Item) Outcome {
	var a conversations.Arrival
	if err := json.Unmarshal(it.Body, &a); err != nil || a.Inbound == nil && a.Receipt == nil {
		return Outcome{Verdict: Done, Note: "the task cannot be read"}
	}
	to, command := a.Turn()
	_, err := w.Store.Apply(ctx, to, command)
	if err == nil || errors.Is(err, conversations.ErrNotFound) {
		return Outcome{Verdict: Done}
	}
	note := "applying what was fetched: " + err.Error()
	if w.Now().Sub(it.Created) > arrivalLife {
		return Outcome{Verdict: Done, Note: note}
	}
	pause := min(arrivalPause<<min(it.Attempts, 16), arrivalRest)
	return Outcome{Verdict: Retry, RetryAt: w.Now().Add(pause), Note: note}
}
