package sqlstore

import (
	"slices"
	"sync"

	"jiebao/conversations"
)

// A ride is a message that travels in the answer to a callback. Nearly all
// arrive, so a ride is no task at first: the message's row says until when a
// callback must have carried it. It becomes a task in its lane, with the
// words in its row, when that time passes without word of it, or when another
// message is to be sent after it, which must not overtake it. A turn that
// itself has more to send after the ride makes it a task at once.

// rides are those that this process answered callbacks with, and those that
// it found when it looked for what other processes left.
type rides struct {
	mu     sync.Mutex
	due    map[string]map[int64]int64 // by conversation and number of the message
	order  []boarding                 // oldest first; some are over
	looked int64                      // when this process last looked for others'
}

// boarding is a message that rides until due.
type boarding struct {
	messageRef
	due int64
}

func (r *rides) board(bs []boarding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.due == nil {
		r.due = map[string]map[int64]int64{}
	}
	for _, b := range bs {
		if r.due[b.conversation] == nil {
			r.due[b.conversation] = map[int64]int64{}
		}
		r.due[b.conversation][b.n] = b.due
		r.order = append(r.order, b)
	}
}

// alight ends one ride.
func (r *rides) alight(m messageRef) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if delete(r.due[m.conversation], m.n); len(r.due[m.conversation]) == 0 {
		delete(r.due, m.conversation)
	}
	r.trim()
}

// fold ends all rides of a conversation.
func (r *rides) fold(conversation string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.due, conversation)
	r.trim()
}

// trim forgets what is over, as far as nothing older waits.
func (r *rides) trim() {
	for len(r.order) > 0 && r.due[r.order[0].conversation][r.order[0].n] != r.order[0].due {
		r.order = r.order[1:]
	}
}

// waits says whether the message rides, as far as this process knows.
func (r *rides) waits(m messageRef) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.due[m.conversation][m.n] != 0
}

// of says whether messages of the conversation ride, as far as this process
// knows.
func (r *rides) of(conversation string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.due[conversation]) > 0
}

// next is when the first ride is overdue.
func (r *rides) next() (at int64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.trim(); len(r.order) == 0 {
		return 0, false
	}
	return r.order[0].due, true
}

// overdue returns the conversations of which rides are overdue.
func (r *rides) overdue(now int64) (ids keys) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[string]bool{}
	for _, b := range r.order {
		if b.due > now {
			break
		}
		if r.due[b.conversation][b.n] == b.due && !seen[b.conversation] {
			seen[b.conversation] = true
			ids.add(b.conversation)
		}
	}
	return ids
}

// look says whether it is time to look for what other processes left.
func (r *rides) look(now int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now < r.looked+conversations.RideWindow.Milliseconds() {
		return false
	}
	r.looked = now
	return true
}

// board has the message of a task ride, whose row is among the last in w. The
// row is replaced and not changed: the turn may be written again by another
// try, in which the message does not ride.
func (w *writes) board(t conversations.Task) {
	ref, _ := parseMessageID(t.ID)
	for i, row := range slices.Backward(w.messages) {
		if row[0] == ref.conversation && row[1] == ref.n {
			w.messages[i] = slices.Clone(row)
			w.messages[i][columnRide] = millis(t.Due)
			break
		}
	}
	w.boarded = append(w.boarded, boarding{ref, millis(t.Due)})
}

// remember keeps in memory what was committed.
func (w *writes) remember(r *rides) {
	r.board(w.boarded)
	for _, m := range w.alighted {
		r.alight(m)
	}
	for _, id := range w.folded {
		r.fold(id)
	}
}
