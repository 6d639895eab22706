package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// postgresDB is a server that other nodes may use too.
type postgresDB struct {
	write *sql.DB
	read  *statements
	texts sync.Map // what postgresSQL made of a text
}

// The connections of one node. Two committers were measured to be best: one
// works while the other's commit is written to disk.
const (
	postgresCommitters = 2
	postgresReaders    = 6
)

// openPostgres connects to the server. Whatever the server, the database or
// the role is set to, what is committed is on disk, and locks serve.
func openPostgres(ctx context.Context, dsn string, migrations fs.FS) (*postgresDB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the connection string cannot be read; it should be like postgres://name@host:5432/jiebao")
	}
	for k, v := range map[string]string{
		"client_encoding":               "UTF8",
		"default_transaction_isolation": "read committed", // a statement sees what others committed while a lock was waited for
		"default_transaction_read_only": "off",
		"synchronous_commit":            "on",
	} {
		config.RuntimeParams[k] = v
	}
	if err := migratePostgres(ctx, config, migrations); err != nil {
		return nil, err
	}
	d := &postgresDB{read: newStatements(pool(reading(config)), postgresSQL), write: pool(writing(config))}
	d.read.db.SetMaxOpenConns(postgresReaders)
	d.read.db.SetMaxIdleConns(postgresReaders)
	d.write.SetMaxOpenConns(postgresCommitters)
	d.write.SetMaxIdleConns(postgresCommitters)
	return d, nil
}

// pool is of connections that take bulks.
func pool(config *pgx.ConnConfig) *sql.DB {
	return stdlib.OpenDB(*config, stdlib.OptionAfterConnect(withBulkColumns))
}

// reading is the configuration of the connections that only read. Their
// questions are of many kinds, so each is planned for the tables as they are:
// a plan kept from when the outbox was empty takes seconds when it is full.
// Whole tables are read from their beginning, by one worker, because the order
// in which they lie says when things came.
func reading(config *pgx.ConnConfig) *pgx.ConnConfig {
	c := config.Copy()
	c.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	c.RuntimeParams["synchronize_seqscans"] = "off"
	c.RuntimeParams["max_parallel_workers_per_gather"] = "0"
	return c
}

// writing is the configuration of the committers' connections. They look up
// rows by key and nothing else, so that a plan made while a table was empty
// stays good when it is full.
func writing(config *pgx.ConnConfig) *pgx.ConnConfig {
	c := config.Copy()
	for k, v := range map[string]string{
		"plan_cache_mode":  "force_generic_plan",
		"enable_seqscan":   "off",
		"enable_hashjoin":  "off",
		"enable_mergejoin": "off",
		"jit":              "off",
	} {
		c.RuntimeParams[k] = v
	}
	return c
}

// keepsAll says what is wrong with a database that cannot keep every character
// that a candidate may write: it would refuse the message, again and again.
func keepsAll(ctx context.Context, db *sql.DB) error {
	var encoding string
	if err := db.QueryRowContext(ctx, `select current_setting('server_encoding')`).Scan(&encoding); err != nil {
		return fmt.Errorf("asking for its encoding: %w", err)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("its encoding is %s, which cannot keep every character that candidates write; "+
			"use one that was made by: create database jiebao template template0 encoding 'UTF8' locale 'C'", encoding)
	}
	return nil
}

// migratePostgres migrates under an advisory lock: of nodes that start
// together one migrates and the others wait for it.
func migratePostgres(ctx context.Context, config *pgx.ConnConfig, migrations fs.FS) error {
	db := stdlib.OpenDB(*config)
	defer db.Close()
	if err := keepsAll(ctx, db); err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	return migrate(ctx, goose.DialectPostgres, db, migrations, goose.WithSessionLocker(locker))
}

func (d *postgresDB) reads() *statements { return d.read }
func (d *postgresDB) begin() string      { return "begin" }
func (d *postgresDB) committers() int    { return postgresCommitters }
func (d *postgresDB) shared() bool       { return true }
func (d *postgresDB) close() error       { return errors.Join(d.read.db.Close(), d.write.Close()) }

// contended: unique violations too, since another node may have made the
// same conversation at the same time; the second try finds it.
func (d *postgresDB) contended(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "23505", "40001", "40P01", "55P03":
		return true
	}
	return false
}

func (d *postgresDB) session(ctx context.Context) (session, error) {
	return d.open(ctx, d.write)
}

func (d *postgresDB) open(ctx context.Context, db *sql.DB) (*postgresSession, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &postgresSession{conn: conn, texts: &d.texts}, nil
}

func (d *postgresDB) pipeline(ctx context.Context, s *script) error {
	session, err := d.open(ctx, d.read.db)
	if err != nil {
		return err
	}
	defer session.close()
	return session.run(ctx, s)
}

// postgresSession sends a whole script at once and then reads the answers.
type postgresSession struct {
	conn   *sql.Conn
	texts  *sync.Map
	values buffer // of a statement
	sent   buffer // by a batch
}

func (c *postgresSession) run(ctx context.Context, s *script) error {
	defer func() { s.steps = s.steps[:0] }()
	if err := s.refuseNUL(); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	size := 0
	for i := range s.steps {
		c.queue(batch, &s.steps[i])
		size += sentSize(&s.steps[i])
	}
	return c.conn.Raw(func(conn any) error {
		pg := conn.(*stdlib.Conn).Conn()
		pg.PgConn().Frontend().Send(sending{&c.sent, size})
		return pg.SendBatch(ctx, batch).Close()
	})
}

func (c *postgresSession) queue(batch *pgx.Batch, st *step) {
	text, ok := c.texts.Load(st.sql)
	if !ok {
		text = postgresSQL(st.sql)
		c.texts.Store(st.sql, text)
	}
	args := st.args
	if st.bulk {
		args = c.transpose(st.rows)
	}
	q := batch.Queue(text.(string), args...)
	if st.each == nil {
		return
	}
	q.Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := st.each(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// transpose makes one array of each column.
func (c *postgresSession) transpose(rows [][]any) []any {
	columns := make([]any, len(rows[0]))
	for n := range columns {
		columns[n] = bulkColumn{rows, n, &c.values}
	}
	return columns
}

func (c *postgresSession) rollback(ctx context.Context) {
	_ = c.run(ctx, &script{steps: []step{{sql: "rollback"}}}) // fails if the connection is gone, and the transaction with it
}

func (c *postgresSession) lost() bool {
	err := c.conn.Raw(func(conn any) error {
		if conn.(*stdlib.Conn).Conn().IsClosed() {
			return driver.ErrBadConn
		}
		return nil
	})
	return err != nil
}

func (c *postgresSession) close() { _ = c.conn.Close() }
