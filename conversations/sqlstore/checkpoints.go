package sqlstore

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
)

// checkpoints copy what was committed from SQLite's log into its database.
// They run beside the committer, on a connection of their own, so that no
// turn waits while pages are copied and synced. A log that grows while it is
// copied is never copied to its end, where it could begin anew; so when
// little is left the committer copies the rest between two commits. ("Write-Ahead
// Logging", Performance Considerations.)
type checkpoints struct {
	db      *sql.DB
	every   int64         // rows after which one begins
	long    int           // pages from which the log is begun anew
	wrote   atomic.Int64  // rows since the last began
	begin   chan struct{} // it is time
	rest    atomic.Bool   // the committer shall copy the rest
	stopped chan struct{}
	stop    sync.Once
}

const (
	// checkpointRows is how many rows are written before they are copied.
	// Later, and each page is copied once for more changes, and fewer copies
	// are synced: at 4000 a callback took 5 % more of the processor. But readers
	// search a longer log, and what is synced at once holds up the commits
	// beside it: the slowest callbacks take 29 ms, and 24 at 4000 (make bench).
	checkpointRows = 10000
	// checkpointRest is how many pages the committer may have to copy.
	checkpointRest = 200
	// checkpointTries is how often a log is copied in pursuit of its end.
	checkpointTries = 6
)

const checkpoint = "pragma wal_checkpoint(passive)"

// A log that was copied to its end begins anew with the next commit if nobody
// reads in it at that moment, which may be never where many read. So a log
// that has become long, in pages, is begun anew as soon as those who read in
// it have finished, for which the committer waits a moment.
const (
	longLog         = 20000
	restartPatience = "pragma busy_timeout(100)"
	restartLog      = "pragma wal_checkpoint(restart)"
	usualPatience   = "pragma " + busyTimeout
)

func newCheckpoints(db *sql.DB) *checkpoints {
	c := &checkpoints{db: db, every: checkpointRows, long: longLog, begin: make(chan struct{}, 1), stopped: make(chan struct{})}
	go c.run()
	return c
}

// committed counts rows, and says whether the committer is to copy the rest.
func (c *checkpoints) committed(rows int) (rest bool) {
	if c.wrote.Add(int64(rows)) >= c.every {
		select {
		case c.begin <- struct{}{}:
		default:
		}
	}
	return c.rest.Load() && c.rest.CompareAndSwap(true, false)
}

func (c *checkpoints) run() {
	defer close(c.stopped)
	for range c.begin {
		c.wrote.Store(0)
		c.copy(context.Background())
	}
}

// copy pursues the end of the log. A checkpoint that fails, for lack of space
// perhaps, loses nothing: the log stays, and the next one tries again.
func (c *checkpoints) copy(ctx context.Context) {
	for range checkpointTries {
		var busy, pages, copied int
		if err := c.db.QueryRowContext(ctx, checkpoint).Scan(&busy, &pages, &copied); err != nil {
			return
		}
		if pages-copied <= checkpointRest {
			break
		}
	}
	c.rest.Store(true)
}

func (c *checkpoints) close() error {
	c.stop.Do(func() { close(c.begin) })
	<-c.stopped
	return c.db.Close()
}
