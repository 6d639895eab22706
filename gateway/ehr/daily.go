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
		}
		select {
		case <-e.Clock.At(next):
		case <-ctx.Done():
			return
		}
	}
}
