package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiebao/conversations"
)

// Agents sign in by links that work once. Of links and sessions only the
// hashes of their tokens are kept: who reads the database cannot sign in.

const (
	upsertAgent = `insert into agents (id, name, scope, role, created) values ($1, $2, $3, $4, $5)
		on conflict (id) do update set name = excluded.name, scope = excluded.scope, role = excluded.role`
	agentColumns = `a.id, a.name, a.scope, a.role, a.disabled`
	agentList    = `select ` + agentColumns + ` from agents a order by a.created, a.id`
	agentByID    = `select ` + agentColumns + ` from agents a where a.id = $1 and a.disabled = 0`
	switchAgent  = `update agents set disabled = $2 where id = $1 returning id`

	insertSignIn = `insert into sign_ins (hash, agent, expires)
		select $1, a.id, cast($3 as bigint) from agents a where a.id = $2 and a.disabled = 0 returning agent`
	useSignIn   = `delete from sign_ins where hash = $1 and expires > $2 returning agent`
	endSignIns  = `delete from sign_ins where agent = $1`
	dropSignIns = `delete from sign_ins where expires <= $1`
)

// CreateAgent adds an agent, or changes the name, scope and role of the one
// of the same id.
func (s *Store) CreateAgent(ctx context.Context, a conversations.Agent) error {
	scope, err := json.Marshal(a.Scope)
	if err != nil {
		return err
	}
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(upsertAgent, a.ID, a.Name, string(scope), string(a.Role), millis(s.now()))
	}), "adding agent %s", a.ID)
}

func scanAgent(r row, more ...any) (conversations.Agent, error) {
	var a conversations.Agent
	var scope []byte
	var disabled int64
	if err := r.Scan(append([]any{&a.ID, &a.Name, &scope, &a.Role, &disabled}, more...)...); err != nil {
		return a, err
	}
	a.Disabled = disabled != 0
	if err := json.Unmarshal(scope, &a.Scope); err != nil {
		return a, fmt.Errorf("reading the scope of agent %s: %w", a.ID, err)
	}
	return a, nil
}

// Agents lists all agents, the first that was added first.
func (s *Store) Agents(ctx context.Context) ([]conversations.Agent, error) {
	var out []conversations.Agent
	err := s.read(ctx, agentList, func(r row) error {
		a, err := scanAgent(r)
		out = append(out, a)
		return err
	})
	return out, wrap(err, "listing agents")
}

// DisableAgent ends an agent's access: their sessions and sign-in links are
// gone, and they get no new ones.
func (s *Store) DisableAgent(ctx context.Context, id string) error {
	return wrap(s.switchAgent(ctx, id, millis(s.now())), "disabling agent %s", id)
}

// EnableAgent lets an agent sign in again, with a new link.
func (s *Store) EnableAgent(ctx context.Context, id string) error {
	return wrap(s.switchAgent(ctx, id, 0), "enabling agent %s", id)
}

func (s *Store) switchAgent(ctx context.Context, id string, disabled int64) error {
	_, err := s.writeFor(ctx, func(sc *script, agent func(row) error) {
		sc.query(switchAgent, agent, id, disabled)
		sc.exec(endSignIns, id)
		sc.exec(endSessions, id)
	})
	return err
}

// writeFor writes statements of which one returns the id that they are for,
// such as an agent's; ErrNotFound if it returns none.
func (s *Store) writeFor(ctx context.Context, fill func(sc *script, agent func(row) error)) (string, error) {
	id := ""
	err := s.write(ctx, func(sc *script) {
		id = ""
		fill(sc, func(r row) error { return r.Scan(&id) })
	})
	if err == nil && id == "" {
		err = conversations.ErrNotFound
	}
	return id, err
}

// CreateSignIn keeps the hash of a link's token that signs the agent in
// once. It is ErrNotFound if there is no such agent, or they are disabled.
func (s *Store) CreateSignIn(ctx context.Context, hash, agent string, expires time.Time) error {
	_, err := s.writeFor(ctx, func(sc *script, found func(row) error) {
		sc.exec(dropSignIns, millis(s.now()))
		sc.query(insertSignIn, found, hash, agent, millis(expires))
	})
	return wrap(err, "keeping a sign-in link")
}

// UseSignIn uses up a sign-in link and returns whose it was. Of two that use
// it at once, one gets ErrNotFound, as do those who come late and those who
// are disabled.
func (s *Store) UseSignIn(ctx context.Context, hash string, now time.Time) (conversations.Agent, error) {
	id, err := s.writeFor(ctx, func(sc *script, agent func(row) error) {
		sc.query(useSignIn, agent, hash, millis(now))
	})
	if err != nil {
		return conversations.Agent{}, fmt.Errorf("using a sign-in link: %w", err)
	}
	return s.agent(ctx, id)
}

func (s *Store) agent(ctx context.Context, id string) (conversations.Agent, error) {
	a, found := conversations.Agent{}, false
	err := s.read(ctx, agentByID, func(r row) (err error) {
		a, err = scanAgent(r)
		found = true
		return err
	}, id)
	if err == nil && !found {
		err = conversations.ErrNotFound
	}
	return a, err
}
