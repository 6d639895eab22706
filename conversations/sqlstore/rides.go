package sqlstore

import (
	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// A ride is a message that travels in the answer to a callback. Its task is
// in the outbox too, due only for the case that no callback carries it.

// carriage is what became of a ride.
type carriage struct {
	message string
	carried bool
}

const findQueued = `select lane from outbox where lane in keys and done = 0 and ride <> 1`

const findRides = `select o.id, o.ride, l.lease from rows(lane text, id text), lanes l, outbox o
	where l.lane = r.lane and o.lane = r.lane and o.done = 0 and o.id = r.id for update of l skip locked`

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

// findQueued looks for messages that an answer must not overtake.
func (g *group) findQueued(sc *script) {
	var lanes keys
	for _, j := range g.jobs {
		r, ok := j.command.(conversations.Receive)
		if !ok || !r.CanAnswer {
			continue
		}
		for _, id := range []string{j.conversation, g.invitations[j.to.Scene]} {
			if id != "" {
				lanes.add(conversations.Lane(conversations.TaskDeliver, id))
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
}

// findAnswers reads the answers of repeated callbacks, and their tasks.
func (g *group) findAnswers(sc *script) {
	var refs [][]any
	var tasks [][]any
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
	sc.queryBulk(findMessages, refs, g.scanMessage)
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
	case waiting && r.state != outbox.NoRide && !r.leased:
		j.rearm = id
	default:
		return
	}
	answer := m.Message
	j.result.Answer = &answer
}

// collectRides books what became of rides, and those that are to be taken
// again, which come last: their callback is still to be answered.
func (g *group) collectRides(j *job, w *writes) {
	if c := j.carried; c != nil {
		ref, _ := parseMessageID(c.message)
		lane := rideLane(ref)
		w.settle(lane, -1)
		if !c.carried {
			w.missed = append(w.missed, []any{lane, c.message, int64(outbox.Missed), int64(0)})
			return
		}
		w.deleted = append(w.deleted, []any{lane, c.message})
		w.status(conversations.StatusChange{Message: c.message, Status: conversations.Sent, At: g.now}, j)
		r := w.raised[ref]
		r.carried = 1
		w.raised[ref] = r
	}
	if j.rearm != "" {
		ref, _ := parseMessageID(j.rearm)
		lane := rideLane(ref)
		w.settle(lane, -1)
		w.rearmed = append(w.rearmed, []any{lane, j.rearm, int64(outbox.Riding), millis(g.now.Add(conversations.RideWindow))})
	}
}

// findBranches asks where the conversations are whose rides were reported,
// for those who watch.
func (g *group) findBranches(sc *script) {
	if !g.s.notices.watched() {
		return
	}
	var ids keys
	for _, j := range g.jobs {
		if j.carried != nil {
			ref, _ := parseMessageID(j.carried.message)
			ids.add(ref.conversation)
		}
	}
	g.branches = map[string]string{}
	sc.queryKeys(findBranches, ids, pairs(g.branches))
}

// Carried says whether the answer to a callback was written with the message
// in it. It returns at once; what it says is committed with the next group.
func (s *Store) Carried(message string, carried bool) {
	ref, ok := parseMessageID(message)
	if !ok {
		return
	}
	s.jobs.add(&job{
		key:     "c/" + ref.conversation,
		carried: &carriage{message, carried},
		answer:  make(chan answer, 1),
	})
}
