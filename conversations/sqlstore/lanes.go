package sqlstore

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// A lane's row says when its first task is due and until when a worker holds
// it; a lane without tasks has no row. Every transaction that changes a
// lane's tasks locks the lane first, so that of two that overlap the later
// one sees the earlier one's tasks when it looks for what is left.
const (
	lockLanes = `select lane from lanes where lane in keys order by lane for update`
	openLanes = `insert into lanes (lane, kind, due, lease)
		select lane, kind, due, 0 from rows(lane text, kind text, due bigint)
		where true on conflict (lane) do nothing`
	dropLanes = `delete from lanes where lane in (
		select r.lane from rows(lane text, lease bigint) join lanes l on l.lane = r.lane
		where (l.lease = 0 or l.lease = r.lease) and not exists (select 1 from outbox o where o.lane = r.lane and o.done = 0))`
	settleLanes = `update lanes set
		due = coalesce((select o.due from outbox o where o.lane = lanes.lane and o.done = 0 order by o.pos limit 1), 0),
		lease = case when lanes.lease = r.lease then 0 else lanes.lease end
		from rows(lane text, lease bigint) where lanes.lane = r.lane
		returning lanes.kind, lanes.due, lanes.lease`

	// A task that waits already under its id is not queued again.
	insertTasks = `insert into outbox (lane, pos, id, kind, due, created, ride, sequence, body)
		select lane, pos, id, kind, due, created, 0, sequence, body
		from rows(lane text, pos bigint, id text, kind text, due bigint, created bigint, sequence bigint, body text)
		where not exists (select 1 from outbox o where o.lane = r.lane and o.done = 0 and o.id = r.id)`
	// A message must not overtake, by riding, one that is still to be sent.
	// Others that ride do not hold it up: they are on their way.
	insertRides = `insert into outbox (lane, pos, id, kind, due, created, ride, sequence, body)
		select lane, pos, id, kind, case when held then created else due end, created, case when held then 0 else 1 end, 0, body
		from (select r.*, exists (select 1 from outbox o where o.lane = r.lane and o.done = 0 and o.pos < r.pos and o.ride <> 1) as held
			from rows(lane text, pos bigint, id text, kind text, due bigint, created bigint, body text)) as h
		where true returning id, ride`

	deleteTasks  = `delete from outbox where (lane, done, id) in (select lane, 0, id from rows(lane text, id text))`
	finishEvents = `update outbox set done = r.at, note = r.why from rows(lane text, id text, at bigint, why text)
		where outbox.lane = r.lane and outbox.done = 0 and outbox.id = r.id`
	retryTasks = `update outbox set due = r.at, attempts = attempts + r.tries, note = r.why
		from rows(lane text, id text, at bigint, tries bigint, why text)
		where outbox.lane = r.lane and outbox.done = 0 and outbox.id = r.id`
	markRides = `update outbox set ride = r.state, due = case when r.at > 0 then r.at else outbox.due end
		from rows(lane text, id text, state bigint, at bigint)
		where outbox.lane = r.lane and outbox.done = 0 and outbox.id = r.id and outbox.ride <> 0`
)

// outboxWrites collects what a group does to the outbox.
type outboxWrites struct {
	tasks, rides               [][]any
	riding                     map[string]*job // by the id of the message that rides
	deleted, finished, retried [][]any
	missed, rearmed            [][]any
	opened                     map[string]openedLane
	settled                    map[string]int64 // lane → the lease that ends, -1 for none
}

// openedLane is a lane that gets tasks.
type openedLane struct {
	kind string
	due  int64
}

// settle has a lane's row say what is left of it; the lease, if it is still
// the lane's, ends.
func (w *outboxWrites) settle(lane string, lease int64) {
	if l, ok := w.settled[lane]; !ok || l < 0 {
		w.settled[lane] = lease
	}
}

// collectTasks puts the turn's tasks in the outbox.
func (g *group) collectTasks(j *job, w *outboxWrites) error {
	for i, t := range j.changes.Tasks {
		body, err := json.Marshal(t.Body)
		if err != nil {
			return fmt.Errorf("writing task %s: %w", t.ID, err)
		}
		pos, due, created := j.turns<<10+int64(i), millis(t.Due), millis(g.now)
		if t.Ride {
			w.rides = append(w.rides, []any{t.Lane, pos, t.ID, string(t.Kind), due, created, string(body)})
			w.riding[t.ID] = j
		} else {
			var sequence int64
			if ev, ok := t.Body.(conversations.Event); ok {
				sequence = ev.Data.Sequence
			}
			w.tasks = append(w.tasks, []any{t.Lane, pos, t.ID, string(t.Kind), due, created, sequence, string(body)})
		}
		if _, ok := w.opened[t.Lane]; !ok {
			w.opened[t.Lane] = openedLane{string(t.Kind), due}
		}
	}
	return nil
}

// collectOutcomes books outcomes. They are booked even if the turn that they
// come with failed: what was done must not be done again.
func (g *group) collectOutcomes(j *job, w *outboxWrites) {
	for _, o := range j.outcomes {
		lane, id := o.Item.Lane, o.Item.ID
		switch {
		case o.Verdict == outbox.Retry:
			tries := int64(1)
			if o.Uncounted {
				tries = 0
			}
			w.retried = append(w.retried, []any{lane, id, millis(o.RetryAt), tries, o.Note})
		case o.Item.Kind == conversations.TaskEvent:
			w.finished = append(w.finished, []any{lane, id, millis(g.now), o.Note})
		default:
			w.deleted = append(w.deleted, []any{lane, id})
		}
		w.settle(lane, -1)
	}
	for lane, lease := range j.released {
		w.settle(lane, lease)
	}
}

func (g *group) outboxScript(sc *script, w *outboxWrites) {
	if g.s.db.shared() {
		lanes := slices.AppendSeq(slices.Collect(maps.Keys(w.opened)), maps.Keys(w.settled))
		slices.Sort(lanes)
		sc.queryKeys(lockLanes, slices.Compact(lanes), discard)
	}
	sc.bulk(deleteTasks, w.deleted)
	sc.bulk(markRides, w.missed)
	sc.bulk(markRides, w.rearmed)
	sc.bulk(finishEvents, w.finished)
	sc.bulk(retryTasks, w.retried)
	sc.bulk(insertTasks, w.tasks)
	sc.queryBulk(insertRides, w.rides, func(r row) error {
		var id string
		var state outbox.Ride
		if err := r.Scan(&id, &state); err != nil {
			return err
		}
		if state != outbox.Riding {
			w.riding[id].result.Answer = nil
		}
		return nil
	})
	g.lanesScript(sc, w)
}

func (g *group) lanesScript(sc *script, w *outboxWrites) {
	var opened, settled [][]any
	for _, lane := range slices.Sorted(maps.Keys(w.opened)) {
		o := w.opened[lane]
		opened = append(opened, []any{lane, o.kind, o.due})
		g.due = append(g.due, dueLane{conversations.TaskKind(o.kind), o.due})
	}
	for lane, lease := range w.settled {
		settled = append(settled, []any{lane, lease})
	}
	sc.bulk(openLanes, opened)
	sc.bulk(dropLanes, settled)
	sc.queryBulk(settleLanes, settled, func(r row) error {
		var kind string
		var due, lease int64
		if err := r.Scan(&kind, &due, &lease); err != nil {
			return err
		}
		if lease == 0 {
			g.due = append(g.due, dueLane{conversations.TaskKind(kind), due})
		}
		return nil
	})
}
