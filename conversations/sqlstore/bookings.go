package sqlstore

import (
	"time"

	"jiebao/conversations/outbox"
)

// booking is what became of the events that a worker had of one delivery, in
// their order. Either all of them were told before, or none was.
type booking struct {
	queue    *deliveries
	lane     deliveryLane
	outcomes []outbox.Outcome
}

// collectBooking books what became of a delivery's events.
func (g *group) collectBooking(b *booking, w *relayWrites) {
	var f fared
	for _, o := range b.outcomes {
		event := []any{b.lane.endpoint, b.lane.conversation, o.Item.Asked, millis(o.Item.Lease)}
		f.add(o, g.tried(o))
		switch {
		case o.Verdict == outbox.Retry && o.Item.Again:
			w.retold = append(w.retold, append(event, f.tries, f.begun, o.Note))
			f.tries, f.begun = 0, 0
		case o.Verdict == outbox.Dead:
			w.dead = append(w.dead, append(event[:4:4], millis(g.now), int64(o.Item.Attempts+1), o.Note))
		case o.Verdict == outbox.Done && o.Item.Again:
			w.undead = append(w.undead, event)
		}
		if o.Item.Again && o.Verdict != outbox.Retry {
			w.replayed = append(w.replayed, event)
		}
		g.collectAttempt(b, o, w)
	}
	w.touched.add(b.lane.conversation)
	w.booked = append(w.booked, []any{
		b.lane.conversation, b.lane.endpoint, f.lease, f.upto, f.again, f.tries, f.begun, f.why, f.later, f.release, millis(g.now),
	})
}

// fared is what a delivery's row learns of a booking.
type fared struct {
	lease   int64
	upto    int64 // the last event that is over
	again   int64 // 1 if they were told before
	tries   int64 // of the event that is to be tried again
	begun   int64 // when that was tried
	why     string
	later   int64 // when it is tried again
	release int64
}

func (f *fared) add(o outbox.Outcome, tried time.Time) {
	f.lease, f.again = millis(o.Item.Lease), bit(o.Item.Again)
	f.release |= bit(o.Release)
	if o.Verdict != outbox.Retry {
		if !o.Item.Again {
			f.upto = o.Item.Asked
		}
		return
	}
	f.later, f.why = max(1, millis(o.RetryAt)), o.Note
	if !o.Uncounted {
		f.tries, f.begun = 1, millis(tried)
	}
}

// tried is when the event was tried.
func (g *group) tried(o outbox.Outcome) time.Time {
	if o.Attempt != nil && !o.Attempt.At.IsZero() {
		return o.Attempt.At
	}
	return g.now
}

// collectAttempt keeps how a try went. A feed gets the event instead.
func (g *group) collectAttempt(b *booking, o outbox.Outcome, w *relayWrites) {
	a, key, conversation := o.Attempt, b.lane.endpoint, b.lane.conversation
	switch {
	case a == nil:
	case !b.lane.feed:
		w.attempts = append(w.attempts, []any{
			key, conversation, o.Item.Asked, millis(g.tried(o)), a.Took.Milliseconds(), int64(a.Status), a.Note, a.Answer,
		})
	case o.Verdict == outbox.Done:
		if w.feeds == nil {
			w.feeds = map[string]int64{}
		}
		w.feeds[key]++
		w.fed = append(w.fed, []any{key, w.feeds[key], conversation, o.Item.Asked, millis(g.now), millis(o.Item.Lease)})
		g.fed = append(g.fed, b.queue)
	}
}

// park puts deliveries aside.
func (w *relayWrites) park(rows [][]any) {
	for _, row := range rows {
		w.touched.add(row[0].(string))
	}
	w.parked = append(w.parked, rows...)
}

// scanBooked reads which endpoints have more to be told.
func (g *group) scanBooked(r row) error {
	var key string
	var due int64
	if err := r.Scan(&key, &due); err != nil {
		return err
	}
	if due > 0 {
		if g.more == nil {
			g.more = map[string]int64{}
		}
		if at, ok := g.more[key]; !ok || due < at {
			g.more[key] = due
		}
	}
	return nil
}
