package sqlstore

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"

	"jiebao/conversations"
)

// Turns are pure, and no two of a group are for the same conversation. So
// they run on all processors, and put what they came to in writing there,
// while the committer's own work is one statement after the other.

// worthHelp is how many turns make another processor worth its while.
const worthHelp = 8

// turns runs the turns of jobs.
func (g *group) turns(jobs []*job) {
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < len(jobs); i = int(next.Add(1)) - 1 {
			g.turn(jobs[i])
		}
	}
	var helpers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0)-1, len(jobs)/worthHelp) {
		helpers.Go(work)
	}
	work()
	helpers.Wait()
}

// turn runs the job's turn. Whatever goes wrong in it stays in this job.
func (g *group) turn(j *job) {
	ch, err := g.decide(j)
	if err == nil && !ch.Unchanged && !ch.Duplicate {
		j.written, err = inWriting(&ch)
		j.changes = &ch
	}
	if err != nil {
		j.err, j.changes = err, nil
		return
	}
	j.result = conversations.Applied{Conversation: j.conversation, Duplicate: ch.Duplicate, Answer: ch.Answer}
}

func (g *group) decide(j *job) (ch conversations.Changes, err error) {
	defer func() {
		if p := recover(); p != nil {
			command := fmt.Sprintf("%T", j.command)
			g.s.logPanic("a turn panicked", p, slog.String("command", command), slog.String("conversation", j.conversation))
			err = fmt.Errorf("applying a %s: %w", command, errDefect)
		}
	}()
	return g.s.engine.Turn(j.snapshot, j.command)
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
	for _, m := range ch.Messages {
		row, err := messageRow(m)
		if err != nil {
			return w, err
		}
		w.messages = append(w.messages, row)
	}
	for _, t := range ch.Tasks {
		body, err := json.Marshal(t.Body)
		if err != nil {
			return w, fmt.Errorf("writing task %s: %w", t.ID, err)
		}
		w.tasks = append(w.tasks, string(body))
	}
	return w, nil
}
