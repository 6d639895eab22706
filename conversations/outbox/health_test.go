package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// board keeps alarms in memory: what sqlstore promises, for testing what is
// decided by them alone.
type board struct {
	now     func() time.Time
	open    []conversations.Alarm
	raised  int
	changes int64
	ended   []string // by whom
}

func (b *board) OpenAlarms(context.Context) ([]conversations.Alarm, error) {
	return append([]conversations.Alarm(nil), b.open...), nil
}

func (b *board) RaiseAlarm(_ context.Context, a conversations.Alarm) (conversations.Alarm, bool, error) {
	for i := range b.open {
		if old := &b.open[i]; old.Account == a.Account && old.Work == a.Work {
			old.Reason, old.Code, old.Last, old.Count = a.Reason, a.Code, a.Last, old.Count+1
			old.Probe = latest(old.Probe, a.Probe)
			return *old, false, nil
		}
	}
	b.raised++
	b.changes++
	a.ID = fmt.Sprint("a", b.raised)
	b.open = append(b.open, a)
	return a, true, nil
}

func (b *board) ProbeAlarm(_ context.Context, id string, next time.Time) (bool, error) {
	for i := range b.open {
		if a := &b.open[i]; a.ID == id && !b.now().Before(a.Probe) {
			a.Probe = next
			return true, nil
		}
	}
	return false, nil
}

func (b *board) EndAlarm(_ context.Context, id, by string) (bool, error) {
	for i, a := range b.open {
		if a.ID == id {
			b.open = append(b.open[:i], b.open[i+1:]...)
			b.ended = append(b.ended, by)
			b.changes++
			return true, nil
		}
	}
	return false, nil
}

func (b *board) AlarmChanges() int64 { return b.changes }

// queue does deliveries when they are due, one after the other, and wakes those
// that wait when the account's alarm ends.
type queue struct {
	t     *testing.T
	w     *Deliver
	now   *time.Time
	items []waiting
	done  map[string]conversations.Report
	asked map[string]int // how often a conversation was asked to do without the account
}

type waiting struct {
	Item
	due   time.Time
	waits string
}

func newQueue(t *testing.T, w *Deliver, now *time.Time) *queue {
	return &queue{t: t, w: w, now: now, done: map[string]conversations.Report{}, asked: map[string]int{}}
}

func (q *queue) add(ds ...conversations.Delivery) {
	for _, d := range ds {
		q.items = append(q.items, waiting{Item: item(q.t, d), due: *q.now})
	}
}

// until works until a time, and stands there afterwards.
func (q *queue) until(end time.Time) {
	q.t.Helper()
	board := q.w.Health.Alarms.(*board)
	for steps := 0; ; steps++ {
		first := -1
		for i, it := range q.items {
			if !it.due.After(end) && (first < 0 || it.due.Before(q.items[first].due)) {
				first = i
			}
		}
		if first < 0 {
			break
		}
		if steps > 100_000 {
			q.t.Fatal("the queue runs in circles")
		}
		*q.now = latest(*q.now, q.items[first].due)
		ended := len(board.ended)
		q.work(first)
		if len(board.ended) > ended {
			for i := range q.items {
				if q.items[i].waits != "" {
					q.items[i].due, q.items[i].waits = *q.now, ""
				}
			}
		}
	}
	*q.now = end
}

func (q *queue) work(i int) {
	it := &q.items[i]
	o := q.w.Do(q.t.Context(), it.Item)
	r, _ := o.Then.(conversations.Report)
	if r.Reason == conversations.AccountDown {
		q.asked[it.ID]++
	}
	if o.Verdict == Done {
		q.done[it.ID] = r
		q.items = append(q.items[:i], q.items[i+1:]...)
		return
	}
	if !o.RetryAt.After(*q.now) {
		q.t.Fatalf("%s is to be tried again at once: %+v", it.ID, o)
	}
	it.due, it.waits = o.RetryAt, o.Waits
	if !o.Uncounted {
		it.Attempts++
	}
	if o.Unsure && it.Unsure.IsZero() {
		it.Unsure = *q.now
	}
}

func (q *queue) sent() (n int) {
	for _, r := range q.done {
		if r.Status == conversations.Sent {
			n++
		}
	}
	return n
}

func told(n int) (ds []conversations.Delivery) {
	for i := range n {
		ds = append(ds, conversations.Delivery{
			Message: fmt.Sprintf("c%d-1", i), Kind: conversations.Template, To: conversations.Address{Account: "oa", ID: fmt.Sprint("u", i)},
		})
	}
	return ds
}

func TestAPlatformIsDownForAnHour(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]error{
		"refusing connections": refused(conversations.Temporary, ""),
		"not answering":        refused(conversations.OutcomeUnsure, ""),
		"saying nonsense":      errors.New("no JSON"),
	} {
		clock, up, calls := now, now.Add(time.Hour), 0
		w := deliverer(&clock, func(d conversations.Delivery) (conversations.Receipt, error) {
			if d.To.Account == "oa" && clock.Before(up) {
				calls++
				return conversations.Receipt{}, trouble
			}
			return conversations.Receipt{PlatformID: "p"}, nil
		})
		w.Describe = func(string) (conversations.Description, bool) {
			return conversations.Description{OnceTemplates: true}, true
		}
		var logged bytes.Buffer
		w.Health.Log = slog.New(slog.NewTextHandler(&logged, nil))
		q := newQueue(t, w, &clock)
		q.add(told(500)...)
		q.add(conversations.Delivery{Message: "other-1", To: conversations.Address{Account: "kf", ID: "u"}})
		q.until(now.Add(time.Minute))
		if q.sent() != 1 || q.done["other-1"].Status != conversations.Sent {
			t.Errorf("%s: after a minute %d were sent, and another account's message is %+v", name, q.sent(), q.done["other-1"])
		}
		q.until(now.Add(59 * time.Minute))
		if len(q.items) != 500 || calls > 100 {
			t.Errorf("%s: after an hour %d wait, and the platform was asked %d times", name, len(q.items), calls)
		}
		q.until(up.Add(2 * time.Minute))
		if q.sent() != 501 {
			t.Errorf("%s: two minutes after it is up %d of 501 were sent", name, q.sent())
		}
		for id, n := range q.asked {
			if n < 1 || n > 60 {
				t.Errorf("%s: %s was asked %d times to do without the account", name, id, n)
			}
		}
		if len(q.asked) != 500 {
			t.Errorf("%s: %d conversations were asked to do without the account", name, len(q.asked))
		}
		if n := strings.Count(logged.String(), "\n"); n != 2 {
			t.Errorf("%s: logged %d lines, want the begin and the end:\n%s", name, n, &logged)
		}
	}
}

// TestOneMessageIsToBlame: what fails again and again by itself does not stop
// the others.
func TestOneMessageIsToBlame(t *testing.T) {
	t.Parallel()
	clock := now
	w := deliverer(&clock, func(d conversations.Delivery) (conversations.Receipt, error) {
		if d.Message == "c0-1" {
			return conversations.Receipt{}, refused(conversations.Temporary, "-1")
		}
		return conversations.Receipt{}, nil
	})
	q := newQueue(t, w, &clock)
	q.add(told(1)...)
	q.until(now.Add(4 * time.Hour))
	if r := q.done["c0-1"]; r.Status != conversations.Failed || len(w.Health.Alarms.(*board).open) > 0 {
		t.Errorf("the message came to %+v", r)
	}
	q.add(told(20)[1:]...)
	q.until(clock)
	if q.sent() != 19 {
		t.Errorf("%d of 19 others were sent", q.sent())
	}
}

func TestAnAccountIsPausedUntilItIsInOrder(t *testing.T) {
	t.Parallel()
	clock, mended, calls := now, now.Add(40*time.Minute), 0
	w := deliverer(&clock, func(conversations.Delivery) (conversations.Receipt, error) {
		if calls++; clock.Before(mended) {
			return conversations.Receipt{}, refused(conversations.Credentials, "40164")
		}
		return conversations.Receipt{}, nil
	})
	q := newQueue(t, w, &clock)
	q.add(told(300)...)
	q.until(now)
	if calls != 1 {
		t.Errorf("the account was called %d times, want once", calls)
	}
	q.until(mended.Add(-time.Second))
	if calls > 15 || q.sent() > 0 {
		t.Errorf("while it was out of order it was called %d times", calls)
	}
	q.until(mended.Add(3 * time.Minute))
	if q.sent() != 300 {
		t.Errorf("three minutes after it was mended %d were sent", q.sent())
	}
	if b := w.Health.Alarms.(*board); b.raised != 1 || len(b.open) != 0 {
		t.Errorf("%d alarms were raised, %d are open", b.raised, len(b.open))
	}
}

func TestTheDaysQuotaIsUsedUp(t *testing.T) {
	t.Parallel()
	clock, midnight, calls := now, now.Add(4*time.Hour), 0
	w := deliverer(&clock, func(conversations.Delivery) (conversations.Receipt, error) {
		if calls++; clock.Before(midnight) {
			return conversations.Receipt{}, &conversations.SendError{Reason: conversations.QuotaUsedUp, Code: "45009", RetryAfter: midnight.Sub(clock)}
		}
		return conversations.Receipt{}, nil
	})
	q := newQueue(t, w, &clock)
	q.add(told(10)...)
	q.until(midnight.Add(-time.Millisecond))
	if calls != 1 {
		t.Errorf("before midnight the account was called %d times", calls)
	}
	q.until(midnight.Add(5 * time.Second))
	if q.sent() != 10 {
		t.Errorf("after midnight %d were sent", q.sent())
	}
}

// TestWhatMayHaveArrivedIsNotSentTooLate: the platform recognises a repeat for
// ten minutes only, and the account is down for an hour.
func TestWhatMayHaveArrivedIsNotSentTooLate(t *testing.T) {
	t.Parallel()
	clock, calls := now, map[string]int{}
	w := deliverer(&clock, func(d conversations.Delivery) (conversations.Receipt, error) {
		calls[d.Message]++
		switch {
		case clock.Before(now.Add(time.Second)):
			return conversations.Receipt{}, refused(conversations.OutcomeUnsure, "")
		case clock.Before(now.Add(time.Hour)):
			return conversations.Receipt{}, refused(conversations.Credentials, "40164")
		}
		return conversations.Receipt{}, nil
	})
	q := newQueue(t, w, &clock)
	q.add(told(1)...)
	q.add(conversations.Delivery{Message: "free-1", Kind: conversations.Text, To: conversations.Address{Account: "oa", ID: "u"}})
	q.until(now.Add(2 * time.Hour))
	if r := q.done["c0-1"]; r.Status != conversations.Unknown || calls["c0-1"] > 6 {
		t.Errorf("the template came to %+v after %d calls", r, calls["c0-1"])
	}
	if r := q.done["free-1"]; r.Status != conversations.Unknown || calls["free-1"] != 1 {
		t.Errorf("the text came to %+v after %d calls", r, calls["free-1"])
	}
}

func TestAnAccountThatWentTooFastSlowsDown(t *testing.T) {
	t.Parallel()
	clock, calls := now, 0
	w := deliverer(&clock, func(conversations.Delivery) (conversations.Receipt, error) {
		if calls++; clock.Before(now.Add(time.Minute)) {
			return conversations.Receipt{}, &conversations.SendError{Reason: conversations.Throttled, Code: "45009", RetryAfter: now.Add(time.Minute).Sub(clock)}
		}
		return conversations.Receipt{}, nil
	})
	q := newQueue(t, w, &clock)
	q.add(told(50)...)
	q.until(now.Add(59 * time.Second))
	if calls != 1 {
		t.Errorf("the platform was called %d times after it had asked for a pause", calls)
	}
	q.until(now.Add(63 * time.Second))
	if q.sent() != 50 {
		t.Errorf("%d of 50 were sent after the pause", q.sent())
	}
}

type inviterFunc func() error

func (f inviterFunc) Invite(context.Context, string, string) (conversations.Invited, error) {
	return conversations.Invited{}, f()
}

// TestQRCodesWaitForTheirAccount: the invitation says why there is no code yet,
// and the platform is not asked again for every one.
func TestQRCodesWaitForTheirAccount(t *testing.T) {
	t.Parallel()
	clock, calls := now, 0
	even := func() float64 { return 1 }
	at := func() time.Time { return clock }
	b := &board{now: at}
	w := &Invite{
		Inviter: inviterFunc(func() error { calls++; return refused(conversations.Credentials, "48001") }),
		Retry:   DefaultRetry(even), Now: at,
		Health: NewHealth(HealthOptions{Alarms: b, Work: conversations.TaskInvite, Now: at, Jitter: even, Log: slog.New(slog.DiscardHandler)}),
	}
	for i := range 5 {
		o := w.Do(t.Context(), Item{ID: fmt.Sprint("i", i), Body: []byte(`{"conversation":"c","account":"oa","scene":"s"}`)})
		if o.Verdict != Retry || o.Waits != "oa" || !o.Uncounted {
			t.Fatalf("invitation %d: %+v", i, o)
		}
		if inv, ok := o.Then.(conversations.Invited); i == 0 && (!ok || inv.Error == "" || inv.Scene != "s") {
			t.Errorf("the invitation does not say why: %+v", o.Then)
		}
	}
	if calls != 1 || len(b.open) != 1 || b.open[0].Work != conversations.TaskInvite {
		t.Errorf("the platform was asked %d times; alarms %+v", calls, b.open)
	}
}

// TestOneRecipientsShareHoldsNobodyElse: a number that got as many messages as
// its provider allows does not stop the account.
func TestOneRecipientsShareHoldsNobodyElse(t *testing.T) {
	t.Parallel()
	clock := now
	w := deliverer(&clock, func(d conversations.Delivery) (conversations.Receipt, error) {
		if d.To.ID == "u0" {
			return conversations.Receipt{}, &conversations.SendError{Reason: conversations.Throttled, RetryAfter: time.Hour, Recipient: true}
		}
		return conversations.Receipt{}, nil
	})
	q := newQueue(t, w, &clock)
	q.add(told(20)...)
	q.until(now.Add(time.Minute))
	if q.sent() != 19 {
		t.Errorf("%d of the 19 others were sent", q.sent())
	}
}
