package h5

import "sync"

// slots bounds what is under way at once: of all candidates together, and of
// each, so that none keeps the others out.
type slots struct {
	all, each int

	mu    sync.Mutex
	taken map[string]int // by candidate
	total int
}

func newSlots(all, each int) *slots {
	return &slots{all: all, each: each, taken: map[string]int{}}
}

// take says whether there is room; who has taken it leaves it again.
func (s *slots) take(candidate string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total == s.all || s.taken[candidate] == s.each {
		return false
	}
	s.total++
	s.taken[candidate]++
	return true
}

func (s *slots) leave(candidate string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.taken[candidate]--; s.taken[candidate] == 0 {
		delete(s.taken, candidate)
	}
}
