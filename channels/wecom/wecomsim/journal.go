package wecomsim

import (
	"slices"
	"sync"
	"time"
)

// Entry is one call or one callback, without tokens and secrets.
type Entry struct {
	At    time.Time `json:"at"`
	Kind  string    `json:"kind"` // call or callback
	What  string    `json:"what"` // its path; a callback's event
	User  string    `json:"user,omitempty"`
	Body  string    `json:"body,omitempty"`
	Code  int       `json:"errcode"`
	Note  string    `json:"note,omitempty"` // what the caller is not told: dropped, duplicate
	Fault string    `json:"fault,omitempty"`
	// Exchange is a callback with its tries.
	Exchange *Exchange `json:"exchange,omitempty"`
}

// journal keeps the newest entries.
type journal struct {
	mu      sync.Mutex
	size    int
	entries []Entry
}

func (j *journal) add(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, e)
	if len(j.entries) > j.size+j.size/4 {
		j.entries = slices.Clone(j.entries[len(j.entries)-j.size:])
	}
}

// Journal returns what happened, oldest first, as far as it is kept.
func (s *Sim) Journal() []Entry {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return slices.Clone(s.journal.entries)
}
