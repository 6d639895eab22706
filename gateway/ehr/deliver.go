package ehr

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"jiebao/conversations/outbox"
	"jiebao/gateway/ehr/wire"
)

// Do makes one attempt at delivering an event task. The task's id is the
// webhook's id and its stored body is the payload, byte for byte, so that
// every attempt under one id says the same.
//
// Any 2xx answer ends the task. Everything else is tried again.
func (d *Deliverer) Do(ctx context.Context, it outbox.Item) outbox.Outcome {
	answer, err := d.wire.Post(ctx, it.ID, it.Body)
	switch {
	case ctx.Err() != nil && err != nil:
		return outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: d.now(), Note: "broken off because the gateway stopped"}
	case err != nil:
		return d.failed(it, failing, err.Error())
	case answer.Took():
		d.recovered(ctx, it)
		return outbox.Outcome{Item: it, Verdict: outbox.Done}
	case answer.Redirected():
		return d.failed(it, failing, answer.String()+"; redirects are not followed, configure the final address")
	case answer.Status == http.StatusGone:
		return d.failed(it, gone, answer.String()+"; the endpoint wants no more events, change ehr.endpoint.url or remove it")
	case answer.RetryAfter > 0:
		return d.asked(it, answer)
	}
	return d.failed(it, failing, answer.String())
}

// health is how deliveries went last.
type health = int32

const (
	taking  health = iota // the endpoint takes events
	failing               // it is in trouble
	gone                  // it says that it wants none
)

// failed plans the next attempt by the schedule.
func (d *Deliverer) failed(it outbox.Item, h health, note string) outbox.Outcome {
	now := d.now()
	next := now.Add(d.wait(it.Attempts))
	d.recovery.fail(now, time.Time{})
	d.report(it, h, note, next)
	return outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: next, Note: note}
}

// asked plans the next attempt for when the endpoint said, never earlier. The
// jitter comes on top, so that not everybody returns in the same moment.
func (d *Deliverer) asked(it outbox.Item, a wire.Answer) outbox.Outcome {
	spread := time.Duration(float64(a.RetryAfter) * d.jitter * d.rand())
	now := d.now()
	next := now.Add(a.RetryAfter + spread)
	d.recovery.fail(now, now.Add(a.RetryAfter))
	note := fmt.Sprintf("%s and asked to be left alone for %s", a, a.RetryAfter)
	d.report(it, failing, note, next)
	return outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: next, Note: note}
}

// report says once, not for every event, that the endpoint is in trouble.
func (d *Deliverer) report(it outbox.Item, h health, note string, next time.Time) {
	log := d.log.With("event", it.ID, "attempt", it.Attempts+1, "next", next, "problem", note)
	switch {
	case d.health.Swap(h) == h:
		log.Debug("an event was not delivered")
	case h == gone:
		log.Error("the EHR refuses all events; they are kept, and tried again until the endpoint is changed")
	default:
		log.Warn("events are not being delivered to the EHR; they are kept and tried again")
	}
}

// recovered notes a delivery, and lets go what waits if it ends a trouble.
func (d *Deliverer) recovered(ctx context.Context, it outbox.Item) {
	if d.health.Load() != taking && d.health.Swap(taking) != taking {
		d.log.Info("events are being delivered to the EHR again")
	}
	if d.hasten == nil || !d.recovery.deliver(d.now(), it.Attempts > 0) {
		return
	}
	if err := d.hasten(ctx); err != nil {
		d.recovery.postpone()
		d.log.Warn("events that wait for their next attempt go on waiting", "error", err)
	}
}
