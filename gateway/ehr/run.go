package ehr

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/mapping"
)

const (
	// poll is how often changes are looked for that other gateways made.
	poll = 2 * time.Second
	// perLane is how many of a candidate's events are taken at once. Receivers
	// know an event by its id and may get it again after a crash.
	perLane = 8
	// feedsAtOnce is how many candidates' events are appended at once, and
	// feedTimeout how long that may take.
	feedsAtOnce = 64
	feedTimeout = 10 * time.Second
	// pruneEvery is how often attempts are forgotten.
	pruneEvery = 6 * time.Hour
)

// line is an endpoint that is being told.
type line struct {
	endpoint relay.Endpoint
	stop     context.CancelFunc
	stopped  bool
	ended    chan struct{} // closed when nothing is under way any more
}

// Run tells every endpoint what it is to be told until ctx ends, and returns
// when nothing is under way any more.
func (e *Endpoints) Run(ctx context.Context) {
	var background sync.WaitGroup
	background.Go(func() { e.prune(ctx) })
	background.Go(func() { e.writeDaily(ctx) })
	var lines sync.WaitGroup
	for {
		e.follow(ctx, &lines)
		select {
		case <-ctx.Done():
			lines.Wait()
			background.Wait()
			return
		case <-e.Store.EndpointChanges():
		case <-e.Clock.At(e.Clock.Now().Add(poll)):
		}
	}
}

// follow starts and stops lines by what the store says.
func (e *Endpoints) follow(ctx context.Context, running *sync.WaitGroup) {
	all, err := e.Store.EndpointList(ctx)
	if err != nil {
		if ctx.Err() == nil {
			e.Log.Error("the endpoints could not be read; trying again", "error", err)
		}
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, l := range e.lines {
		if !slices.ContainsFunc(all, func(x relay.Endpoint) bool { return x.ID == id }) {
			l.stop()
			delete(e.lines, id)
		}
	}
	for _, x := range all {
		former, paused := e.lines[x.ID], !x.Paused.At.IsZero()
		if former != nil && !former.stopped && (paused || !former.same(x)) {
			former.stop()
			former.stopped = true
		}
		if !paused && (former == nil || former.stopped) {
			e.lines[x.ID] = e.start(ctx, x, former, running)
		}
	}
}

// start begins to tell an endpoint, as soon as its former line has ended.
func (e *Endpoints) start(ctx context.Context, x relay.Endpoint, former *line, running *sync.WaitGroup) *line {
	during, stop := context.WithCancel(ctx)
	l := &line{endpoint: x, stop: stop, ended: make(chan struct{})}
	running.Go(func() {
		defer close(l.ended)
		defer stop()
		if former != nil {
			<-former.ended
		}
		e.tell(during, x, former != nil && !former.same(x))
	})
	return l
}

// same says whether the endpoint is told as before.
func (l *line) same(x relay.Endpoint) bool {
	return l.endpoint.Version == x.Version && l.endpoint.Created.Equal(x.Created)
}

// tell tells one endpoint until ctx ends. What waits is tried at once if the
// endpoint was changed, which may have mended it.
func (e *Endpoints) tell(ctx context.Context, x relay.Endpoint, changed bool) {
	d, end, err := e.dispatcher(x)
	if err != nil {
		e.unusable(ctx, x, err)
		return
	}
	defer end()
	if changed {
		if err := e.Store.Hurry(ctx, x.ID); err != nil && ctx.Err() == nil {
			e.Log.Warn("events that wait for their next attempt go on waiting", "endpoint", x.ID, "error", err)
		}
	}
	d.Run(ctx)
}

// dispatcher makes what tells an endpoint, and what ends that.
func (e *Endpoints) dispatcher(x relay.Endpoint) (*outbox.Dispatcher, func(), error) {
	s, err := e.Settings(x)
	if err != nil {
		return nil, nil, err
	}
	d := &outbox.Dispatcher{
		Queue: e.Store.Deliveries(x.ID), Kind: conversations.TaskEvent, Clock: e.Clock, Log: e.Log,
		Failures: slog.LevelDebug, // the deliverer says when an endpoint fails and recovers
		PerLane:  perLane, Poll: poll,
	}
	if x.Kind == relay.Feed {
		f := &feed{types: x.Types, clock: e.Clock}
		if s.Filter != "" {
			if f.filter, err = mapping.CompileFilter(s.Filter); err != nil {
				return nil, nil, err
			}
		}
		d.Worker, d.InFlight, d.Timeout = f, feedsAtOnce, feedTimeout
		return d, func() {}, nil
	}
	w, err := e.open(x, s)
	if err != nil {
		return nil, nil, err
	}
	d.Worker, d.InFlight, d.Timeout = NewDeliverer(x, w, &e.Options), w.InFlight(), within(w.Timeout())
	return d, w.Close, nil
}

// within is how long an attempt and what follows from it may take. A candidate's
// events are leased for twice as long, and told again by another worker if they
// are not booked by then.
func within(attempt time.Duration) time.Duration { return attempt + max(attempt/4, 2*time.Second) }

// unusable pauses an endpoint that cannot be told, which raises an alarm.
func (e *Endpoints) unusable(ctx context.Context, x relay.Endpoint, why error) {
	d := NewDeliverer(x, nil, &e.Options)
	d.pause(ctx, relay.PausedFailing, fmt.Sprintf("its settings cannot be used: %v", why))
}

// prune forgets old attempts, now and then.
func (e *Endpoints) prune(ctx context.Context) {
	for {
		now := e.Clock.Now()
		feeds := time.Time{}
		if e.KeepFeeds > 0 {
			feeds = now.Add(-e.KeepFeeds)
		}
		if _, err := e.Store.PruneAttempts(ctx, now.Add(-e.KeepAttempts), feeds); err != nil && ctx.Err() == nil {
			e.Log.Warn("old attempts at telling endpoints are still there; they do no harm", "error", err)
		}
		select {
		case <-e.Clock.At(now.Add(pruneEvery)):
		case <-ctx.Done():
			return
		}
	}
}
