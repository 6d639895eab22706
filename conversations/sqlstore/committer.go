package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
)

// Turns are committed in groups: a committer takes whatever is queued, which
// is what came while the commit before was written to disk. It never waits
// for more, so that at low load a group is one turn.

// groupSize bounds a group, and with it the time that its first turn waits.
const groupSize = 256

// maxTries is how often a job is tried while others are in its way.
const maxTries = 5

var (
	errLost   = errors.New("the database cannot be reached")
	errDefect = errors.New("the program has a defect here; see its log")
)

// committer does groups of jobs, one after the other, on one connection.
type committer struct {
	s  *Store
	tx session // nil when there is no connection
}

func (c *committer) run() {
	for {
		group := c.s.jobs.take(groupSize)
		if len(group) == 0 {
			break
		}
		c.do(group)
	}
	if c.tx != nil {
		c.tx.close()
	}
}

// do commits the jobs and answers their callers. If the group fails, each of
// its jobs is done alone, so that what was wrong with one is its own matter.
func (c *committer) do(group []*job) {
	for len(group) > 0 {
		done, postponed, err := c.try(group)
		if err != nil {
			c.oneByOne(group)
			return
		}
		c.answer(nil, done...)
		group = postponed
	}
}

// answer lets the jobs' callers go. Their keys are free by then: the turn of a
// message that follows at once can be computed ahead.
func (c *committer) answer(err error, group ...*job) {
	c.s.jobs.done(group)
	for _, j := range group {
		j.finish(err)
	}
}

// oneByOne does each job alone, as long as the database can be reached.
func (c *committer) oneByOne(group []*job) {
	for i, j := range group {
		err := c.alone(j)
		c.answer(err, j)
		if errors.Is(err, errLost) {
			c.answer(err, group[i+1:]...)
			return
		}
	}
}

// alone does one job. It tries again when other nodes were in the way, and
// once when the connection was lost.
func (c *committer) alone(j *job) error {
	err := errMoved
	for try := range maxTries {
		done, _, e := c.try([]*job{j})
		switch {
		case len(done) > 0:
			return nil
		case e == nil: // postponed: what it is for has moved
		case c.s.db.contended(e), errors.Is(e, errLost) && try == 0:
			err = e
		default:
			return e
		}
	}
	return err
}

// try commits the jobs, over a new connection if the last was lost. A defect
// that panics fails the jobs and not the program.
func (c *committer) try(group []*job) (done, postponed []*job, err error) {
	ctx := context.Background() // what is taken is finished
	if c.tx == nil {
		if c.tx, err = c.s.db.session(ctx); err != nil {
			c.tx = nil
			return nil, nil, fmt.Errorf("%w: %w", errLost, err)
		}
	}
	defer func() {
		if p := recover(); p != nil {
			c.s.logPanic("a commit panicked", p)
			c.tx.rollback(ctx)
			done, postponed, err = nil, nil, errDefect
		}
		if err != nil && c.tx.lost() {
			c.tx.close()
			c.tx, err = nil, fmt.Errorf("%w: %w", errLost, err)
		}
	}()
	return c.s.commit(ctx, c.tx, group)
}

// finish answers the caller.
func (j *job) finish(err error) {
	if err == nil {
		err = j.err
	}
	a := answer{err: err}
	if err == nil {
		a.applied = j.result
	}
	j.answer <- a
}

// logPanic logs where a panic came from, but not its text, which may hold a
// candidate's words.
func (s *Store) logPanic(message string, p any, about ...slog.Attr) {
	what := fmt.Sprintf("%T", p)
	if re, ok := p.(runtime.Error); ok {
		what = re.Error()
	}
	about = append(about, slog.String("panic", what), slog.String("stack", string(debug.Stack())))
	s.log.LogAttrs(context.Background(), slog.LevelError, message, about...)
}
