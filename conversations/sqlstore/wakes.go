package sqlstore

import (
	"math"
	"sync"

	"jiebao/conversations"
)

// wakes tell dispatchers of tasks that are due, or due before they meant to
// look again.
type wakes struct {
	mu    sync.Mutex
	kinds map[conversations.TaskKind]*wake
}

type wake struct {
	ch   chan struct{}
	next int64 // when the dispatcher believes that something is due
}

// of returns the wake-up of a kind. The caller holds the lock.
func (w *wakes) of(kind conversations.TaskKind) *wake {
	if w.kinds == nil {
		w.kinds = map[conversations.TaskKind]*wake{}
	}
	k := w.kinds[kind]
	if k == nil {
		k = &wake{ch: make(chan struct{}, 1), next: math.MaxInt64}
		w.kinds[kind] = k
	}
	return k
}

// note wakes the dispatcher of a kind if something is due now, or sooner
// than it knows.
func (w *wakes) note(kind conversations.TaskKind, due, now int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := w.of(kind)
	if due > now && due >= k.next {
		return
	}
	select {
	case k.ch <- struct{}{}:
	default:
	}
}

// expect notes when the dispatcher of a kind believes that something is due.
func (w *wakes) expect(kind conversations.TaskKind, at int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of(kind).next = at
}

func (w *wakes) channel(kind conversations.TaskKind) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.of(kind).ch
}
