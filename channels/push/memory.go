package push

import (
	"context"
	"sync"
	"time"
)

// memory is a Cache for one node.
type memory struct {
	now func() time.Time

	mu    sync.Mutex
	kept  map[string]kept
	swept time.Time
}

func newMemory(now func() time.Time) *memory { return &memory{now: now, kept: map[string]kept{}} }

func (m *memory) Get(_ context.Context, key string) (string, time.Time, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.kept[key]
	return t.value, t.expires, ok && m.now().Before(t.expires), nil
}

// sweepEvery is how often what has ended is forgotten.
const sweepEvery = 10 * time.Minute

func (m *memory) Set(_ context.Context, key, value string, expires time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := m.now(); now.Sub(m.swept) >= sweepEvery {
		m.swept = now
		for k, t := range m.kept {
			if !now.Before(t.expires) {
				delete(m.kept, k)
			}
		}
	}
	m.kept[key] = kept{value, expires}
	return nil
}
