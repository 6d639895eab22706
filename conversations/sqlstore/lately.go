package sqlstore

import "sync"

// lately keeps what this process wrote last and never changes, so that who
// needs it next need not read and decode it: what is kept is always what is
// stored, whoever else writes to the database. An event is told, and a message
// sent and reported, within the second; a facet comes with every conversation.
//
// It has two generations of about most bytes each: what is not asked for by the
// end of the second is read.
type lately[K comparable, V any] struct {
	most int

	mu         sync.Mutex
	young, old map[K]V
	size       int // of the young
}

// latelySize is how many bytes a generation holds: some 1,500 events.
const latelySize = 1 << 20

func newLately[K comparable, V any]() *lately[K, V] { return &lately[K, V]{most: latelySize} }

// keep keeps v, which takes about size bytes.
func (l *lately[K, V]) keep(k K, v V, size int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.young == nil || l.size > l.most {
		l.young, l.old, l.size = map[K]V{}, l.young, 0
	}
	l.young[k] = v
	l.size += size
}

func (l *lately[K, V]) get(k K) (V, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v, ok := l.young[k]; ok {
		return v, true
	}
	v, ok := l.old[k]
	return v, ok
}
