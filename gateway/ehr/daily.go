package ehr

import (
	"context"
	"sync"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/daily"
)

// Daily is where and when a feed's daily files are written.
type Daily struct {
	Dir string
	At  time.Duration // after midnight, when a file's day begins
}

// dailyAgain is when files are tried again that could not be written.
const dailyAgain = time.Minute

// writeDaily writes the daily files of feeds until ctx ends.
func (e *Endpoints) writeDaily(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for _, c := range e.Configured {
		if c.Daily == nil {
			continue
		}
		w := &daily.Writer{
			Dir: c.Daily.Dir, Endpoint: c.ID, At: c.Daily.At, Zone: e.Zone, Signer: e.Signer,
			Read: func(ctx context.Context, after int64, limit int) ([]relay.Record, error) {
				return e.Store.ReadFeed(ctx, conversations.Everything, c.ID, after, limit)
			},
		}
		all.Go(func() { e.writeDays(ctx, w) })
	}
}

func (e *Endpoints) writeDays(ctx context.Context, w *daily.Writer) {
	for {
		now := e.Clock.Now()
		next, err := w.Write(ctx, now)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			next = now.Add(dailyAgain)
			e.Log.Error("a feed's daily files could not be written; trying again", "endpoint", w.Endpoint, "folder", w.Dir, "next", next, "error", err)
			e.raiseDaily(ctx, w.Endpoint, err, next)
		} else {
			e.endDaily(ctx, w.Endpoint)
		}
		select {
		case <-e.Clock.At(next):
		case <-ctx.Done():
			return
		}
	}
}

// raiseDaily raises an alarm, or counts once more.
func (e *Endpoints) raiseDaily(ctx context.Context, endpoint string, why error, next time.Time) {
	now := e.Clock.Now()
	_, _, err := e.Store.RaiseAlarm(ctx, conversations.Alarm{
		Account: relay.AlarmAccount(endpoint), Work: conversations.WorkDaily, Reason: conversations.Unwritten,
		Detail: why.Error(), Since: now, Last: now, Count: 1, Probe: next,
	})
	if err != nil && ctx.Err() == nil {
		e.Log.Error("an alarm about a feed's daily files could not be kept", "endpoint", endpoint, "error", err)
	}
}

// endDaily ends the alarm, if there is one.
func (e *Endpoints) endDaily(ctx context.Context, endpoint string) {
	if err := endAlarm(ctx, e.Store, endpoint, conversations.WorkDaily); err != nil && ctx.Err() == nil {
		e.Log.Warn("a feed's daily files are written again, and the alarm could not be ended; resume it in the inbox", "endpoint", endpoint, "error", err)
	}
}
