package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"jiebao/conversations"
)

const (
	cannedList     = `select body from canned order by id`
	branchOfCanned = `select branch from canned where id = $1`
	putCanned      = `insert into canned (id, version, branch, body)
		select v.id, v.version, v.branch, v.body
		from (select $1 as id, cast($2 as bigint) as version, $3 as branch, $4 as body) v
		where v.version = 1 + coalesce((select o.version from canned o where o.id = v.id), 0)
		on conflict (id) do update set version = excluded.version, branch = excluded.branch, body = excluded.body
		where canned.version = excluded.version - 1 returning id`
	dropCanned = `delete from canned where id = $1 returning id`
)

// Canned returns the replies kept ready that concern the scope: those of its
// branches, of those above them, and those for everybody.
func (s *Store) Canned(ctx context.Context, scope conversations.Scope) ([]conversations.Canned, error) {
	var out []conversations.Canned
	err := s.read(ctx, cannedList, func(r row) error {
		var body []byte
		if err := r.Scan(&body); err != nil {
			return err
		}
		var c conversations.Canned
		if err := json.Unmarshal(body, &c); err != nil {
			return err
		}
		if scope.Concerns(c.Branch) {
			out = append(out, c)
		}
		return nil
	})
	return out, wrap(err, "reading the canned replies")
}

// PutCanned keeps a reply ready, or changes it. It is ErrStale unless its
// version follows the one that is kept, and ErrNotFound where the scope may not
// write.
func (s *Store) PutCanned(ctx context.Context, scope conversations.Scope, c conversations.Canned) error {
	if err := c.Check(); err != nil {
		return err
	}
	if err := s.mayCanned(ctx, scope, c.ID, c.Branch); err != nil {
		return fmt.Errorf("keeping canned reply %s: %w", c.ID, err)
	}
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	put := ""
	err = s.write(ctx, func(sc *script) {
		put = ""
		sc.query(putCanned, func(r row) error { return r.Scan(&put) }, c.ID, c.Version, c.Branch, string(body))
	})
	if err == nil && put == "" {
		err = conversations.ErrStale
	}
	return wrap(err, "keeping canned reply %s", c.ID)
}

// DropCanned forgets a reply. It is ErrNotFound if it is not there, or not the
// scope's to write.
func (s *Store) DropCanned(ctx context.Context, scope conversations.Scope, id string) error {
	branch, known := "", false
	err := s.read(ctx, branchOfCanned, func(r row) error { known = true; return r.Scan(&branch) }, id)
	if err == nil && (!known || !scope.Writes(branch)) {
		err = conversations.ErrNotFound
	}
	if err == nil {
		err = s.write(ctx, func(sc *script) {
			sc.query(dropCanned, discard, id)
		})
	}
	return wrap(err, "dropping canned reply %s", id)
}

// mayCanned says, as ErrNotFound, that the scope may not write a reply where it
// is or is to be.
func (s *Store) mayCanned(ctx context.Context, scope conversations.Scope, id, to string) error {
	before := to
	err := s.read(ctx, branchOfCanned, func(r row) error { return r.Scan(&before) }, id)
	if err == nil && (!scope.Writes(before) || !scope.Writes(to)) {
		err = conversations.ErrNotFound
	}
	return err
}
