package sqlstore

import (
	"context"
)

// Turns are committed in groups: a committer takes whatever is queued, which
// is what came while the commit before was written to disk. It never waits
// for more, so that at low load a group is one turn.

// groupSize bounds a group, and with it the time that its first turn waits.
const groupSize = 256

// maxTries is how often a job is tried while others are in its way.
const maxTries = 5

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
		c.s.jobs.done(group)
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
		for _, j := range done {
			j.finish(nil)
		}
		group = postponed
	}
}

func (c *committer) oneByOne(group []*job) {
	for i, j := range group {
		err := c.alone(j)
		j.finish(err)
		if err != nil && !c.s.db.refused(err) {
			for _, rest := range group[i+1:] {
				rest.finish(err)
			}
			return
		}
	}
}

// alone does one job. It tries again when other nodes were in the way, and
// once when the connection was lost.
func (c *committer) alone(j *job) error {
	var err error
	for try := range maxTries {
		var done []*job
		done, _, err = c.try([]*job{j})
		if len(done) > 0 {
			return nil
		}
		if err != nil && !c.s.db.contended(err) && (c.s.db.refused(err) || try > 0) {
			return err
		}
	}
	if err == nil {
		err = errMoved
	}
	return err
}

// try commits the jobs, over a new connection if the last was lost.
func (c *committer) try(group []*job) (done, postponed []*job, err error) {
	ctx := context.Background() // what is taken is finished
	if c.tx == nil {
		if c.tx, err = c.s.db.session(ctx); err != nil {
			return nil, nil, err
		}
	}
	done, postponed, err = c.s.commit(ctx, c.tx, group)
	if err != nil && !c.s.db.refused(err) {
		c.tx.close()
		c.tx = nil
	}
	return done, postponed, err
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
