package outbox

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"jiebao/conversations"
)

// Alarms keeps, for all nodes, what keeps accounts from their work.
// Implementations live in sqlstore.
type Alarms interface {
	// OpenAlarms returns those that last.
	OpenAlarms(ctx context.Context) ([]conversations.Alarm, error)
	// RaiseAlarm begins an alarm, or counts once more for the one that lasts for
	// the same account and work, and puts its probe off if a.Probe is later. It
	// returns the alarm that lasts, and whether it began with this call.
	RaiseAlarm(ctx context.Context, a conversations.Alarm) (conversations.Alarm, bool, error)
	// ProbeAlarm says whether the caller is the one who tries next: of all who
	// ask at the same time one is, if the probe is due. The next is at next.
	ProbeAlarm(ctx context.Context, id string, next time.Time) (bool, error)
	// EndAlarm ends an alarm and makes what waits for it due. by names the agent
	// who ended it, "" if it was found to be over. It returns false if it was
	// over before.
	EndAlarm(ctx context.Context, id, by string) (bool, error)
	// AlarmChanges counts the alarms that began or ended on this node.
	AlarmChanges() int64
}

// Health keeps tasks from being tried in vain. Credentials or a permission that
// the platform refuses, a quota that is used up, and several failures in a row
// that no single task is to blame for, raise an alarm: then one task at a time
// tries whether it is over, and the others wait.
//
// It is a circuit breaker whose state all nodes share and which survives them.
// (sony/gobreaker keeps its state in memory and reads the machine's clock.)
//
// A nil Health finds nothing wrong with any account.
type Health struct {
	HealthOptions
	mu      sync.Mutex
	open    map[string]conversations.Alarm // by account
	read    time.Time                      // when open was read
	changes int64                          // that had been made on this node by then
	failing map[string]failures            // by account
	waiting map[string]int                 // by alarm: who was sent away since it was last probed
}

// HealthOptions say for whom a Health is.
type HealthOptions struct {
	Alarms Alarms
	Work   conversations.TaskKind
	Now    func() time.Time
	Jitter func() float64 // a factor around 1
	Log    *slog.Logger
	// Patience is for how long tasks may fail in a row, however few they are,
	// before the platform counts as down; 0 means for ever.
	Patience time.Duration
}

// failures are those of an account since a task of it succeeded.
type failures struct {
	tasks []string
	since time.Time // of the first
}

// NewHealth returns a Health that reads the alarms when it is first asked.
func NewHealth(o HealthOptions) *Health {
	return &Health{HealthOptions: o, open: map[string]conversations.Alarm{}, failing: map[string]failures{}, waiting: map[string]int{}}
}

const (
	// failuresInARow is how many different tasks have to fail, with none
	// succeeding in between, before the platform counts as down.
	failuresInARow = 5
	// alarmsKnownFor is how long an account may be used after another node
	// found that it is of no use, and alarmKnownFor how long it may be waited
	// for after another node found it in order.
	alarmsKnownFor = 2 * time.Second
	alarmKnownFor  = 250 * time.Millisecond
	// How often one task tries whether a platform is up again: the longer it is
	// down, the less often.
	probeSoonest = 5 * time.Second
	probeLatest  = time.Minute
	// and whether somebody put an account in order.
	probeSettings = 3 * time.Minute
	// waitLongest is how long tasks wait that are not to try. They are woken
	// when the alarm ends.
	waitLongest = 5 * time.Minute
	// tryingAtOnce is how many of those who wait come back when the alarm is
	// probed: one may be taken back meanwhile.
	tryingAtOnce = 3
)

// Permit says whether a task may be tried.
type Permit struct {
	Alarm *conversations.Alarm // nil: nothing is wrong with the account
	Probe bool                 // this is the one that tries whether the alarm is over
	Until time.Time            // otherwise, when to ask again
}

// Waits says whether the task has to wait.
func (p Permit) Waits() bool { return p.Alarm != nil && !p.Probe }

// behind lets others ask first.
func (p Permit) behind(others bool) Permit {
	if others {
		p.Until = p.Until.Add(probeSoonest)
	}
	return p
}

// waiting has a task wait for its account.
func (p Permit) waiting() Outcome {
	return Outcome{Verdict: Retry, RetryAt: wholeMillis(p.Until), Uncounted: true, Waits: p.Alarm.Account}
}

// Ask says whether a task of the account may be tried now.
func (h *Health) Ask(ctx context.Context, account string) Permit {
	if h == nil {
		return Permit{}
	}
	a, ok := h.alarm(ctx, account)
	if !ok {
		return Permit{}
	}
	now := h.Now()
	if now.Before(a.Probe) {
		return h.wait(a, now)
	}
	next := now.Add(probeAfter(a, now))
	won, err := h.Alarms.ProbeAlarm(ctx, a.ID, next)
	if err != nil {
		h.Log.Error("an account in trouble could not be probed", "account", account, "error", err)
	}
	a.Probe = next
	h.mu.Lock()
	if _, still := h.open[account]; still {
		h.open[account] = a
	}
	h.waiting[a.ID] = 0
	h.mu.Unlock()
	if won {
		return Permit{Alarm: &a, Probe: true}
	}
	return h.wait(a, now)
}

// wait sends a task away until the alarm is probed, or for a while if enough
// others come back then.
func (h *Health) wait(a conversations.Alarm, now time.Time) Permit {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.waiting[a.ID]
	h.waiting[a.ID]++
	until := a.Probe
	if n >= tryingAtOnce {
		until = latest(until, now.Add(time.Duration(float64(waitLongest)*h.Jitter())))
	}
	return Permit{Alarm: &a, Until: until}
}

// others says whether somebody was sent away since the alarm was probed.
func (h *Health) others(a conversations.Alarm) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.waiting[a.ID] > 0
}

// probeAfter is how long an alarm is left alone between probes.
func probeAfter(a conversations.Alarm, now time.Time) time.Duration {
	if a.Reason == conversations.Temporary || a.Reason == conversations.OutcomeUnsure {
		return min(max(now.Sub(a.Since)/2, probeSoonest), probeLatest)
	}
	return probeSettings
}

// alarm returns the account's alarm, as it was known a moment ago.
func (h *Health) alarm(ctx context.Context, account string) (conversations.Alarm, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.Now()
	old := now.Sub(h.read).Abs()
	if _, open := h.open[account]; old >= alarmsKnownFor || open && old >= alarmKnownFor || h.changes != h.Alarms.AlarmChanges() {
		h.refresh(ctx, now)
	}
	a, ok := h.open[account]
	return a, ok
}

// refresh reads the alarms of all nodes. If that fails, those known stay. The
// caller holds the lock.
func (h *Health) refresh(ctx context.Context, now time.Time) {
	h.changes = h.Alarms.AlarmChanges()
	alarms, err := h.Alarms.OpenAlarms(ctx)
	h.read = now
	if err != nil {
		h.Log.Error("the accounts' alarms could not be read", "error", err)
		return
	}
	h.open = map[string]conversations.Alarm{}
	waiting := map[string]int{}
	for _, a := range alarms {
		if a.Work == h.Work {
			h.open[a.Account] = a
			waiting[a.ID] = h.waiting[a.ID]
		}
	}
	h.waiting = waiting
}

// Fared notes how a task of the account fared that had the permit. The permit
// it returns waits if the account is what was wrong.
func (h *Health) Fared(ctx context.Context, account, task string, p Permit, err error) Permit {
	if h == nil {
		return Permit{}
	}
	se := sendError(err)
	switch {
	case se == nil:
		h.well(ctx, account, p)
		return Permit{}
	case se.Reason == conversations.Credentials, se.Reason == conversations.QuotaUsedUp && !se.Recipient:
		return h.raise(ctx, account, p, se)
	case se.Reason == conversations.Temporary, se.Reason == conversations.OutcomeUnsure:
		if p.Alarm == nil && !h.down(account, task) {
			return Permit{}
		}
		return h.raise(ctx, account, p, se)
	}
	h.well(ctx, account, p) // the platform is there, and said no to this one
	return Permit{}
}

// down notes a failure and says whether there were too many in a row, or for too
// long.
func (h *Health) down(account, task string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, open := h.open[account]; open {
		return true
	}
	f := h.failing[account]
	if !slices.Contains(f.tasks, task) {
		f.tasks = append(f.tasks, task)
	}
	if now := h.Now(); f.since.IsZero() {
		f.since = now
	} else if h.Patience > 0 && now.Sub(f.since) >= h.Patience {
		return true
	}
	h.failing[account] = f
	return len(f.tasks) >= failuresInARow
}

// well notes that the account does its work, which ends the alarm that was
// probed.
func (h *Health) well(ctx context.Context, account string, p Permit) {
	h.mu.Lock()
	delete(h.failing, account)
	if p.Probe {
		delete(h.open, account)
	}
	h.mu.Unlock()
	if !p.Probe {
		return
	}
	ended, err := h.Alarms.EndAlarm(ctx, p.Alarm.ID, "")
	switch {
	case err != nil:
		h.Log.Error("an account works again, and what waits for it could not be woken; it goes on by itself within minutes", "account", account, "error", err)
	case ended:
		h.Log.Info("an account works again", "account", account, "work", h.Work, "reason", p.Alarm.Reason, "code", p.Alarm.Code,
			"since", p.Alarm.Since, "lasted", h.Now().Sub(p.Alarm.Since))
	}
}

// raise raises the alarm, or counts once more. It is logged when it begins. Who
// probed in vain lets those go first who wait: it may itself be to blame.
func (h *Health) raise(ctx context.Context, account string, p Permit, se *conversations.SendError) Permit {
	now := h.Now()
	a := conversations.Alarm{
		Account: account, Work: h.Work, Reason: se.Reason, Code: se.Code, Detail: se.Detail, Since: now, Last: now, Count: 1,
	}
	a.Probe = now.Add(probeAfter(a, now))
	if se.RetryAfter > 0 {
		a.Probe = now.Add(se.RetryAfter)
	}
	kept, began, err := h.Alarms.RaiseAlarm(ctx, a)
	if err != nil {
		h.Log.Error("an alarm could not be kept", "account", account, "reason", se.Reason, "code", se.Code, "error", err)
		return Permit{Alarm: &a, Until: a.Probe}
	}
	h.mu.Lock()
	h.open[account] = kept
	delete(h.failing, account)
	h.mu.Unlock()
	if began {
		h.Log.Error("an account cannot work; what is to be done waits, and goes on by itself when it can", "account", account, "work", h.Work,
			"reason", se.Reason, "code", se.Code, "error", se, "next_try", kept.Probe)
	}
	others := p.Probe && h.others(kept)
	return h.wait(kept, now).behind(others)
}
