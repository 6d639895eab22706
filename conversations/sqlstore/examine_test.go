package sqlstore

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/storetest/testenv"
)

func TestExamine(t *testing.T) {
	t.Parallel()
	for driver, dsn := range map[string]func(*testing.T) string{
		SQLite:     func(t *testing.T) string { return filepath.Join(t.TempDir(), "jiebao.db") },
		PostgreSQL: func(t *testing.T) string { return testenv.PostgreSQL(t) },
	} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			o := Options{Driver: driver, DSN: dsn(t), Engine: &conversations.Engine{}, Now: time.Now}
			examined := func(want Schema) {
				t.Helper()
				if got, err := Examine(t.Context(), o); err != nil || got != want {
					t.Errorf("%+v (%v), want %+v", got, err, want)
				}
			}
			examined(Schema{New: true})
			s, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			examined(Schema{})
			for _, tt := range []struct {
				sql  string
				want Schema
			}{
				{`delete from goose_db_version where version_id = 5`, Schema{Pending: 1}},
				{`insert into goose_db_version (version_id, is_applied) values (99999, true)`, Schema{Pending: 1, Unknown: 1}},
			} {
				change(t, s, tt.sql)
				examined(tt.want)
			}
		})
	}
	o := Options{Driver: PostgreSQL, DSN: "postgres://nobody:hunter2@127.0.0.1:1/jiebao?connect_timeout=1"}
	if _, err := Examine(t.Context(), o); err == nil {
		t.Error("a server that is away is found to be well")
	}
}

func change(t *testing.T, s *Store, statement string) {
	t.Helper()
	var db *sql.DB
	switch d := s.db.(type) {
	case *sqliteDB:
		db = d.write
	case *postgresDB:
		db = d.write
	}
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
