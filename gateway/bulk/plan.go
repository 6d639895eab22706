package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"jiebao/conversations"
)

// Plan is what a deed would come to in all conversations that were chosen.
type Plan struct {
	Rows     []Row // those to whom it is done first, otherwise as they were chosen
	Done     int   // how many those are
	Skipped  map[Skip]int
	Accounts []Count // how many messages leave by which account, the most first
	Purposes []Count // of templates that could be sent, and to how many
	Parts    int     // billed messages
	Cost     int64   // of them, in thousandths of a yuan
	Paused   int     // messages that wait until their account can send again
	Seal     string  // of all this
}

// Count is how often something is.
type Count struct {
	Name string
	N    int
}

// world is what is the same for all conversations that are looked at together.
type world struct {
	now      time.Time
	describe conversations.Describe
	paused   map[string]bool
	getter   func(branch string) bool // whether the colleague may work there

	mu     sync.Mutex
	offers map[string]int
}

func (w *world) offer(all []conversations.OfferedTemplate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range all {
		if o.Problem == nil {
			w.offers[o.Purpose]++
		}
	}
}

func (b *Bulk) world(ctx context.Context, d Deed) (*world, error) {
	w := &world{
		now: b.Clock.Now(), describe: b.Engine.Channels.Describe, paused: map[string]bool{}, offers: map[string]int{},
		getter: func(string) bool { return true },
	}
	if b.Engine.Zone != nil {
		w.now = w.now.In(b.Engine.Zone)
	}
	if d.Kind == Assign && d.To != "" {
		scope, err := b.May(ctx, d.To, conversations.Assign{Agent: d.To})
		if err != nil {
			return nil, fmt.Errorf("looking at what the colleague may do: %w", err)
		}
		w.getter = scope.Allows
	}
	if b.Alarms == nil || !d.Sends() {
		return w, nil
	}
	alarms, err := b.Alarms(ctx)
	for _, a := range alarms {
		if a.Work == conversations.TaskDeliver && a.Ended.IsZero() {
			w.paused[a.Account] = true
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading which accounts are paused: %w", err)
	}
	return w, nil
}

// atOnce is how many conversations are looked at side by side: as many as the
// store takes together.
const atOnce = 64

// Preview says what the run would come to if it was confirmed now. Of a deed
// that is not Ready it only says which templates there are.
func (b *Bulk) Preview(ctx context.Context, r Run) (Plan, error) {
	scope, err := b.May(ctx, r.Agent, r.Deed.Command())
	if err != nil {
		return Plan{}, err
	}
	w, err := b.world(ctx, r.Deed)
	if err != nil {
		return Plan{}, err
	}
	rows, errs := make([]Row, len(r.Items)), make([]error, len(r.Items))
	room := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, item := range r.Items {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			rows[i], errs[i] = b.look(ctx, scope, r.Deed, item.Conversation, "", w)
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return Plan{}, err
	}
	return sum(r.Deed, rows, w), nil
}

func sum(d Deed, rows []Row, w *world) Plan {
	p := Plan{Rows: rows, Skipped: map[Skip]int{}}
	accounts, seals := map[string]int{}, []string{digest(d)}
	for _, r := range rows {
		seals = append(seals, r.Conversation, r.seal)
		if r.Skip != "" {
			p.Skipped[r.Skip]++
			continue
		}
		p.Done++
		for _, s := range r.Sends {
			accounts[s.Account]++
			p.Parts += s.Parts
			p.Cost += s.Cost
			if s.Paused {
				p.Paused++
			}
		}
	}
	p.Seal = digest(seals)
	p.Accounts, p.Purposes = counts(accounts), counts(w.offers)
	slices.SortStableFunc(p.Rows, func(a, b Row) int { return cmp.Compare(boolean(a.Skip != ""), boolean(b.Skip != "")) })
	return p
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// counts are the most first.
func counts(of map[string]int) (out []Count) {
	for name, n := range of {
		out = append(out, Count{name, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return out
}
