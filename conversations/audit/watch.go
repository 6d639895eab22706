package audit

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"jiebao/conversations/clock"
)

// verifyAtOnce is how many links are read at once.
const verifyAtOnce = 1000

// Verify follows the whole chain that is kept, and checks that it ends where
// the head says, which was signed with one of the keys. What is wrong is a
// *Break. It returns the head that it got to.
func Verify(ctx context.Context, book Book, keys Keys) (Head, error) {
	head, err := book.AuditHead(ctx)
	if err != nil {
		return head, err
	}
	return head, verify(ctx, book, keys, head, head.Anchor)
}

// verify follows the chain from a place on to the head.
func verify(ctx context.Context, book Links, keys Keys, head Head, from Mark) error {
	if !keys.Signed(head) {
		return &Break{head.Last.N, FlawSignature}
	}
	v := Verifier{At: from}
	for v.At.N < head.Last.N {
		links, err := book.AuditLinks(ctx, v.At.N, head.Last.N, verifyAtOnce)
		if err != nil {
			return err
		}
		for _, l := range links {
			if err := v.Add(l); err != nil {
				return err
			}
		}
		if len(links) == 0 {
			break
		}
	}
	return v.Ends(head)
}

// State is what is known of a log.
type State struct {
	Head  Head      // up to which it was verified
	At    time.Time // when; zero if it was not yet
	Break *Break    // where it is broken; nil if it is not
}

// Watch verifies the log from time to time: what is new every few minutes, and
// everything once a day.
type Watch struct {
	Book  Book
	Keys  Keys
	Clock clock.Clock
	Log   *slog.Logger

	state atomic.Pointer[State]
}

const (
	watchEvery = 5 * time.Minute
	watchWhole = 24 * time.Hour
	watchWait  = time.Second
)

// Fresh verifies what is new, unless that takes longer than somebody who looks
// should wait, and returns what is known.
func (w *Watch) Fresh(ctx context.Context) State {
	ctx, cancel := context.WithTimeout(ctx, watchWait)
	defer cancel()
	if known := w.state.Load(); known != nil && known.Break == nil {
		if err := w.more(ctx, known); err != nil && ctx.Err() == nil {
			w.Log.Warn("the audit log could not be verified", "error", err)
		}
	}
	return w.State()
}

// State returns what was found last on this node.
func (w *Watch) State() State {
	if s := w.state.Load(); s != nil {
		return *s
	}
	return State{}
}

// Run verifies until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	var whole time.Time
	for ctx.Err() == nil {
		now := w.Clock.Now()
		var err error
		if known := w.state.Load(); known == nil || known.Break != nil || now.Sub(whole) >= watchWhole {
			whole = now
			_, err = w.Look(ctx)
		} else {
			err = w.more(ctx, known)
		}
		if err != nil && ctx.Err() == nil {
			w.Log.Warn("the audit log could not be verified", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-w.Clock.At(now.Add(watchEvery)):
		}
	}
}

// Look verifies everything now.
func (w *Watch) Look(ctx context.Context) (State, error) {
	head, err := Verify(ctx, w.Book, w.Keys)
	return w.found(nil, head, err)
}

// more verifies what is new since known.
func (w *Watch) more(ctx context.Context, known *State) error {
	head, err := w.Book.AuditHead(ctx)
	if err != nil {
		return err
	}
	from := known.Head.Last
	if head.Anchor.N > from.N {
		from = head.Anchor
	}
	_, err = w.found(known, head, verify(ctx, w.Book, w.Keys, head, from))
	return err
}

// found keeps the state and says in the program's log what it is: whoever
// keeps that elsewhere can hold the head against the audit log later. What was
// found sound since known alone, if that is not nil, is kept unless somebody
// else has found more meanwhile, which may be a break before it.
func (w *Watch) found(known *State, head Head, err error) (State, error) {
	s := State{Head: head, At: w.Clock.Now()}
	if err != nil && !errors.As(err, &s.Break) {
		return w.State(), err
	}
	before := w.State()
	if known == nil || s.Break != nil {
		w.state.Store(&s)
	} else if !w.state.CompareAndSwap(known, &s) {
		return w.State(), nil
	}
	if s.Break != nil {
		w.Log.Error("the audit log is broken", "entry", s.Break.N, "why", string(s.Break.Why), "head", head.Last.String())
	} else if before.Head.Last != head.Last {
		w.Log.Info("the audit log was verified", "head", head.Last.String())
	}
	return s, nil
}
