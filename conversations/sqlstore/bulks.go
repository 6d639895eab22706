package sqlstore

import (
	"context"
	"time"

	"jiebao/conversations"
)

const (
	insertBulk = `insert into bulks (id, agent, created, due, version, state) values ($1, $2, $3, $4, $5, $6)
		on conflict (id) do nothing returning id`
	updateBulk = `update bulks set due = $2, version = $3, state = $4 where id = $1 and version = $3 - 1 returning id`
	claimBulk  = `update bulks set due = $2, version = version + 1
		where due > 0 and due <= $1 and id = (select id from bulks where due > 0 and due <= $1 order by due, id limit 1)
		returning id, agent, created, due, version, state`
	bulkColumns = `select id, agent, created, due, version, state from bulks `
	bulkByID    = bulkColumns + `where id = $1`
	bulksOf     = bulkColumns + `where agent = $1 order by created desc, id limit $2`
	nextBulk    = `select due from bulks where due > 0 order by due limit 1`
	oldBulks    = `delete from bulks where created <= $1`
)

// PutBulk keeps b: a new one, or the version after the one that is kept. It
// ends with ErrStale if somebody else was first. Those that were kept long
// enough are forgotten.
func (s *Store) PutBulk(ctx context.Context, b conversations.Bulk) error {
	kept := false
	err := s.write(ctx, func(sc *script) {
		kept = false
		found := func(row) error { kept = true; return nil }
		if b.Version > 1 {
			sc.query(updateBulk, found, b.ID, millis(b.Due), b.Version, string(b.State))
			return
		}
		sc.exec(oldBulks, millis(s.now().Add(-conversations.BulkKept)))
		sc.query(insertBulk, found, b.ID, b.Agent, millis(b.Created), millis(b.Due), b.Version, string(b.State))
	})
	if err == nil && !kept {
		err = conversations.ErrStale
	}
	return wrap(err, "keeping bulk %s", b.ID)
}

// ClaimBulk returns the one that has been due longest, which is due again only
// at until, so that somebody goes on with it if the caller does not; nil if
// none is due. next is when the next may be; zero for nobody knows.
func (s *Store) ClaimBulk(ctx context.Context, now, until time.Time) (b *conversations.Bulk, next time.Time, err error) {
	var due int64
	err = s.read(ctx, nextBulk, func(r row) error { return r.Scan(&due) })
	if err != nil || due == 0 || due > millis(now) { // as it nearly always is: nothing is written
		return nil, fromMillis(due), wrap(err, "looking for bulks to go on with")
	}
	err = s.write(ctx, func(sc *script) {
		b = nil
		sc.query(claimBulk, func(r row) error {
			found, err := scanBulk(r)
			b = &found
			return err
		}, millis(now), millis(until))
	})
	return b, now, wrap(err, "looking for bulks to go on with")
}

// Bulk returns one; ErrNotFound if there is none of that id.
func (s *Store) Bulk(ctx context.Context, id string) (conversations.Bulk, error) {
	found, err := s.bulks(ctx, bulkByID, id)
	if err == nil && len(found) == 0 {
		return conversations.Bulk{}, conversations.ErrNotFound
	}
	if err != nil {
		return conversations.Bulk{}, wrap(err, "reading bulk %s", id)
	}
	return found[0], nil
}

// Bulks returns up to limit of an agent's, the latest first.
func (s *Store) Bulks(ctx context.Context, agent string, limit int) ([]conversations.Bulk, error) {
	found, err := s.bulks(ctx, bulksOf, agent, limit)
	return found, wrap(err, "reading the bulks of an agent")
}

func (s *Store) bulks(ctx context.Context, query string, args ...any) (found []conversations.Bulk, err error) {
	err = s.read(ctx, query, func(r row) error {
		b, err := scanBulk(r)
		found = append(found, b)
		return err
	}, args...)
	return found, err
}

func scanBulk(r row) (conversations.Bulk, error) {
	var b conversations.Bulk
	var created, due int64
	var state string
	err := r.Scan(&b.ID, &b.Agent, &created, &due, &b.Version, &state)
	b.Created, b.Due, b.State = fromMillis(created), fromMillis(due), []byte(state)
	return b, err
}
