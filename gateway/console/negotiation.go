package console

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jiebao/conversations"
)

// move is one step of the talks about a start date.
type move struct {
	kind    string // offered, asked, a verdict, changed or agreed
	at      time.Time
	date    conversations.Date
	who     string   // who made it, in words
	said    string   // the candidate's words, or what HR added
	reasons []string // why HR was asked, or who agreed for the bank
}

// recentEvents is how many of a candidate's last events the panel looks at.
const recentEvents = 400

// recent are the last of the events of a conversation, in order.
func (c *Console) recent(ctx context.Context, v *view, conv *conversations.Conversation, most int64) ([]conversations.Event, error) {
	if !conv.Candidate.Known() {
		return nil, nil
	}
	events, err := c.o.Store.Events(ctx, v.agent.In(conversations.MayRead), conv.Candidate.ID, max(0, conv.Events-most), int(most))
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		return nil, fmt.Errorf("reading a candidate's events: %w", err)
	}
	return events, nil
}

// readTalks lays out the talks about the start date, if there were any.
func (c *Console) readTalks(ctx context.Context, v *view, t *thread) error {
	app := t.c.Application()
	if app == nil || app.Request == nil && !app.Kept && app.StartDate.IsZero() {
		return nil
	}
	events, err := c.recent(ctx, v, &t.c, recentEvents)
	if err == nil {
		t.talks = v.talks(t.c, events)
	}
	return err
}

// talks are the steps that the events of the current application tell of. The
// request that stands is there even if its event is long ago.
func (v *view) talks(c conversations.Conversation, events []conversations.Event) []move {
	app := c.Application()
	moves := []move{v.offered(app, events)}
	for _, e := range events {
		if e.Data.Result != "" && e.Data.Result != app.ResultID {
			continue
		}
		if m, ok := v.moveOf(e, app); ok {
			moves = append(moves, m)
		}
	}
	if r := app.Request; r != nil && !hasMove(moves, "asked", r.Date) {
		moves = append(moves, move{kind: "asked", at: r.At, date: r.Date, who: v.T("who.candidate"), said: r.Said})
		if r.Verdict != conversations.Pending {
			moves = append(moves, v.decidedMove(r.Verdict, r.DecidedAt, r.Date, r.Counter, r.Agent, r.Note))
		}
	}
	return moves
}

// offered is the day that the EHR offered first, as far as it is known.
func (v *view) offered(app *conversations.Application, events []conversations.Event) move {
	first := move{kind: "offered", at: app.At, date: app.Offer.StartDate, who: v.bank}
	for _, e := range events {
		if d := e.Data.Schedule; d != nil && e.Data.Result == app.ResultID {
			first.date = d.Offered
			break
		}
	}
	return first
}

func hasMove(all []move, kind string, d conversations.Date) bool {
	for _, m := range all {
		if m.kind == kind && m.date == d {
			return true
		}
	}
	return false
}

// moveOf reads a step from an event; most tell of none.
func (v *view) moveOf(e conversations.Event, app *conversations.Application) (move, bool) {
	switch d := e.Data; {
	case e.Type == conversations.EventScheduleRequested && d.Schedule != nil:
		m := move{kind: "asked", at: e.At, date: d.Schedule.Requested, who: v.T("who.candidate")}
		if m.said = d.Schedule.Said; m.said == "" && d.Message != nil {
			m.said = d.Message.Text
		}
		for _, code := range d.Schedule.Reasons {
			if code != conversations.DateNeedsApproval {
				m.reasons = append(m.reasons, v.T("dates.why_"+string(code)))
			}
		}
		return m, true
	case e.Type == conversations.EventScheduleDecided && d.Schedule != nil:
		s, note := d.Schedule, ""
		if app.Request != nil && app.Request.ID == s.ID {
			note = app.Request.Note
		}
		return v.decidedMove(s.Verdict, e.At, s.Requested, s.Counter, s.Agent, note), true
	case e.Type == conversations.EventOfferChanged && d.Offer != nil:
		return move{kind: "changed", at: e.At, date: d.Offer.StartDate, who: v.colleague(d.Offer.Agent), said: d.Offer.Note}, true
	case e.Type == conversations.EventStartDateConfirmed && d.StartDate != nil:
		return move{
			kind: "agreed", at: e.At, date: d.StartDate.Date, who: v.T("who.candidate"),
			reasons: []string{v.T("dates.by_" + string(d.StartDate.By))},
		}, true
	}
	return move{}, false
}

func (v *view) decidedMove(verdict conversations.Verdict, at time.Time, asked, counter conversations.Date, agent, note string) move {
	m := move{kind: verdictKey(verdict), at: at, date: asked, said: note}
	if verdict == conversations.Counter {
		m.date = counter
	}
	if agent != "" {
		m.who = v.colleague(agent)
	}
	return m
}
