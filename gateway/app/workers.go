package app

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
)

// workers do what turns leave to be done.
type workers []*outbox.Dispatcher

// jitter spreads retries by a fifth either way.
func jitter() float64 { return 0.8 + 0.4*rand.Float64() }

// newDispatcher returns a dispatcher for one kind of task.
func newDispatcher(q outbox.Queue, kind conversations.TaskKind, w outbox.Worker, inFlight, perLane int, c clock.Clock, log *slog.Logger) *outbox.Dispatcher {
	return &outbox.Dispatcher{
		Queue: q, Kind: kind, Worker: w, Clock: c, Log: log,
		InFlight: inFlight, PerLane: perLane, Lease: 2 * time.Minute, Poll: 2 * time.Second,
	}
}

// newWorkers returns the dispatchers of everything that concerns platforms.
func newWorkers(q outbox.Queue, a *accounts, f files, c clock.Clock, log *slog.Logger) workers {
	retry := outbox.DefaultRetry(jitter)
	return workers{
		newDispatcher(q, conversations.TaskDeliver, &outbox.Deliver{Sender: a, Retry: retry, Now: c.Now, Started: c.Now()}, 64, 1, c, log),
		newDispatcher(q, conversations.TaskFetch, &outbox.Fetch{Media: a, Files: f, Retry: retry, Now: c.Now}, 4, 1, c, log),
		newDispatcher(q, conversations.TaskInvite, &outbox.Invite{Inviter: a, Retry: retry, Now: c.Now}, 8, 1, c, log),
		newDispatcher(q, conversations.TaskBind, outbox.WorkerFunc(outbox.Bind), 8, 1, c, log),
	}
}

// run works until ctx ends and every task in flight is booked.
func (ws workers) run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, d := range ws {
		wg.Go(func() { d.Run(ctx) })
	}
	wg.Wait()
}
