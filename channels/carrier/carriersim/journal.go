package carriersim

import (
	"sync"
	"time"
)

// Entry is one call or one callback, without secrets.
type Entry struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"` // call or callback
	What   string    `json:"what"` // the action, or report or reply
	Phone  string    `json:"phone,omitempty"`
	Body   string    `json:"body,omitempty"`   // of a callback
	Code   string    `json:"code,omitempty"`   // that a call was answered with
	Status int       `json:"status,omitempty"` // of HTTP; 0 without an answer
	Fault  string    `json:"fault,omitempty"`
}

type journal struct {
	mu      sync.Mutex
	entries []Entry
	seq     int64
}

func (j *journal) add(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	e.Seq = j.seq
	if len(j.entries) == journalSize {
		j.entries = append(j.entries[:0], j.entries[journalSize/4:]...)
	}
	j.entries = append(j.entries, e)
}

// Journal returns what happened, oldest first, as far as it is still kept.
func (b *Base) Journal() []Entry {
	b.journal.mu.Lock()
	defer b.journal.mu.Unlock()
	return append([]Entry{}, b.journal.entries...)
}
