package sqlstore_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
	"jiebao/conversations/storetest/testenv"
)

func openFor(t *testing.T, o sqlstore.Options) *sqlstore.Store {
	t.Helper()
	o.Engine, o.Now = storetest.Engine(), time.Now
	if o.NewID == nil {
		var ids atomic.Int64
		o.NewID = func() string { return fmt.Sprintf("c%d", ids.Add(1)) }
	}
	s, err := sqlstore.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func say(s *sqlstore.Store, who, id string) error {
	a := conversations.Address{Account: "oa", ID: who}
	_, err := s.Apply(context.Background(), conversations.Target{Address: a}, storetest.Said(a, id, "hello"))
	return err
}

func TestConnectionsThatBreakAreReplaced(t *testing.T) {
	t.Parallel()
	dsn := testenv.PostgreSQL(t, testenv.WithoutFsync)
	s := openFor(t, sqlstore.Options{Driver: sqlstore.PostgreSQL, DSN: dsn})
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for i := range 5 {
		var wg sync.WaitGroup
		for j := range 20 {
			wg.Go(func() {
				if err := say(s, fmt.Sprint(j), fmt.Sprintf("%d-%d", i, j)); err != nil {
					t.Errorf("after its connections broke %d times the store says %v", i, err)
				}
			})
		}
		wg.Wait()
		if _, err := conn.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADefectFailsOneCaller(t *testing.T) {
	t.Parallel()
	var ids atomic.Int64
	s := openFor(t, sqlstore.Options{Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), NewID: func() string {
		id := ids.Add(1)
		if id%7 == 3 {
			panic("a defect")
		}
		return fmt.Sprintf("c%d", id)
	}})
	var wg sync.WaitGroup
	var failed atomic.Int64
	for i := range 40 {
		wg.Go(func() {
			if err := say(s, fmt.Sprint(i), fmt.Sprint(i)); err != nil {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	if n := failed.Load(); n == 0 || n > 12 {
		t.Errorf("%d of 40 callers failed", n)
	}
	if err := say(s, "after", "after"); err != nil && ids.Load()%7 != 3 {
		t.Errorf("after defects: %v", err)
	}
}

func TestAClosedStoreRefuses(t *testing.T) {
	t.Parallel()
	s := openFor(t, sqlstore.Options{Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db")})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := say(s, "u", "m"); err != sqlstore.ErrClosed {
		t.Errorf("error %v, want %v", err, sqlstore.ErrClosed)
	}
	s.Carried("c1-2", true)
}

func TestOpeningSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, o := range []sqlstore.Options{
		{Driver: "oracle", DSN: "x"},
		{Driver: sqlstore.SQLite, DSN: t.TempDir()},
		{Driver: sqlstore.PostgreSQL, DSN: "postgres://nobody:secret@[:1/x"},
	} {
		o.Engine, o.Now = storetest.Engine(), time.Now
		s, err := sqlstore.Open(t.Context(), o)
		if err == nil {
			_ = s.Close()
			t.Errorf("%s opened", o.Driver)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}
