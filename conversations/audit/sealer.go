package audit

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"jiebao/conversations/clock"
)

// Sealer links what was written into the chain. Of several on several nodes
// one wins; the others find nothing left to do.
type Sealer struct {
	Book  Book
	Keys  Keys
	Clock clock.Clock
	Log   *slog.Logger
	Keep  time.Duration // how long entries are kept; 0 is for ever
}

const (
	sealAtOnce = 1000
	sealRest   = 250 * time.Millisecond // in which entries gather
	sealAgain  = 5 * time.Second        // for what a node left that died
	clearEvery = time.Hour
)

// Run links entries until ctx ends.
func (s *Sealer) Run(ctx context.Context) {
	clear := s.Clock.Now()
	for ctx.Err() == nil {
		now := s.Clock.Now()
		err := s.Seal(ctx)
		if err == nil && s.Keep > 0 && !now.Before(clear) {
			clear = now.Add(clearEvery)
			err = s.Clear(ctx, now.Add(-s.Keep))
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Error("the audit log waits to be linked", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-s.Book.AuditNews():
			select {
			case <-ctx.Done():
			case <-s.Clock.At(now.Add(sealRest)):
			}
		case <-s.Clock.At(now.Add(sealAgain)):
		}
	}
}

// Seal links all that waits.
func (s *Sealer) Seal(ctx context.Context) error {
	for {
		waiting, err := s.Book.AuditWaiting(ctx, sealAtOnce)
		if err != nil || len(waiting) == 0 {
			return err
		}
		if _, err := s.link(ctx, waiting); err != nil {
			return err
		}
		if len(waiting) < sealAtOnce {
			return nil
		}
	}
}

// link links some, unless another node was faster.
func (s *Sealer) link(ctx context.Context, waiting []Waiting) (bool, error) {
	was, err := s.Book.AuditHead(ctx)
	if err != nil {
		return false, err
	}
	texts := make([]string, len(waiting))
	for i, w := range waiting {
		texts[i] = w.Text
	}
	links, last := was.Last.After(texts...)
	return s.Book.SealAudit(ctx, was, s.Keys.Sign(was.Anchor, last, s.Clock.Now()), waiting, links)
}

// Clear forgets what was written before t, but for the hash that the rest
// follows on, and writes an entry about it.
func (s *Sealer) Clear(ctx context.Context, t time.Time) error {
	was, err := s.Book.AuditHead(ctx)
	if err != nil {
		return err
	}
	anchor, err := s.Book.AuditBefore(ctx, t)
	if err != nil || anchor == was.Anchor {
		return err
	}
	n, err := s.Book.ClearAudit(ctx, was, s.Keys.Sign(anchor, was.Last, s.Clock.Now()))
	if err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	err = s.Book.Record(ctx, Entry{Action: LogCleared, Subject: Of(OfLog, ""), Detail: Detail{"entries": strconv.Itoa(n), "upto": anchor.String()}})
	if err != nil {
		return fmt.Errorf("saying that the audit log was cleared: %w", err)
	}
	return nil
}
