package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiebao/conversations"
)

const (
	agentByIdentity = `select ` + agentColumns + ` from identities i join agents a on a.id = i.agent where i.issuer = $1 and i.subject = $2`
	identitiesOf    = `select issuer, subject from identities where agent = $1 order by issuer, subject`
	bindIdentity    = `insert into identities (issuer, subject, agent, bound)
		select $1, $2, a.id, cast($4 as bigint) from agents a where a.id = $3
		on conflict (issuer, subject) do update set bound = excluded.bound where identities.agent = excluded.agent
		returning agent`
	unbindIssuer = `delete from identities where agent = $1 and issuer = $2`

	admitAgent = `insert into agents (id, name, scope, role, created)
		select $1, $2, $3, $4, cast($5 as bigint) where exists (select 1 from identities where issuer = $6 and subject = $7 and agent = $1)
		on conflict (id) do nothing`
	admitIdentity = `insert into identities (issuer, subject, agent, bound) values ($1, $2, $3, $4) on conflict do nothing`
	renewAgent    = `update agents set name = $1, scope = $2, role = $3
		where id = (select agent from identities where issuer = $4 and subject = $5)`
)

// AgentOf returns the agent with an identity, also if they are disabled;
// ErrNotFound if nobody has it.
func (s *Store) AgentOf(ctx context.Context, i conversations.Alias) (conversations.Agent, error) {
	a, found := conversations.Agent{}, false
	err := s.read(ctx, agentByIdentity, func(r row) (err error) {
		a, err = scanAgent(r)
		found = true
		return err
	}, i.Issuer, i.Subject)
	switch {
	case err != nil:
		return conversations.Agent{}, fmt.Errorf("looking for the agent with an identity: %w", err)
	case !found:
		return conversations.Agent{}, conversations.ErrNotFound
	}
	return a, nil
}

// Admit makes the agent with an identity what another system says of them:
// their name, role and scope. Without one, a gets the identity and is added.
func (s *Store) Admit(ctx context.Context, i conversations.Alias, a conversations.Agent) (conversations.Agent, error) {
	scope, err := json.Marshal(a.Scope)
	if err != nil {
		return conversations.Agent{}, err
	}
	now := millis(s.now())
	err = s.write(ctx, func(sc *script) {
		sc.exec(admitIdentity, i.Issuer, i.Subject, a.ID, now) // of two at once, one makes the agent
		sc.exec(admitAgent, a.ID, a.Name, string(scope), string(a.Role), now, i.Issuer, i.Subject)
		sc.exec(renewAgent, a.Name, string(scope), string(a.Role), i.Issuer, i.Subject)
	})
	if err != nil {
		return conversations.Agent{}, fmt.Errorf("admitting an agent: %w", err)
	}
	return s.AgentOf(ctx, i)
}

// BindAlias gives an agent an identity in place of those they have of the
// same issuer; an empty subject takes it away. It is ErrConflict if the identity
// is another agent's.
func (s *Store) BindAlias(ctx context.Context, i conversations.Alias, agent string, now time.Time) error {
	if i.Subject == "" {
		return wrap(s.write(ctx, func(sc *script) { sc.exec(unbindIssuer, agent, i.Issuer) }), "taking an identity from agent %s", agent)
	}
	if of, err := s.AgentOf(ctx, i); err == nil && of.ID != agent {
		return wrap(conversations.ErrConflict, "giving agent %s an identity", agent)
	}
	_, err := s.writeFor(ctx, func(sc *script, found func(row) error) {
		sc.exec(unbindIssuer, agent, i.Issuer)
		sc.query(bindIdentity, found, i.Issuer, i.Subject, agent, millis(now))
	})
	return wrap(err, "giving agent %s an identity", agent)
}

// Aliases lists whom an agent is to other systems.
func (s *Store) Aliases(ctx context.Context, agent string) ([]conversations.Alias, error) {
	var all []conversations.Alias
	err := s.read(ctx, identitiesOf, func(r row) error {
		var i conversations.Alias
		err := r.Scan(&i.Issuer, &i.Subject)
		all = append(all, i)
		return err
	}, agent)
	return all, wrap(err, "listing the identities of agent %s", agent)
}
