package conversations

import (
	"slices"
	"time"
)

// maxUndo is the longest pause in which an agent may take words back.
const maxUndo = time.Minute

// Recall is what is put right again if an agent takes words back before the
// pause in which they may is over: the candidate waits as before, and the
// platform's leave to write is not used up.
type Recall struct {
	Message string    `json:"message"`
	Until   time.Time `json:"until"`
	Waiting time.Time `json:"waiting,omitzero"`
	Unread  int       `json:"unread,omitempty"`
	Grant   *Grant    `json:"grant,omitempty"` // that was spent, as it was
	Taken   bool      `json:"taken,omitempty"` // back, which the outbox has yet to confirm
}

// linger has a reply wait in the outbox for as long as it may be taken back.
// was is the conversation before the reply.
func (t *turn) linger(m *Message, was Conversation, pause time.Duration) {
	due := t.now.Add(min(pause, maxUndo))
	for i := range t.out.Tasks {
		if task := &t.out.Tasks[i]; task.ID == m.ID && task.Kind == TaskDeliver {
			task.Due = due
		}
	}
	r := Recall{Message: m.ID, Until: due, Waiting: was.Waiting, Unread: was.Unread}
	if before, after := was.Reach(m.Address), t.c.Reach(m.Address); before != nil && after != nil {
		for i, g := range before.Grants {
			if i < len(after.Grants) && after.Grants[i].Left < g.Left {
				r.Grant = &g
			}
		}
	}
	t.c.Recalls = append(t.c.Recalls, r)
}

// forgetRecalls drops those whose time is over.
func (t *turn) forgetRecalls() {
	t.dropRecalls(func(r Recall) bool { return !r.Taken && !t.now.Before(r.Until) })
}

func (t *turn) dropRecalls(over func(Recall) bool) {
	if slices.ContainsFunc(t.c.Recalls, over) {
		t.c.Recalls = slices.DeleteFunc(slices.Clone(t.c.Recalls), over)
	}
}

// recall puts right what a reply changed that is taken back in time.
func (t *turn) recall(m *Message) {
	i := slices.IndexFunc(t.c.Recalls, func(r Recall) bool { return r.Message == m.ID && t.now.Before(r.Until) })
	if i < 0 {
		return
	}
	t.c.Recalls = slices.Clone(t.c.Recalls)
	t.c.Recalls[i].Taken = true
	t.unsay(m.ID)
	r := t.c.Recalls[i]
	if t.c.Owner.Kind == OwnedByAgent && t.c.Waiting.IsZero() {
		t.c.Waiting = r.Waiting
	}
	t.c.Unread = max(t.c.Unread, r.Unread)
	if reach := t.c.Reach(m.Address); reach != nil && r.Grant != nil {
		reach.unspend(*r.Grant)
	}
}

// unsay keeps words from the list that were called off before they left.
func (t *turn) unsay(message string) {
	if t.c.LastN > 0 && message == t.c.MessageID(t.c.LastN) {
		t.c.Last, t.c.LastBack = "", true
	}
}

// Unsaid says that the candidate is not to see a message of an agent's yet: its
// time has not come, it may still be taken back, or it was.
func (c *Conversation) Unsaid(message string, now time.Time) bool {
	return slices.ContainsFunc(c.Scheduled, func(s Scheduled) bool { return s.Message == message }) ||
		slices.ContainsFunc(c.Recalls, func(r Recall) bool { return r.Message == message && (r.Taken || now.Before(r.Until)) })
}

// TakenBack says that an agent took words back in time, from the moment at which
// they did until the message's own status tells.
func (c *Conversation) TakenBack(message string) bool {
	return slices.ContainsFunc(c.Recalls, func(r Recall) bool { return r.Message == message && r.Taken })
}
