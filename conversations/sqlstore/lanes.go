package sqlstore

import (
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
		select r.lane, r.kind, r.due, 0 from rows(lane text, kind text, due bigint)
		where true on conflict (lane) do nothing`
	dropLanes = `delete from lanes using rows(lane text, lease bigint)
		where lanes.lane = r.lane and (lanes.lease = 0 or lanes.lease = r.lease)
		and not exists (select 1 from outbox o where o.lane = r.lane and o.done = 0)`
	settleLanes = `update lanes set
		due = coalesce((select o.due from outbox o where o.lane = lanes.lane and o.done = 0 order by o.pos limit 1), 0),
		lease = case when lanes.lease = r.lease then 0 else lanes.lease end
		from rows(lane text, lease bigint) where lanes.lane = r.lane
		returning lanes.kind, lanes.due, lanes.lease`

	// A task that waits already under its id is not queued again.
	insertTasks = `insert into outbox (lane, id, pos, kind, due, created, ride, sequence, body)
		select r.lane, r.id, r.pos, r.kind, r.due, r.created, r.ride, r.sequence, r.body
		from rows(lane text, id text, pos bigint, kind text, due bigint, created bigint, ride bigint, sequence bigint, body text)
		where true on conflict do nothing`
	deleteTasks = `delete from outbox using rows(lane text, id text)
		where outbox.lane = r.lane and outbox.done = 0 and outbox.id = r.id`
	// Whose account's alarm ended meanwhile has nothing to wait for.
	retryTasks = `update outbox set due = case when r.waits <> '' and not exists (
			select 1 from alarms a where a.account = r.waits and a.work = outbox.kind and a.ended = 0) then r.now else r.at end, attempts = attempts + r.tries, note = r.why, waits = r.waits,
		unsure = case when outbox.unsure = 0 then r.unsure else outbox.unsure end
		from rows(lane text, id text, at bigint, tries bigint, why text, waits text, unsure bigint, now bigint)
		where outbox.lane = r.lane and outbox.done = 0 and outbox.id = r.id`
	markRides = `update outbox set ride = r.state, due = case when r.at > 0 then r.at else outbox.due end
		from rows(lane text, id text, state bigint, at bigint)
		where outbox.lane = r.lane and outbox.done = 0 and outbox.id = r.id and outbox.ride in (1, 2)`
)

// outboxWrites collects what a group does to the outbox.
type outboxWrites struct {
	tasks                [][]any
	deleted, retried     [][]any
	asked, pulls, pulled [][]any // pulls
	turned               [][]any // pages of them
	missed, rearmed      [][]any
	withdrawn, cancelled [][]any
	folded               keys // conversations whose rides become tasks
	boarded              []boarding
	alighted             []messageRef
	opened               map[string]openedLane
	settled              map[string]int64 // lane → the lease that ends, -1 for none
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

// collectTasks puts the turn's tasks in the outbox, but for events, and for the
// ride that nothing is to be sent after. The turn's messages are in w already.
func (g *group) collectTasks(j *job, w *writes) {
	tasks := j.changes.Tasks
	for i, t := range tasks {
		if ev, ok := t.Body.(conversations.Event); ok {
			g.collectEvent(j, ev, j.written.tasks[i], &w.relayWrites)
			continue
		}
		ride := outbox.NoRide
		if t.Ride {
			switch {
			case g.held(j, i):
				t.Due, j.result.Answer = g.now, nil
			case sends(tasks[i+1:], t.Lane):
				ride = outbox.Riding
			default:
				w.board(t)
				continue
			}
		}
		w.tasks = append(w.tasks, []any{
			t.Lane, t.ID, j.turns<<10 + int64(i), string(t.Kind), millis(t.Due), millis(g.now), int64(ride), int64(0), j.written.tasks[i],
		})
		w.open(t.Lane, t.Kind, millis(t.Due))
	}
}

// open makes sure that a lane has a row.
func (w *outboxWrites) open(lane string, kind conversations.TaskKind, due int64) {
	if _, ok := w.opened[lane]; !ok {
		w.opened[lane] = openedLane{string(kind), due}
	}
}

// sends says whether there are messages among the tasks for the outbox to
// send in that lane.
func sends(tasks []conversations.Task, lane string) bool {
	return slices.ContainsFunc(tasks, func(t conversations.Task) bool { return t.Lane == lane && !t.Ride })
}

// queues says whether the turn leaves messages for the outbox to send in that
// lane: those that were not to ride, and the one that was and is held.
func (g *group) queues(j *job, lane string) bool {
	for i, t := range j.changes.Tasks {
		if t.Lane == lane && (!t.Ride || g.held(j, i)) {
			return true
		}
	}
	return false
}

// held says whether task i of the turn, which is to ride, would overtake a
// message that is still to be sent. Others that ride do not hold it up: they
// are on their way.
func (g *group) held(j *job, i int) bool {
	tasks := j.changes.Tasks
	return g.queued[tasks[i].Lane] || sends(tasks[:i], tasks[i].Lane)
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
			unsure := int64(0)
			if o.Unsure {
				unsure = millis(g.now)
			}
			w.retried = append(w.retried, []any{lane, id, millis(o.RetryAt), tries, o.Note, o.Waits, unsure, millis(g.now)})
			g.troubled = g.troubled || o.Waits != ""
		case o.Item.Kind == conversations.TaskPull:
			w.pulled = append(w.pulled, []any{lane, id, o.Item.Asked, millis(g.now)})
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
	w.pullScript(sc)
	if g.s.db.shared() {
		lanes := slices.AppendSeq(slices.Collect(maps.Keys(w.opened)), maps.Keys(w.settled))
		slices.Sort(lanes)
		sc.queryKeys(lockLanes, slices.Compact(lanes), discard)
	}
	sc.bulk(deleteTasks, w.deleted)
	sc.bulk(markRides, w.missed)
	sc.bulk(markRides, w.rearmed)
	sc.bulk(retryTasks, w.retried)
	sc.bulk(deletePulls, w.pulled)
	sc.bulk(renewPulls, w.pulled)
	sc.bulk(insertPulls, w.pulls)
	prefix := conversations.Lane(conversations.TaskDeliver, "")
	sc.execKeys(foldRides, w.folded, prefix, string(conversations.TaskDeliver), millis(g.now))
	sc.execKeys(endRides, w.folded, prefix)
	sc.bulk(withdrawTasks, w.withdrawn)
	sc.bulk(cancelTasks, w.cancelled)
	sc.bulk(insertTasks, w.tasks)
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
		var l dueLane
		var lease int64
		err := r.Scan(&l.kind, &l.at, &lease)
		if lease == 0 {
			g.due = append(g.due, l)
		}
		return err
	})
}
