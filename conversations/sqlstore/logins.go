package sqlstore

import (
	"context"
	"fmt"
	"time"

	"jiebao/conversations"
)

// Of passwords only hashes are kept, of the second factor's secret what the
// program sealed, and of recovery codes hashes.

const (
	credentialColumns = `c.agent, c.login, c.password, c.changed, c.factor, c.enrolled, c.step,
		(select count(*) from recovery_codes r where r.agent = c.agent)`
	credentialsByAgent = `select ` + credentialColumns + ` from credentials c where c.agent = $1`
	credentialsByLogin = `select ` + credentialColumns + ` from credentials c join agents a on a.id = c.agent
		where c.login = $1 and a.disabled = 0`

	putPassword = `insert into credentials (agent, login, password, changed)
		select a.id, $2, $3, cast($4 as bigint) from agents a where a.id = $1 and a.disabled = 0
			and not exists (select 1 from credentials o where o.login = $2 and o.agent <> $1)
		on conflict (agent) do update set login = excluded.login, password = excluded.password, changed = excluded.changed
		returning agent`
	rehashPassword = `update credentials set password = $3 where agent = $1 and password = $2`

	putFactor = `insert into credentials (agent, login, password, changed, factor, enrolled, step)
		select a.id, '` + withoutLogin + `' || a.id, '', 0, $2, cast($3 as bigint), cast($4 as bigint) from agents a where a.id = $1 and a.disabled = 0
		on conflict (agent) do update set factor = excluded.factor, enrolled = excluded.enrolled, step = excluded.step
		returning agent`
	resealFactor = `update credentials set factor = $3 where agent = $1 and factor = $2`
	dropFactor   = `update credentials set factor = '', enrolled = 0 where agent = $1`
	useStep      = `update credentials set step = $2 where agent = $1 and step < $2 and factor <> '' returning agent`
	putCode      = `insert into recovery_codes (agent, hash) values ($1, $2) on conflict do nothing`
	useCode      = `delete from recovery_codes where agent = $1 and hash = $2 returning agent`
	dropCodes    = `delete from recovery_codes where agent = $1`
)

// Login returns how an agent signs in by themselves; ErrNotFound if they
// do not.
func (s *Store) Login(ctx context.Context, agent string) (conversations.Login, error) {
	return s.login(ctx, credentialsByAgent, agent)
}

// LoginNamed returns those with a login name, unless their agent is
// disabled; ErrNotFound if there are none.
func (s *Store) LoginNamed(ctx context.Context, login string) (conversations.Login, error) {
	return s.login(ctx, credentialsByLogin, login)
}

func (s *Store) login(ctx context.Context, text, key string) (conversations.Login, error) {
	var c conversations.Login
	found := false
	err := s.read(ctx, text, func(r row) error {
		var changed, enrolled int64
		var codes int64
		err := r.Scan(&c.Agent, &c.Name, &c.Password, &changed, &c.Factor, &enrolled, &c.Step, &codes)
		c.Changed, c.Enrolled, c.Codes, found = fromMillis(changed), fromMillis(enrolled), int(codes), true
		if c.Name == withoutLogin+c.Agent {
			c.Name = ""
		}
		return err
	}, key)
	switch {
	case err != nil:
		return conversations.Login{}, fmt.Errorf("reading credentials: %w", err)
	case !found:
		return conversations.Login{}, conversations.ErrNotFound
	}
	return c, nil
}

// withoutLogin stands before an agent's id in place of a login name that they do
// not have. No login name has a colon.
const withoutLogin = "agent:"

// SetPassword gives an agent a login name and a password's hash, and ends their
// links and all sessions but the one kept. It is ErrConflict if the name is
// somebody else's, and ErrNotFound for an agent who is unknown or disabled.
func (s *Store) SetPassword(ctx context.Context, agent, login, hash, keep string, now time.Time) error {
	_, err := s.writeFor(ctx, func(sc *script, found func(row) error) {
		sc.query(putPassword, found, agent, login, hash, millis(now))
		sc.exec(endSignIns, agent)
		sc.exec(endOthers, agent, keep)
	})
	if err == nil {
		return nil
	}
	if c, again := s.LoginNamed(ctx, login); again == nil && c.Agent != agent {
		err = conversations.ErrConflict
	}
	return wrap(err, "setting the password of agent %s", agent)
}

// Rehash replaces a password's hash by another of the same password, unless it
// was changed meanwhile.
func (s *Store) Rehash(ctx context.Context, agent, was, hash string) error {
	return wrap(s.write(ctx, func(sc *script) { sc.exec(rehashPassword, agent, was, hash) }), "keeping a password's new hash")
}

// SetFactor gives an agent a second factor, with the step of the code that they
// showed and the hashes of its recovery codes, in place of what they had.
func (s *Store) SetFactor(ctx context.Context, agent, sealed string, step int64, codes []string, now time.Time) error {
	_, err := s.writeFor(ctx, func(sc *script, found func(row) error) {
		sc.query(putFactor, found, agent, sealed, millis(now), step)
		sc.exec(dropCodes, agent)
		for _, hash := range codes {
			sc.exec(putCode, agent, hash)
		}
	})
	return wrap(err, "keeping the second factor of agent %s", agent)
}

// Reseal replaces a second factor's secret by the same, sealed anew.
func (s *Store) Reseal(ctx context.Context, agent, was, sealed string) error {
	return wrap(s.write(ctx, func(sc *script) { sc.exec(resealFactor, agent, was, sealed) }), "sealing a second factor anew")
}

// DropFactor takes an agent's second factor away, with its recovery codes.
func (s *Store) DropFactor(ctx context.Context, agent string) error {
	return wrap(s.write(ctx, func(sc *script) {
		sc.exec(dropFactor, agent)
		sc.exec(dropCodes, agent)
	}), "removing the second factor of agent %s", agent)
}

// UseStep uses up a second factor's codes up to a step. Of two that use the same
// one gets ErrNotFound, as do those who come with an earlier one.
func (s *Store) UseStep(ctx context.Context, agent string, step int64) error {
	_, err := s.writeFor(ctx, func(sc *script, found func(row) error) { sc.query(useStep, found, agent, step) })
	return wrap(err, "using a code of agent %s", agent)
}

// UseRecoveryCode uses up a recovery code; ErrNotFound if it is none.
func (s *Store) UseRecoveryCode(ctx context.Context, agent, hash string) error {
	_, err := s.writeFor(ctx, func(sc *script, found func(row) error) { sc.query(useCode, found, agent, hash) })
	return wrap(err, "using a recovery code of agent %s", agent)
}
