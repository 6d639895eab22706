package app

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
)

const (
	// alarmsEvery is how often alarms are looked at that nothing waits for.
	alarmsEvery = time.Minute
	// checkEvery is how often such an account is looked at.
	checkEvery = 5 * time.Minute
	// checkTimeout is how long that may take.
	checkTimeout = 30 * time.Second
)

// alarmKeeper is the store, as those ask it who look after alarms.
type alarmKeeper interface {
	outbox.Alarms
	Alarms(ctx context.Context, s conversations.Scope, since time.Time) ([]conversations.AlarmView, error)
}

// lookAfter ends the alarms of accounts that work again and that nothing waits
// for: no message is there to try. It asks the platform what gateway doctor
// asks it.
func (a *accounts) lookAfter(ctx context.Context, alarms alarmKeeper, c clock.Clock, log *slog.Logger) {
	for {
		select {
		case <-c.At(c.Now().Add(alarmsEvery)):
		case <-ctx.Done():
			return
		}
		views, err := alarms.Alarms(ctx, conversations.Everything, c.Now())
		if err != nil && ctx.Err() == nil {
			log.Warn("the accounts' alarms could not be read; trying again in a minute", "error", err)
		}
		for _, v := range views {
			if v.Ended.IsZero() && v.Waiting == 0 && !c.Now().Before(v.Probe) {
				a.lookAt(ctx, alarms, v.Alarm, c, log)
			}
		}
	}
}

// lookAt ends an alarm if the account works, unless another node looks.
func (a *accounts) lookAt(ctx context.Context, alarms outbox.Alarms, alarm conversations.Alarm, c clock.Clock, log *slog.Logger) {
	adapter, ok := a.byID[alarm.Account].(channels.Checker)
	if !ok {
		return // the next message will try
	}
	won, err := alarms.ProbeAlarm(ctx, alarm.ID, c.Now().Add(checkEvery))
	if err != nil || !won {
		return
	}
	within, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	bad := slices.ContainsFunc(adapter.Check(within), func(f channels.Finding) bool { return f.State == channels.Bad })
	if bad || within.Err() != nil {
		return
	}
	if ended, err := alarms.EndAlarm(ctx, alarm.ID, ""); err != nil {
		log.Warn("an account works again, and its alarm could not be ended", "account", alarm.Account, "error", err)
	} else if ended {
		log.Info("an account works again", "account", alarm.Account, "work", alarm.Work, "reason", alarm.Reason, "code", alarm.Code, "since", alarm.Since)
	}
}
