package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

const (
	reopenLanes = `with over as materialized (
			select lane from lanes where kind = $1 and lease > 0 and lease <= $2 for update skip locked)
		update lanes set lease = 0 from over where lanes.lane = over.lane`
	claimLanes = `with due as materialized (
			select lane, due from lanes where kind = $1 and lease = 0 and due <= $2 order by due limit $4 for update skip locked)
		update lanes set lease = $3 from due where lanes.lane = due.lane returning lanes.lane, lanes.due`
	firstTasks = `select t.lane, t.id, t.kind, t.due, t.created, t.attempts, t.ride, t.sequence, t.unsure, t.body
		from rows(lane text, most bigint), lateral (select * from outbox o where o.lane = r.lane and o.done = 0
			order by o.pos limit r.most) as t order by t.lane, t.pos`
	nextDue   = `select due from lanes where kind = $1 and lease = 0 order by due limit 1`
	nextLease = `select lease from lanes where kind = $1 and lease > 0 order by lease limit 1`
)

// Claim leases up to n due lanes and returns the first tasks of each, those
// that have been due longest first.
func (s *Store) Claim(ctx context.Context, kind conversations.TaskKind, now time.Time, lease time.Duration, n, perLane int) ([]outbox.Lane, error) {
	type claimed struct {
		lane string
		due  int64
	}
	var got []claimed
	until := millis(now.Add(lease))
	if kind == conversations.TaskDeliver {
		if err := s.foldOverdue(ctx, millis(now)); err != nil {
			return nil, err
		}
	}
	err := s.write(ctx, func(sc *script) {
		got = nil
		sc.exec(reopenLanes, string(kind), millis(now))
		sc.query(claimLanes, func(r row) error {
			var c claimed
			err := r.Scan(&c.lane, &c.due)
			got = append(got, c)
			return err
		}, string(kind), millis(now), until, int64(n))
	})
	if err != nil || len(got) == 0 {
		return nil, wrap(err, "claiming %s tasks", kind)
	}
	slices.SortFunc(got, func(a, b claimed) int { return cmp.Compare(a.due, b.due) })
	names := make([]string, len(got))
	for i, c := range got {
		names[i] = c.lane
	}
	return s.firstTasks(ctx, names, millis(now), until, perLane)
}

// firstTasks reads the due tasks at the head of lanes that are leased until
// then. A lane that turns out to have none is given back.
func (s *Store) firstTasks(ctx context.Context, names []string, now, until int64, perLane int) ([]outbox.Lane, error) {
	lanes := make([]outbox.Lane, len(names))
	place := make(map[string]int, len(names))
	rows := make([][]any, len(names))
	for i, name := range names {
		lanes[i].ID, place[name], rows[i] = name, i, []any{name, int64(perLane)}
	}
	waits := map[string]bool{}
	var sc script
	sc.queryBulk(firstTasks, rows, func(r row) error {
		it := outbox.Item{Lease: fromMillis(until)}
		due, err := scanItem(r, &it)
		if waits[it.Lane] = waits[it.Lane] || due > now; !waits[it.Lane] {
			l := &lanes[place[it.Lane]]
			l.Items = append(l.Items, it)
		}
		return err
	})
	if err := s.db.pipeline(ctx, &sc); err != nil {
		return nil, fmt.Errorf("reading claimed tasks: %w", err)
	}
	if err := s.fillRides(ctx, lanes); err != nil {
		return nil, fmt.Errorf("reading messages that were to ride: %w", err)
	}
	giveBack := &job{released: map[string]int64{}}
	lanes = slices.DeleteFunc(lanes, func(l outbox.Lane) bool {
		if len(l.Items) == 0 {
			giveBack.released[l.ID] = until
		}
		return len(l.Items) == 0
	})
	if len(giveBack.released) == 0 {
		return lanes, nil
	}
	_, err := s.do(ctx, giveBack)
	return lanes, wrap(err, "giving back lanes without due tasks")
}

func scanItem(r row, it *outbox.Item) (due int64, err error) {
	var created, unsure int64
	var body []byte
	err = r.Scan(&it.Lane, &it.ID, &it.Kind, &due, &created, &it.Attempts, &it.Ride, &it.Asked, &unsure, &body)
	it.Created, it.Unsure, it.Body = fromMillis(created), fromMillis(unsure), json.RawMessage(body)
	return due, err
}

// Finish records outcomes. Those of one lane are recorded in order, in as
// many commits as there are turns among them; if recording fails midway, the
// lane's lease ends by itself and what is left is done again.
func (s *Store) Finish(ctx context.Context, done []outbox.Outcome) error {
	js := s.finishJobs(done)
	if !s.jobs.add(js...) {
		return ErrClosed
	}
	var errs []error
	for _, j := range js {
		if a := <-j.answer; a.err != nil {
			errs = append(errs, fmt.Errorf("finishing task %s: %w", j.outcomes[0].Item.ID, a.err))
		}
	}
	return errors.Join(errs...)
}

// finishJobs makes a job of every turn, together with the outcomes before it
// in its lane. All jobs of a lane have one key, which keeps them in order.
func (s *Store) finishJobs(done []outbox.Outcome) []*job {
	var js []*job
	open := map[string]*job{}
	laneKeys := map[string]string{}
	for _, o := range done {
		if _, ok := laneKeys[o.Item.Lane]; !ok && o.Then != nil {
			laneKeys[o.Item.Lane] = keyOf(o.Target)
		}
	}
	for _, o := range done {
		lane := o.Item.Lane
		j := open[lane]
		if j == nil {
			key := laneKeys[lane]
			if key == "" {
				key = "l/" + lane
			}
			j = &job{keys: keys{key}, answer: make(chan answer, 1)}
			js, open[lane] = append(js, j), j
		}
		j.outcomes = append(j.outcomes, o)
		if o.Release {
			j.released = map[string]int64{lane: millis(o.Item.Lease)}
		}
		if o.Then != nil {
			j.to, j.command = o.Target, o.Then
			delete(open, lane)
		}
	}
	return js
}

// NextDue returns when the earliest lane of a kind that nobody holds is due,
// or when the first lease ends, whichever comes first.
func (s *Store) NextDue(ctx context.Context, kind conversations.TaskKind) (time.Time, bool, error) {
	s.wakes.expect(kind, math.MaxInt64) // until the answer is in, everything is news
	next := int64(math.MaxInt64)
	earliest := func(r row) error {
		var at int64
		err := r.Scan(&at)
		next = min(next, at)
		return err
	}
	var sc script
	sc.query(nextDue, earliest, string(kind))
	sc.query(nextLease, earliest, string(kind))
	if err := s.db.pipeline(ctx, &sc); err != nil {
		return time.Time{}, false, fmt.Errorf("reading when %s tasks are due: %w", kind, err)
	}
	if at, ok := s.rides.next(); ok && kind == conversations.TaskDeliver {
		next = min(next, at)
	}
	s.wakes.expect(kind, next)
	if next == math.MaxInt64 {
		return time.Time{}, false, nil
	}
	return time.UnixMilli(next), true, nil
}

// Wake returns the channel that receives when tasks of the kind became due,
// or due sooner than NextDue said.
func (s *Store) Wake(kind conversations.TaskKind) <-chan struct{} { return s.wakes.channel(kind) }

func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
