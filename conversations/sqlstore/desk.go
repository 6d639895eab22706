package sqlstore

import (
	"slices"
	"sync"
	"time"

	"jiebao/conversations"
)

const (
	countWaiting   = `select branch, count(*) from conversations where hidden = 0 and closed = 0 and flags & 1 <> 0 group by branch`
	latestAnswers  = `select branch, waited from answered where at > $1 order by at desc limit 2000`
	insertAnswered = `insert into answered (at, branch, waited) select r.at, r.branch, r.waited from rows(at bigint, branch text, waited bigint)`
	forgetAnswered = `delete from answered where at < $1`
)

const (
	measureEvery = 30 * time.Second
	measureOver  = 30 * 24 * time.Hour
	measureLast  = 20 // answers of a branch
	measureLeast = 5  // fewer say nothing
)

// queues are the branches' queues as they were measured a moment ago.
type queues struct {
	mu       sync.Mutex
	measured time.Time
	by       map[string]conversations.Queue
}

// stale says whether it is time to measure.
func (q *queues) stale(now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	since := now.Sub(q.measured)
	return since < 0 || since >= measureEvery
}

// begin says whether to measure, which then is the caller's to do.
func (q *queues) begin(now time.Time) bool {
	if !q.stale(now) {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.measured = now
	return true
}

func (q *queues) of(branch string) conversations.Queue {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.by[branch]
}

func (q *queues) set(by map[string]conversations.Queue) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.by = by
}

// measurement is one look at the queues.
type measurement struct {
	waiting map[string]int
	answers map[string][]time.Duration // latest first
}

// measure looks at the queues if somebody may be told of them and nobody did
// for a while. What it reads is there once the script has run.
func (g *group) measure(sc *script) *measurement {
	receives := func(j *job) bool { _, ok := j.command.(conversations.Receive); return ok }
	if !slices.ContainsFunc(g.jobs, receives) || !g.s.queues.begin(g.now) {
		return nil
	}
	m := &measurement{waiting: map[string]int{}, answers: map[string][]time.Duration{}}
	sc.query(countWaiting, func(r row) error {
		var branch string
		var n int
		err := r.Scan(&branch, &n)
		m.waiting[branch] = n
		return err
	})
	sc.query(latestAnswers, func(r row) error {
		var branch string
		var waited int64
		err := r.Scan(&branch, &waited)
		m.answers[branch] = append(m.answers[branch], time.Duration(waited)*time.Millisecond)
		return err
	}, millis(g.now.Add(-measureOver)))
	return m
}

// measured keeps what was read.
func (g *group) measured(m *measurement) {
	if m == nil {
		return
	}
	by := make(map[string]conversations.Queue, len(m.waiting))
	for branch, n := range m.waiting {
		by[branch] = conversations.Queue{Ahead: n}
	}
	for branch, answers := range m.answers {
		q := by[branch]
		q.Usual = usual(answers)
		by[branch] = q
	}
	g.s.queues.set(by)
}

// usual is the time within which three of four were answered, 0 if too few
// were.
func usual(answers []time.Duration) time.Duration {
	if len(answers) < measureLeast {
		return 0
	}
	last := slices.Sorted(slices.Values(answers[:min(len(answers), measureLast)]))
	return max(last[len(last)*3/4], time.Second)
}

// collectAnswered keeps how long the candidate waited.
func (w *writes) collectAnswered(a *conversations.Answered, now int64) {
	if a != nil {
		w.answered = append(w.answered, []any{now, a.Branch, a.Waited.Milliseconds()})
	}
}

func (w *writes) answeredScript(sc *script, now time.Time) {
	if len(w.answered) > 0 {
		sc.bulk(insertAnswered, w.answered)
		sc.exec(forgetAnswered, millis(now.Add(-2*measureOver)))
	}
}
