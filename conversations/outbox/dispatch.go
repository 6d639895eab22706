package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/clock"
)

// Worker does one kind of task. It is called in order within a lane and
// concurrently over lanes, and says what became of the task.
type Worker interface {
	Do(ctx context.Context, it Item) Outcome
}

// WorkerFunc is a Worker that is one function.
type WorkerFunc func(ctx context.Context, it Item) Outcome

// Do calls f.
func (f WorkerFunc) Do(ctx context.Context, it Item) Outcome { return f(ctx, it) }

// Dispatcher works off one kind of task.
type Dispatcher struct {
	Queue    Queue
	Kind     conversations.TaskKind
	Worker   Worker
	Clock    clock.Clock
	Log      *slog.Logger
	Failures slog.Level    // at which each failed try is logged; lower for workers that say themselves when their trouble begins and ends
	InFlight int           // lanes worked on at once, not counting those that are being booked
	PerLane  int           // tasks taken from a lane at once; more than one only for workers that may repeat a task after a crash
	Timeout  time.Duration // how long one task may take; a lane is leased for twice as long
	Poll     time.Duration // how often to look for what other nodes committed
}

// Run works until ctx ends, and then waits for the tasks in flight. A lane
// makes room for another as soon as its tasks are done: that their outcomes
// wait for a commit keeps nobody else's from being begun.
func (d *Dispatcher) Run(ctx context.Context) {
	var (
		wg    sync.WaitGroup
		freed = make(chan struct{}, d.InFlight)
		busy  int
	)
	defer wg.Wait()
	for ctx.Err() == nil {
		for len(freed) > 0 {
			<-freed
			busy--
		}
		room := d.InFlight - busy
		if room < max(1, d.InFlight/4) {
			busy -= d.rest(ctx, freed)
			continue
		}
		lanes := d.claim(ctx, room)
		claimed := d.Clock.Now()
		for _, l := range lanes {
			busy++
			wg.Go(func() {
				done := d.work(ctx, l, claimed)
				freed <- struct{}{}
				d.book(ctx, l, done)
			})
		}
		if len(lanes) == 0 {
			busy -= d.wait(ctx, freed)
		}
	}
}

// rest returns when a lane is finished, with their number.
func (d *Dispatcher) rest(ctx context.Context, freed <-chan struct{}) int {
	select {
	case <-ctx.Done():
		return 0
	case <-freed:
		return 1
	}
}

// claim leases lanes. It is not cut short by a shutdown, which would leave
// lanes leased to nobody.
func (d *Dispatcher) claim(ctx context.Context, n int) []Lane {
	lanes, err := d.Queue.Claim(context.WithoutCancel(ctx), d.Kind, d.Clock.Now(), 2*d.Timeout, n, d.PerLane)
	if err != nil && ctx.Err() == nil {
		d.Log.Error("the outbox could not be read; trying again", "kind", d.Kind, "error", err)
	}
	return lanes
}

// wait returns when there may be something to do, with the number of lanes
// it saw finish.
func (d *Dispatcher) wait(ctx context.Context, freed <-chan struct{}) int {
	until := d.Clock.Now().Add(d.Poll)
	if at, ok, err := d.Queue.NextDue(ctx, d.Kind); err == nil && ok && at.Before(until) {
		until = at
	}
	select {
	case <-ctx.Done():
	case <-d.Queue.Wake(d.Kind):
	case <-d.Clock.At(until):
	case <-freed:
		return 1
	}
	return 0
}

// work does a lane's tasks in order. It stops at the first that has to be
// tried again, since those behind must not overtake it, and begins none that
// could outlast the lease. A task once begun is ended, and booked, even when
// the program is shutting down.
func (d *Dispatcher) work(ctx context.Context, l Lane, claimed time.Time) (done []Outcome) {
	during := context.WithoutCancel(ctx)
	for i, it := range l.Items {
		o := d.do(during, it)
		late := d.Clock.Now().Sub(claimed) >= d.Timeout
		o.Release = i == len(l.Items)-1 || o.Verdict == Retry || late || ctx.Err() != nil
		done = append(done, o)
		if o.Release {
			break
		}
	}
	return done
}

// book records what became of a lane's tasks.
func (d *Dispatcher) book(ctx context.Context, l Lane, done []Outcome) {
	if err := d.Queue.Finish(context.WithoutCancel(ctx), done); err != nil {
		d.Log.Error("outcomes could not be booked; the lane comes back when its lease ends", "kind", d.Kind, "lane", l.ID, "error", err)
	}
}

func (d *Dispatcher) do(ctx context.Context, it Item) Outcome {
	ctx, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	o := d.guarded(ctx, it)
	o.Item = it
	if o.Note != "" && o.Waits == "" { // what keeps an account from its work is logged once, and not with every task
		level := d.Failures
		if o.Everyday {
			level = min(level, slog.LevelInfo)
		}
		d.Log.Log(ctx, level, "a task did not go through", "kind", d.Kind, "task", it.ID, "attempts", it.Attempts+1, "retry", o.Verdict == Retry, "why", o.Note)
	}
	return o
}

// afterPanic is how long a task rests that made its worker panic.
const afterPanic = 5 * time.Minute

// guarded does a task. One that makes its worker panic, such as a file that a
// decoder cannot bear, costs nobody else anything: it rests, and its lane with
// it, instead of ending the program again and again. Only where it happened is
// logged, for the panic's own text may hold a candidate's words.
func (d *Dispatcher) guarded(ctx context.Context, it Item) (o Outcome) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		what := fmt.Sprintf("%T", p)
		if re, ok := p.(runtime.Error); ok {
			what = re.Error()
		}
		d.Log.Error("a task made its worker panic", "kind", d.Kind, "task", it.ID, "panic", what, "stack", string(debug.Stack()))
		o = Outcome{Verdict: Retry, RetryAt: d.Clock.Now().Add(afterPanic)}
	}()
	return d.Worker.Do(ctx, it)
}
