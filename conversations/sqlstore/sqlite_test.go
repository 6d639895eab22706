package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/storetest"
)

func openFile(t *testing.T, path string) *Store {
	t.Helper()
	var ids atomic.Int64
	s, err := Open(t.Context(), Options{
		Driver: SQLite, DSN: path, Engine: storetest.Engine(), Now: time.Now,
		NewID: func() string { return fmt.Sprintf("c%d", ids.Add(1)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func hear(s *Store, who, id string) error {
	a := conversations.Address{Account: "oa", ID: who}
	_, err := s.Apply(context.Background(), conversations.Target{Address: a}, storetest.Said(a, id, "hello"))
	return err
}

// TestNobodyElseReadsTheFile: what candidates said is for the gateway's user,
// also in a folder that others may look into.
func TestNobodyElseReadsTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := openFile(t, filepath.Join(dir, "jiebao.db"))
	if err := hear(s, "u1", "m1"); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("there is %v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f.Name(), info.Mode(), err)
		}
	}
}

// While the disk is full callers are told so; when there is room again the
// store goes on, with all that it acknowledged and nothing else.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	s := openFile(t, filepath.Join(t.TempDir(), "jiebao.db"))
	limit := func(pages int) {
		t.Helper()
		if err := s.write(t.Context(), func(sc *script) { sc.exec(fmt.Sprintf("pragma max_page_count = %d", pages)) }); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // as large as it is now
	var mu sync.Mutex
	kept, refused := map[string]bool{}, 0
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 40 {
				id := fmt.Sprintf("%d-%d", i, n)
				err := hear(s, fmt.Sprint(i), id)
				mu.Lock()
				if err == nil {
					kept[id] = true
				} else {
					refused++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if refused == 0 {
		t.Fatal("the disk was not full")
	}
	limit(1 << 30)
	for i := range 8 {
		if err := hear(s, fmt.Sprint(i), fmt.Sprint("after ", i)); err != nil {
			t.Errorf("with room again: %v", err)
		}
	}
	var heard int
	err := s.read(t.Context(), `select count(*) from messages where dedupe <> ''`, func(r row) error { return r.Scan(&heard) })
	if err != nil || heard != len(kept)+8 {
		t.Errorf("%d messages are kept of %d that were acknowledged (%v)", heard, len(kept)+8, err)
	}
}

// The log is copied and begun anew under load, with readers about, and closed
// it is gone.
func TestTheLogDoesNotGrow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jiebao.db")
	s := openFile(t, path)
	checkpoints := s.db.(*sqliteDB).log
	checkpoints.every, checkpoints.long = 100, 200
	done := make(chan struct{})
	var readers, writers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := s.Messages(context.Background(), conversations.Everything, "c1", 0, 50); err != nil && !errors.Is(err, conversations.ErrNotFound) {
					t.Error(err)
				}
			}
		})
	}
	for i := range 32 {
		writers.Go(func() {
			for n := range 50 {
				if err := hear(s, fmt.Sprint(i), fmt.Sprintf("%d-%d", i, n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	f, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if f.Size() > 6<<20 {
		t.Errorf("the log has %d KB", f.Size()>>10)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("closed, the log is still there (%v)", err)
	}
}
