package sqlstore

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// job is one thing to write: a turn, outcomes of tasks, what became of a
// ride, or statements of another kind. Jobs that share a key are done in the
// order they came.
type job struct {
	ctx  context.Context // if it ends before the job is taken, the job is dropped
	keys keys

	to       conversations.Target
	command  conversations.Command // nil if there is no turn
	outcomes []outbox.Outcome
	carried  *carriage
	released map[string]int64 // lanes to give back, with their leases
	fold     keys             // conversations whose rides become tasks
	asking   *asking          // nil if no pull is asked for
	page     *page            // nil if none was pulled
	booking  *booking         // nil if nothing became of events
	parked   [][]any          // deliveries that are not to be told for now
	write    func(*script)    // anything else

	// look, if set, takes what the command's turn would know; there is no turn.
	look *conversations.Snapshot

	ahead  *ahead // nil if nothing was computed ahead
	state  atomic.Int32
	answer chan answer

	work // of the present try
}

type answer struct {
	applied conversations.Applied
	err     error
}

const (
	jobQueued = iota
	jobTaken
	jobDropped
)

// take says whether the job is still wanted; from then on it is done.
func (j *job) take() bool {
	if j.ctx != nil && j.ctx.Err() != nil {
		j.state.CompareAndSwap(jobQueued, jobDropped)
	}
	return j.state.CompareAndSwap(jobQueued, jobTaken)
}

// drop says that nobody waits for the job any more, and whether it will not be
// done: a job that is taken already gets its answer.
func (j *job) drop() bool {
	j.state.CompareAndSwap(jobQueued, jobDropped)
	return j.state.Load() == jobDropped
}

// jobs is the queue between callers and committers. No two jobs that share a
// key are ever under way together, not even in two groups: they would wait
// for each other's locks.
type jobs struct {
	mu     sync.Mutex
	more   *sync.Cond
	list   []*job
	busy   map[string]bool
	closed bool
}

func newJobs() *jobs {
	q := &jobs{busy: map[string]bool{}}
	q.more = sync.NewCond(&q.mu)
	return q
}

// add queues jobs, unless the queue is closed.
func (q *jobs) add(js ...*job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.list = append(q.list, js...)
	q.more.Signal()
	return true
}

// take waits for jobs and returns up to n of them that may be done together,
// or none when the queue is closed and empty.
func (q *jobs) take(n int) []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if group := q.pick(n); len(group) > 0 {
			return group
		}
		if q.closed && len(q.list) == 0 {
			q.more.Broadcast()
			return nil
		}
		q.more.Wait()
	}
}

// pick takes the first n jobs whose keys are free, and drops those that
// nobody waits for any more. A job that stays keeps its keys from those
// behind it.
func (q *jobs) pick(n int) (group []*job) {
	kept := q.list[:0]
	var waiting keys
	for _, j := range q.list {
		if len(group) == n {
			kept = append(kept, j)
			continue
		}
		if q.held(j.keys) {
			kept = append(kept, j)
			for _, k := range j.keys {
				if !q.busy[k] {
					q.busy[k] = true
					waiting = append(waiting, k)
				}
			}
			continue
		}
		if !j.take() {
			continue
		}
		for _, k := range j.keys {
			q.busy[k] = true
		}
		group = append(group, j)
	}
	for _, k := range waiting {
		delete(q.busy, k)
	}
	clear(q.list[len(kept):])
	q.list = kept
	return group
}

// held says whether one of the keys is not free. The caller holds the lock.
func (q *jobs) held(ks keys) bool {
	return slices.ContainsFunc(ks, func(k string) bool { return q.busy[k] })
}

// taken says whether a job with one of the keys is under way.
func (q *jobs) taken(ks keys) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held(ks)
}

// done frees the keys of a group.
func (q *jobs) done(group []*job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range group {
		for _, k := range j.keys {
			delete(q.busy, k)
		}
	}
	if len(q.list) > 0 {
		q.more.Signal()
	}
}

// close lets the committers finish what is queued and then end.
func (q *jobs) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.more.Broadcast()
}

// keysOf are the keys of a target's jobs: its own, and its conversation's if
// that is known.
func (s *Store) keysOf(to conversations.Target) keys {
	key := keyOf(to)
	if to.Conversation != "" {
		return keys{key}
	}
	if c := s.states.meant(key); c != nil {
		return keys{key, keyOf(conversations.Target{Conversation: c.ID})}
	}
	return keys{key}
}

// keyOf is the part of a target that orders its jobs.
func keyOf(to conversations.Target) string {
	switch {
	case to.Conversation != "":
		return "c/" + to.Conversation
	case !to.Address.IsZero():
		return "a/" + addressKey(to.Address)
	case to.Candidate != "":
		return "e/" + to.Candidate
	case to.PlatformID != "":
		return "p/" + platformKey(to.Account, to.PlatformID)
	}
	return ""
}

func addressKey(a conversations.Address) string     { return a.Account + "/" + a.ID }
func platformKey(account, platformID string) string { return account + "/" + platformID }
