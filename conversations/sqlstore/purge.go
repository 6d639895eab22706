package sqlstore

import (
	"context"
	"errors"
	"slices"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// purgeAtOnce is how many rows of an endpoint that was removed go in one commit.
const purgeAtOnce = 1000

var purges = []string{
	`delete from replays where endpoint = $1 and (conversation, sequence) in
		(select conversation, sequence from replays where endpoint = $1 limit 1000) returning 1`,
	`delete from dead_letters where endpoint = $1 and (conversation, sequence) in
		(select conversation, sequence from dead_letters where endpoint = $1 limit 1000) returning 1`,
	`delete from long_replays where endpoint = $1 and id in (select id from long_replays where endpoint = $1 limit 1000) returning 1`,
	`delete from attempts where id in (select id from attempts where endpoint = $1 limit 1000) returning 1`,
	`delete from feed where endpoint = $1 and position in (select position from feed where endpoint = $1 limit 1000) returning 1`,
}

const (
	markRemoved      = `update endpoints set removed = 1 where id = $1 and removed = 0 and (version = $2 or $2 = -1) returning key`
	endRemovedAlarm  = endPauseAlarm + ` and not exists (select 1 from endpoints where id = $4 and removed = 0)`
	removedEndpoints = `select key from endpoints where removed = 1`
	deliveriesOf     = `select conversation from deliveries where endpoint = $1`
	purgeDeliveries  = `delete from deliveries where conversation in keys and endpoint = $2`
	dropEndpoint     = `delete from endpoints where key = $1 and removed = 1`
)

// RemoveEndpoint forgets an endpoint with its deliveries, dead letters and
// attempts. From the first commit on it is told nothing.
func (s *Store) RemoveEndpoint(ctx context.Context, scope conversations.Scope, id string, version int64) error {
	e, err := s.endpoint(ctx, scope, id)
	if err != nil {
		return err
	}
	_, err = s.writeFor(ctx, func(sc *script, found func(row) error) {
		s.aloneWithRelay(sc)
		sc.query(markRemoved, found, id, version)
		sc.exec(endRemovedAlarm, relay.AlarmAccount(id), millis(s.now()), "", id)
	})
	if errors.Is(err, conversations.ErrNotFound) {
		e.Version = version
		err = s.notPut(ctx, e.Endpoint)
	}
	if err != nil {
		return wrap(err, "removing endpoint %s", id)
	}
	s.endpointChanged(id)
	s.alarmChanged(e.Branch)
	return s.purge(ctx)
}

// purge deletes what is left of endpoints that were removed.
func (s *Store) purge(ctx context.Context) error {
	removed, err := s.list(ctx, removedEndpoints)
	for _, key := range removed {
		if err == nil {
			err = s.purgeOf(ctx, key)
		}
	}
	return wrap(err, "deleting what is left of an endpoint that was removed")
}

func (s *Store) purgeOf(ctx context.Context, key string) error {
	for _, text := range purges {
		if _, err := s.inParts(ctx, purgeAtOnce, text, key); err != nil {
			return err
		}
	}
	left, err := s.list(ctx, deliveriesOf, key)
	if err != nil {
		return err
	}
	slices.Sort(left)
	for some := range slices.Chunk(left, purgeAtOnce) {
		err := s.write(ctx, func(sc *script) {
			s.lockDeliveries(sc, some)
			sc.execKeys(purgeDeliveries, some, key)
		})
		if err != nil {
			return err
		}
	}
	return s.write(ctx, func(sc *script) { sc.exec(dropEndpoint, key) })
}

// inParts runs a statement, which returns a row for each that it changed, until
// it changes fewer than there are in a part, and returns how many it changed.
func (s *Store) inParts(ctx context.Context, part int, text string, args ...any) (all int, err error) {
	for {
		n := 0
		err := s.write(ctx, func(sc *script) {
			n = 0
			sc.query(text, func(row) error { n++; return nil }, args...)
		})
		if all += n; err != nil || n < part {
			return all, err
		}
	}
}
