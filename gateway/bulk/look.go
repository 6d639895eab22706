package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"jiebao/conversations"
)

// look says what a deed would come to in a conversation, as things stand.
// once names the run, "" before there is one.
func (b *Bulk) look(ctx context.Context, scope conversations.Scope, d Deed, id, once string, w *world) (Row, error) {
	row, cmd := Row{Conversation: id}, d.Command()
	s, err := b.Store.Look(ctx, conversations.Target{Conversation: id, Scope: scope}, cmd)
	if errors.Is(err, conversations.ErrNotFound) {
		row.Skip = Missing
		row.seal = digest(sealed{Skip: Missing})
		return row, nil
	}
	if err != nil {
		return row, fmt.Errorf("looking at conversation %s: %w", id, err)
	}
	c := &s.Conversation
	row.describe(c)
	if once != "" && c.Did(once) {
		row.done = true
		return row, nil
	}
	row.count(c, w)
	if row.Skip = b.leftOut(d, c, w, &row); row.Skip == "" {
		err = b.rehearse(d, s, cmd, w, &row)
	}
	row.sign(d, c)
	return row, err
}

func (r *Row) describe(c *conversations.Conversation) {
	r.Branch, r.Name, r.EHR, r.Owner, r.seen = c.Branch, c.Candidate.Name, c.Candidate.ID, c.Owner, c.Updated
	if app := c.Application(); app != nil {
		r.Position = app.Position.Title
	}
}

// count notes what the account still takes by which words leave.
func (r *Row) count(c *conversations.Conversation, w *world) {
	road := c.Road(w.now, w.describe)
	if road == nil {
		return
	}
	if d, _ := w.describe(road.Address.Account); !d.Free {
		left, until := road.Quota(w.now)
		r.Left, r.Counted = left, !until.IsZero()
	}
}

// leftOut is why a conversation is left out, as far as its state tells.
func (b *Bulk) leftOut(d Deed, c *conversations.Conversation, w *world, row *Row) Skip {
	colleague := c.Owner.Kind == conversations.OwnedByAgent && c.Owner.Agent != d.Agent
	switch {
	case c.MergedInto != "":
		return Missing
	case d.Kind == Assign && !w.getter(c.Branch):
		return NotTheirs
	case d.Kind != Assign && colleague && !d.Owned:
		return Owned
	case !d.Sends():
		return ""
	case !c.Candidate.Known():
		return Unknown
	case c.OptedOut():
		return OptedOut
	}
	if d.Kind == Remind {
		switch app := c.Application(); {
		case c.Awaits() == conversations.NoTopic:
			return NotAwaited
		case w.now.Sub(app.Reminded.Last) < conversations.RemindRest:
			return Reminded
		}
	} else if skip := b.offered(d, c, w); skip != "" {
		return skip
	}
	return b.night(c, w, row)
}

// offered says why the template cannot be sent.
func (b *Bulk) offered(d Deed, c *conversations.Conversation, w *world) Skip {
	offered := b.Engine.Offered(*c, w.now)
	w.offer(offered)
	i := slices.IndexFunc(offered, func(o conversations.OfferedTemplate) bool { return o.Purpose == d.Purpose })
	switch {
	case i < 0:
		return NoTemplate
	case offered[i].Problem != nil:
		return Unfit
	}
	return ""
}

// night leaves candidates alone who sleep.
func (b *Bulk) night(c *conversations.Conversation, w *world, row *Row) Skip {
	medium := conversations.Chat
	if road := c.Road(w.now, w.describe); road != nil {
		d, _ := w.describe(road.Address.Account)
		medium = cmp.Or(d.Medium, medium)
	}
	if at := b.Engine.Awake(*c, medium, w.now); at.After(w.now) {
		row.Until = at
		return AtNight
	}
	return ""
}

// rehearse runs the turn, and notes what would leave.
func (b *Bulk) rehearse(d Deed, s conversations.Snapshot, cmd conversations.Command, w *world, row *Row) error {
	ch, err := b.Engine.Turn(s, cmd)
	var invalid *conversations.InvalidError
	var unfit *conversations.UnfitError
	switch {
	case errors.As(err, &unfit):
		row.Skip = Unfit
	case errors.As(err, &invalid):
		row.Skip = Unreachable
	case err != nil:
		return fmt.Errorf("looking ahead in conversation %s: %w", row.Conversation, err)
	case ch.Unchanged:
		row.Skip = Same
	default:
		b.sends(d, ch, w, row)
	}
	return nil
}

func (b *Bulk) sends(d Deed, ch conversations.Changes, w *world, row *Row) {
	for _, t := range ch.Tasks {
		leaves, ok := t.Body.(conversations.Delivery)
		if !ok || t.Kind != conversations.TaskDeliver {
			continue
		}
		send, refused := b.send(leaves, w)
		if refused {
			row.Skip = Refused
		}
		row.Sends = append(row.Sends, send)
	}
	if row.Skip != "" || len(row.Sends) == 0 && d.Sends() {
		row.Sends = nil
		row.Skip = cmp.Or(row.Skip, Unreachable)
	}
}

// send is a delivery as the candidate would read it.
func (b *Bulk) send(leaves conversations.Delivery, w *world) (s Send, refused bool) {
	d, _ := w.describe(leaves.To.Account)
	s = Send{
		Account: leaves.To.Account, Medium: d.Medium, Text: leaves.Text, Choices: leaves.Choices, Template: leaves.Template,
		Paused: w.paused[leaves.To.Account], message: leaves.Message,
	}
	if b.Rehearse == nil {
		return s, false
	}
	parts, err := b.Rehearse(leaves)
	if err != nil {
		return s, true
	}
	if s.Parts = parts; b.Price != nil {
		s.Cost = int64(parts) * b.Price(s.Account)
	}
	return s, false
}
