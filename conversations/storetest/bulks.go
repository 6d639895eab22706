package storetest

import (
	"errors"
	"testing"
	"time"

	"jiebao/conversations"
)

// testBulks: of two who change one, the first does; whoever claims one has it
// until the time they said.
func testBulks(t *testing.T, b *bench) {
	ctx, now := t.Context(), b.clock.Now()
	bulk := conversations.Bulk{ID: "b1", Agent: "li", Created: now, Version: 1, State: []byte(`{"n":1}`)}
	put := func(want error, x conversations.Bulk) {
		t.Helper()
		if err := b.PutBulk(ctx, x); !errors.Is(err, want) {
			t.Fatalf("version %d: %v, want %v", x.Version, err, want)
		}
	}
	put(nil, bulk)
	put(conversations.ErrStale, bulk)
	if got, _, err := b.ClaimBulk(ctx, now, now.Add(time.Minute)); err != nil || got != nil {
		t.Errorf("nothing is due, and there is %+v, %v", got, err)
	}
	bulk.Version, bulk.Due, bulk.State = 2, now.Add(time.Second), []byte(`{"n":2}`)
	put(nil, bulk)
	put(conversations.ErrStale, bulk)
	if got, next, err := b.ClaimBulk(ctx, now, now.Add(time.Minute)); err != nil || got != nil || !next.Equal(bulk.Due) {
		t.Errorf("before it is due: %+v, next %v, %v", got, next, err)
	}
	now = bulk.Due
	claimed, _, err := b.ClaimBulk(ctx, now, now.Add(time.Minute))
	if err != nil || claimed == nil || claimed.Version != 3 || string(claimed.State) != `{"n":2}` || claimed.Agent != "li" {
		t.Fatalf("claimed %+v, %v", claimed, err)
	}
	if again, _, err := b.ClaimBulk(ctx, now, now.Add(time.Minute)); err != nil || again != nil {
		t.Errorf("claimed twice: %+v, %v", again, err)
	}
	if again, _, err := b.ClaimBulk(ctx, now.Add(time.Minute), now.Add(time.Hour)); err != nil || again == nil {
		t.Errorf("whoever had it died, and nobody goes on: %v", err)
	}
	if got, err := b.Bulks(ctx, "li", 5); err != nil || len(got) != 1 || got[0].ID != "b1" {
		t.Errorf("li's are %+v, %v", got, err)
	}
	if _, err := b.Bulk(ctx, "b2"); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("one that nobody put: %v", err)
	}
	b.clock.Advance(conversations.BulkKept + time.Hour)
	put(nil, conversations.Bulk{ID: "b2", Agent: "li", Created: b.clock.Now(), Version: 1, State: []byte(`{}`)})
	if _, err := b.Bulk(ctx, "b1"); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("it is kept too long: %v", err)
	}
}

// testSeveral: many are read in the order asked for, and none outside the scope.
func testSeveral(t *testing.T, b *bench) {
	first := b.notify(Result("r1", "E1", oa("u1"))).Conversation
	second := b.notify(Result("r2", "E2", oa("u2"))).Conversation
	got, err := b.Conversations(t.Context(), conversations.Everything, []string{second, "nobody", first, second})
	if err != nil || len(got) != 2 || got[0].ID != second || got[1].ID != first {
		t.Errorf("read %d of them, %v", len(got), err)
	}
	if got, err := b.Conversations(t.Context(), conversations.Scope{"head/south"}, []string{first, second}); err != nil || len(got) != 0 {
		t.Errorf("from another branch: %d, %v", len(got), err)
	}
}
