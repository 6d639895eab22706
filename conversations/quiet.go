package conversations

import (
	"slices"
	"time"
)

// Quiet are the hours in which candidates are left alone: from From until To,
// in minutes after midnight where they live, the night between them. It holds
// for what they did not ask for, never for answers. The zero Quiet is none.
type Quiet struct {
	From, To int
	Except   []Urgency // that are told at any hour
	Media    []Medium  // that it holds for
}

// after is the first moment from at on that is not quiet.
func (q Quiet) after(at time.Time) time.Time {
	m, d := minutes(at), DateOf(at)
	switch {
	case q.From == q.To:
		return at
	case q.From < q.To && (m < q.From || m >= q.To), q.From > q.To && m >= q.To && m < q.From:
		return at
	case m >= q.To: // the night has begun and ends tomorrow
		d = d.AddDays(1)
	}
	return time.Date(d.Year, d.Month, d.Day, q.To/60, q.To%60, 0, 0, at.Location())
}

// zone is where the candidate lives.
func (t *turn) zone() *time.Location {
	if name := t.c.Candidate.TimeZone; name != "" && t.e.Routes != nil {
		if zone := t.e.Routes.Zone(name); zone != nil {
			return zone
		}
	}
	return t.now.Location()
}

// awake is the first moment from at on when something that the candidate did
// not ask for may leave by a medium. Whoever just wrote is awake.
func (t *turn) awake(m Medium, u Urgency, at time.Time) time.Time {
	if t.e.Routes == nil || t.answering && !at.After(t.now) {
		return at
	}
	var p Position
	if app := t.c.Application(); app != nil {
		p = app.Position
	}
	q := t.e.Routes.For(t.c.Branch, p).Quiet
	if !slices.Contains(q.Media, m) || slices.Contains(q.Except, u) {
		return at
	}
	return q.after(at.In(t.zone()))
}

// Awake is the first moment from now on when something that the candidate did
// not ask for may leave by a medium: no night, and an hour in which reminders
// leave.
func (e *Engine) Awake(c Conversation, m Medium, now time.Time) time.Time {
	t := newTurn(e, Snapshot{Now: now, Conversation: c})
	at := now.In(t.zone())
	if app := c.Application(); app != nil && e.Reminders != nil {
		at = e.Reminders.For(c.Branch, app.Position).onwards(at)
	}
	return t.awake(m, Normal, at)
}
