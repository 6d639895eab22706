package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

const (
	typingOften   = 5 * time.Second  // at most so often a candidate is shown something
	typingStale   = 30 * time.Second // after which what was shown is over by itself, and a refusal is forgotten
	typingBroken  = time.Minute      // for which an account that fails is left alone
	typingTakes   = 3 * time.Second  // for which the platform may take its time
	typingQueue   = 64
	typingWorkers = 4
)

// typing shows candidates that an agent writes to them, where the platform can.
// It is never worth waiting for or trying again: what does not get through at
// once is dropped. Each gateway counts for itself.
type typing struct {
	accounts *accounts
	now      func() time.Time
	log      *slog.Logger
	queue    chan sign

	mu    sync.Mutex
	shown map[string]sign      // the last, by conversation
	rests map[string]time.Time // until when accounts are left alone
}

// sign is one thing to show.
type sign struct {
	conversation string
	by           channels.Typist
	to           conversations.Address
	typing       bool
	at           time.Time
	heard        time.Time // when the candidate last wrote
	refused      bool      // the platform wants words to be exchanged first
}

func newTyping(a *accounts, now func() time.Time, log *slog.Logger) *typing {
	return &typing{
		accounts: a, now: now, log: log, queue: make(chan sign, typingQueue),
		shown: map[string]sign{}, rests: map[string]time.Time{},
	}
}

// tell has the candidate shown that an agent writes, or does no more, unless
// that was done a moment ago.
func (t *typing) tell(conversation string, to conversations.Reach, typing bool) {
	by, err := as[channels.Typist](t.accounts, to.Address.Account)
	if err != nil {
		return // its platform cannot
	}
	s := sign{conversation: conversation, by: by, to: to.Address, typing: typing, at: t.now(), heard: to.LastIn}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.due(s) {
		return
	}
	select {
	case t.queue <- s:
		t.shown[s.conversation] = s
	default:
	}
}

// due says whether s is to be shown. The caller holds the lock.
func (t *typing) due(s sign) bool {
	maps.DeleteFunc(t.shown, func(_ string, was sign) bool { return s.at.Sub(was.at) >= typingStale })
	was, known := t.shown[s.conversation]
	switch {
	case s.at.Before(t.rests[s.to.Account]),
		known && s.at.Sub(was.at) < typingOften,
		known && was.refused && !s.heard.After(was.heard),
		!s.typing && (!known || !was.typing): // nothing is shown
		return false
	}
	return true
}

// run shows what is told until ctx ends.
func (t *typing) run(ctx context.Context) {
	var all sync.WaitGroup
	for range typingWorkers {
		all.Go(func() {
			for {
				select {
				case s := <-t.queue:
					t.show(ctx, s)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	all.Wait()
}

func (t *typing) show(ctx context.Context, s sign) {
	ctx, cancel := context.WithTimeout(ctx, typingTakes)
	defer cancel()
	err := s.by.Typing(ctx, s.to, s.typing)
	if err == nil || errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	t.refuse(s, err)
	t.log.Debug("a candidate could not be shown that somebody writes", "account", s.to.Account, "conversation", s.conversation, "error", err)
}

// refuse keeps from asking again what the platform just refused.
func (t *typing) refuse(s sign, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var se *conversations.SendError
	if errors.As(err, &se) && (se.Reason == conversations.WindowClosed || se.Reason == conversations.BadRecipient || se.Reason == conversations.Unsubscribed) {
		if s.refused = true; t.shown[s.conversation].at.Equal(s.at) {
			t.shown[s.conversation] = s
		}
		return
	}
	t.rests[s.to.Account] = t.now().Add(max(typingBroken, retryAfter(se)))
}

func retryAfter(se *conversations.SendError) time.Duration {
	if se == nil {
		return 0
	}
	return se.RetryAfter
}
