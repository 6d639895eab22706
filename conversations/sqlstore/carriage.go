package sqlstore

import (
	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

const (
	missRides = `update messages set carried = 2 from rows(conversation text, n bigint)
		where messages.conversation = r.conversation and messages.n = r.n and messages.ride > 0`
	carryRides = `update messages set
		status = case when r.status > messages.status then r.status else messages.status end,
		reason = case when r.status > messages.status then '' else messages.reason end,
		history = messages.history || r.history, carried = 1, ride = 0
		from rows(conversation text, n bigint, status bigint, history text)
		where messages.conversation = r.conversation and messages.n = r.n and messages.ride > 0
		returning messages.conversation, messages.n`
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
// One process alone knows; of several, another may have made tasks of them, so
// that those that arrived are written where they are found.
func (g *group) findRiding(sc *script) {
	g.riding, g.carried = map[messageRef]bool{}, map[messageRef]bool{}
	var arrived, missed [][]any
	for _, j := range g.jobs {
		if j.carried == nil {
			continue
		}
		ref := j.carried.messageRef
		switch {
		case !g.s.db.shared():
			g.riding[ref] = g.s.rides.waits(ref)
		case j.carried.carried:
			sent := g.arrived(j.carried)
			arrived = append(arrived, []any{ref.conversation, ref.n, int64(sent.Status), historyText(sent)})
		default:
			missed = append(missed, []any{ref.conversation, ref.n})
		}
	}
	sc.queryBulk(carryRides, arrived, into(g.carried))
	sc.queryBulk(findRiding, missed, into(g.riding))
}

// into reads messages into a set.
func into(set map[messageRef]bool) func(row) error {
	return func(r row) error {
		var ref messageRef
		err := r.Scan(&ref.conversation, &ref.n)
		set[ref] = true
		return err
	}
}

// arrived is what it means for a message that it rode.
func (g *group) arrived(c *carriage) conversations.StatusChange {
	return conversations.StatusChange{Message: c.message, Status: conversations.Sent, At: g.now}
}

// collectCarriage books what became of a ride.
func (g *group) collectCarriage(j *job, w *writes) {
	ref := j.carried.messageRef
	lane, riding := rideLane(ref), g.riding[ref]
	switch {
	case g.carried[ref]:
		w.alighted = append(w.alighted, ref)
		return
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
	w.status(g.arrived(j.carried), j)
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
