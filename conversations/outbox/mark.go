package outbox

import (
	"context"
	"encoding/json"
	"time"

	"jiebao/conversations"
)

// Marker shows on a message what was tapped in it, by the adapter of the
// account. A mark that was made before is an error and changes nothing.
type Marker interface {
	Mark(ctx context.Context, m conversations.Mark) error
}

// Mark shows on messages what candidates tapped in them.
type Mark struct {
	Marker Marker
	Health *Health
	Retry  RetryPolicy
	Now    func() time.Time
}

// Do makes the mark. Where nobody can tell whether it was made it is made
// again, which does nothing if it was. One that the platform will never take,
// because its time is over or because it was made, is given up without a word
// to the conversation: what was tapped is on record there.
func (w *Mark) Do(ctx context.Context, it Item) Outcome {
	var m conversations.Mark
	if err := json.Unmarshal(it.Body, &m); err != nil {
		return unreadable(err)
	}
	if !w.Now().Before(m.Until) {
		return Outcome{Verdict: Done, Note: "the platform lets the message be changed no more", Everyday: true}
	}
	permit := w.Health.Ask(ctx, m.To.Account)
	if permit.Waits() {
		return permit.waiting()
	}
	err := w.Marker.Mark(ctx, m)
	permit = w.Health.Fared(ctx, m.To.Account, it.ID, permit, err)
	o := Outcome{}
	if err != nil {
		o = w.Retry.Next(it, true, conversations.Receipt{}, askAgain(err), w.Now())
		o.Then, o.Everyday = nil, true
	}
	if permit.Waits() {
		held := permit.waiting()
		held.Note = o.Note
		return held
	}
	return o
}
