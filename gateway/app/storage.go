package app

import (
	"context"
	"math/rand/v2"
	"time"

	"jiebao/config"
	"jiebao/conversations/outbox"
	"jiebao/gateway/ehr/push"
)

// openStorage opens the EHR's own storage of documents, if it has one.
func (a *App) openStorage(context.Context, Options) (err error) {
	c := a.cfg.EHR.Documents
	if c.URL == "" {
		return nil
	}
	a.storage, err = push.New(documentSettings(c), a.cfg.EHR.AllowNetworks, a.clock)
	return err
}

// pusher puts documents into the EHR's storage. Several of a candidate may be
// on their way at once.
func (a *App) pusher(health *outbox.Health) *outbox.Push {
	retry := a.cfg.EHR.Retry
	return &outbox.Push{
		Storage: a.storage, Thread: a.store.Thread, Open: a.files.original, Health: health,
		Wait: pauses(retry), Patience: retry.GiveUp, Now: a.clock.Now,
	}
}

// pauses are the waits of a schedule, the last again and again, each shorter by
// up to the part that is drawn at random.
func pauses(r config.Retry) func(attempts int) time.Duration {
	return func(attempts int) time.Duration {
		full := r.Schedule[min(attempts, len(r.Schedule)-1)]
		return full - time.Duration(float64(full)*r.Jitter*rand.Float64())
	}
}
