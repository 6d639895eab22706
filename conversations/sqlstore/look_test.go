package sqlstore_test

import (
	"errors"
	"path/filepath"
	"testing"

	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
	"jiebao/conversations/storetest/testenv"
)

// TestLook: a look knows what the turn would, and leaves nothing behind.
func TestLook(t *testing.T) {
	t.Parallel()
	for driver, dsn := range map[string]func(*testing.T) string{
		sqlstore.SQLite:     func(t *testing.T) string { return filepath.Join(t.TempDir(), "jiebao.db") },
		sqlstore.PostgreSQL: func(t *testing.T) string { return testenv.PostgreSQL(t, testenv.WithoutFsync) },
	} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			s := openFor(t, sqlstore.Options{Driver: driver, DSN: dsn(t)})
			n := storetest.ResultToCome("r1", "e1")
			to := conversations.Target{Candidate: "e1", Branch: n.Result.Branch, Scope: conversations.Scope{n.Result.Branch}}
			for range 2 {
				got, err := s.Look(t.Context(), to, n)
				if err != nil || !got.New || got.PostedDigest != "" || got.Now.IsZero() {
					t.Fatalf("before it is posted: %+v, %v", got, err)
				}
			}
			if _, err := s.Result(t.Context(), to.Scope, "r1"); !errors.Is(err, conversations.ErrNotFound) {
				t.Fatalf("it is there after a look: %v", err)
			}
			if applied, err := s.Apply(t.Context(), to, n); err != nil || applied.Duplicate {
				t.Fatalf("posting it: %+v, %v", applied, err)
			}
			got, err := s.Look(t.Context(), to, n)
			if err != nil || got.New || got.PostedDigest != n.Digest || got.Conversation.Application().ResultID != "r1" {
				t.Fatalf("after it was posted: %+v, %v", got, err)
			}
			if again, err := s.Look(t.Context(), to, n); err != nil || again.Conversation.Messages != got.Conversation.Messages || !again.Conversation.Updated.Equal(got.Conversation.Updated) {
				t.Fatalf("a look changed %+v into %+v (%v)", got.Conversation, again.Conversation, err)
			}
			to.Scope = conversations.Scope{"elsewhere"}
			if _, err := s.Look(t.Context(), to, n); !errors.Is(err, conversations.ErrNotFound) {
				t.Fatalf("from another branch: %v", err)
			}
		})
	}
}
