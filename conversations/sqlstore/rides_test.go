package sqlstore

import (
	"path/filepath"
	"testing"

	"jiebao/conversations"
	"jiebao/conversations/storetest"
)

// A turn that was computed ahead rides in one try, which fails, and is held in
// the next, because of what another node wrote between them. Then its message
// is a task and nothing else.
func TestARideIsForgottenWithItsTry(t *testing.T) {
	t.Parallel()
	s := openFile(t, filepath.Join(t.TempDir(), "jiebao.db"))
	a := conversations.Address{Account: "oa", ID: "u"}
	if _, err := s.Apply(t.Context(), conversations.Target{Candidate: "e1", Branch: "north"}, storetest.ResultToCome("r1", "e1", a)); err != nil {
		t.Fatal(err)
	}
	if err := hear(s, "u", "m1"); err != nil {
		t.Fatal(err)
	}
	to := conversations.Target{Address: a}
	j := &job{keys: s.keysOf(to), to: to, command: storetest.Said(a, "m2", "hello")}
	if s.foresee(j); j.ahead == nil || j.ahead.changes == nil {
		t.Fatal("the turn was not computed ahead")
	}
	try := func(queued bool) *writes {
		lane := conversations.Lane(conversations.TaskDeliver, j.ahead.conversation)
		g := &group{s: s, now: s.now(), queued: map[string]bool{lane: queued}}
		j.begin()
		j.conversation, j.turns, j.changes, j.written = j.ahead.conversation, j.ahead.turns, j.ahead.changes, j.ahead.written
		w := newWrites()
		if err := g.collectTurn(j, w); err != nil {
			t.Fatal(err)
		}
		return w
	}
	rides := func(w *writes) (n int) {
		for _, row := range w.messages {
			if row[columnRide] != int64(0) {
				n++
			}
		}
		return n
	}
	if w := try(false); rides(w) != 1 || len(w.boarded) != 1 {
		t.Fatalf("%d messages ride and %d are waited for, want one", rides(w), len(w.boarded))
	}
	if w := try(true); rides(w) != 0 || len(w.boarded) != 0 {
		t.Errorf("what is held rides all the same: %d messages, %d waited for", rides(w), len(w.boarded))
	}
}
