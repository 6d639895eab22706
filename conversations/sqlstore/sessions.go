package sqlstore

import (
	"context"
	"fmt"
	"time"

	"jiebao/conversations"
)

const (
	insertSession = `insert into sessions (hash, agent, expires, csrf, id, began, seen, way, browser, place)
		select $1, a.id, cast($3 as bigint), $4, $5, cast($6 as bigint), cast($6 as bigint), $7, $8, $9
		from agents a where a.id = $2 and a.disabled = 0 returning agent`
	sessionColumns = agentColumns + `, s.csrf, s.expires, s.id, s.began, s.seen, s.way, s.browser, s.place, coalesce(c.enrolled, 0)`
	sessionTables  = `sessions s join agents a on a.id = s.agent left join credentials c on c.agent = s.agent`
	sessionByHash  = `select ` + sessionColumns + ` from ` + sessionTables + `
		where s.hash = $1 and s.expires > $2 and s.seen > $3 and a.disabled = 0`
	sessionsOf = `select ` + sessionColumns + ` from ` + sessionTables + `
		where s.agent = $1 and s.expires > $2 and s.seen > $3 and a.disabled = 0 order by s.seen desc, s.began desc`
	touchSession = `update sessions set seen = $2 where hash = $1 and seen < $2`
	endSession   = `delete from sessions where hash = $1`
	endOne       = `delete from sessions where agent = $1 and id = $2 returning agent`
	endSessions  = `delete from sessions where agent = $1`
	endOthers    = `delete from sessions where agent = $1 and id <> $2`
	dropSessions = `delete from sessions where expires <= $1`
)

// CreateSession keeps the hash of a signed-in browser's token. It is
// ErrNotFound if there is no such agent, or they are disabled.
func (s *Store) CreateSession(ctx context.Context, hash string, n conversations.Session) error {
	_, err := s.writeFor(ctx, func(sc *script, found func(row) error) {
		sc.exec(dropSessions, millis(s.now()))
		sc.query(insertSession, found, hash, n.Agent.ID, millis(n.Expires), n.CSRF, n.ID, millis(n.Began), n.Way, n.Browser, n.Place)
	})
	return wrap(err, "keeping a session")
}

func scanSession(r row) (conversations.Session, error) {
	var out conversations.Session
	var expires, began, seen, enrolled int64
	agent, err := scanAgent(r, &out.CSRF, &expires, &out.ID, &began, &seen, &out.Way, &out.Browser, &out.Place, &enrolled)
	out.Agent, out.Expires, out.Began, out.Seen, out.Enrolled = agent, fromMillis(expires), fromMillis(began), fromMillis(seen), enrolled > 0
	return out, err
}

// Session returns the session of a token's hash with its agent as they are, or
// ErrNotFound if there is none, it has ended, it was not used since idle, or its
// agent is disabled.
func (s *Store) Session(ctx context.Context, hash string, now, idle time.Time) (conversations.Session, error) {
	out, found := conversations.Session{}, false
	err := s.read(ctx, sessionByHash, func(r row) (err error) {
		out, err = scanSession(r)
		found = true
		return err
	}, hash, millis(now), millis(idle))
	if err != nil {
		return conversations.Session{}, fmt.Errorf("reading a session: %w", err)
	}
	if !found {
		return conversations.Session{}, conversations.ErrNotFound
	}
	return out, nil
}

// Sessions lists an agent's sessions that last, the last used first.
func (s *Store) Sessions(ctx context.Context, agent string, now, idle time.Time) ([]conversations.Session, error) {
	var all []conversations.Session
	err := s.read(ctx, sessionsOf, func(r row) error {
		one, err := scanSession(r)
		all = append(all, one)
		return err
	}, agent, millis(now), millis(idle))
	return all, wrap(err, "listing the sessions of agent %s", agent)
}

// TouchSession says that a session was used.
func (s *Store) TouchSession(ctx context.Context, hash string, now time.Time) error {
	return wrap(s.write(ctx, func(sc *script) { sc.exec(touchSession, hash, millis(now)) }), "keeping when a session was used")
}

// DeleteSession signs a browser out.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	return wrap(s.write(ctx, func(sc *script) { sc.exec(endSession, hash) }), "ending a session")
}

// EndSession signs an agent out of one browser. It is ErrNotFound if it is
// nobody's, or somebody else's.
func (s *Store) EndSession(ctx context.Context, agent, id string) error {
	_, err := s.writeFor(ctx, func(sc *script, found func(row) error) { sc.query(endOne, found, agent, id) })
	return wrap(err, "ending a session of agent %s", agent)
}

// EndSessions signs an agent out everywhere and makes their links worthless.
func (s *Store) EndSessions(ctx context.Context, agent string) error {
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(endSignIns, agent)
		sc.exec(endSessions, agent)
	}), "ending the sessions of agent %s", agent)
}
