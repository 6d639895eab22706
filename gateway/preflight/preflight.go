// Package preflight says what posting results would come to before anybody is
// told: who is reached by what and when, who is not and why, which words would
// not fit, and what the text messages would cost. Nothing is stored, and
// nothing is sent.
//
// It runs the very turns that posting would (conversations.Engine.Preview) on
// what the store knows now, as if nobody reacted afterwards: what people are
// told first is certain, later steps and their costs are the most that there
// can be. The API serves it (POST /v1/results/preflight); the inbox may.
//
// Imports: the standard library and conversations.
package preflight

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"jiebao/conversations"
)

// Preflight looks ahead. All fields but Rehearse, Price and Alarms are needed.
type Preflight struct {
	Store  Store
	Engine *conversations.Engine
	Alarms Alarms // nil: no account is ever paused
	// Rehearse returns as how many messages a delivery would be billed, and
	// why it would be refused; nil: none is, and nobody knows.
	Rehearse func(conversations.Delivery) (parts int, err error)
	// Price is what one billed message of an account costs, in thousandths of
	// a yuan; nil: nobody knows.
	Price func(account string) int64
}

// Store is what is needed of the store.
type Store interface {
	// Look returns what a command's turn would know, and changes nothing.
	Look(ctx context.Context, to conversations.Target, c conversations.Command) (conversations.Snapshot, error)
}

// Alarms returns those that are open.
type Alarms func(ctx context.Context) ([]conversations.Alarm, error)

// Item is a result that may be posted.
type Item struct {
	Result conversations.Result
	Digest string // as it would be posted with
	// Problems were found before: it would be refused for them.
	Problems []Problem
}

// atOnce is how many results are looked at side by side: as many as the store
// takes together.
const atOnce = 64

// Look looks at results as if they were posted now, in this order, by
// somebody confined to scope.
func (p *Preflight) Look(ctx context.Context, scope conversations.Scope, items []Item) (Report, error) {
	paused, err := p.paused(ctx)
	if err != nil {
		return Report{}, err
	}
	rows, errs := make([]Row, len(items)), make([]error, len(items))
	room := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, item := range items {
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			rows[i], errs[i] = p.row(ctx, scope, item, paused)
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return Report{}, err
	}
	together(rows, items)
	return Report{Rows: rows, Summary: sum(rows)}, nil
}

// paused are the accounts that cannot send now.
func (p *Preflight) paused(ctx context.Context) (map[string]conversations.Alarm, error) {
	if p.Alarms == nil {
		return nil, nil
	}
	alarms, err := p.Alarms(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading which accounts are paused: %w", err)
	}
	paused := map[string]conversations.Alarm{}
	for _, a := range alarms {
		if a.Work == conversations.TaskDeliver && a.Ended.IsZero() {
			paused[a.Account] = a
		}
	}
	return paused, nil
}

// row looks at one result.
func (p *Preflight) row(ctx context.Context, scope conversations.Scope, item Item, paused map[string]conversations.Alarm) (Row, error) {
	r := item.Result
	row := Row{Result: r.ID, Candidate: r.Candidate.ID, Problems: item.Problems}
	if len(item.Problems) > 0 {
		row.Verdict = Refused
		return row, nil
	}
	if !scope.Allows(r.Branch) {
		row.Verdict = Forbidden
		return row, nil
	}
	notify := conversations.Notify{Result: r, Digest: item.Digest, Scene: "preflight", Code: "preflight"}
	snapshot, err := p.Store.Look(ctx, conversations.Target{Candidate: r.Candidate.ID, Branch: r.Branch, Scope: scope}, notify)
	if errors.Is(err, conversations.ErrNotFound) {
		row.Verdict = Forbidden
		return row, nil
	}
	if err != nil {
		return row, fmt.Errorf("looking at result %s: %w", r.ID, err)
	}
	weights := map[string]int{}
	preview, err := p.Engine.Preview(snapshot, notify, p.weigh(weights))
	var invalid *conversations.InvalidError
	switch {
	case errors.Is(err, conversations.ErrConflict):
		row.Verdict = Conflict
	case errors.As(err, &invalid):
		row.Verdict, row.Problems = Refused, problems(r, err, false)
	case err != nil:
		return row, fmt.Errorf("looking ahead at result %s: %w", r.ID, err)
	case preview.Duplicate:
		row.Verdict = Posted
	default:
		p.fill(&row, preview, snapshot.Now, weights, paused)
		row.Problems = problems(r, p.Engine.Foresee(r, snapshot.Now), true)
	}
	return row, nil
}

// weigh rehearses deliveries and notes as how many messages each is billed.
func (p *Preflight) weigh(parts map[string]int) conversations.Rehearse {
	if p.Rehearse == nil {
		return nil
	}
	return func(d conversations.Delivery) error {
		n, err := p.Rehearse(d)
		parts[d.Message] = n
		return err
	}
}

// fill puts what would happen into a row.
func (p *Preflight) fill(row *Row, preview conversations.Preview, now time.Time, parts map[string]int, paused map[string]conversations.Alarm) {
	row.Invited, row.Supersedes = preview.Invited, preview.Supersedes
	for _, s := range preview.Steps {
		step := Step{By: s.By, Account: s.Account, At: s.At, Skipped: s.Skipped}
		if s.Delivery != nil {
			step.Sends, step.Parts = true, parts[s.Message]
			if p.Price != nil {
				step.Cost = int64(step.Parts) * p.Price(s.Account)
			}
			_, step.Paused = paused[s.Account]
		}
		if s.Refused != nil {
			step.Refused, step.Sends, step.Parts, step.Cost = reason(s.Refused), false, 0, 0
		}
		row.Steps = append(row.Steps, step)
		row.Parts += step.Parts
		row.Cost += step.Cost
	}
	row.judge(preview, now)
}

// reason is why a delivery would be refused, with the platform's own words for
// engineers: nothing was sent, so that they hold nothing personal.
func reason(err error) string {
	var e *conversations.SendError
	if errors.As(err, &e) && e.Detail != "" {
		return e.Detail
	}
	return err.Error()
}
