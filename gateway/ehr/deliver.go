package ehr

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/wire"
)

// Deliverer tells one webhook. It is safe for concurrent use.
type Deliverer struct {
	endpoint relay.Endpoint
	wire     *wire.Wire
	o        *Options
	health   health
	recovery *recovery
}

// NewDeliverer returns who tells a webhook over its wire.
func NewDeliverer(x relay.Endpoint, w *wire.Wire, o *Options) *Deliverer {
	return &Deliverer{endpoint: x, wire: w, o: o, recovery: newRecovery()}
}

// Do makes one attempt at telling the endpoint an event. The event's id is the
// webhook's id and its stored body is what is posted, byte for byte or mapped,
// so that every attempt under one id says the same.
//
// Any 2xx answer ends the task. What the endpoint is not to be told is passed
// over. Everything else is tried again, until it is given up.
func (d *Deliverer) Do(ctx context.Context, it outbox.Item) outbox.Outcome {
	if !wantsType(d.endpoint.Types, it.Body) {
		return outbox.Outcome{Item: it, Verdict: outbox.Done}
	}
	began := d.o.Clock.Now()
	answer, passed, err := d.post(ctx, it)
	if passed {
		return outbox.Outcome{Item: it, Verdict: outbox.Done}
	}
	now := d.o.Clock.Now()
	if ctx.Err() != nil && err != nil {
		return outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: now, Uncounted: true, Note: "broken off because the gateway stopped"}
	}
	if crowded(err) {
		return outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: now.Add(time.Second), Uncounted: true}
	}
	a := &outbox.Attempt{At: began, Took: now.Sub(began), Status: answer.Status, Answer: answer.Excerpt}
	if err == nil && answer.Took() {
		d.took(ctx, it)
		return outbox.Outcome{Item: it, Verdict: outbox.Done, Attempt: a}
	}
	a.Note = problem(answer, err)
	return d.failed(ctx, it, a, answer)
}

// post makes the attempt, or says that the filter passes the event over.
func (d *Deliverer) post(ctx context.Context, it outbox.Item) (answer wire.Answer, passed bool, err error) {
	wanted, err := d.wire.Wants(ctx, it.Body)
	if err != nil || !wanted {
		return answer, err == nil, err
	}
	answer, err = d.wire.Post(ctx, it.ID, it.Body)
	return answer, false, err
}

// crowded says whether nothing was sent because others had every turn.
func crowded(err error) bool {
	var f *wire.Failure
	return errors.As(err, &f) && f.Reason == wire.Crowded
}

// problem says what was wrong with an attempt.
func problem(a wire.Answer, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case a.Redirected():
		return a.String() + "; redirects are not followed, configure the final address"
	case a.Status == http.StatusGone:
		return a.String() + "; it wants no more events: change its address or remove it"
	case a.RetryAfter > 0:
		return fmt.Sprintf("%s and asked to be left alone for %s", a, a.RetryAfter)
	}
	return a.String()
}

// failed says what becomes of an event that was not taken.
func (d *Deliverer) failed(ctx context.Context, it outbox.Item, a *outbox.Attempt, answer wire.Answer) outbox.Outcome {
	now := d.o.Clock.Now()
	o := outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: d.next(it, now, answer.RetryAfter), Note: a.Note, Attempt: a}
	d.recovery.fail(now, now.Add(answer.RetryAfter))
	if answer.Status == http.StatusGone {
		d.pause(ctx, relay.PausedGone, a.Note)
		return o
	}
	d.note(ctx, it, a.Note, o.RetryAt)
	if it.Since.IsZero() || now.Sub(it.Since) < d.o.Retry.patience(it.Again) {
		return o
	}
	switch d.blame(ctx, it, now) {
	case theEvent:
		o.Verdict = outbox.Dead
		d.o.Log.Error("an event was given up; it is kept as a dead letter, and can be replayed",
			"endpoint", d.endpoint.ID, "event", it.ID, "since", it.Since, "problem", a.Note)
	case theEndpoint:
		d.pause(ctx, relay.PausedFailing, a.Note)
	}
	return o
}

// next is when to try again: by the schedule or, if the endpoint said when,
// never earlier than that. Then the jitter comes on top, so that not everybody
// returns in the same moment.
func (d *Deliverer) next(it outbox.Item, now time.Time, asked time.Duration) time.Time {
	r := d.o.Retry
	if asked > 0 {
		return now.Add(asked + time.Duration(float64(asked)*r.Jitter*d.o.Rand()))
	}
	return now.Add(r.wait(it.Attempts, d.o.Rand()))
}

// took notes that an event was taken, and lets go what waits if that ends a
// trouble.
func (d *Deliverer) took(ctx context.Context, it outbox.Item) {
	now := d.o.Clock.Now()
	d.well(ctx, now)
	if !d.recovery.deliver(now, it.Attempts > 0) {
		return
	}
	if err := d.o.Store.Hurry(ctx, d.endpoint.ID); err != nil {
		d.recovery.postpone()
		d.o.Log.Warn("events that wait for their next attempt go on waiting", "endpoint", d.endpoint.ID, "error", err)
	}
}

// Close closes the idle connections.
func (d *Deliverer) Close() { d.wire.Close() }
