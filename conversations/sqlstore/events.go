package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiebao/conversations"
)

// Events returns up to limit events of a candidate with sequence numbers
// above after, in order, whether or not they were delivered. Limit 0 means 100.
func (s *Store) Events(ctx context.Context, scope conversations.Scope, candidate string, after int64, limit int) ([]conversations.Event, error) {
	c, err := s.Candidate(ctx, scope, candidate)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		limit = 100
	}
	var events []conversations.Event
	err = s.read(ctx, `select sequence, body from events where conversation = $1 and sequence > $2 order by sequence limit $3`,
		func(r row) error {
			var sequence int64
			var body []byte
			if err := r.Scan(&sequence, &body); err != nil {
				return err
			}
			ev := conversations.Event{ID: conversations.EventID(c.ID, sequence)}
			if err := json.Unmarshal(body, &ev); err != nil {
				return fmt.Errorf("event %s: %w", ev.ID, err)
			}
			events = append(events, ev)
			return nil
		}, c.ID, after, limit)
	return events, wrap(err, "reading events")
}

// KindDepth is how much of one kind of task waits.
type KindDepth struct {
	Kind     conversations.TaskKind
	Endpoint string    // of events: who is to be told
	Lanes    int       // conversations that tasks of it wait in
	Oldest   time.Time // since when the first lane is due; in the future if none is due yet
}

// An endpoint that is still to learn of old conversations waits in at least one.
const depth = `select kind, endpoint, count(*), min(due) from (
		select kind, '' as endpoint, due from lanes
		union all select 'deliver', '', ride from messages where ride > 0
		union all select $1, e.id, d.due from endpoints e join deliveries d on d.endpoint = e.key and d.due > 0 where e.removed = 0 and e.paused = 0
		union all select $1, id, created from endpoints where filling = 1 and removed = 0 and paused = 0
	) as waiting group by kind, endpoint order by kind, endpoint`

// Depth says how much waits in the outbox, by kind, and how much each endpoint
// that is not paused is to be told. It is cheap however many tasks there are.
func (s *Store) Depth(ctx context.Context) ([]KindDepth, error) {
	var out []KindDepth
	err := s.read(ctx, depth,
		func(r row) error {
			var d KindDepth
			var due int64
			err := r.Scan(&d.Kind, &d.Endpoint, &d.Lanes, &due)
			d.Oldest = fromMillis(due)
			out = append(out, d)
			return err
		}, string(conversations.TaskEvent))
	return out, wrap(err, "measuring the outbox")
}
