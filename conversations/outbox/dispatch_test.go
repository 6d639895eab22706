package outbox

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/clock"
)

// tableQueue is a Queue in memory: what sqlstore promises, for testing the
// dispatcher alone.
type tableQueue struct {
	mu    sync.Mutex
	lanes map[string]*lane
	wake  chan struct{}
}

type lane struct {
	items  []Item
	due    time.Time
	leased bool
}

func newTableQueue() *tableQueue {
	return &tableQueue{lanes: map[string]*lane{}, wake: make(chan struct{}, 1)}
}

func (q *tableQueue) add(id string, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := &lane{}
	for i := range n {
		l.items = append(l.items, Item{ID: fmt.Sprint(id, "-", i), Lane: id})
	}
	q.lanes[id] = l
	q.signal()
}

func (q *tableQueue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *tableQueue) Claim(_ context.Context, _ conversations.TaskKind, now time.Time, _ time.Duration, n, perLane int) ([]Lane, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var out []Lane
	for id, l := range q.lanes {
		if len(out) < n && !l.leased && len(l.items) > 0 && !l.due.After(now) {
			l.leased = true
			out = append(out, Lane{id, append([]Item(nil), l.items[:min(perLane, len(l.items))]...)})
		}
	}
	return out, nil
}

func (q *tableQueue) Finish(_ context.Context, done []Outcome) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, o := range done {
		l := q.lanes[o.Item.Lane]
		if o.Verdict == Done {
			l.items = l.items[1:]
		} else {
			l.items[0].Attempts++
			l.due = o.RetryAt
		}
		if o.Release {
			l.leased = false
		}
	}
	q.signal()
	return nil
}

func (q *tableQueue) NextDue(context.Context, conversations.TaskKind) (time.Time, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var at time.Time
	found := false
	for _, l := range q.lanes {
		if !l.leased && len(l.items) > 0 && (!found || l.due.Before(at)) {
			at, found = l.due, true
		}
	}
	return at, found, nil
}

func (q *tableQueue) Wake(conversations.TaskKind) <-chan struct{} { return q.wake }

func TestLanesKeepTheirOrderAndDoNotHoldEachOther(t *testing.T) {
	t.Parallel()
	q, v := newTableQueue(), clock.NewVirtual(now)
	const lanes, each = 40, 7
	var (
		mu            sync.Mutex
		got           = map[string][]string{}
		rest, badDone sync.WaitGroup
	)
	badDone.Add(each)
	rest.Add((lanes - 1) * each)
	failed := make(chan struct{}, 1)
	d := &Dispatcher{
		Queue: q, Clock: v, Log: slog.New(slog.DiscardHandler), InFlight: 5, PerLane: 3, Timeout: time.Hour, Poll: time.Hour,
		Worker: WorkerFunc(func(_ context.Context, it Item) Outcome {
			mu.Lock()
			defer mu.Unlock()
			if it.Lane == "bad" && it.Attempts == 0 && it.ID == "bad-0" {
				failed <- struct{}{}
				return Outcome{Verdict: Retry, RetryAt: now.Add(time.Minute), Note: "not now"}
			}
			got[it.Lane] = append(got[it.Lane], it.ID)
			if it.Lane == "bad" {
				badDone.Done()
			} else {
				rest.Done()
			}
			return Outcome{}
		}),
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { d.Run(ctx) })
	q.add("bad", each)
	<-failed
	for i := range lanes - 1 {
		q.add(fmt.Sprint("lane", i), each)
	}
	rest.Wait() // all but the bad lane, which waits for its minute
	mu.Lock()
	if len(got["bad"]) != 0 {
		t.Errorf("tasks overtook the one that failed: %v", got["bad"])
	}
	mu.Unlock()

	v.Advance(2 * time.Minute)
	badDone.Wait()
	stop()
	running.Wait()
	for l, ids := range got {
		for i, id := range ids {
			if id != fmt.Sprint(l, "-", i) {
				t.Fatalf("lane %s left as %v", l, ids)
			}
		}
		if len(ids) != each {
			t.Errorf("lane %s: %d of %d tasks done", l, len(ids), each)
		}
	}
}

// A task that makes its worker panic rests; the program and all other lanes
// go on.
func TestPanicCostsOnlyItsLane(t *testing.T) {
	t.Parallel()
	q, v := newTableQueue(), clock.NewVirtual(now)
	var log bytes.Buffer
	done := make(chan string, 3)
	d := &Dispatcher{
		Queue: q, Clock: v, Log: slog.New(slog.NewTextHandler(&log, nil)), InFlight: 2, PerLane: 1, Timeout: time.Hour, Poll: time.Hour,
		Worker: WorkerFunc(func(_ context.Context, it Item) Outcome {
			if it.Lane == "bad" && it.Attempts == 0 {
				panic("张伟说：你好")
			}
			done <- it.ID
			return Outcome{}
		}),
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { d.Run(ctx) })
	q.add("bad", 1)
	q.add("good", 1)
	if id := <-done; id != "good-0" {
		t.Errorf("%s was done", id)
	}
	for id := ""; id == ""; {
		v.Advance(afterPanic)
		select {
		case id = <-done:
		default:
		}
	}
	stop()
	running.Wait()
	if s := log.String(); !strings.Contains(s, "task=bad-0") || strings.Contains(s, "张伟") {
		t.Errorf("the log says %s", s)
	}
}
