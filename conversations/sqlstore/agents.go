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

// CreateAgent adds an agent, or changes the one of the same id.
func (s *Store) CreateAgent(ctx context.Context, a conversations.Agent) error {
	scope, err := json.Marshal(a.Scope)
	if err != nil {
		return err
	}
	admin := int64(0)
	if a.Admin {
		admin = 1
	}
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(`insert into agents (id, name, scope, admin, created) values ($1, $2, $3, $4, $5)
			on conflict (id) do update set name = excluded.name, scope = excluded.scope, admin = excluded.admin`,
			a.ID, a.Name, string(scope), admin, millis(s.now()))
	}), "adding agent %s", a.ID)
}

const agentColumns = `a.id, a.name, a.scope, a.admin`

func scanAgent(r row, more ...any) (conversations.Agent, error) {
	var a conversations.Agent
	var scope []byte
	var admin int64
	if err := r.Scan(append([]any{&a.ID, &a.Name, &scope, &admin}, more...)...); err != nil {
		return a, err
	}
	a.Admin = admin != 0
	if err := json.Unmarshal(scope, &a.Scope); err != nil {
		return a, fmt.Errorf("reading the scope of agent %s: %w", a.ID, err)
	}
	return a, nil
}

// Agents lists all agents.
func (s *Store) Agents(ctx context.Context) ([]conversations.Agent, error) {
	var out []conversations.Agent
	err := s.read(ctx, `select `+agentColumns+` from agents a order by a.id`, func(r row) error {
		a, err := scanAgent(r)
		out = append(out, a)
		return err
	})
	return out, wrap(err, "listing agents")
}

// CreateSignIn keeps the hash of a link's token that signs the agent in once.
func (s *Store) CreateSignIn(ctx context.Context, hash, agent string, expires time.Time) error {
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(`delete from sign_ins where expires <= $1`, millis(s.now()))
		sc.exec(`insert into sign_ins (hash, agent, expires) values ($1, $2, $3)`, hash, agent, millis(expires))
	}), "keeping a sign-in link")
}

// UseSignIn uses up a sign-in link and returns whose it was. Of two that use
// it at once, one gets ErrNotFound, as do those who come late.
func (s *Store) UseSignIn(ctx context.Context, hash string, now time.Time) (conversations.Agent, error) {
	id := ""
	err := s.write(ctx, func(sc *script) {
		id = ""
		sc.query(`delete from sign_ins where hash = $1 and expires > $2 returning agent`, func(r row) error {
			return r.Scan(&id)
		}, hash, millis(now))
	})
	if err != nil {
		return conversations.Agent{}, fmt.Errorf("using a sign-in link: %w", err)
	}
	return s.agent(ctx, id)
}

func (s *Store) agent(ctx context.Context, id string) (conversations.Agent, error) {
	a, found := conversations.Agent{}, false
	err := s.read(ctx, `select `+agentColumns+` from agents a where a.id = $1`, func(r row) (err error) {
		a, err = scanAgent(r)
		found = true
		return err
	}, id)
	if err == nil && !found {
		err = conversations.ErrNotFound
	}
	return a, err
}

// CreateSession keeps the hash of a signed-in browser's token.
func (s *Store) CreateSession(ctx context.Context, hash, agent string, expires time.Time, csrf string) error {
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(`delete from sessions where expires <= $1`, millis(s.now()))
		sc.exec(`insert into sessions (hash, agent, expires, csrf) values ($1, $2, $3, $4)`, hash, agent, millis(expires), csrf)
	}), "keeping a session")
}

// Session returns the session of a token's hash, or ErrNotFound if there is
// none or it has ended.
func (s *Store) Session(ctx context.Context, hash string, now time.Time) (conversations.Session, error) {
	out, found := conversations.Session{}, false
	err := s.read(ctx, `select `+agentColumns+`, s.csrf, s.expires from sessions s join agents a on a.id = s.agent
		where s.hash = $1 and s.expires > $2`, func(r row) (err error) {
		var expires int64
		out.Agent, err = scanAgent(r, &out.CSRF, &expires)
		out.Expires, found = fromMillis(expires), true
		return err
	}, hash, millis(now))
	if err != nil {
		return conversations.Session{}, fmt.Errorf("reading a session: %w", err)
	}
	if !found {
		return conversations.Session{}, conversations.ErrNotFound
	}
	return out, nil
}

// DeleteSession signs a browser out.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	return wrap(s.write(ctx, func(sc *script) { sc.exec(`delete from sessions where hash = $1`, hash) }), "ending a session")
}
