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
	err = s.read(ctx, `select id, body from outbox where lane = $1 and sequence > $2 order by sequence limit $3`,
		func(r row) error {
			var id string
			var body []byte
			if err := r.Scan(&id, &body); err != nil {
				return err
			}
			ev := conversations.Event{}
			if err := json.Unmarshal(body, &ev); err != nil {
				return fmt.Errorf("event %s: %w", id, err)
			}
			ev.ID = id
			events = append(events, ev)
			return nil
		}, conversations.Lane(conversations.TaskEvent, c.ID), after, limit)
	return events, wrap(err, "reading events")
}

// KindDepth is how much of one kind of task waits.
type KindDepth struct {
	Kind   conversations.TaskKind
	Lanes  int       // conversations that tasks of it wait in
	Oldest time.Time // since when the first lane is due; in the future if none is due yet
}

// Depth says how much waits in the outbox, by kind. It is cheap however many
// tasks there are.
func (s *Store) Depth(ctx context.Context) ([]KindDepth, error) {
	var out []KindDepth
	err := s.read(ctx, `select kind, count(*), min(due) from (select kind, due from lanes
		union all select 'deliver', ride from messages where ride > 0) as waiting group by kind order by kind`,
		func(r row) error {
			var d KindDepth
			var due int64
			err := r.Scan(&d.Kind, &d.Lanes, &due)
			d.Oldest = fromMillis(due)
			out = append(out, d)
			return err
		})
	return out, wrap(err, "measuring the outbox")
}
