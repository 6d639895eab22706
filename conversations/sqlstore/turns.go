package sqlstore

import (
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"jiebao/conversations"
)

// turns runs the jobs' turns: beside each other, since each is of another
// conversation, unless one may take the seat that the next would have. What
// was computed ahead is there already: a busy processor takes longer to
// begin beside than to take it.
func (g *group) turns(jobs []*job) {
	if g.seats != nil {
		for _, j := range jobs {
			if !g.turned(j) {
				g.turn(j)
			}
			g.seat(j)
		}
		return
	}
	jobs = slices.DeleteFunc(jobs, g.turned)
	if len(jobs) == 0 {
		return
	}
	var next atomic.Int64
	var hands sync.WaitGroup
	for range min(len(jobs), runtime.GOMAXPROCS(0)) {
		hands.Go(func() {
			for n := next.Add(1); n <= int64(len(jobs)); n = next.Add(1) {
				g.turn(jobs[n-1])
			}
		})
	}
	hands.Wait()
}

// turned takes what the job's turn came to ahead, and says whether it may.
func (g *group) turned(j *job) bool {
	if !j.ahead.counts(j) {
		return false
	}
	j.written, j.changes = j.ahead.written, j.ahead.changes
	j.result = conversations.Applied{Conversation: j.conversation, Answer: j.changes.Answer, State: &j.changes.Conversation}
	return true
}

// turn runs the job's turn. Whatever goes wrong in it stays in this job.
func (g *group) turn(j *job) {
	j.snapshot.Seats = g.seats
	ch, err := g.s.decide(j.conversation, *j.snapshot, j.command)
	if err == nil && !ch.Unchanged && !ch.Duplicate {
		j.written, err = inWriting(&ch)
		j.changes = &ch
	}
	if err != nil {
		j.err, j.changes = err, nil
		return
	}
	j.result = conversations.Applied{Conversation: j.conversation, Duplicate: ch.Duplicate, Answer: ch.Answer}
	if j.changes != nil {
		j.result.State = &ch.Conversation
	}
}

func (s *Store) decide(conversation string, snapshot conversations.Snapshot, c conversations.Command) (ch conversations.Changes, err error) {
	defer func() {
		if p := recover(); p != nil {
			command := fmt.Sprintf("%T", c)
			s.logPanic("a turn panicked", p, slog.String("command", command), slog.String("conversation", conversation))
			err = fmt.Errorf("applying a %s: %w", command, errDefect)
		}
	}()
	return s.engine.Turn(snapshot, c)
}

// written is the part of a turn's changes that is stored as documents.
type written struct {
	state    string
	messages [][]any  // rows
	tasks    []string // bodies
}

func inWriting(ch *conversations.Changes) (w written, err error) {
	if w.state, err = stateOf(&ch.Conversation); err != nil {
		return w, err
	}
	w.messages, w.tasks = make([][]any, 0, len(ch.Messages)), make([]string, 0, len(ch.Tasks))
	for _, m := range ch.Messages {
		row, err := messageRow(m)
		if err != nil {
			return w, err
		}
		w.messages = append(w.messages, row)
	}
	for _, t := range ch.Tasks {
		body, err := inJSON(t.Body)
		if err != nil {
			return w, fmt.Errorf("writing task %s: %w", t.ID, err)
		}
		w.tasks = append(w.tasks, body)
	}
	return w, nil
}
