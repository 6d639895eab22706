package ehr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/conversations/outbox"
)

// maxAnswer is how much of an answer is read, so that its connection can be
// used again. What it says does not matter.
const maxAnswer = 64 << 10

// Do makes one attempt at delivering an event task. The task's id is the
// webhook's id and its stored body is the payload, byte for byte, so that
// every attempt under one id says the same.
//
// Any 2xx answer ends the task. Everything else is tried again.
func (d *Deliverer) Do(ctx context.Context, it outbox.Item) outbox.Outcome {
	attempt, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	answer, err := d.post(attempt, it)
	switch {
	case ctx.Err() != nil && err != nil:
		return outbox.Outcome{Item: it, Verdict: outbox.Retry, RetryAt: d.now(), Note: "broken off because the gateway stopped"}
	case err != nil:
		return d.failed(it, failing, describe(err))
	case answer.status >= 200 && answer.status < 300:
		d.recovered(ctx, it)
		return outbox.Outcome{Item: it, Verdict: outbox.Done}
	case answer.status >= 300 && answer.status < 400:
		return d.failed(it, failing, answer.String()+"; redirects are not followed, configure the final address")
	case answer.status == http.StatusGone:
		return d.failed(it, gone, answer.String()+"; the endpoint wants no more events, change ehr.endpoint.url or remove it")
	case answer.retryAfter > 0:
		return d.asked(it, answer)
	}
	return d.failed(it, failing, answer.String())
}

// answer is what the endpoint said.
type answer struct {
	status     int
	retryAfter time.Duration // for 429 and 503, 0 if it did not say
}

func (a answer) String() string {
	return fmt.Sprintf("the endpoint answered %d %s", a.status, http.StatusText(a.status))
}

func (d *Deliverer) post(ctx context.Context, it outbox.Item) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(it.Body))
	if err != nil {
		return answer{}, err
	}
	now := d.now()
	signature, err := d.signer.Sign(it.ID, now, it.Body)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Jiebao")
	req.Header.Set(standardwebhooks.HeaderWebhookID, it.ID)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	resp, err := d.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer)
	got := answer{status: resp.StatusCode}
	if got.status == http.StatusTooManyRequests || got.status == http.StatusServiceUnavailable {
		got.retryAfter = readRetryAfter(resp.Header.Get("Retry-After"), d.now())
	}
	return got, nil
}

// describe says what went wrong without the address, which may hold a
// password, and without anything of the event.
func describe(err error) string {
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "the endpoint did not answer in time"
	}
	return "the endpoint could not be reached: " + err.Error()
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
func (d *Deliverer) asked(it outbox.Item, a answer) outbox.Outcome {
	spread := time.Duration(float64(a.retryAfter) * d.jitter * d.rand())
	now := d.now()
	next := now.Add(a.retryAfter + spread)
	d.recovery.fail(now, now.Add(a.retryAfter))
	note := fmt.Sprintf("%s and asked to be left alone for %s", a, a.retryAfter)
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
