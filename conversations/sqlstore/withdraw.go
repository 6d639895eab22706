package sqlstore

import (
	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// A message that rides in a callback's answer is on its way already.
const withdrawTasks = `update outbox set ride = r.state, due = r.at from rows(lane text, state bigint, at bigint)
	where outbox.lane = r.lane and outbox.done = 0 and outbox.ride <> 1`

// collectWithdrawn keeps what waits for a candidate who wants no more
// messages from being sent: whoever takes it next reports it instead. What
// this turn says itself is queued afterwards and leaves.
func (g *group) collectWithdrawn(j *job, w *writes) {
	if !j.changes.Withdrawn {
		return
	}
	lane := conversations.Lane(conversations.TaskDeliver, j.changes.Conversation.ID)
	w.withdrawn = append(w.withdrawn, []any{lane, int64(outbox.Withdrawn), millis(g.now)})
	w.settle(lane, -1)
}
