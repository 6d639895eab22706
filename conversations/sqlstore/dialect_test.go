package sqlstore

import (
	"strings"
	"testing"
)

func TestDialects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, sqlite, postgres string }{
		{
			"select a from t where k in keys and b = $2 order by k for update",
			"select a from t where k in (select value from json_each($1)) and b = $2 order by k",
			"select a from t where k = any($1::text[]) and b = $2 order by k for update",
		},
		{
			"select t.x from rows(a text, b bigint), t where t.a = r.a and t.b = r.b\n\tfor update of t skip locked",
			"select t.x from t where t.a = $1 and t.b = $2",
			"select t.x from unnest($1::text[], $2::bigint[]) as r(a, b), t where t.a = r.a and t.b = r.b\n\tfor update of t skip locked",
		},
		{
			"insert into t (a, b) select r.a, r.b from rows(a text, b bigint) where true on conflict do nothing",
			"insert into t (a, b) select $1, $2 where true on conflict do nothing",
			"insert into t (a, b) select r.a, r.b from unnest($1::text[], $2::bigint[]) as r(a, b) where true on conflict do nothing",
		},
		{
			`select a from t where a collate "C" > $1 order by a collate "C"`,
			"select a from t where a > $1 order by a",
			`select a from t where a collate "C" > $1 order by a collate "C"`,
		},
		{
			"select a from t where b = $1 order by a limit $2",
			"select a from t where b = $1 order by a limit 0 + $2",
			"select a from t where b = $1 order by a limit $2",
		},
		{
			"delete from t using rows(a text) where t.a = r.a",
			"delete from t where t.a = $1",
			"delete from t using unnest($1::text[]) as r(a) where t.a = r.a",
		},
	} {
		if got := sqliteSQL(tt.text); collapse(got) != collapse(tt.sqlite) {
			t.Errorf("%s\nis in SQLite %s\nwant         %s", tt.text, got, tt.sqlite)
		}
		if got := postgresSQL(tt.text); got != tt.postgres {
			t.Errorf("%s\nis in PostgreSQL %s\nwant             %s", tt.text, got, tt.postgres)
		}
	}
}

// collapse makes every run of white space one space.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }
