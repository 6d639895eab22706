package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"jiebao/conversations"
	"jiebao/conversations/storetest/testenv"
)

// What is read again and again while a table is empty is planned anew when
// thousands of rows are in it, and not one by one looked through.
func TestReadsSurviveTablesThatFill(t *testing.T) {
	t.Parallel()
	files, err := fs.Sub(migrations, "migrations/"+PostgreSQL)
	if err != nil {
		t.Fatal(err)
	}
	d, err := openPostgres(t.Context(), testenv.PostgreSQL(t, testenv.WithoutFsync), files)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.close() })
	conn, err := d.read.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	ask := func(sql string) (plan string) {
		t.Helper()
		err := conn.Raw(func(c any) error {
			rows, err := c.(*stdlib.Conn).Conn().Query(context.Background(), sql, pgx.QueryExecModeExec)
			if err != nil {
				return err
			}
			for rows.Next() {
				var line string
				if rows.FieldDescriptions()[0].Name == "QUERY PLAN" {
					if err := rows.Scan(&line); err != nil {
						return err
					}
				}
				plan += line + "\n"
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	ask(`vacuum analyze`)
	ask(`prepare first(text[], bigint[]) as ` + postgresSQL(firstTasks))
	const heads = `first(array['deliver:c1', 'deliver:c2'], array[1, 1]::bigint[])`
	for range 8 {
		ask(`execute ` + heads)
	}
	ask(`insert into outbox (lane, id, pos, kind, due, created, ride, sequence, body)
		select 'deliver:c' || i, 'c' || i || '-1', 0, 'deliver', 0, 0, 0, 0, repeat('x', 200) from generate_series(1, 20000) i`)
	if plan := ask(`explain execute ` + heads); strings.Contains(plan, "Seq Scan on outbox") {
		t.Errorf("the first tasks of claimed lanes are looked for in the whole outbox:\n%s", plan)
	}
}

// What somebody set for all that use a database is not for this program.
func TestConnectionsAreSetAsNeeded(t *testing.T) {
	t.Parallel()
	dsn := testenv.PostgreSQL(t, testenv.WithoutFsync)
	admin, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	settings := []struct{ name, theirs, ours string }{
		{"default_transaction_isolation", "serializable", "read committed"},
		{"default_transaction_read_only", "on", "off"},
		{"synchronous_commit", "off", "on"},
		{"client_encoding", "GBK", "UTF8"},
	}
	for _, s := range settings {
		if _, err := admin.ExecContext(t.Context(), fmt.Sprintf("alter database %s set %s to '%s'", path.Base(strings.Split(dsn, "?")[0]), s.name, s.theirs)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(t.Context(), Options{Driver: PostgreSQL, DSN: dsn, Engine: &conversations.Engine{}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := s.db.(*postgresDB)
	for name, db := range map[string]*sql.DB{"reading": d.read.db, "writing": d.write} {
		for _, s := range settings {
			var is string
			if err := db.QueryRowContext(t.Context(), "show "+s.name).Scan(&is); err != nil || is != s.ours {
				t.Errorf("%s, %s is %q (%v), want %q", name, s.name, is, err, s.ours)
			}
		}
	}
}

// A database for GB 2312 would refuse what a candidate writes who is called
// 㛃, or sends a smile. It is refused before anything is written to it.
func TestDatabasesKeepEveryCharacter(t *testing.T) {
	t.Parallel()
	dsn := testenv.PostgreSQL(t, testenv.WithoutFsync)
	admin, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	name := "gb2312_" + path.Base(strings.Split(dsn, "?")[0])
	if _, err := admin.ExecContext(t.Context(), `create database `+name+` template template0 encoding 'EUC_CN' locale 'C'`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec(`drop database ` + name + ` with (force)`); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	o := Options{Driver: PostgreSQL, DSN: u.String(), Engine: &conversations.Engine{}, Now: time.Now}
	const want = "EUC_CN"
	if s, err := Open(t.Context(), o); err == nil {
		s.Close()
		t.Error("it was opened")
	} else if !strings.Contains(err.Error(), want) {
		t.Errorf("opening it: %v, want %q named", err, want)
	}
	if s, err := Examine(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("examining it: %+v, %v, want %q named", s, err, want)
	}
}
