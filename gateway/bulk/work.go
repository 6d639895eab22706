package bulk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jiebao/conversations"
)

const (
	batch = 20               // conversations that are done before others are let in
	lease = time.Minute      // after which another node goes on with a batch
	idle  = 5 * time.Second  // how often a node looks for what other nodes were told to do
	gap   = time.Second / 20 // between two conversations, at least
	sharp = 2                // a run takes one in so many of the messages that an account takes
)

// Run does what was confirmed until ctx ends.
func (b *Bulk) Run(ctx context.Context) {
	for ctx.Err() == nil {
		next, err := b.work(ctx)
		if err != nil && ctx.Err() == nil {
			b.Log.ErrorContext(ctx, "doing something to many conversations", "error", err)
		}
		if now := b.Clock.Now(); next.IsZero() || err != nil || next.Sub(now) > idle {
			next = now.Add(idle)
		}
		select {
		case <-ctx.Done():
		case <-b.kick:
		case <-b.Clock.At(next):
		}
	}
}

// work goes on with whatever is due, and says when to look again; zero for
// nobody knows.
func (b *Bulk) work(ctx context.Context) (next time.Time, err error) {
	now := b.Clock.Now()
	kept, next, err := b.Store.ClaimBulk(ctx, now, now.Add(lease))
	if err != nil || kept == nil {
		return next, err
	}
	r, err := read(*kept)
	if err != nil {
		return now, err
	}
	if r.State == Undoing {
		return now, b.undoSome(ctx, r)
	}
	return now, b.doSome(ctx, r)
}

// doSome does a batch, unless the run was stopped.
func (b *Bulk) doSome(ctx context.Context, r Run) error {
	w, err := b.world(ctx, r.Deed)
	if err != nil {
		return err
	}
	some := r.some(ToDo)
	if r.Stopping {
		some = nil
	}
	pace := gap
	for n, i := range some {
		item, sends := b.do(ctx, r, r.Items[i], w)
		if ctx.Err() != nil {
			some = some[:n]
			break
		}
		r.Items[i] = item
		pace = max(pace, b.pace(sends))
	}
	rest := time.Duration(len(some)) * pace
	return b.keep(ctx, r, some, func(r *Run, now time.Time) {
		if r.Due = now.Add(rest); r.Stopping || len(r.some(ToDo)) == 0 {
			r.end(now)
		}
	})
}

// some are the next items with an outcome, by number.
func (r Run) some(o Outcome) (out []int) {
	for i, it := range r.Items {
		if it.Outcome == o && len(out) < batch {
			out = append(out, i)
		}
	}
	return out
}

// pace is how long a run rests for what it sent in one conversation: the
// account's other half is for those who talk.
func (b *Bulk) pace(sends []Send) (rest time.Duration) {
	for _, s := range sends {
		if d, _ := b.Engine.Channels.Describe(s.Account); d.PerMinute > 0 {
			rest += sharp * time.Minute / time.Duration(d.PerMinute)
		}
	}
	return rest
}

// keep keeps what became of some items, beside what others changed meanwhile.
// It does so even if the program is about to end.
func (b *Bulk) keep(ctx context.Context, r Run, some []int, then func(*Run, time.Time)) error {
	did := r.Items
	_, err := b.change(context.WithoutCancel(ctx), r.Agent, r.ID, func(r *Run) {
		for _, i := range some {
			r.Items[i] = did[i]
		}
		then(r, b.Clock.Now())
	})
	return err
}

// tries is how often a conversation is looked at that changes while it is.
const tries = 3

// do does the deed to one conversation, if it comes to what was shown.
func (b *Bulk) do(ctx context.Context, r Run, it Item, w *world) (Item, []Send) {
	for range tries {
		done, sends, err := b.try(ctx, r, it, w)
		if errors.Is(err, conversations.ErrStale) {
			continue
		}
		if err != nil && ctx.Err() == nil {
			b.Log.ErrorContext(ctx, "doing something to one of many conversations", "bulk", r.ID, "conversation", it.Conversation, "error", err)
			done.Outcome = Failed
		}
		done.At = b.Clock.Now()
		return done, sends
	}
	it.Outcome, it.Skip, it.At = Skipped, Changed, b.Clock.Now()
	return it, nil
}

func (b *Bulk) try(ctx context.Context, r Run, it Item, w *world) (Item, []Send, error) {
	cmd, once := r.Deed.Command(), "bulk/"+r.ID
	scope, err := b.May(ctx, r.Agent, cmd)
	if err != nil {
		return it, nil, err
	}
	row, err := b.look(ctx, scope, r.Deed, it.Conversation, once, w)
	switch {
	case err != nil:
		return it, nil, err
	case row.done: // before this node, or the program, ended
		it.Outcome = Did
		return it, nil, nil
	case row.seal != it.Seal && row.Skip != "":
		it.Outcome, it.Skip = Skipped, row.Skip
		return it, nil, nil
	case row.seal != it.Seal:
		it.Outcome, it.Skip = Skipped, Changed
		return it, nil, nil
	}
	applied, err := b.Store.Apply(ctx, conversations.Target{
		Conversation: it.Conversation, Scope: scope, Condition: conversations.Condition{Once: once, Seen: row.seen},
	}, cmd)
	if err != nil {
		return it, nil, fmt.Errorf("applying %T: %w", cmd, err)
	}
	it.Outcome = Did
	it.done(r.Deed, row, applied)
	return it, row.Sends, nil
}

// done notes what undoing takes.
func (it *Item) done(d Deed, row Row, applied conversations.Applied) {
	if d.Kind == Assign && applied.State != nil {
		was := conversations.Owner{Kind: row.Owner.Kind, Agent: row.Owner.Agent, Told: row.Owner.Told}
		it.Was, it.Epoch = &was, applied.State.Owner.Epoch
	}
	for _, s := range row.Sends {
		it.Messages = append(it.Messages, s.message)
	}
}

// undoSome undoes a batch.
func (b *Bulk) undoSome(ctx context.Context, r Run) error {
	some := r.some(Did)
	for n, i := range some {
		outcome, err := b.undo(ctx, r, r.Items[i])
		if ctx.Err() != nil {
			some = some[:n]
			break
		}
		if err != nil {
			b.Log.ErrorContext(ctx, "undoing one of many", "bulk", r.ID, "conversation", r.Items[i].Conversation, "error", err)
		}
		r.Items[i].Outcome, r.Items[i].At = outcome, b.Clock.Now()
	}
	return b.keep(ctx, r, some, func(r *Run, now time.Time) {
		if r.Due = now; len(r.some(Did)) == 0 {
			r.State, r.Due, r.Ended = Undone, time.Time{}, now
		}
	})
}

// undo takes back what was done to one conversation.
func (b *Bulk) undo(ctx context.Context, r Run, it Item) (Outcome, error) {
	undid := false
	for _, cmd := range it.undoing(r.Deed) {
		scope, err := b.May(ctx, r.Agent, cmd)
		if err != nil {
			return Stays, err
		}
		_, err = b.Store.Apply(ctx, conversations.Target{Conversation: it.Conversation, Scope: scope}, cmd)
		switch {
		case err == nil:
			undid = true
		case !errors.Is(err, conversations.ErrStale) && !errors.Is(err, conversations.ErrNotFound):
			return Stays, fmt.Errorf("applying %T: %w", cmd, err)
		}
	}
	if undid {
		return Undid, nil
	}
	return Stays, nil
}

// undoing are the commands that undo what was done; for messages the last goes
// first.
func (it Item) undoing(d Deed) (out []conversations.Command) {
	switch {
	case d.Kind == Assign && it.Was != nil:
		out = append(out, conversations.Unassign{Agent: d.Agent, Epoch: it.Epoch, To: *it.Was})
	case d.Kind == Snooze:
		out = append(out, conversations.Snooze{Agent: d.Agent})
	case d.Kind == Close:
		out = append(out, conversations.Reopen{Agent: d.Agent})
	}
	for _, m := range slices.Backward(it.Messages) {
		out = append(out, conversations.CancelSend{Agent: d.Agent, Message: m})
	}
	return out
}
