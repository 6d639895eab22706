package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// sqliteDB is a file with one writer connection and some readers.
type sqliteDB struct {
	write *sql.DB
	read  *statements
	log   *checkpoints
}

// sqliteReaders is how many queries of console and API run at once.
const sqliteReaders = 4

// busyTimeout is how long a connection waits for another's lock.
const busyTimeout = "busy_timeout(5000)"

// openSQLite opens the file at path, making it and its folder if needed, for
// nobody else on the machine to read: SQLite gives the files beside it the
// permissions that it has.
func openSQLite(ctx context.Context, path string, migrations fs.FS) (*sqliteDB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := makeFile(path); err != nil {
		return nil, err
	}
	d := &sqliteDB{}
	if d.write, err = sql.Open("sqlite", sqliteURI(path,
		"journal_mode(wal)", "synchronous(full)", busyTimeout, "cache_size(-8000)", "wal_autocheckpoint(0)")); err != nil {
		return nil, err
	}
	d.write.SetMaxOpenConns(1)
	if err := migrate(ctx, goose.DialectSQLite3, d.write, migrations); err != nil {
		return nil, errors.Join(err, d.write.Close())
	}
	read, err := sql.Open("sqlite", sqliteURI(path, "query_only(true)", busyTimeout, "cache_size(-1000)"))
	if err != nil {
		return nil, errors.Join(err, d.write.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	d.read = newStatements(read, sqliteSQL)
	log, err := sql.Open("sqlite", sqliteURI(path, "synchronous(full)", busyTimeout, "wal_autocheckpoint(0)"))
	if err != nil {
		return nil, errors.Join(err, read.Close(), d.write.Close())
	}
	log.SetMaxOpenConns(1)
	d.log = newCheckpoints(log)
	return d, nil
}

// makeFile makes a file that is not there. One that is there is not opened: the
// process would lose its locks on it when it is closed (POSIX, fcntl).
func makeFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

func sqliteURI(path string, pragmas ...string) string {
	u := url.URL{Scheme: "file", Path: path, OmitHost: true, RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	return u.String()
}

func (d *sqliteDB) reads() *statements { return d.read }
func (d *sqliteDB) begin() string      { return "begin immediate" }
func (d *sqliteDB) committers() int    { return 1 }
func (d *sqliteDB) shared() bool       { return false }
func (d *sqliteDB) close() error {
	return errors.Join(d.log.close(), d.read.db.Close(), d.write.Close())
}

func (d *sqliteDB) contended(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == codes.SQLITE_BUSY || e.Code()&0xff == codes.SQLITE_LOCKED)
}

func (d *sqliteDB) session(ctx context.Context) (session, error) {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &sqliteSession{conn: conn, log: d.log, asked: map[string]*sql.Stmt{}, executed: map[string]*rowStatement{}}, nil
}

func (d *sqliteDB) pipeline(ctx context.Context, s *script) error {
	if err := s.refuseNUL(); err != nil {
		return err
	}
	for i := range s.steps {
		st := &s.steps[i]
		calls, err := sqliteCalls(st)
		if err != nil {
			return err
		}
		for _, args := range calls {
			rows, err := d.read.query(ctx, st.sql, args...)
			if err != nil {
				return err
			}
			if err := scanAll(rows, st.each); err != nil {
				return err
			}
		}
	}
	return nil
}

// sqliteSession prepares every statement once.
type sqliteSession struct {
	conn     *sql.Conn
	log      *checkpoints
	rows     int                  // written by the transaction
	asked    map[string]*sql.Stmt // statements with an answer
	executed map[string]*rowStatement
}

func (c *sqliteSession) run(ctx context.Context, s *script) error {
	defer func() { s.steps = s.steps[:0] }()
	if err := s.refuseNUL(); err != nil {
		return err
	}
	for i := range s.steps {
		st := &s.steps[i]
		if err := c.step(ctx, st); err != nil {
			return err
		}
		c.rows += len(st.rows)
		if st.sql == "commit" {
			c.committed(ctx)
		}
	}
	return nil
}

// committed lets the log be copied into the database from time to time.
func (c *sqliteSession) committed(ctx context.Context) {
	if c.log.committed(c.rows) {
		c.copyRest(ctx)
	}
	c.rows = 0
}

// copyRest ends a checkpoint. What fails is tried again with the next.
func (c *sqliteSession) copyRest(ctx context.Context) {
	var busy, pages, copied int
	err := c.conn.QueryRowContext(ctx, checkpoint).Scan(&busy, &pages, &copied)
	if err != nil || pages < c.log.long {
		return
	}
	for _, text := range []string{restartPatience, restartLog, usualPatience} {
		_, _ = c.conn.ExecContext(ctx, text)
	}
}

func (c *sqliteSession) step(ctx context.Context, st *step) error {
	calls, err := sqliteCalls(st)
	if err != nil {
		return err
	}
	if st.each == nil {
		return c.execute(ctx, st.sql, calls)
	}
	stmt, err := c.prepare(ctx, st.sql)
	if err != nil {
		return err
	}
	for _, args := range calls {
		rows, err := stmt.QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		if err := scanAll(rows, st.each); err != nil {
			return err
		}
	}
	return nil
}

// sqliteCalls are the arguments of each time that a step is executed. Keys
// are a list in JSON.
func sqliteCalls(st *step) ([][]any, error) {
	if st.bulk {
		return st.rows, nil
	}
	for i, a := range st.args {
		if keys, ok := a.([]string); ok {
			list, err := json.Marshal(keys)
			if err != nil {
				return nil, err
			}
			st.args[i] = string(list)
		}
	}
	return [][]any{st.args}, nil
}

func (c *sqliteSession) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt := c.asked[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := c.conn.PrepareContext(ctx, sqliteSQL(text))
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", text, err)
	}
	c.asked[text] = stmt
	return stmt, nil
}

func (c *sqliteSession) rollback(ctx context.Context) {
	_, _ = c.conn.ExecContext(ctx, "rollback") // fails if there is no transaction, which is just as well
}

func (c *sqliteSession) lost() bool { return false }

func (c *sqliteSession) close() {
	for _, stmt := range c.asked {
		_ = stmt.Close()
	}
	for _, stmt := range c.executed {
		_ = stmt.prepared.Close()
	}
	_ = c.conn.Close()
}

func scanAll(rows *sql.Rows, each func(row) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
