package conversations

import (
	"slices"
	"time"
)

// Scheduled is an agent's words that leave at a time of the agent's choosing.
// Whether they can be sent in words is judged when they leave. What the
// candidate writes meanwhile neither hastens nor stops them: HR sees that
// they wait and may take them back.
type Scheduled struct {
	Message string    `json:"message"`
	Agent   string    `json:"agent"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// The most words that wait for their time, and how far ahead.
const (
	maxScheduled = 20
	maxAhead     = 90 * 24 * time.Hour
)

// schedule keeps an agent's words until they are to leave. The bot goes on
// talking meanwhile.
func (t *turn) schedule(c Reply, r *Reach, text string) error {
	switch {
	case c.At.Sub(t.now) > maxAhead:
		return &InvalidError{[]FieldError{{"at", "must be within 90 days"}}}
	case len(t.c.Scheduled) >= maxScheduled:
		return &InvalidError{[]FieldError{{"at", "cannot be set: 20 messages to the candidate wait for their time already"}}}
	}
	m := t.record(Message{
		Author: ByAgent(c.Agent), Kind: Text, Address: r.Address, Text: text, Status: Queued, Reason: string(LeavesLater),
	})
	if c.Key != "" {
		m.Dedupe = DedupeKey(Target{Conversation: t.c.ID}, c)
	}
	all := append(slices.Clone(t.c.Scheduled), Scheduled{Message: m.ID, Agent: c.Agent, Text: text, At: c.At})
	slices.SortStableFunc(all, func(a, b Scheduled) int { return a.At.Compare(b.At) })
	t.c.Scheduled, t.look = all, true
	about, delivery := m.told(), t.delivery(r.Address)
	about.Text = m.Text
	delivery.Agent, delivery.At = c.Agent, c.At
	t.event(EventMessageScheduled, EventData{Message: about, Delivery: delivery})
	return nil
}

// nextScheduled is when the next of them leaves, zero if there is none.
func (t *turn) nextScheduled() time.Time {
	if len(t.c.Scheduled) == 0 {
		return noTime
	}
	return t.c.Scheduled[0].At
}

// releaseScheduled sends the words whose time has come, or lets them wait for
// the reply window like any others.
func (t *turn) releaseScheduled() {
	due := 0
	for _, s := range t.c.Scheduled {
		if s.At.After(t.now) {
			break
		}
		due++
		if t.c.OptedOut() {
			t.drop(s.Message, OptedOut)
			t.event(EventMessageFailed, EventData{
				Message:  &EventMessage{ID: s.Message, Author: ByAgent(s.Agent), Kind: Text, At: t.now},
				Delivery: &DeliveryDetail{Reason: string(OptedOut)},
			})
			continue
		}
		t.c.Held = append(t.c.Held, Held{Message: s.Message, Author: ByAgent(s.Agent), Text: s.Text})
	}
	if due == 0 {
		return
	}
	t.c.Scheduled = slices.Clone(t.c.Scheduled[due:])
	t.leaveHeld()
}

// leaveHeld sends what is held by the road that is open, or tells by a
// template that it waits.
func (t *turn) leaveHeld() {
	r := t.reach()
	if r == nil || len(t.c.Held) == 0 {
		return
	}
	t.releaseHeld(r)
	if len(t.c.Held) > 0 {
		t.nudge(r)
	}
}

// drop gives a message up that was not sent.
func (t *turn) drop(message string, why Reason) {
	t.out.Statuses = append(t.out.Statuses, StatusChange{Message: message, Status: Failed, At: t.now, Reason: string(why)})
	if why == Cancelled {
		t.unsay(message)
	}
}

// CancelSend takes a message back that was not sent: one that waits for its
// time, for the candidate, or for its turn to be sent. One that is being sent
// at this moment leaves all the same; its status tells.
type CancelSend struct {
	Agent   string
	Message string
}

func (t *turn) cancelSend(c CancelSend) error {
	scheduled := slices.IndexFunc(t.c.Scheduled, func(s Scheduled) bool { return s.Message == c.Message })
	held := slices.IndexFunc(t.c.Held, func(h Held) bool { return h.Message == c.Message })
	about := Message{ID: c.Message, Kind: Text, At: t.now}
	switch m := t.s.Message; {
	case scheduled >= 0:
		about.Author = ByAgent(t.c.Scheduled[scheduled].Agent)
		t.c.Scheduled = slices.Delete(slices.Clone(t.c.Scheduled), scheduled, scheduled+1)
		t.drop(c.Message, Cancelled)
	case held >= 0:
		about.Author = t.c.Held[held].Author
		t.c.Held = slices.Delete(t.c.Held, held, held+1)
		t.drop(c.Message, Cancelled)
	case m == nil || m.ID != c.Message || m.Author == ByCandidate || m.Status != Queued:
		return ErrStale
	case t.c.TakenBack(m.ID):
		t.unchanged()
		return nil
	default:
		about = *m
		t.out.Cancelled = append(t.out.Cancelled, c.Message)
	}
	t.recall(&about)
	t.note("send_cancelled", c.Agent)
	t.event(EventMessageCancelled, EventData{Message: about.told(), Delivery: &DeliveryDetail{Agent: c.Agent}})
	return nil
}
