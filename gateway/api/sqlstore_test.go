package api_test

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
	"jiebao/gateway/api"
)

// newSQLServer is the API over a real store.
func newSQLServer(t *testing.T) (*server, *sqlstore.Store) {
	t.Helper()
	var store *sqlstore.Store
	s := newServer(t, func(d *api.Deps) {
		var err error
		store, err = sqlstore.Open(t.Context(), sqlstore.Options{
			Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"),
			Engine: d.Store.(*memory).engine, Now: now,
			NewID: func() string {
				var b [8]byte
				rand.Read(b[:])
				return hex.EncodeToString(b[:])
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
		d.Store = store
	})
	return s, store
}

func TestOverARealStore(t *testing.T) {
	t.Parallel()
	s, store := newSQLServer(t)
	first := s.post(aResult(t))
	again := s.post(aResult(t))
	if first.code != http.StatusCreated || again.code != http.StatusOK || string(first.body) != string(again.body) {
		t.Fatalf("%d %s\n%d %s", first.code, first.body, again.code, again.body)
	}
	if got := s.post(aResult(t, "offer.start_date", "2026-07-07")); got.code != http.StatusConflict {
		t.Errorf("another document: %d %s", got.code, got.body)
	}
	if got := s.post(aResult(t, "id", "R2", "candidate.addresses", []any{map[string]any{"account": "shanghai", "id": "o1"}})); got.code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown account: %d %s", got.code, got.body)
	}
	if got := s.get("/v1/results/R2"); got.code != http.StatusNotFound {
		t.Errorf("a refused result: %d %s", got.code, got.body)
	}
	before := first.json(t)["binding"].(map[string]any)["invitation"].(map[string]any)["code"]
	renewed := s.do(http.MethodPost, "/v1/results/R1/invitation", "")
	if after := renewed.json(t)["binding"].(map[string]any)["invitation"].(map[string]any)["code"]; renewed.code != http.StatusAccepted || after == before {
		t.Errorf("%d %s", renewed.code, renewed.body)
	}
	view, err := store.Result(t.Context(), conversations.Everything, "R1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Apply(t.Context(), conversations.Target{Conversation: view.Conversation.ID}, conversations.Assign{Agent: "li.na"})
	if err != nil {
		t.Fatal(err)
	}
	events := s.get("/v1/candidates/C1/events").json(t)["events"].([]any)
	if len(events) != 1 || events[0].(map[string]any)["type"] != "handoff.started" {
		t.Errorf("the events are %v", events)
	}
}

// TestBranchesOverARealStore: a branch's key neither sees nor moves another
// branch's candidates.
func TestBranchesOverARealStore(t *testing.T) {
	t.Parallel()
	s, _ := newSQLServer(t)
	asBeijing := []string{"Authorization", "Bearer " + beijingKey}
	s.post(aResult(t, "branch", "head/shanghai"))
	if got := s.post(aResult(t, "id", "R2"), asBeijing...); got.code != http.StatusForbidden {
		t.Errorf("posting for a candidate of another branch: %d %s", got.code, got.body)
	}
	if got := s.get("/v1/results/R1").json(t); got["branch"] != "head/shanghai" || got["current"] != true {
		t.Errorf("the candidate was moved: %v", got)
	}
	for _, path := range []string{"/v1/results/R1", "/v1/candidates/C1/events"} {
		if got := s.get(path, asBeijing...); got.code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, got.code, got.body)
		}
	}
}

// TestPostingAtOnce posts every result three times at the same time.
func TestPostingAtOnce(t *testing.T) {
	t.Parallel()
	s, _ := newSQLServer(t)
	var mu sync.Mutex
	codes := map[int]int{}
	var all sync.WaitGroup
	for n := range 30 {
		body := aResult(t, "id", fmt.Sprintf("R%d", n/3), "candidate.id", fmt.Sprintf("C%d", n/3))
		all.Go(func() {
			got := s.post(body)
			mu.Lock()
			defer mu.Unlock()
			codes[got.code]++
		})
	}
	all.Wait()
	if codes[http.StatusCreated] != 10 || codes[http.StatusOK] != 20 {
		t.Errorf("the answers are %v, want 10 created and 20 repeated", codes)
	}
}
