package sqlstore

import (
	"context"
	"fmt"
	"slices"

	"jiebao/conversations"
)

const (
	waitingLanes = `select l.lane from lanes l where l.kind = $1 and l.lease = 0 and l.due > $2
		and exists (select 1 from outbox o where o.lane = l.lane and o.done = 0 and o.attempts > 0)`
	hastenTasks = `update outbox set due = $2 where lane in keys and done = 0 and attempts > 0 and due > $2`
	hastenLanes = `update lanes set due = (select o.due from outbox o where o.lane = lanes.lane and o.done = 0 order by o.pos limit 1)
		where lane in keys and lease = 0
		and exists (select 1 from outbox o where o.lane = lanes.lane and o.done = 0)`
)

// hastenedAtOnce is how many lanes one commit makes due, so that turns need
// not wait long for a committer.
const hastenedAtOnce = 500

// Hasten makes due, now, every lane of a kind whose first task failed before
// and waits for its next attempt. It is for when what they failed of is over.
// Tasks that are planned for later and were never tried stay planned.
func (s *Store) Hasten(ctx context.Context, kind conversations.TaskKind) error {
	now := millis(s.now())
	var lanes []string
	err := s.read(ctx, waitingLanes, func(r row) error {
		var lane string
		err := r.Scan(&lane)
		lanes = append(lanes, lane)
		return err
	}, string(kind), now)
	if err != nil {
		return fmt.Errorf("looking for %s tasks that wait to be tried again: %w", kind, err)
	}
	return s.hasten(ctx, kind, lanes, hastenTasks, now)
}

// hasten makes lanes due whose tasks the statement makes due. Its arguments are
// the lanes and then more.
func (s *Store) hasten(ctx context.Context, kind conversations.TaskKind, lanes []string, tasks string, more ...any) error {
	slices.Sort(lanes)
	for some := range slices.Chunk(lanes, hastenedAtOnce) {
		err := s.write(ctx, func(sc *script) {
			if s.db.shared() {
				sc.queryKeys(lockLanes, some, discard)
			}
			sc.execKeys(tasks, some, more...)
			sc.execKeys(hastenLanes, some)
		})
		if err != nil {
			return fmt.Errorf("hastening %s tasks: %w", kind, err)
		}
		now := millis(s.now())
		s.wakes.note(kind, now, now)
	}
	return nil
}
