package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// A ride is a message that travels in the answer to a callback. Nearly all
// arrive, so a ride is no task at first: the message's row says until when a
// callback must have carried it. It becomes a task in its lane, with the
// words in its row, when that time passes without word of it, or when another
// message is to be sent after it, which must not overtake it. A turn that
// itself has more to send after the ride makes it a task at once.

const (
	missRides = `update messages set carried = 2 from rows(conversation text, n bigint)
		where messages.conversation = r.conversation and messages.n = r.n and messages.ride > 0`
	rearmRides = `update messages set carried = 0, ride = r.at from rows(conversation text, n bigint, at bigint)
		where messages.conversation = r.conversation and messages.n = r.n and messages.ride > 0`

	// The tasks come behind what the conversation's turns before the latest
	// left, and before what that one leaves. Their body is empty: the row has it.
	foldRides = `with riding as materialized (
			select conversation, n, ride, carried from messages where conversation in keys and ride > 0 for update)
		insert into outbox (lane, id, pos, kind, due, created, ride, sequence, body)
		select $2 || m.conversation, m.conversation || '-' || m.n,
			(c.turns << 10) - 512 + row_number() over (partition by m.conversation order by m.n),
			cast($3 as text), m.ride, cast($4 as bigint), case when m.carried = 2 then 2 else 1 end, 0, ''
		from riding m join conversations c on c.id = m.conversation
		where true on conflict do nothing`
	endRides = `update messages set ride = 0 where conversation in keys and ride > 0`

	findRiding = `select m.conversation, m.n from rows(conversation text, n bigint), messages m
		where m.conversation = r.conversation and m.n = r.n and m.ride > 0 for update of m`
	findMissed  = `select conversation from messages where conversation in keys and ride > 0 and carried = 2`
	findOverdue = `select conversation, n, ride from messages where ride > 0 and ride <= $1`
)

// rides are those that this process answered callbacks with, and those that
// it found when it looked for what other processes left.
type rides struct {
	mu     sync.Mutex
	due    map[string]map[int64]int64 // by conversation and number of the message
	order  []boarding                 // oldest first; some are over
	looked int64                      // when this process last looked for others'
}

// boarding is a message that rides until due.
type boarding struct {
	messageRef
	due int64
}

func (r *rides) board(bs []boarding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.due == nil {
		r.due = map[string]map[int64]int64{}
	}
	for _, b := range bs {
		if r.due[b.conversation] == nil {
			r.due[b.conversation] = map[int64]int64{}
		}
		r.due[b.conversation][b.n] = b.due
		r.order = append(r.order, b)
	}
}

// alight ends one ride.
func (r *rides) alight(m messageRef) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if delete(r.due[m.conversation], m.n); len(r.due[m.conversation]) == 0 {
		delete(r.due, m.conversation)
	}
	r.trim()
}

// fold ends all rides of a conversation.
func (r *rides) fold(conversation string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.due, conversation)
	r.trim()
}

// trim forgets what is over, as far as nothing older waits.
func (r *rides) trim() {
	for len(r.order) > 0 && r.due[r.order[0].conversation][r.order[0].n] != r.order[0].due {
		r.order = r.order[1:]
	}
}

// waits says whether the message rides, as far as this process knows.
func (r *rides) waits(m messageRef) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.due[m.conversation][m.n] != 0
}

// of says whether messages of the conversation ride, as far as this process
// knows.
func (r *rides) of(conversation string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.due[conversation]) > 0
}

// next is when the first ride is overdue.
func (r *rides) next() (at int64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.trim(); len(r.order) == 0 {
		return 0, false
	}
	return r.order[0].due, true
}

// overdue returns the conversations of which rides are overdue.
func (r *rides) overdue(now int64) (ids keys) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[string]bool{}
	for _, b := range r.order {
		if b.due > now {
			break
		}
		if r.due[b.conversation][b.n] == b.due && !seen[b.conversation] {
			seen[b.conversation] = true
			ids.add(b.conversation)
		}
	}
	return ids
}

// look says whether it is time to look for what other processes left, and
// until when their rides count: at first, all of them.
func (r *rides) look(now int64) (until int64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	window := conversations.RideWindow.Milliseconds()
	switch {
	case r.looked == 0:
		until = now + window
	case now >= r.looked+window:
		until = now
	default:
		return 0, false
	}
	r.looked = now
	return until, true
}

// carriage is what became of a ride.
type carriage struct {
	message string
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
		key:     "c/" + ref.conversation,
		carried: &carriage{message, carried},
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
		ref, _ := parseMessageID(j.carried.message)
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
	ref, _ := parseMessageID(j.carried.message)
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

// board has the message of a task ride. Its row is not in w yet.
func (w *writes) board(j *job, t conversations.Task) {
	ref, _ := parseMessageID(t.ID)
	for _, m := range j.written.messages {
		if m[1] == ref.n {
			m[columnRide] = millis(t.Due)
		}
	}
	w.boarded = append(w.boarded, boarding{ref, millis(t.Due)})
}

// collectFolds has rides become tasks: because they are overdue, because the
// turn sends something after them, or because it withdraws what was missed.
func (g *group) collectFolds(j *job, w *writes) {
	for _, id := range j.fold {
		lane := conversations.Lane(conversations.TaskDeliver, id)
		w.folded.add(id)
		w.open(lane, conversations.TaskDeliver, millis(g.now))
		w.settle(lane, -1)
	}
	if j.changes == nil || j.fresh {
		return
	}
	lane := conversations.Lane(conversations.TaskDeliver, j.conversation)
	if (sends(j.changes.Tasks, lane) || j.changes.Withdrawn) && (g.s.db.shared() || g.s.rides.of(j.conversation)) {
		w.folded.add(j.conversation)
		w.settle(lane, -1)
	}
}

// remember keeps in memory what was committed.
func (w *writes) remember(r *rides) {
	r.board(w.boarded)
	for _, m := range w.alighted {
		r.alight(m)
	}
	for _, id := range w.folded {
		r.fold(id)
	}
}

// foldOverdue makes tasks of the rides that nobody spoke of in time, of this
// process and of those that died.
func (s *Store) foldOverdue(ctx context.Context, now int64) error {
	if until, ok := s.rides.look(now); ok {
		var found []boarding
		err := s.read(ctx, findOverdue, func(r row) error {
			var b boarding
			err := r.Scan(&b.conversation, &b.n, &b.due)
			found = append(found, b)
			return err
		}, until)
		if err != nil {
			return fmt.Errorf("looking for messages that were to ride: %w", err)
		}
		s.rides.board(found)
	}
	ids := s.rides.overdue(now)
	if len(ids) == 0 {
		return nil
	}
	_, err := s.do(ctx, &job{fold: ids})
	return wrap(err, "queueing messages that no callback carried")
}

// fillRides gives the tasks that rides became their bodies.
func (s *Store) fillRides(ctx context.Context, lanes []outbox.Lane) error {
	missing := map[messageRef]*outbox.Item{}
	var refs [][]any
	for i := range lanes {
		for k := range lanes[i].Items {
			if it := &lanes[i].Items[k]; len(it.Body) == 0 {
				ref, _ := parseMessageID(it.ID)
				missing[ref], refs = it, append(refs, []any{ref.conversation, ref.n})
			}
		}
	}
	if len(refs) == 0 {
		return nil
	}
	var sc script
	sc.queryBulk(findMessages, refs, func(r row) error {
		m, err := scanMessage(r)
		if err != nil {
			return err
		}
		it := missing[messageRef{m.Conversation, m.N}]
		it.Created = m.At
		it.Body, err = json.Marshal(conversations.DeliveryOf(m.Message))
		return err
	})
	return s.db.pipeline(ctx, &sc)
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
