package conversations

// Unassign undoes an Assign that nothing came of yet: the conversation is back
// in the hands in which it was, and the candidate hears nothing of it. It ends
// with ErrStale if it changed hands again, or whoever it was given to answered
// the candidate who waited.
type Unassign struct {
	Agent string // who undoes it
	Epoch int64  // that the Assign began
	To    Owner  // who had it before: its Kind, Agent and Told
}

func (t *turn) unassign(c Unassign) error {
	o := t.c.Owner
	if o.Kind != OwnedByAgent || o.Epoch != c.Epoch || c.To.Kind == OwnedByQueue && t.c.Waiting.IsZero() {
		return ErrStale
	}
	if c.To.Kind == OwnedByAgent {
		return t.assign(Assign{Agent: c.To.Agent, By: c.Agent})
	}
	t.note("unassigned", c.Agent)
	if c.To.Kind == OwnedByQueue {
		t.own(Owner{Kind: OwnedByQueue, Reason: o.Reason, Summary: o.Summary, Said: o.Said, Told: c.To.Told})
		t.event(EventHandoffStarted, EventData{Handoff: &HandoffDetail{Reason: o.Reason, Epoch: t.c.Owner.Epoch, Summary: o.Summary}})
		return nil
	}
	t.own(Owner{Kind: OwnedByBot})
	t.event(EventHandoffEnded, EventData{Handoff: &HandoffDetail{Agent: c.Agent, Epoch: t.c.Owner.Epoch}})
	return nil
}
