package app

import (
	"log/slog"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"jiebao/conversations/outbox"
)

// TestNodesSpendTogether holds two nodes with a Redis to what one in memory
// says.
func TestNodesSpendTogether(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	clock := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return clock }
	log := slog.New(slog.DiscardHandler)
	nodes := []outbox.Meter{newRedisLimits(connect(t, server.Addr()), "1", now, log), newRedisLimits(connect(t, server.Addr()), "2", now, log)}
	alone := outbox.NewMemoryLimits(now)
	p := outbox.PerMinute("api/ehr", 30)
	for i := range 200 {
		clock = clock.Add(time.Duration(i%5) * 300 * time.Millisecond)
		if got, want := nodes[i%2].Spend(t.Context(), p), alone.Spend(t.Context(), p); got != want {
			t.Fatalf("the %d-th call: %+v, one node alone says %+v", i, got, want)
		}
	}
	server.Close()
	passed := 0
	clock = clock.Add(time.Hour)
	for i := range 200 {
		if nodes[i%2].Spend(t.Context(), p).Wait == 0 {
			passed++
		}
	}
	if passed == 0 || passed > 60 {
		t.Errorf("without Redis %d passed at once", passed)
	}
}
