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
	touchLanes = `insert into lanes (lane, kind, due, lease)
		select lane, kind, due, 0 from rows(lane text, kind text, due bigint)
		where true on conflict (lane) do update set kind = excluded.kind`
	settleLanes = `update lanes set
		due = coalesce((select o.due from outbox o where o.lane = lanes.lane and o.done = 0 order by o.pos limit 1), 0),
		lease = case when lanes.lease = r.lease then 0 else lanes.lease end
		from rows(lane text, lease bigint) where lanes.lane = r.lane`
	dropLanes = `delete from lanes where lane in keys and lease = 0
		and not exists (select 1 from outbox o where o.lane = lanes.lane and o.done = 0)`
	dueLanes = `select kind, due from lanes where lane in keys and lease = 0`

	insertTasks = `insert into outbox (id, lane, kind, due, created, ride, candidate, sequence, body)
		select id, lane, kind, due, created, ride, candidate, sequence, body
		from rows(id text, lane text, kind text, due bigint, created bigint, ride bigint, candidate text, sequence bigint, body text)
		where true on conflict (id) do nothing`
	deleteTasks  = `delete from outbox where id in keys`
	finishEvents = `update outbox set done = r.done, note = r.note from rows(id text, done bigint, note text) where outbox.id = r.id`
	retryTasks   = `update outbox set due = r.due, attempts = attempts + r.tries, note = r.note
		from rows(id text, due bigint, tries bigint, note text) where outbox.id = r.id and outbox.done = 0`

	// A message must not overtake, by riding, one that is still to be sent.
	// Others that ride do not hold it up: they are on their way.
	dismountRides = `update outbox set ride = 0, due = created where id in keys and exists (
		select 1 from outbox b where b.lane = outbox.lane and b.done = 0 and b.pos < outbox.pos and b.ride <> 1) returning id`
	deleteRides = `delete from outbox where id in keys and ride <> 0 and done = 0`
	missRides   = `update outbox set ride = 2 where id in keys and ride = 1`
	rearmRides  = `update outbox set ride = 1, due = $2 where id in keys and ride <> 0 and done = 0`
	findLanes   = `select id, lane from outbox where id in keys`
)

// outboxWrites collects what a group does to the outbox.
type outboxWrites struct {
	tasks, retried, finished [][]any
	deleted                  keys
	riding                   map[string]*job // new tasks that ride
	carried, missed, rearmed keys
	lanes                    map[string]touchedLane
}

// touchedLane is a lane whose tasks change. One that only gets more of them
// need not be settled.
type touchedLane struct {
	kind   string
	due    int64
	settle bool
	lease  int64 // the lease to end, -1 for none
}

func (w *outboxWrites) settle(lane string, kind conversations.TaskKind, lease int64) {
	t, ok := w.lanes[lane]
	if !ok {
		t = touchedLane{lease: -1}
	}
	t.kind, t.settle = string(kind), true
	if lease > 0 {
		t.lease = lease
	}
	w.lanes[lane] = t
}

// collectTasks puts the turn's tasks in the outbox.
func (g *group) collectTasks(j *job, w *outboxWrites) error {
	for _, t := range j.changes.Tasks {
		body, err := json.Marshal(t.Body)
		if err != nil {
			return fmt.Errorf("writing task %s: %w", t.ID, err)
		}
		ride := outbox.NoRide
		if t.Ride {
			ride = outbox.Riding
			if w.riding == nil {
				w.riding = map[string]*job{}
			}
			w.riding[t.ID] = j
		}
		var candidate string
		var sequence int64
		if ev, ok := t.Body.(conversations.Event); ok {
			candidate, sequence = ev.Data.Candidate, ev.Data.Sequence
		}
		w.tasks = append(w.tasks, []any{
			t.ID, t.Lane, string(t.Kind), millis(t.Due), millis(g.now), int64(ride), candidate, sequence, string(body),
		})
		if _, ok := w.lanes[t.Lane]; !ok {
			w.lanes[t.Lane] = touchedLane{kind: string(t.Kind), due: millis(t.Due), lease: -1}
		}
	}
	return nil
}

// collectOutbox books outcomes. They are booked even if the turn that they
// come with failed: what was done must not be done again.
func (g *group) collectOutbox(j *job, w *outboxWrites) {
	for _, o := range j.outcomes {
		switch {
		case o.Verdict == outbox.Retry:
			tries := int64(1)
			if o.Uncounted {
				tries = 0
			}
			w.retried = append(w.retried, []any{o.Item.ID, millis(o.RetryAt), tries, o.Note})
		case o.Item.Kind == conversations.TaskEvent:
			w.finished = append(w.finished, []any{o.Item.ID, millis(g.now), o.Note})
		default:
			w.deleted.add(o.Item.ID)
		}
		lease := int64(-1)
		if o.Release {
			lease = g.s.leases.of(o.Item.Lane)
			g.released.add(o.Item.Lane)
		}
		w.settle(o.Item.Lane, o.Item.Kind, lease)
	}
	for _, l := range j.idle {
		g.released.add(l.lane)
		w.settle(l.lane, l.kind, g.s.leases.of(l.lane))
	}
	if j.rearm != "" {
		w.rearmed.add(j.rearm)
		w.settle(g.rides[j.rearm].lane, conversations.TaskDeliver, -1)
	}
}

// collectRide books what became of a ride.
func (g *group) collectRide(j *job, w *writes) {
	id := j.carried.message
	if lane, ok := g.rideLanes[id]; ok {
		w.settle(lane, conversations.TaskDeliver, -1)
	}
	if !j.carried.carried {
		w.missed.add(id)
		return
	}
	w.outboxWrites.carried.add(id)
	w.status(conversations.StatusChange{Message: id, Status: conversations.Sent, At: g.now}, j)
	ref, _ := parseMessageID(id)
	r := w.raised[ref]
	r.carried = 1
	w.raised[ref] = r
}

func (g *group) outboxScript(sc *script, w *outboxWrites) {
	var touched, settled [][]any
	var names keys
	for _, lane := range slices.Sorted(maps.Keys(w.lanes)) {
		t := w.lanes[lane]
		touched = append(touched, []any{lane, t.kind, t.due})
		if t.settle {
			settled = append(settled, []any{lane, t.lease})
			names.add(lane)
		} else {
			g.due = append(g.due, dueLane{conversations.TaskKind(t.kind), t.due})
		}
	}
	sc.bulk(touchLanes, touched)
	sc.execKeys(deleteTasks, w.deleted)
	sc.execKeys(deleteRides, w.carried)
	sc.execKeys(missRides, w.missed)
	sc.execKeys(rearmRides, w.rearmed, millis(g.now.Add(conversations.RideWindow)))
	sc.bulk(finishEvents, w.finished)
	sc.bulk(retryTasks, w.retried)
	sc.bulk(insertTasks, w.tasks)
	sc.queryKeys(dismountRides, slices.Collect(maps.Keys(w.riding)), func(r row) error {
		var id string
		if err := r.Scan(&id); err != nil {
			return err
		}
		w.riding[id].result.Answer = nil
		return nil
	})
	sc.bulk(settleLanes, settled)
	sc.execKeys(dropLanes, names)
	sc.queryKeys(dueLanes, names, func(r row) error {
		var kind string
		var due int64
		if err := r.Scan(&kind, &due); err != nil {
			return err
		}
		g.due = append(g.due, dueLane{conversations.TaskKind(kind), due})
		return nil
	})
}
