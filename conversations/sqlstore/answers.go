package sqlstore

import (
	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// A callback that is repeated gets the answer of the first, unless the outbox
// has sent that, or is sending it.

const (
	findQueued  = `select lane from outbox where lane in keys and done = 0 and ride <> 1`
	lockAnswers = findMessages + ` for update of m skip locked`
	findRides   = `select o.id, o.ride, l.lease from rows(lane text, id text), lanes l, outbox o
		where l.lane = r.lane and o.lane = r.lane and o.done = 0 and o.id = r.id for update of l skip locked`
	rearmRides = `update messages set carried = 0, ride = r.at from rows(conversation text, n bigint, at bigint)
		where messages.conversation = r.conversation and messages.n = r.n and messages.ride > 0`
)

// ride is the task of a message that was to ride.
type ride struct {
	state  outbox.Ride
	leased bool
}

// rideLane is the lane of a message's task.
func rideLane(m messageRef) string {
	return conversations.Lane(conversations.TaskDeliver, m.conversation)
}

// duplicate ends the job if its command was applied before.
func (g *group) duplicate(j *job) bool {
	s, ok := g.seen[conversations.DedupeKey(j.to, j.command)]
	if !ok {
		return false
	}
	j.result = conversations.Applied{Conversation: s.ref.conversation, Duplicate: true}
	return true
}

// findQueued looks for messages that an answer must not overtake: those in
// the outbox, and those that were to ride and did not.
func (g *group) findQueued(sc *script) {
	var lanes, riding keys
	for _, j := range g.jobs {
		r, ok := j.command.(conversations.Receive)
		if !ok || !r.CanAnswer {
			continue
		}
		for _, id := range []string{j.conversation, g.invitations[j.to.Scene]} {
			if id == "" {
				continue
			}
			lanes.add(conversations.Lane(conversations.TaskDeliver, id))
			if g.s.db.shared() || g.s.rides.of(id) {
				riding.add(id)
			}
		}
	}
	g.queued = map[string]bool{}
	sc.queryKeys(findQueued, lanes, func(r row) error {
		var lane string
		err := r.Scan(&lane)
		g.queued[lane] = true
		return err
	})
	sc.queryKeys(findMissed, riding, func(r row) error {
		var id string
		err := r.Scan(&id)
		g.queued[conversations.Lane(conversations.TaskDeliver, id)] = true
		return err
	})
}

// findAnswers reads the answers of repeated callbacks, and their tasks.
func (g *group) findAnswers(sc *script) {
	var refs, tasks [][]any
	for _, j := range g.jobs {
		if !j.result.Duplicate {
			continue
		}
		answer := g.seen[conversations.DedupeKey(j.to, j.command)].answer
		if ref, ok := parseMessageID(answer); ok {
			refs = append(refs, []any{ref.conversation, ref.n})
			tasks = append(tasks, []any{rideLane(ref), answer})
		}
	}
	if len(refs) == 0 {
		return
	}
	g.rides = map[string]ride{}
	sc.queryBulk(lockAnswers, refs, g.scanMessage(nil))
	sc.queryBulk(findRides, tasks, func(r row) error {
		var id string
		var state outbox.Ride
		var lease int64
		if err := r.Scan(&id, &state, &lease); err != nil {
			return err
		}
		g.rides[id] = ride{state, lease > millis(g.now)}
		return nil
	})
}

// answerAgain gives a repeated callback the answer of the first, if a
// callback carried it or may still carry it. An answer that the outbox sends,
// sent or is sending never rides: the candidate would get it twice.
func (g *group) answerAgain(j *job) {
	id := g.seen[conversations.DedupeKey(j.to, j.command)].answer
	ref, ok := parseMessageID(id)
	if !ok {
		return
	}
	m := g.messages[ref]
	if m == nil {
		return
	}
	r, waiting := g.rides[id]
	switch {
	case m.carried:
	case m.ride > 0, waiting && (r.state == outbox.Riding || r.state == outbox.Missed) && !r.leased:
		j.rearm, j.rearmRow = id, m.ride > 0
	default:
		return
	}
	answer := m.Message
	j.result.Answer = &answer
}

// collectRearmed books the rides that are to be taken again, after what
// became of them before: their callback is still to be answered.
func (g *group) collectRearmed(j *job, w *writes) {
	ref, _ := parseMessageID(j.rearm)
	due := millis(g.now.Add(conversations.RideWindow))
	if j.rearmRow {
		w.rearmedRows = append(w.rearmedRows, []any{ref.conversation, ref.n, due})
		w.boarded = append(w.boarded, boarding{ref, due})
		return
	}
	lane := rideLane(ref)
	w.settle(lane, -1)
	w.rearmed = append(w.rearmed, []any{lane, j.rearm, int64(outbox.Riding), due})
}
