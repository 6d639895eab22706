package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

const (
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
	// A message that began to ride meanwhile, on another connection, rides on.
	endRides = `update messages set ride = 0 where conversation in keys and ride > 0
		and exists (select 1 from outbox o where o.lane = $2 || messages.conversation and o.done = 0
			and o.id = messages.conversation || '-' || messages.n)`

	findOverdue = `select conversation, n, ride from messages where ride > 0 and ride <= $1 order by ride`
)

// findRides takes over the rides until then that other processes left. Who
// shares the database with nobody does so once, before anything is committed.
func (s *Store) findRides(ctx context.Context, until int64) error {
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
	return nil
}

// foldOverdue makes tasks of the rides that nobody spoke of in time, of this
// process and of those that died.
func (s *Store) foldOverdue(ctx context.Context, now int64) error {
	if s.db.shared() && s.rides.look(now) {
		if err := s.findRides(ctx, now); err != nil {
			return err
		}
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
		m, err := scanMessage(r, nil)
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
	if (g.queues(j, lane) || j.changes.Withdrawn) && (g.s.db.shared() || g.s.rides.of(j.conversation)) {
		w.folded.add(j.conversation)
		w.open(lane, conversations.TaskDeliver, millis(g.now))
		w.settle(lane, -1)
	}
}
