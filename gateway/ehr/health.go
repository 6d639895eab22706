package ehr

import (
	"context"
	"slices"
	"sync"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

const (
	// alarmAfter is how long an endpoint takes nothing before people are told.
	alarmAfter = 15 * time.Minute
	// lookedFor is how long what other gateways know of an endpoint is believed.
	lookedFor = time.Minute
)

// health is how the endpoint fares, as far as this gateway knows.
type health struct {
	mu      sync.Mutex
	known   bool      // whether anything was tried
	failing time.Time // since when nothing is taken; zero while it is
	alarmed bool
	took    time.Time // when it last took an event
	stretch time.Time // since when it takes events without a long break
	looked  time.Time // when the store was last asked
}

// well notes that the endpoint takes events, and ends the alarm about it.
func (d *Deliverer) well(ctx context.Context, now time.Time) {
	h := &d.health
	h.mu.Lock()
	recovered, first := !h.failing.IsZero(), !h.known
	h.known, h.failing, h.alarmed = true, time.Time{}, false
	h.taken(now, d.o.Retry.settle())
	h.mu.Unlock()
	if recovered {
		d.o.Log.Info("events are being delivered again", "endpoint", d.endpoint.ID)
	}
	if recovered || first {
		d.endAlarm(ctx)
	}
}

// taken notes that an event was taken at a time. The caller holds the lock.
func (h *health) taken(at time.Time, settle time.Duration) {
	if at.Sub(h.took) > settle {
		h.stretch = at
	}
	if at.After(h.took) {
		h.took = at
	}
}

// endAlarm ends the alarm that the endpoint is down, of whichever gateway.
func (d *Deliverer) endAlarm(ctx context.Context) {
	if err := endAlarm(ctx, d.o.Store, d.endpoint.ID, conversations.TaskEvent); err != nil {
		d.o.Log.Warn("an endpoint takes events again, and its alarm could not be ended; resume it in the inbox", "endpoint", d.endpoint.ID, "error", err)
	}
}

// endAlarm ends the alarm about an endpoint's work, if there is one.
func endAlarm(ctx context.Context, s Store, endpoint string, work conversations.TaskKind) error {
	alarms, err := s.OpenAlarms(ctx)
	i := slices.IndexFunc(alarms, func(a conversations.Alarm) bool { return a.Account == relay.AlarmAccount(endpoint) && a.Work == work })
	if err == nil && i >= 0 {
		_, err = s.EndAlarm(ctx, alarms[i].ID, "")
	}
	return err
}

// note says once, not for every event, that the endpoint is in trouble, and
// raises an alarm if that lasts.
func (d *Deliverer) note(ctx context.Context, it outbox.Item, why string, next time.Time) {
	now, h := d.o.Clock.Now(), &d.health
	h.mu.Lock()
	begins := h.failing.IsZero()
	if begins {
		h.failing = now
	}
	since := h.failing
	alarm := !h.alarmed && now.Sub(since) >= alarmAfter
	h.known, h.alarmed = true, h.alarmed || alarm
	h.mu.Unlock()
	log := d.o.Log.With("endpoint", d.endpoint.ID, "event", it.ID, "attempt", it.Attempts+1, "next", next, "problem", why)
	if !begins {
		log.Debug("an event was not delivered")
	} else {
		log.Warn("events are not being delivered; they are kept and tried again")
	}
	if alarm {
		d.raise(ctx, conversations.EndpointDown, why, since, next)
	}
}

// raise raises an alarm about the endpoint.
func (d *Deliverer) raise(ctx context.Context, reason conversations.Reason, why string, since, next time.Time) {
	_, _, err := d.o.Store.RaiseAlarm(ctx, conversations.Alarm{
		Account: relay.AlarmAccount(d.endpoint.ID), Work: conversations.TaskEvent, Reason: reason,
		Detail: why, Since: since, Last: d.o.Clock.Now(), Count: 1, Probe: next,
	})
	if err != nil {
		d.o.Log.Error("an alarm about an endpoint could not be kept", "endpoint", d.endpoint.ID, "reason", reason, "error", err)
	}
}

// blamed is whose fault it is that an event was not taken for so long.
type blamed int

const (
	nobody      blamed = iota // the endpoint is just recovering: go on
	theEvent                  // the endpoint took others meanwhile
	theEndpoint               // it took nothing
)

// blame finds out why an event was not taken for so long.
func (d *Deliverer) blame(ctx context.Context, it outbox.Item, now time.Time) blamed {
	h, settle := &d.health, d.o.Retry.settle()
	h.mu.Lock()
	look := !h.took.After(it.Since) && now.Sub(h.looked) >= lookedFor
	h.mu.Unlock()
	if look {
		took, err := d.lookUp(ctx)
		if err != nil {
			d.o.Log.Warn("nobody can tell whether an endpoint takes other events; going on", "endpoint", d.endpoint.ID, "error", err)
			return nobody
		}
		h.mu.Lock()
		h.looked = now
		h.taken(took, settle)
		h.mu.Unlock()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !h.took.After(it.Since):
		return theEndpoint
	case now.Sub(h.stretch) < settle:
		return nobody
	}
	return theEvent
}

// lookUp asks when the endpoint last took an event from any gateway.
func (d *Deliverer) lookUp(ctx context.Context) (time.Time, error) {
	all, err := d.o.Store.Endpoints(ctx, conversations.Everything)
	for _, e := range all {
		if e.ID == d.endpoint.ID {
			return e.Took, err
		}
	}
	return time.Time{}, err
}

// pause pauses the endpoint, which raises an alarm. What it was not told is
// kept.
func (d *Deliverer) pause(ctx context.Context, reason relay.PauseReason, why string) {
	began, err := d.o.Store.PauseEndpoint(ctx, conversations.Everything, d.endpoint.ID,
		relay.Pause{At: d.o.Clock.Now(), Reason: reason, Detail: why})
	switch {
	case err != nil:
		d.o.Log.Error("an endpoint could not be paused; it is tried again", "endpoint", d.endpoint.ID, "error", err)
	case began:
		d.o.Log.Error("an endpoint is paused: it is told nothing until somebody resumes it, and everything is kept", "endpoint", d.endpoint.ID, "reason", reason, "problem", why)
	}
}
