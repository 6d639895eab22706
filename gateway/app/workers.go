package app

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
)

// workers do what turns leave to be done.
type workers []*outbox.Dispatcher

// jitter spreads retries by a fifth either way.
func jitter() float64 { return 0.8 + 0.4*rand.Float64() }

// poll is how often a node looks for tasks that other nodes committed.
const poll = 2 * time.Second

// sendsAtOnce is how many messages are on their way to platforms at once. A
// platform takes tens of milliseconds over each, and its outcome waits for a
// commit, so that the number bounds how many leave in a second.
const sendsAtOnce = 256

// newWorkers returns the dispatchers of everything that concerns platforms.
func newWorkers(q outbox.Queue, a *accounts, f files, c clock.Clock, log *slog.Logger) workers {
	retry := outbox.DefaultRetry(jitter)
	dispatch := func(kind conversations.TaskKind, w outbox.Worker, inFlight int, timeout time.Duration) *outbox.Dispatcher {
		return &outbox.Dispatcher{
			Queue: q, Kind: kind, Worker: w, Clock: c, Log: log,
			InFlight: inFlight, PerLane: 1, Timeout: timeout, Poll: poll,
		}
	}
	return workers{
		dispatch(conversations.TaskDeliver, &outbox.Deliver{Sender: a, Retry: retry, Now: c.Now, Started: c.Now()}, sendsAtOnce, 15*time.Second),
		dispatch(conversations.TaskFetch, &outbox.Fetch{Media: a, Files: f, Retry: retry, Now: c.Now}, 4, time.Minute),
		dispatch(conversations.TaskInvite, &outbox.Invite{Inviter: a, Retry: retry, Now: c.Now}, 8, 15*time.Second),
		dispatch(conversations.TaskBind, outbox.WorkerFunc(outbox.Bind), 8, 15*time.Second),
	}
}

// withEvents adds the dispatcher of events. The EHR knows an event by its id
// and may get it again, so several of a candidate are taken at once.
func (ws workers) withEvents(q outbox.Queue, w outbox.Worker, e config.Endpoint, c clock.Clock, log *slog.Logger) workers {
	return append(ws, &outbox.Dispatcher{
		Queue: q, Kind: conversations.TaskEvent, Worker: w, Clock: c, Log: log,
		InFlight: e.InFlight, PerLane: 8, Timeout: e.Timeout, Poll: poll,
	})
}

// run works until ctx ends and every task in flight is booked.
func (ws workers) run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, d := range ws {
		wg.Go(func() { d.Run(ctx) })
	}
	wg.Wait()
}
