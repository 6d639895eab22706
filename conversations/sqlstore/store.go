// Package sqlstore keeps conversations, their outbox and the agents in
// SQLite or PostgreSQL. It is the conversations.Store that applies turns, the
// outbox.Queue that the outbox is worked off by, the relay.Store that says who
// is told of events, and what console and API read.
//
// Everything is written by committers: a committer takes what is queued,
// locates and loads the conversations with few reads, runs their turns,
// writes all changes with few statements, commits once and then answers all
// callers. SQLite has one committer; PostgreSQL two a node, and several nodes
// keep out of each other's way by row locks and unique keys.
//
// Follow a message: Apply (store.go), which computes its turn ahead if it can
// (ahead.go) → jobs.go → committer.go → group.go → locate.go → load.go →
// choose.go → turns.go → write.go, lanes.go, rides.go and relay.go. Follow an
// event further: deliveries.go, which its endpoint's worker claims it by →
// bookings.go.
//
// Imports: the standard library, conversations, audit, outbox, relay, the two
// drivers and goose.
package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"jiebao/conversations"
)

// Options say where and for whom a store works.
type Options struct {
	Driver string // SQLite or PostgreSQL
	// DSN is the path of the file, or a connection string like
	// postgres://name:password@host:5432/database. It is a secret.
	DSN    string
	Engine *conversations.Engine
	Now    func() time.Time
	// NewID makes the ids of new conversations, which nobody can guess. The rows of
	// one day lie together if ids made at one time begin alike.
	NewID  func() string
	Logger *slog.Logger
	// Knowledge returns what is approved at the moment, an immutable value that
	// is equal, ==, to the one before unless that changed; nil if there is none.
	// It is called often and must not wait.
	Knowledge func() conversations.Knowledge
	// Rewritten, if set, is called whenever an article was written here, before
	// PutArticle returns.
	Rewritten func(context.Context)
	Fanout    Fanout // notices to and from other nodes; nil if there are none
}

// The drivers.
const (
	SQLite     = "sqlite"
	PostgreSQL = "postgres"
)

// LogValue keeps the DSN out of logs.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.Driver) }

// maxWaiting is how many turns may wait for a committer. Callers beyond wait
// to be let in.
const maxWaiting = 4096

// ErrClosed is what a closed store answers.
var ErrClosed = errors.New("the store is closed")

// Store is an open database.
type Store struct {
	db     database
	engine *conversations.Engine
	zone   *time.Location
	now    func() time.Time
	newID  func() string
	knows  func() conversations.Knowledge
	wrote  func(context.Context)
	log    *slog.Logger

	jobs       *jobs
	room       chan struct{} // one for each turn that waits
	committers sync.WaitGroup
	rides      rides
	wakes      wakes
	states     states
	events     *lately[eventRef, writtenEvent]
	sent       *lately[messageRef, conversations.Message]
	facets     *lately[facet, struct{}]
	notices    notices
	queues     queues
	relays     relays
	indexer    indexer

	alarmChanges atomic.Int64
	auditNews    chan struct{}
}

// Open opens the database, making or migrating it if needed.
func Open(ctx context.Context, o Options) (*Store, error) {
	db, err := openDatabase(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("opening the %s database: %w", o.Driver, err)
	}
	s := &Store{
		db: db, engine: o.Engine, zone: o.Engine.Zone, now: o.Now, newID: o.NewID, knows: o.Knowledge, wrote: o.Rewritten, log: o.Logger,
		events: newLately[eventRef, writtenEvent](), sent: newLately[messageRef, conversations.Message](), facets: newLately[facet, struct{}](),
		jobs: newJobs(), room: make(chan struct{}, maxWaiting), auditNews: make(chan struct{}, 1),
	}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.knows == nil {
		s.knows = func() conversations.Knowledge { return nil }
	}
	if s.wrote == nil {
		s.wrote = func(context.Context) {}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.chores(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	if err := s.findRides(ctx, math.MaxInt64); err != nil {
		return nil, errors.Join(err, db.close())
	}
	for range db.committers() {
		c := &committer{s: s}
		s.committers.Go(c.run)
	}
	s.notices.connect(o.Fanout, s.log)
	s.indexer.start(s)
	return s, nil
}

func openDatabase(ctx context.Context, o Options) (database, error) {
	files, err := fs.Sub(migrations, "migrations/"+o.Driver)
	if err != nil {
		return nil, err
	}
	switch o.Driver {
	case SQLite:
		return openSQLite(ctx, o.DSN, files)
	case PostgreSQL:
		return openPostgres(ctx, o.DSN, files)
	}
	return nil, fmt.Errorf("there is no driver %q; use %q or %q", o.Driver, SQLite, PostgreSQL)
}

// Close commits what is queued and closes the database.
func (s *Store) Close() error {
	s.indexer.close()
	s.jobs.close()
	s.committers.Wait()
	s.notices.close()
	return s.db.close()
}

// Ping says whether the database can be reached.
func (s *Store) Ping(ctx context.Context) error { return s.db.reads().db.PingContext(ctx) }

// Apply runs one turn and returns after its commit. If ctx ends before a
// committer took it, nothing happens.
func (s *Store) Apply(ctx context.Context, to conversations.Target, c conversations.Command) (conversations.Applied, error) {
	select {
	case s.room <- struct{}{}:
		defer func() { <-s.room }()
	case <-ctx.Done():
		return conversations.Applied{}, ctx.Err()
	}
	j := &job{ctx: ctx, keys: s.keysOf(to), to: to, command: c}
	s.foresee(j)
	return s.do(ctx, j)
}

// Look returns what the turn of a command would know now, and changes nothing.
// The snapshot is to be read only.
func (s *Store) Look(ctx context.Context, to conversations.Target, c conversations.Command) (conversations.Snapshot, error) {
	var snapshot conversations.Snapshot
	_, err := s.do(ctx, &job{ctx: ctx, keys: s.keysOf(to), to: to, command: c, look: &snapshot})
	return snapshot, err
}

// write commits other statements, together with whatever else is queued.
func (s *Store) write(ctx context.Context, fill func(*script)) error {
	_, err := s.do(ctx, &job{ctx: ctx, write: fill})
	return err
}

func (s *Store) do(ctx context.Context, j *job) (conversations.Applied, error) {
	j.answer = make(chan answer, 1)
	if !s.jobs.add(j) {
		return conversations.Applied{}, ErrClosed
	}
	select {
	case a := <-j.answer:
		return a.applied, a.err
	case <-ctx.Done():
		if j.drop() {
			return conversations.Applied{}, ctx.Err()
		}
	}
	a := <-j.answer
	return a.applied, a.err
}
