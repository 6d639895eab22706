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

// leases are the ends of the leases this process holds, by lane. Only a lane
// whose row still has that end is ours to release.
type leases struct {
	mu    sync.Mutex
	until map[string]int64
}

func (l *leases) hold(lanes []string, until int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until == nil {
		l.until = map[string]int64{}
	}
	for _, lane := range lanes {
		l.until[lane] = until
	}
}

// end takes the lease of a lane that is to be given back, or -1 if there is
// none. Until that is committed the lane is nobody's to claim.
func (l *leases) end(lane string) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	until, ok := l.until[lane]
	if !ok {
		return -1
	}
	delete(l.until, lane)
	return until
}
