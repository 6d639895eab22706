package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

const (
	endpointColumns = `e.id, e.name, e.kind, e.branch, e.types, e.settings, e.configured, e.created, e.version,
		e.paused, e.pause_reason, e.pause_detail, e.paused_by`
	standings = `select ` + endpointColumns + `, e.position,
		(select count(*) from deliveries d where d.endpoint = e.key and d.due > 0),
		coalesce((select min(ev.at) from deliveries d join events ev on ev.conversation = d.conversation and ev.sequence = d.taken + 1
			where d.endpoint = e.key and d.due > 0), 0),
		(select count(*) from dead_letters l where l.endpoint = e.key),
		cast(coalesce((select sum(l.events) from long_replays l where l.endpoint = e.key), 0) as bigint),
		cast(coalesce((select sum(l.lined) from long_replays l where l.endpoint = e.key), 0) as bigint),
		coalesce((select f.at from feed f where f.endpoint = e.key order by f.position desc limit 1),
			(select a.at from attempts a where a.endpoint = e.key and a.note = '' order by a.id desc limit 1), 0),
		coalesce((select a.at from attempts a where a.endpoint = e.key and a.note <> '' order by a.id desc limit 1), 0)
		from endpoints e where e.removed = 0 order by e.id`
	listEndpoints = `select ` + endpointColumns + ` from endpoints e where e.removed = 0 order by e.id`
	endpointByID  = `select ` + endpointColumns + `, e.key, e.position from endpoints e where e.id = $1 and e.removed = 0`

	insertEndpoint = `insert into endpoints (key, id, name, kind, branch, types, settings, configured, created, version, beginning, filling)
		select $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10
		where not exists (select 1 from endpoints where id = $2 and removed = 0) returning version`
	updateEndpoint = `update endpoints set name = $3, types = $4, settings = $5, configured = $6, version = version + 1,
		filling = case when branch <> $7 then beginning else filling end,
		filled = case when branch <> $7 then '' else filled end, branch = $7
		where id = $1 and version = $2 and removed = 0 returning version`
	// Deliveries that were put aside may be the endpoint's to know now.
	unparkDeliveries = `update deliveries set due = $2 where endpoint = (select key from endpoints where id = $1 and removed = 0)
		and due = 0 and (known > taken or replays > 0)`

	pauseEndpoint = `update endpoints set paused = $2, pause_reason = $3, pause_detail = $4, paused_by = $5
		where id = $1 and removed = 0 and paused = 0 returning id`
	resumeEndpoint = `update endpoints set paused = 0, pause_reason = '', pause_detail = '', paused_by = ''
		where id = $1 and removed = 0 and paused > 0 returning id`

	waitingDeliveries = `select conversation from deliveries where endpoint = $1 and due > $2 and due > 0`
	hurryDeliveries   = `update deliveries set due = case when due > $3 then $3 else due end where conversation in keys and endpoint = $2 and due > 0`
	// After a pause everything has its whole time again.
	triedDeliveries  = `select conversation from deliveries where endpoint = $1 and (due > $2 or attempts > 0)`
	afreshDeliveries = `update deliveries set due = case when due > $3 then $3 else due end, attempts = 0, since = 0
		where conversation in keys and endpoint = $2`
	afreshReplays = `update replays set attempts = 0, since = 0 where endpoint = $1`
)

// scanEndpoint reads an endpoint, and more from the columns behind it.
func scanEndpoint(r row, e *relay.Endpoint, more ...any) error {
	var types, settings []byte
	var configured, created, paused int64
	err := r.Scan(append([]any{
		&e.ID, &e.Name, &e.Kind, &e.Branch, &types, &settings, &configured, &created, &e.Version,
		&paused, &e.Paused.Reason, &e.Paused.Detail, &e.Paused.By,
	}, more...)...)
	if err != nil {
		return err
	}
	e.Settings, e.Configured = json.RawMessage(settings), configured == 1
	e.Created, e.Paused.At = fromMillis(created), fromMillis(paused)
	if err := json.Unmarshal(types, &e.Types); err != nil {
		return fmt.Errorf("reading the types of endpoint %s: %w", e.ID, err)
	}
	return nil
}

// Endpoints returns all endpoints that are the scope's to run, by id.
func (s *Store) Endpoints(ctx context.Context, scope conversations.Scope) ([]relay.Standing, error) {
	var all []relay.Standing
	err := s.read(ctx, standings, func(r row) error {
		var st relay.Standing
		var oldest, took, failed int64
		err := scanEndpoint(r, &st.Endpoint, &st.Position, &st.Waiting, &oldest, &st.Dead, &st.Again, &st.Lined, &took, &failed)
		st.Oldest, st.Took, st.Failed = fromMillis(oldest), fromMillis(took), fromMillis(failed)
		if scope.Writes(st.Branch) {
			all = append(all, st)
		}
		return err
	})
	return all, wrap(err, "reading endpoints")
}

// EndpointList returns all endpoints as they are, by id.
func (s *Store) EndpointList(ctx context.Context) ([]relay.Endpoint, error) {
	var all []relay.Endpoint
	err := s.read(ctx, listEndpoints, func(r row) error {
		var e relay.Endpoint
		err := scanEndpoint(r, &e)
		all = append(all, e)
		return err
	})
	return all, wrap(err, "reading endpoints")
}

// storedEndpoint is an endpoint with what only the store knows of it.
type storedEndpoint struct {
	relay.Endpoint
	key      string
	position int64
}

// endpoint returns the endpoint of that id, or ErrNotFound if there is none
// that is the scope's to run.
func (s *Store) endpoint(ctx context.Context, scope conversations.Scope, id string) (e storedEndpoint, err error) {
	err = s.read(ctx, endpointByID, func(r row) error { return scanEndpoint(r, &e.Endpoint, &e.key, &e.position) }, id)
	if err != nil {
		return e, fmt.Errorf("reading endpoint %s: %w", id, err)
	}
	if e.key == "" || !scope.Writes(e.Branch) {
		return e, conversations.ErrNotFound
	}
	return e, nil
}

// PutEndpoint creates an endpoint (Version 0) or changes it. Its kind never
// changes, nor from when on it is told.
func (s *Store) PutEndpoint(ctx context.Context, e relay.Endpoint, from relay.Start) (relay.Endpoint, error) {
	types, err := json.Marshal(append([]string{}, e.Types...))
	if err != nil {
		return e, err
	}
	settings := string(e.Settings)
	if settings == "" {
		settings = "{}"
	}
	before, err := s.endpoint(ctx, conversations.Everything, e.ID)
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		return e, err
	}
	now, version := s.now(), int64(0)
	if err := s.write(ctx, func(sc *script) {
		version = 0
		found := func(r row) error { return r.Scan(&version) }
		s.aloneWithRelay(sc)
		if e.Version == 0 {
			sc.query(insertEndpoint, found, s.newID(), e.ID, e.Name, string(e.Kind), e.Branch, string(types), settings,
				bit(e.Configured), millis(now), bit(from == relay.FromBeginning))
			return
		}
		sc.query(updateEndpoint, found, e.ID, e.Version, e.Name, string(types), settings, bit(e.Configured), e.Branch)
		if before.Branch != e.Branch {
			sc.exec(unparkDeliveries, e.ID, millis(now))
		}
	}); err != nil {
		return e, fmt.Errorf("keeping endpoint %s: %w", e.ID, err)
	}
	if version == 0 {
		return e, s.notPut(ctx, e)
	}
	s.endpointChanged(e.ID)
	kept, err := s.endpoint(ctx, conversations.Everything, e.ID)
	return kept.Endpoint, err
}

// notPut is why an endpoint was not kept, or not removed.
func (s *Store) notPut(ctx context.Context, e relay.Endpoint) error {
	if e.Version == 0 {
		return fmt.Errorf("endpoint %s: %w", e.ID, conversations.ErrConflict)
	}
	if _, err := s.endpoint(ctx, conversations.Everything, e.ID); err != nil {
		return err
	}
	return fmt.Errorf("endpoint %s: %w", e.ID, conversations.ErrStale)
}

// aloneWithRelay keeps out commits that have to do with endpoints.
func (s *Store) aloneWithRelay(sc *script) {
	if s.db.shared() {
		sc.query(excludeRelay, discard, relayLock)
	}
}

// withRelay keeps out commits that make or remove endpoints.
func (s *Store) withRelay(sc *script) {
	if s.db.shared() {
		sc.query(shareRelay, discard, relayLock)
	}
}

// PauseEndpoint pauses an endpoint, and says whether it was not paused before.
func (s *Store) PauseEndpoint(ctx context.Context, scope conversations.Scope, id string, p relay.Pause) (bool, error) {
	e, err := s.endpoint(ctx, scope, id)
	if err != nil {
		return false, err
	}
	if p.At.IsZero() {
		p.At = s.now()
	}
	paused := false
	err = s.write(ctx, func(sc *script) {
		paused = false
		sc.query(pauseEndpoint, func(row) error { paused = true; return nil }, id, millis(p.At), string(p.Reason), p.Detail, p.By)
		if p.By == "" {
			sc.exec(alarmPause, "alarm-"+s.newID(), relay.AlarmAccount(id), string(alarmReason(p.Reason)), p.Detail, millis(p.At), id, string(p.Reason))
		}
	})
	if paused && err == nil {
		s.log.Info("an endpoint is told nothing for now", "endpoint", id, "reason", p.Reason, "by", p.By)
		s.endpointChanged(id)
		s.alarmChanged(e.Branch)
	}
	return paused, wrap(err, "pausing endpoint %s", id)
}

// ResumeEndpoint ends a pause. What waits is due at once, as if it had never
// been tried.
func (s *Store) ResumeEndpoint(ctx context.Context, scope conversations.Scope, id, by string) error {
	e, err := s.endpoint(ctx, scope, id)
	if err != nil {
		return err
	}
	if e.Paused.At.IsZero() {
		return nil
	}
	if err := s.write(ctx, func(sc *script) { sc.exec(afreshReplays, e.key) }); err != nil {
		return fmt.Errorf("resuming endpoint %s: %w", id, err)
	}
	if err := s.hurry(ctx, e, triedDeliveries, afreshDeliveries); err != nil {
		return err
	}
	resumed := false
	err = s.write(ctx, func(sc *script) {
		resumed = false
		sc.query(resumeEndpoint, func(row) error { resumed = true; return nil }, id)
		sc.exec(endPauseAlarm, relay.AlarmAccount(id), millis(s.now()), by)
	})
	if resumed && err == nil {
		s.log.Info("an endpoint is told again", "endpoint", id, "by", by)
		s.endpointChanged(id)
		s.alarmChanged(e.Branch)
	}
	return wrap(err, "resuming endpoint %s", id)
}

// alarmReason is the alarm's for a pause.
func alarmReason(r relay.PauseReason) conversations.Reason {
	if r == relay.PausedGone {
		return conversations.EndpointGone
	}
	return conversations.EndpointFailing
}

// Hurry makes due what waits for its next attempt.
func (s *Store) Hurry(ctx context.Context, endpoint string) error {
	e, err := s.endpoint(ctx, conversations.Everything, endpoint)
	if err != nil {
		return err
	}
	if err := s.hurry(ctx, e, waitingDeliveries, hurryDeliveries); err != nil {
		return err
	}
	nudge(s.relays.of(endpoint).ch)
	return nil
}

// hurry changes, by a statement, the deliveries that a query finds.
func (s *Store) hurry(ctx context.Context, e storedEndpoint, which, change string) error {
	waiting, err := s.list(ctx, which, e.key, millis(s.now()))
	if err != nil {
		return fmt.Errorf("looking for what waits for endpoint %s: %w", e.ID, err)
	}
	slices.Sort(waiting)
	for some := range slices.Chunk(waiting, hastenedAtOnce) {
		err := s.write(ctx, func(sc *script) {
			s.lockDeliveries(sc, some)
			sc.execKeys(change, some, e.key, millis(s.now()))
		})
		if err != nil {
			return fmt.Errorf("hurrying what waits for endpoint %s: %w", e.ID, err)
		}
	}
	return nil
}

// lockDeliveries locks those of conversations, whose ids are sorted.
func (s *Store) lockDeliveries(sc *script, conversations []string) {
	if s.db.shared() {
		sc.queryKeys(lockDeliveries, conversations, discard)
	}
}

// list reads one column of texts.
func (s *Store) list(ctx context.Context, text string, args ...any) (all []string, err error) {
	err = s.read(ctx, text, func(r row) error {
		var one string
		err := r.Scan(&one)
		all = append(all, one)
		return err
	}, args...)
	return all, err
}
