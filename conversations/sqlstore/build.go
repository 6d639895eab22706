package sqlstore

import (
	"context"
	"errors"
	"time"
)

const (
	claimBuild     = `update indexing set lease = $2 where id = 1 and built = 0 and lease <= $1 returning next`
	isBuilt        = `select built from indexing where id = 1`
	buildingOf     = `select id, branch, name from conversations`
	forgetWords    = `delete from words`
	forgetTexts    = `delete from texts`
	forgetIndexed  = `delete from indexed`
	endBuild       = `update indexing set built = 1 where id = 1`
	lengthenBuild  = `update indexing set lease = $1 where id = 1`
	allMessages    = `select conversation, n, body from messages`
	messagesInRows = `select rowid, conversation, n, body from messages where rowid > $1 order by rowid limit 4000`
)

// buildLease is how long a page may take; buildRows are written in a commit.
const (
	buildLease = 2 * time.Minute
	buildRows  = 1000
)

var errBuilding = errors.New("another node builds the index")

// build indexes what was there before there was an index, in the order in
// which it came. It begins anew if it was interrupted, and only one node is at
// it.
func (x *indexer) build(ctx context.Context) error {
	built, next := int64(0), int64(-1)
	err := x.s.read(ctx, isBuilt, func(r row) error { return r.Scan(&built) })
	if err != nil || built == 1 {
		return err
	}
	now := x.s.now()
	if err := x.s.write(ctx, func(sc *script) {
		next = -1
		sc.query(claimBuild, func(r row) error { return r.Scan(&next) }, millis(now), millis(now.Add(buildLease)))
	}); err != nil {
		return err
	}
	if next < 0 {
		return errBuilding
	}
	p, err := x.everybody(ctx)
	if err != nil {
		return err
	}
	err = x.s.db.inOrder(ctx, func(r row) error {
		if err := p.scan(r); err != nil || len(p.texts) < pageDocs {
			return err
		}
		return x.built(ctx, p)
	})
	if err == nil {
		err = x.built(ctx, p)
	}
	if err == nil {
		err = x.finish(ctx, p)
	}
	if err == nil {
		err = x.s.write(ctx, func(sc *script) { sc.exec(endBuild) })
	}
	return err
}

// everybody begins with all conversations there are, and nothing else.
func (x *indexer) everybody(ctx context.Context) (*passage, error) {
	err := x.s.write(ctx, func(sc *script) {
		sc.exec(forgetWords)
		sc.exec(forgetTexts)
		sc.exec(forgetIndexed)
	})
	if err != nil {
		return nil, err
	}
	all := map[string]*known{}
	err = x.s.read(ctx, buildingOf, func(r row) error {
		k := &known{}
		err := r.Scan(&k.id, &k.branch, &k.name)
		all[k.id] = k
		return err
	})
	return newPassage(all), err
}

// built writes what the passage has come to.
func (x *indexer) built(ctx context.Context, p *passage) error {
	if err := x.s.write(ctx, func(sc *script) { sc.exec(lengthenBuild, millis(x.s.now().Add(buildLease))) }); err != nil {
		return err
	}
	err := x.write(ctx, p, buildRows)
	p.texts = p.texts[:0]
	return err
}

// inOrder reads pages of rows, so that no reader is in the way of a
// checkpoint for long.
func (d *sqliteDB) inOrder(ctx context.Context, each func(row) error) error {
	for last, n := int64(0), 1; n > 0; {
		rows, err := d.read.query(ctx, messagesInRows, last)
		if err != nil {
			return err
		}
		n = 0
		if err := scanAll(rows, func(r row) error { n++; return each(rest{r, &last}) }); err != nil {
			return err
		}
	}
	return nil
}

// rest are the columns of a row but for the first, which is a number.
type rest struct {
	row
	first *int64
}

func (r rest) Scan(to ...any) error { return r.row.Scan(append([]any{r.first}, to...)...) }

// inOrder reads the table as it lies, in one statement: what moves meanwhile
// is neither missed nor read twice.
func (d *postgresDB) inOrder(ctx context.Context, each func(row) error) error {
	rows, err := d.read.query(ctx, allMessages)
	if err != nil {
		return err
	}
	return scanAll(rows, each)
}
