package conversations

import "time"

// Work is a kind of what waits for HR.
type Work string

// The kinds of work.
const (
	WorkRequests  Work = "requests"  // a schedule request, a claim of identity or a disagreement with another system is to be decided
	WorkDocuments Work = "documents" // documents are to be looked at
	WorkCalls     Work = "calls"     // somebody is to telephone the candidate
	WorkFailed    Work = "failed"    // the latest delivery failed, or nobody knows what became of it
)

// Works are all kinds of work.
func Works() []Work { return []Work{WorkRequests, WorkDocuments, WorkCalls, WorkFailed} }

// WorkQuery asks for one page of the conversations with work of a kind, those
// that waited longest first; failures the latest first. Conversations that are
// snoozed or closed are left out.
type WorkQuery struct {
	Scope  Scope
	Work   Work
	Cursor string // from the previous page
	Limit  int    // 0 means 50
}

// WorkPage is one page of conversations with work, and the cursor of the next,
// "" at the end.
type WorkPage struct {
	Conversations []Conversation
	Next          string
}

// WorkCounts counts the conversations with work of each kind. Nothing is counted
// further than CountsTo.
type WorkCounts map[Work]int

// All is how many there are of all kinds.
func (w WorkCounts) All() (n int) {
	for _, m := range w {
		n += m
	}
	return n
}

// WaitsSince is since when there is work of a kind, zero if there is none. A
// call that is to be made later waits since then.
func (c *Conversation) WaitsSince(w Work) time.Time {
	if c.MergedInto != "" || !c.Closed.IsZero() {
		return noTime
	}
	switch w {
	case WorkRequests:
		return c.undecided()
	case WorkDocuments:
		return c.unreviewed()
	case WorkCalls:
		if c.Call != nil && !c.Call.Next.IsZero() {
			return c.Call.Next
		}
		if c.Call != nil {
			return c.Call.Since
		}
	case WorkFailed:
		if c.Failed != nil {
			return c.Failed.At
		}
	}
	return noTime
}

// undecided is since when a decision waits for HR.
func (c *Conversation) undecided() time.Time {
	var request, conflict, claim time.Time
	if app := c.Application(); app != nil && app.Request != nil && app.Request.Verdict == Pending {
		request = app.Request.At
	}
	if x := c.OpenConflict(); x != nil {
		conflict = x.At
	}
	if !c.Candidate.Known() && c.Claim != nil && c.Claim.Name != "" && c.Claim.Phone != "" {
		claim = c.Claim.At
	}
	return earliest(request, conflict, claim)
}

// unreviewed is since when a document waits to be looked at.
func (c *Conversation) unreviewed() (since time.Time) {
	app := c.Application()
	if app == nil {
		return since
	}
	for _, item := range app.Checklist {
		for _, d := range item.Documents {
			if d.State == DocumentReceived {
				since = earliest(since, d.At)
			}
		}
	}
	return since
}
