package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"jiebao/config"
)

// openAlone makes this the only gateway that serves from its SQLite database.
func (a *App) openAlone(ctx context.Context, o Options) (err error) {
	if o.Offline || a.cfg.Store.Driver != config.SQLite {
		return nil
	}
	a.lock, err = alone(ctx, a.cfg.Store.Path, a.cfg.Server.ShutdownGrace, a.log)
	return err
}

// alone locks the SQLite database at path until the lock is closed or this
// process ends, however that happens. What a gateway keeps in memory of a
// database is what is stored there only as long as no other takes turns, so of
// two one would undo what candidates told the other. A gateway that is just
// being replaced may need patience for what it has under way; it is waited for.
//
// The lock is that of a file beside the database, which stays: who removed it
// would let in a second.
func alone(ctx context.Context, path string, patience time.Duration, log *slog.Logger) (*flock.Flock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of store.path: %w", err)
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err == nil && !locked {
		log.Warn("another gateway serves from this database; waiting for it to end", "path", path, "for", patience)
		waiting, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		_, err = lock.TryLockContext(waiting, 50*time.Millisecond)
	}
	switch {
	case ctx.Err() != nil:
		return nil, errors.Join(ctx.Err(), lock.Close())
	case errors.Is(err, context.DeadlineExceeded):
		return nil, errors.Join(fmt.Errorf("another gateway serves from %s, and SQLite is for one: end that one, or give this one a database of its own, or use PostgreSQL for both (store.driver)", path), lock.Close())
	case err != nil:
		return nil, errors.Join(fmt.Errorf("locking %s for this gateway: %w", path, err), lock.Close())
	}
	return lock, nil
}
