package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/conversations/storetest"
	"jiebao/conversations/storetest/testenv"
)

// older makes a database as a version left it, before the migration of that
// number, and returns how to open it.
func older(t *testing.T, driver, version string) (string, *sql.DB) {
	t.Helper()
	if driver == SQLite {
		dsn := filepath.Join(t.TempDir(), "jiebao.db")
		db, err := sql.Open("sqlite", dsn)
		if err != nil {
			t.Fatal(err)
		}
		if err := migrate(t.Context(), goose.DialectSQLite3, db, before(t, SQLite, version)); err != nil {
			t.Fatal(err)
		}
		return dsn, db
	}
	dsn := testenv.PostgreSQL(t, testenv.WithoutFsync)
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if err := migratePostgres(t.Context(), config, before(t, PostgreSQL, version)); err != nil {
		t.Fatal(err)
	}
	return dsn, stdlib.OpenDB(*config)
}

// Administrators of older versions keep their place: of the whole bank, or of
// their branches. Everybody else is an agent.
func TestUpgradeOfRoles(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{SQLite, PostgreSQL} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			dsn, db := older(t, driver, "00018")
			for i, a := range [][3]any{{"root", `["head"]`, 1}, {"both", `["head/north","head"]`, 1}, {"branch", `["head/north"]`, 1}, {"hr", `["head"]`, 0}} {
				if _, err := db.ExecContext(t.Context(), `insert into agents (id, name, scope, admin, created) values ($1, $1, $2, $3, $4)`, a[0], a[1], a[2], i); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), Options{Driver: driver, DSN: dsn, Engine: storetest.Engine(), Now: time.Now, NewID: func() string { return "new" }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			agents, err := s.Agents(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range agents {
				got = append(got, a.ID+" "+string(a.Role))
			}
			if want := "root head_office, both head_office, branch branch_admin, hr agent"; strings.Join(got, ", ") != want {
				t.Errorf("the agents are %v", got)
			}
		})
	}
}

// What an older version had told the EHR is not told again, and what it had
// still to tell is told from where it was.
func TestUpgradeOfEvents(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{SQLite, PostgreSQL} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			dsn, db := older(t, driver, "00011")
			testUpgrade(t, driver, dsn, db)
		})
	}
}

// before are the migrations before a version.
func before(t *testing.T, driver, version string) fs.FS {
	t.Helper()
	all, err := fs.Sub(migrations, "migrations/"+driver)
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(all, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, name := range names {
		text, err := fs.ReadFile(all, name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Compare(name, version) < 0 {
			files[name] = &fstest.MapFile{Data: text}
		}
	}
	return files
}

func testUpgrade(t *testing.T, driver, dsn string, db *sql.DB) {
	now := time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		id       string
		done     int
		waiting  int
		due      time.Time
		attempts int
	}{
		{"c1", 3, 0, time.Time{}, 0},
		{"c2", 2, 2, now.Add(time.Hour), 4},
		{"c3", 0, 2, now.Add(-time.Hour), 0},
		{"c4", 10, 1, now, 0}, // whose numbers have more digits
	} {
		oldEvents(t, db, c.id, c.done, c.waiting, millis(c.due), c.attempts)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Options{
		Driver: driver, DSN: dsn, Engine: storetest.Engine(), Now: func() time.Time { return now }, NewID: func() string { return "new" },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if events, err := s.Events(t.Context(), conversations.Everything, "Ec2", 0, 0); err != nil || len(events) != 4 || events[3].ID != "evt_c2_4" {
		t.Errorf("c2 has the events %+v (%v)", events, err)
	}
	if got := claimedEvents(t, s, now); got != "evt_c3_1 evt_c3_2 evt_c4_11" {
		t.Errorf("at once are told %q", got)
	}
	if got := claimedEvents(t, s, now.Add(time.Hour)); got != "evt_c2_3 evt_c2_4" {
		t.Errorf("later are told %q", got)
	}
	all, err := s.Endpoints(t.Context(), conversations.Everything)
	if err != nil || len(all) != 1 || all[0].ID != "ehr" || !all[0].Configured || all[0].Kind != relay.Webhook {
		t.Errorf("the endpoints are %+v (%v)", all, err)
	}
	if depth, err := s.Depth(t.Context()); err != nil || len(depth) != 1 || depth[0].Lanes != 3 {
		t.Errorf("waiting: %+v (%v)", depth, err)
	}
}

// claimedEvents are the ids of what the endpoint is to be told at a time.
func claimedEvents(t *testing.T, s *Store, at time.Time) string {
	t.Helper()
	lanes, err := s.Deliveries("ehr").Claim(t.Context(), conversations.TaskEvent, at, 2*time.Hour, 10, 10)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, l := range lanes {
		for _, it := range l.Items {
			ids = append(ids, it.ID)
			if it.Asked == 3 && it.Attempts != 4 {
				t.Errorf("%s was tried %d times, want 4", it.ID, it.Attempts)
			}
		}
	}
	return strings.Join(ids, " ")
}

// oldEvents writes events as they were kept in the outbox.
func oldEvents(t *testing.T, db *sql.DB, conversation string, done, waiting int, due int64, attempts int) {
	t.Helper()
	exec := func(text string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(context.Background(), text, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`insert into conversations (id, branch, candidate, phone, name, agent, flags, hidden, place, turns, state)
		values ($1, 'head/north', $2, '', '', '', 0, 0, 0, 1, $3)`, conversation, "E"+conversation,
		fmt.Sprintf(`{"id":%q,"branch":"head/north","candidate":{"id":"E%s"}}`, conversation, conversation))
	lane := "event:" + conversation
	for i := 1; i <= done+waiting; i++ {
		finished, tried, at := int64(0), 0, due
		if i <= done {
			finished = 1
		} else if i == done+1 {
			tried = attempts
		}
		exec(`insert into outbox (lane, done, id, pos, kind, due, created, attempts, ride, sequence, note, body)
			values ($1, $2, $3, $4, 'event', $5, 1, $6, 0, $4, '', $7)`, lane, finished, conversations.EventID(conversation, int64(i)), i, at, tried,
			fmt.Sprintf(`{"type":"message.received","timestamp":"2026-06-24T12:00:00Z","data":{"candidate_id":"E%s","sequence":%d}}`, conversation, i))
	}
	if waiting > 0 {
		exec(`insert into lanes (lane, kind, due, lease) values ($1, 'event', $2, 0)`, lane, due)
	}
}

// What an older version had is in the views of the inbox, and found.
func TestUpgradeOfInbox(t *testing.T) {
	t.Parallel()
	t.Run(SQLite, func(t *testing.T) {
		t.Parallel()
		dsn := filepath.Join(t.TempDir(), "jiebao.db")
		db, err := sql.Open("sqlite", dsn)
		if err != nil {
			t.Fatal(err)
		}
		if err := migrate(t.Context(), goose.DialectSQLite3, db, before(t, SQLite, "00016")); err != nil {
			t.Fatal(err)
		}
		testInboxUpgrade(t, SQLite, dsn, db)
	})
	t.Run(PostgreSQL, func(t *testing.T) {
		t.Parallel()
		dsn := testenv.PostgreSQL(t, testenv.WithoutFsync)
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			t.Fatal(err)
		}
		if err := migratePostgres(t.Context(), config, before(t, PostgreSQL, "00016")); err != nil {
			t.Fatal(err)
		}
		testInboxUpgrade(t, PostgreSQL, dsn, stdlib.OpenDB(*config))
	})
}

func testInboxUpgrade(t *testing.T, driver, dsn string, db *sql.DB) {
	const many = 1100 // more than are computed at once
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	exec := func(text string, args ...any) {
		t.Helper()
		if _, err := tx.ExecContext(t.Context(), text, args...); err != nil {
			t.Fatal(err)
		}
	}
	for i := range many {
		id := fmt.Sprintf("c%04d", i)
		exec(`insert into conversations (id, branch, candidate, phone, name, agent, flags, hidden, place, turns, state)
			values ($1, 'head/north', $1, '13800138000', '张三', '', 0, 0, $2, 1, $3)`, id, i, fmt.Sprintf(
			`{"id":%q,"branch":"head/north","candidate":{"id":%q,"name":"张三","phone":"13800138000"},"owner":{"kind":"queue"},"waiting":"2026-06-24T12:00:00Z",
			"applications":[{"result_id":"r","position":{"title":"柜员"},"status":40,"reason":"rejected","notice":"%s-1","offer":{"reply_by":"2026-06-20T00:00:00Z"}}]}`, id, id, id))
		exec(`insert into messages (conversation, n, dedupe, platform, status, reason, answer, body) values ($1, 1, '', '', 0, '', '', $2)`,
			id, fmt.Sprintf(`{"author":"candidate","kind":"text","text":"我是第%d个","at":"2026-06-24T12:00:00Z"}`, i))
	}
	if err := errors.Join(tx.Commit(), db.Close()); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 24, 13, 0, 0, 0, time.UTC)
	s, err := Open(t.Context(), Options{
		Driver: driver, DSN: dsn, Engine: storetest.Engine(), Now: func() time.Time { return now }, NewID: func() string { return "new" },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	scope := conversations.Scope{"head"}
	for _, view := range []conversations.InboxView{
		conversations.ViewUnassigned, conversations.ViewWaiting, conversations.ViewFailed, conversations.ViewOverdue, conversations.ViewAll,
	} {
		page, err := s.Inbox(t.Context(), conversations.InboxQuery{Scope: scope, View: view, Position: "柜员", Limit: many + 1})
		if err != nil || len(page.Rows) != many || page.Counts[view] != conversations.CountsTo {
			t.Errorf("%q shows %d conversations, and counts %d (%v)", view, len(page.Rows), page.Counts[view], err)
		}
	}
	if f, err := s.Facets(t.Context(), scope); err != nil || fmt.Sprint(f) != "{[head/north] [柜员] [] []}" {
		t.Errorf("there is to be told apart %v (%v)", f, err)
	}
	if err := s.Index(t.Context()); err != nil {
		t.Fatal(err)
	}
	for search, want := range map[string]int{"第77个": 1, "我是": 1000, "8000": 200, "C0077": 0, "c0077": 1, "张": 1000} {
		page, err := s.Inbox(t.Context(), conversations.InboxQuery{Scope: scope, Search: search, Limit: 1000})
		if err != nil || len(page.Rows) != want {
			t.Errorf("searching %q found %d, want %d (%v)", search, len(page.Rows), want, err)
		}
	}
}
