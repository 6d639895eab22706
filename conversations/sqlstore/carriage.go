package sqlstore

import (
	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

const (
	missRides = `update messages set carried = 2 from rows(conversation text, n bigint)
		where messages.conversation = r.conversation and messages.n = r.n and messages.ride > 0`
	findRiding = `select m.conversation, m.n from rows(conversation text, n bigint), messages m
		where m.conversation = r.conversation and m.n = r.n and m.ride > 0 for update of m`
	// Not "ride > 0": the index of what rides would do, and that of what missed
	// its ride does better.
	findMissed = `select conversation from messages where conversation in keys and carried = 2 and ride <> 0`
)

// carriage is what became of a ride.
type carriage struct {
	messageRef
	message string // its id
	carried bool
}

// Carried says whether the answer to a callback was written with the message
// in it. It returns at once; what it says is committed with the next group.
func (s *Store) Carried(message string, carried bool) {
	ref, ok := parseMessageID(message)
	if !ok {
		return
	}
	s.jobs.add(&job{
		keys:    keys{keyOf(conversations.Target{Conversation: ref.conversation})},
		carried: &carriage{ref, message, carried},
		answer:  make(chan answer, 1),
	})
}

// findRiding asks which rides that were reported are in their messages' rows.
// One process alone knows; of several, another may have made tasks of them.
func (g *group) findRiding(sc *script) {
	g.riding = map[messageRef]bool{}
	var rows [][]any
	for _, j := range g.jobs {
		if j.carried == nil {
			continue
		}
		ref := j.carried.messageRef
		if g.s.db.shared() {
			rows = append(rows, []any{ref.conversation, ref.n})
		} else if g.s.rides.waits(ref) {
			g.riding[ref] = true
		}
	}
	sc.queryBulk(findRiding, rows, func(r row) error {
		var ref messageRef
		err := r.Scan(&ref.conversation, &ref.n)
		g.riding[ref] = true
		return err
	})
}

// collectCarriage books what became of a ride.
func (g *group) collectCarriage(j *job, w *writes) {
	ref := j.carried.messageRef
	lane, riding := rideLane(ref), g.riding[ref]
	switch {
	case j.carried.carried && riding:
	case riding:
		w.missedRows = append(w.missedRows, []any{ref.conversation, ref.n})
		return
	case j.carried.carried:
		w.settle(lane, -1)
		w.deleted = append(w.deleted, []any{lane, j.carried.message})
	default:
		w.settle(lane, -1)
		w.missed = append(w.missed, []any{lane, j.carried.message, int64(outbox.Missed), int64(0)})
		return
	}
	w.alighted = append(w.alighted, ref)
	w.status(conversations.StatusChange{Message: j.carried.message, Status: conversations.Sent, At: g.now}, j)
	r := w.raised[ref]
	r.carried = 1
	w.raised[ref] = r
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
			ids.add(j.carried.conversation)
		}
	}
	g.branches = map[string]string{}
	sc.queryKeys(findBranches, ids, pairs(g.branches))
}
