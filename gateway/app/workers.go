package app

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"jiebao/conversations"
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

// questionsAtOnce is how many candidates' messages a model is asked about at
// once.
const questionsAtOnce = 16

// marksAtOnce is how many taps are shown on their messages at once: each has to
// be seen while the candidate looks, and there are fewer than messages.
const marksAtOnce = 32

// pullsAtOnce is how many accounts' messages are fetched at once, and
// receivesAtOnce how many addresses' are applied: as many as fill a commit.
const (
	pullsAtOnce    = 8
	receivesAtOnce = 128
)

// downPatience is how long an account may be down before conversations are
// asked whether they have another way.
const downPatience = 10 * time.Minute

// pushGrace is how much longer than its attempt the pushing of a document may
// take: it is read from storage that may be far away.
const pushGrace = 15 * time.Second

// pushPatience is how long the EHR's storage may take no document before people
// are told, however few there are.
const pushPatience = 15 * time.Minute

// workers returns a dispatcher for each kind of task. They count as started
// now, when callbacks begin to be taken.
func (a *App) workers() workers {
	now, retry := a.clock.Now, outbox.DefaultRetry(jitter)
	dispatch := func(kind conversations.TaskKind, w outbox.Worker, inFlight, perLane int, timeout time.Duration) *outbox.Dispatcher {
		return &outbox.Dispatcher{
			Queue: a.store, Kind: kind, Worker: w, Clock: a.clock, Log: a.log, Failures: slog.LevelWarn,
			InFlight: inFlight, PerLane: perLane, Timeout: timeout, Poll: poll,
		}
	}
	health := func(work conversations.TaskKind) *outbox.Health {
		o := outbox.HealthOptions{Alarms: a.store, Work: work, Now: now, Jitter: jitter, Log: a.log}
		if work == conversations.TaskPush {
			o.Patience = pushPatience
		}
		return outbox.NewHealth(o)
	}
	ws := workers{
		dispatch(conversations.TaskDeliver, &outbox.Deliver{
			Sender: a.accounts, Describe: a.accounts.Describe, Limits: a.limits, Health: health(conversations.TaskDeliver),
			Retry: retry, Now: now, Started: now(), Patience: downPatience,
		}, sendsAtOnce, 1, 15*time.Second),
		dispatch(conversations.TaskFetch, &outbox.Fetch{Media: a.accounts, Files: a.files, Health: health(conversations.TaskFetch), Retry: retry, Now: now}, 4, 1, time.Minute),
		dispatch(conversations.TaskInvite, &outbox.Invite{Inviter: a.accounts, Health: health(conversations.TaskInvite), Retry: retry, Now: now}, 8, 1, 15*time.Second),
		dispatch(conversations.TaskMark, &outbox.Mark{Marker: a.accounts, Health: health(conversations.TaskMark), Retry: retry, Now: now}, marksAtOnce, 1, 15*time.Second),
		dispatch(conversations.TaskTick, outbox.WorkerFunc(outbox.Tick), 16, 1, 15*time.Second),
		dispatch(conversations.TaskBind, outbox.WorkerFunc(outbox.Bind), 8, 1, 15*time.Second),
	}
	if len(a.accounts.pulled()) > 0 {
		ws = append(ws,
			dispatch(conversations.TaskPull, &outbox.Pull{Puller: a.accounts, Pulls: a.store, Health: health(conversations.TaskPull), Retry: outbox.PullRetry(jitter), Now: now}, pullsAtOnce, 1, time.Minute),
			dispatch(conversations.TaskReceive, &outbox.Receive{Store: a.store, Now: now}, receivesAtOnce, 8, 15*time.Second),
		)
	}
	// The bot asks back without a model as well, so the task is done where none
	// is configured, too: the setting may have changed since the task was made.
	patience := 2 * a.cfg.Model.Timeout
	understand := dispatch(conversations.TaskUnderstand, &outbox.Understand{Model: a.newModel(), Now: now, Patience: patience}, questionsAtOnce, 1, patience)
	understand.Failures = slog.LevelDebug // the client says when the model fails and recovers
	ws = append(ws, understand)
	if a.storage != nil {
		ws = append(ws, dispatch(conversations.TaskPush, a.pusher(health(conversations.TaskPush)), a.storage.InFlight(), 1, a.storage.Timeout()+pushGrace))
	}
	return ws
}

// run works until ctx ends and every task in flight is booked.
func (ws workers) run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, d := range ws {
		wg.Go(func() { d.Run(ctx) })
	}
	wg.Wait()
}
