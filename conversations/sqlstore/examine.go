package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Schema is the state of a database's tables.
type Schema struct {
	// New says that there are no tables yet: the first start makes them.
	New bool
	// Pending migrations are applied by the next start of this version.
	Pending int
	// Unknown migrations were applied by a newer version than this.
	Unknown int
}

// Examine looks at a database without changing it, also beside a gateway that
// runs. Only Driver and DSN of the options count.
func Examine(ctx context.Context, o Options) (Schema, error) {
	db, err := openUnchanged(o)
	if err != nil || db == nil {
		return Schema{New: err == nil}, err
	}
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return Schema{}, fmt.Errorf("reaching the %s database: %w", o.Driver, err)
	}
	if o.Driver == PostgreSQL {
		if err := keepsAll(ctx, db); err != nil {
			return Schema{}, err
		}
	}
	applied, err := appliedMigrations(ctx, db)
	if err != nil || len(applied) == 0 {
		return Schema{New: err == nil}, err
	}
	ours, err := migrationNumbers(o.Driver)
	if err != nil {
		return Schema{}, err
	}
	s := Schema{}
	for _, n := range ours {
		if !slices.Contains(applied, n) {
			s.Pending++
		}
	}
	for _, n := range applied {
		if !slices.Contains(ours, n) {
			s.Unknown++
		}
	}
	return s, nil
}

// openUnchanged opens a database that nothing can be written to by; nil if
// there is none yet.
func openUnchanged(o Options) (*sql.DB, error) {
	switch o.Driver {
	case SQLite:
		file, err := filepath.Abs(o.DSN)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		return sql.Open("sqlite", sqliteURI(file, "query_only(true)", busyTimeout))
	case PostgreSQL:
		config, err := pgx.ParseConfig(o.DSN)
		if err != nil {
			return nil, errors.New("the connection string cannot be read; it should be like postgres://name@host:5432/jiebao")
		}
		config.RuntimeParams["default_transaction_read_only"] = "on"
		return stdlib.OpenDB(*config), nil
	}
	return nil, fmt.Errorf("there is no driver %q; use %q or %q", o.Driver, SQLite, PostgreSQL)
}

// undefinedTable is PostgreSQL's code. Its words are in the server's language.
const undefinedTable = "42P01"

// appliedMigrations are the numbers of those that were applied; none if there
// is no table of them.
func appliedMigrations(ctx context.Context, db *sql.DB) ([]int64, error) {
	rows, err := db.QueryContext(ctx, `select version_id from goose_db_version where version_id > 0`)
	if err != nil {
		var e *pgconn.PgError
		if errors.As(err, &e) && e.Code == undefinedTable || strings.Contains(err.Error(), "no such table") {
			return nil, nil
		}
		return nil, fmt.Errorf("reading which migrations were applied: %w", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// migrationNumbers are those of the files' names, such as 00001_tables.sql.
func migrationNumbers(driver string) ([]int64, error) {
	names, err := fs.Glob(migrations, "migrations/"+driver+"/*.sql")
	if err != nil {
		return nil, err
	}
	var out []int64
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the migration %s has no number", name)
		}
		out = append(out, n)
	}
	return out, nil
}
