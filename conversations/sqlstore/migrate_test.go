package sqlstore

import (
	"database/sql"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

// TestLateMigration: a database that has later migrations takes an earlier one
// that was added since.
func TestLateMigration(t *testing.T) {
	t.Parallel()
	all, err := fs.Sub(migrations, "migrations/"+SQLite)
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(all, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	without := fstest.MapFS{}
	for _, name := range names {
		text, err := fs.ReadFile(all, name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(name, "00004") {
			without[name] = &fstest.MapFile{Data: text}
		}
	}
	db, err := sql.Open("sqlite", t.TempDir()+"/x.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, files := range []fs.FS{without, all} {
		if err := migrate(t.Context(), goose.DialectSQLite3, db, files); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), `select count(*) from articles`); err != nil {
		t.Error(err)
	}
}
