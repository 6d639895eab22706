package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/clock"
)

// Bulk shows, does and undoes. Alarms, Rehearse and Price may be nil; Kick is
// made by New.
type Bulk struct {
	Store  Store
	Engine *conversations.Engine
	Clock  clock.Clock
	// Alarms are those that are open.
	Alarms func(context.Context) ([]conversations.Alarm, error)
	// Rehearse returns as how many messages a delivery would be billed, and why
	// it would be refused.
	Rehearse func(conversations.Delivery) (parts int, err error)
	// Price is what one billed message of an account costs, in thousandths of a
	// yuan.
	Price func(account string) int64
	// May is where an agent may give a command by now.
	May   func(ctx context.Context, agent string, c conversations.Command) (conversations.Scope, error)
	NewID func() string
	Log   *slog.Logger

	kick chan struct{}
}

// New returns b, ready to be used.
func New(b Bulk) *Bulk {
	b.kick = make(chan struct{}, 1)
	return &b
}

// Store is what is needed of the store.
type Store interface {
	conversations.Store
	Look(ctx context.Context, to conversations.Target, c conversations.Command) (conversations.Snapshot, error)
	PutBulk(context.Context, conversations.Bulk) error
	ClaimBulk(ctx context.Context, now, until time.Time) (b *conversations.Bulk, next time.Time, err error)
	Bulk(ctx context.Context, id string) (conversations.Bulk, error)
	Bulks(ctx context.Context, agent string, limit int) ([]conversations.Bulk, error)
}

// Run is one deed to the conversations that were chosen.
type Run struct {
	ID      string    `json:"-"`
	Agent   string    `json:"-"`
	Created time.Time `json:"-"`
	Due     time.Time `json:"-"`
	version int64

	Deed     Deed      `json:"deed"`
	State    State     `json:"state"`
	Starts   time.Time `json:"starts,omitzero"` // until then it can be taken back whole
	Ended    time.Time `json:"ended,omitzero"`
	Stopping bool      `json:"stopping,omitempty"` // what is left is not to be done
	Items    []Item    `json:"items"`
}

// State is how far a run is.
type State string

// The states.
const (
	Draft   State = "draft" // being looked at; nothing is done
	Running State = "running"
	Ended   State = "ended"
	Undoing State = "undoing"
	Undone  State = "undone"
)

// Item is one conversation of a run.
type Item struct {
	Conversation string               `json:"c"`
	Seal         string               `json:"seal,omitempty"`
	Outcome      Outcome              `json:"outcome,omitempty"`
	Skip         Skip                 `json:"skip,omitempty"` // of Skipped
	At           time.Time            `json:"at,omitzero"`
	Was          *conversations.Owner `json:"was,omitempty"`   // who had it before, for Assign
	Epoch        int64                `json:"epoch,omitempty"` // and the epoch that it began
	Messages     []string             `json:"messages,omitempty"`
}

// Outcome is what became of one conversation.
type Outcome string

// The outcomes.
const (
	ToDo    Outcome = ""
	Did     Outcome = "done"
	Skipped Outcome = "skipped"
	Failed  Outcome = "failed"  // for the program's trouble, which the log tells
	Stopped Outcome = "stopped" // before its turn came
	Undid   Outcome = "undone"
	Stays   Outcome = "stays" // it was done, and cannot be undone any more
)

// Outcomes are all that a run ends with.
func Outcomes() []Outcome { return []Outcome{Did, Skipped, Failed, Stopped, Undid, Stays} }

// Counts is how many conversations came to which outcome.
func (r Run) Counts() map[Outcome]int {
	n := map[Outcome]int{}
	for _, it := range r.Items {
		n[it.Outcome]++
	}
	return n
}

// Most is how many conversations one run may have.
const Most = 2000

// Pause is how long a run that writes to candidates waits to be taken back.
const Pause = 10 * time.Second

// undoFor is how long after its end a run may be undone.
const undoFor = 24 * time.Hour

// Undoable says whether the run may be undone at now.
func (r Run) Undoable(now time.Time) bool {
	return r.State == Ended && now.Sub(r.Ended) < undoFor && r.Counts()[Did] > 0
}

// Begin keeps what is to be done to which conversations, to be looked at.
func (b *Bulk) Begin(ctx context.Context, d Deed, ids []string) (Run, error) {
	if len(ids) == 0 || len(ids) > Most || !slices.Contains(Kinds(), d.Kind) {
		return Run{}, &conversations.InvalidError{Fields: []conversations.FieldError{{Path: "conversations", Problem: fmt.Sprintf("must be 1 to %d", Most)}}}
	}
	r := Run{ID: b.NewID(), Agent: d.Agent, Created: b.Clock.Now(), Deed: d, State: Draft, version: 1}
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			r.Items = append(r.Items, Item{Conversation: id})
		}
	}
	return r, b.put(ctx, r)
}

// Find returns an agent's run; ErrNotFound if they have none of that id.
func (b *Bulk) Find(ctx context.Context, agent, id string) (Run, error) {
	kept, err := b.Store.Bulk(ctx, id)
	if err == nil && kept.Agent != agent {
		err = conversations.ErrNotFound
	}
	if err != nil {
		return Run{}, err
	}
	return read(kept)
}

// Latest are up to n of an agent's runs that were confirmed, the latest first.
func (b *Bulk) Latest(ctx context.Context, agent string, n int) (out []Run, err error) {
	kept, err := b.Store.Bulks(ctx, agent, 3*n)
	for _, k := range kept {
		r, unreadable := read(k)
		if err = errors.Join(err, unreadable); r.State != Draft && len(out) < n {
			out = append(out, r)
		}
	}
	return out, err
}

// Choose changes what a draft is to do.
func (b *Bulk) Choose(ctx context.Context, agent, id string, choose func(*Deed)) (Run, error) {
	return b.change(ctx, agent, id, func(r *Run) {
		if r.State == Draft {
			kind := r.Deed.Kind
			choose(&r.Deed)
			r.Deed.Kind, r.Deed.Agent = kind, agent
		}
	})
}

// Confirm begins what was shown under the seal. If it would come to something
// else by now nothing is done: it ends with ErrStale and what it would come to.
// A run that was confirmed before goes on as it is.
func (b *Bulk) Confirm(ctx context.Context, agent, id, seal string) (Run, Plan, error) {
	r, err := b.Find(ctx, agent, id)
	if err != nil || r.State != Draft {
		return r, Plan{}, err
	}
	plan, err := b.Preview(ctx, r)
	if err != nil {
		return r, plan, err
	}
	if plan.Seal != seal || !r.Deed.Ready() || plan.Done == 0 {
		return r, plan, conversations.ErrStale
	}
	r.begin(plan, b.Clock.Now())
	err = b.put(ctx, r)
	if errors.Is(err, conversations.ErrStale) { // the same form twice
		r, err = b.Find(ctx, agent, id)
	}
	b.wake()
	return r, plan, err
}

func (r *Run) begin(p Plan, now time.Time) {
	rows := make(map[string]*Row, len(p.Rows))
	for i := range p.Rows {
		rows[p.Rows[i].Conversation] = &p.Rows[i]
	}
	for i := range r.Items {
		it, row := &r.Items[i], rows[r.Items[i].Conversation]
		if it.Seal = row.seal; row.Skip != "" {
			it.Outcome, it.Skip, it.At = Skipped, row.Skip, now
		}
	}
	if r.Starts = now; r.Deed.Sends() {
		r.Starts = now.Add(Pause)
	}
	r.State, r.Due = Running, r.Starts
	r.version++
}

// Stop leaves undone what is not done yet.
func (b *Bulk) Stop(ctx context.Context, agent, id string) (Run, error) {
	defer b.wake()
	return b.change(ctx, agent, id, func(r *Run) {
		if r.State != Running {
			return
		}
		if r.Stopping = true; b.Clock.Now().Before(r.Starts) {
			r.end(b.Clock.Now())
		}
	})
}

// Undo takes back what was done, as far as nothing has come of it.
func (b *Bulk) Undo(ctx context.Context, agent, id string) (Run, error) {
	defer b.wake()
	return b.change(ctx, agent, id, func(r *Run) {
		if now := b.Clock.Now(); r.Undoable(now) {
			r.State, r.Due = Undoing, now
		}
	})
}

// end is that nothing is left to be done.
func (r *Run) end(now time.Time) {
	for i := range r.Items {
		if r.Items[i].Outcome == ToDo {
			r.Items[i].Outcome, r.Items[i].At = Stopped, now
		}
	}
	r.State, r.Ended, r.Due, r.Stopping = Ended, now, time.Time{}, false
}

// changes is how often a run is read again that others change at once.
const changes = 8

// change changes an agent's run.
func (b *Bulk) change(ctx context.Context, agent, id string, f func(*Run)) (r Run, err error) {
	for range changes {
		if r, err = b.Find(ctx, agent, id); err != nil {
			return r, err
		}
		f(&r)
		r.version++
		if err = b.put(ctx, r); !errors.Is(err, conversations.ErrStale) {
			return r, err
		}
	}
	return r, err
}

func (b *Bulk) put(ctx context.Context, r Run) error {
	state, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing bulk %s: %w", r.ID, err)
	}
	return b.Store.PutBulk(ctx, conversations.Bulk{ID: r.ID, Agent: r.Agent, Created: r.Created, Due: r.Due, Version: r.version, State: state})
}

func read(kept conversations.Bulk) (Run, error) {
	r := Run{}
	if err := json.Unmarshal(kept.State, &r); err != nil {
		return r, fmt.Errorf("reading bulk %s: %w", kept.ID, err)
	}
	r.ID, r.Agent, r.Created, r.Due, r.version = kept.ID, kept.Agent, kept.Created, kept.Due, kept.Version
	return r, nil
}

// wake lets this node look at once whether there is something to do.
func (b *Bulk) wake() {
	select {
	case b.kick <- struct{}{}:
	default:
	}
}
