package sqlstore

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/conversations/storetest"
	"jiebao/conversations/storetest/testenv"
)

// TestLongReplay: more events than one call lines up are told again while the
// queue is claimed from, by several nodes where there may be several, one of
// which begins anew in between: each event once, each candidate's in order.
func TestLongReplay(t *testing.T) {
	t.Parallel()
	for driver, nodes := range map[string]int{SQLite: 1, PostgreSQL: 2} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			dsn := filepath.Join(t.TempDir(), "jiebao.db")
			if driver == PostgreSQL {
				dsn = testenv.PostgreSQL(t, testenv.WithoutFsync)
			}
			testLongReplay(t, nodes, func() *Store {
				s, err := Open(context.WithoutCancel(t.Context()), Options{Driver: driver, DSN: dsn, Engine: storetest.Engine(), Now: time.Now, NewID: newTestID})
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}

func newTestID() string { return fmt.Sprint("id", time.Now().UnixNano()) }

// long is a candidate with more events than one commit lines up.
const long = "c000500"

func testLongReplay(t *testing.T, nodes int, open func() *Store) {
	ctx := t.Context()
	s := open()
	all := told(t, s, 1000)
	n, err := s.Replay(ctx, conversations.Everything, "ehr", relay.Selection{}, false)
	if err != nil || n != all {
		t.Fatalf("%d events are told again, %v; want %d", n, err, all)
	}
	if st := standingOf(t, s); st.Again != all || st.Lined != 0 {
		t.Errorf("it stands at %d of %d", st.Lined, st.Again)
	}
	again := &retold{last: map[string]int64{}}
	again.some(t, s, 300)
	if st := standingOf(t, s); st.Again != all || st.Lined == 0 || st.Lined >= all {
		t.Errorf("then it stands at %d of %d", st.Lined, st.Again)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var working sync.WaitGroup
	var stores []*Store
	for range nodes {
		stores = append(stores, open())
	}
	for _, s := range stores {
		working.Go(func() { again.some(t, s, all) })
	}
	working.Wait()
	if st := standingOf(t, stores[0]); st.Again != 0 || st.Waiting != 0 {
		t.Errorf("in the end it stands at %+v", st)
	}
	again.mu.Lock()
	defer again.mu.Unlock()
	if again.n != all || again.last[long] != 2500 {
		t.Errorf("%d events were told again, want %d; of one candidate up to %d", again.n, all, again.last[long])
	}
	for _, s := range stores {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func standingOf(t *testing.T, s *Store) relay.Standing {
	t.Helper()
	all, err := s.Endpoints(t.Context(), conversations.Everything)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}

// retold is what was told again.
type retold struct {
	mu   sync.Mutex
	n    int
	last map[string]int64
}

// some tells until so many were told, or there is nothing more to tell.
func (r *retold) some(t *testing.T, s *Store, most int) {
	q := s.Deliveries("ehr")
	for n := 0; n < most; {
		lanes, err := q.Claim(t.Context(), conversations.TaskEvent, time.Now(), time.Minute, 100, 10)
		if err != nil {
			t.Errorf("claiming: %v", err)
			return
		}
		if len(lanes) == 0 {
			if at, ok, err := q.NextDue(t.Context(), conversations.TaskEvent); err != nil || !ok || at.After(time.Now().Add(time.Second)) {
				return
			}
			continue
		}
		var done []outbox.Outcome
		for _, l := range lanes {
			for i, it := range l.Items {
				r.hear(t, it)
				done = append(done, outbox.Outcome{Item: it, Verdict: outbox.Done, Release: i == len(l.Items)-1})
				n++
			}
		}
		if err := q.Finish(t.Context(), done); err != nil {
			t.Errorf("booking: %v", err)
			return
		}
	}
}

func (r *retold) hear(t *testing.T, it outbox.Item) {
	conversation, sequence, _ := conversations.ParseEventID(it.ID)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !it.Again || sequence != r.last[conversation]+1 {
		t.Errorf("%s comes after %d", it.ID, r.last[conversation])
	}
	r.last[conversation] = sequence
	r.n++
}

// told puts candidates with seven events each, and one with many, into the
// store, all of which an endpoint took.
func told(t *testing.T, s *Store, candidates int) (all int) {
	t.Helper()
	if _, err := s.PutEndpoint(t.Context(), relay.Endpoint{ID: "ehr", Kind: relay.Webhook}, relay.FromNow); err != nil {
		t.Fatal(err)
	}
	e, err := s.endpoint(t.Context(), conversations.Everything, "ehr")
	if err != nil {
		t.Fatal(err)
	}
	var people, events, taken [][]any
	for i := range candidates {
		id, n := fmt.Sprintf("c%06d", i), int64(7)
		if id == long {
			n = 2500
		}
		people = append(people, []any{id, "E" + id})
		taken = append(taken, []any{id, e.key, n})
		for k := range n {
			events = append(events, []any{id, k + 1, "message.received", int64(1_750_000_000_000), `{}`})
		}
	}
	err = s.write(t.Context(), func(sc *script) {
		sc.bulk(`insert into conversations (id, branch, candidate, phone, name, agent, flags, hidden, place, turns, state)
			select r.id, 'head', r.candidate, '', '', '', 0, 0, 0, 1, '{}' from rows(id text, candidate text)`, people)
		sc.bulk(insertEvents, events)
		sc.bulk(`insert into deliveries (conversation, endpoint, known, taken, due)
			select r.conversation, r.endpoint, r.known, r.known, 0 from rows(conversation text, endpoint text, known bigint)`, taken)
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(events)
}
