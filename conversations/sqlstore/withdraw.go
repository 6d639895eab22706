package sqlstore

import (
	"slices"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// A message that rides in a callback's answer is on its way already, and one
// that was called off stays so.
const withdrawTasks = `update outbox set ride = r.state, due = r.at from rows(lane text, state bigint, at bigint)
	where outbox.lane = r.lane and outbox.done = 0 and outbox.ride <> 1 and outbox.ride <> 4`

const cancelTasks = `update outbox set ride = r.state, due = r.at from rows(lane text, id text, state bigint, at bigint)
	where outbox.lane = r.lane and outbox.done = 0 and outbox.id = r.id and outbox.ride <> 1`

// collectWithdrawn keeps what waits for a candidate who wants no more
// messages from being sent: whoever takes it next reports it instead. What
// this turn says itself is queued afterwards and leaves.
func (g *group) collectWithdrawn(j *job, w *writes) {
	if !j.changes.Withdrawn {
		return
	}
	for _, lane := range g.deliveryLanes(&j.changes.Conversation) {
		w.withdrawn = append(w.withdrawn, []any{lane, int64(outbox.Withdrawn), millis(g.now)})
		w.settle(lane, -1)
	}
}

// collectCancelled keeps single messages from being sent, unless somebody is
// sending them already.
func (g *group) collectCancelled(j *job, w *writes) {
	if len(j.changes.Cancelled) == 0 {
		return
	}
	for _, lane := range g.deliveryLanes(&j.changes.Conversation) {
		for _, id := range j.changes.Cancelled {
			w.cancelled = append(w.cancelled, []any{lane, id, int64(outbox.Cancelled), millis(g.now)})
		}
		w.settle(lane, -1)
	}
}

// deliveryLanes are the lanes that messages of the conversation may wait in.
func (g *group) deliveryLanes(c *conversations.Conversation) []string {
	lanes := []string{conversations.Lane(conversations.TaskDeliver, c.ID)}
	for i := range c.Reaches {
		d, _ := g.s.engine.Channels.Describe(c.Reaches[i].Address.Account)
		if lane := conversations.DeliveryLane(c.ID, d); !slices.Contains(lanes, lane) {
			lanes = append(lanes, lane)
		}
	}
	return lanes
}
