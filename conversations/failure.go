package conversations

import "time"

// Failure is a delivery that did not arrive, or of which nobody knows.
type Failure struct {
	Message string    `json:"message"`
	Status  Status    `json:"status"`           // Failed or Unknown
	Reason  string    `json:"reason,omitempty"` // as in Message.Reason
	At      time.Time `json:"at"`
}

// fared keeps the conversation's latest failure. It is over when its message
// arrives after all, or a later one is accepted: deliveries are tried in their
// order, so that the first word of a message is of a later one. What was called
// off did not fail.
func (t *turn) fared(m *Message, s Status, why Reason, reason string, at time.Time) {
	switch failed := t.c.Failed; {
	case why == Cancelled || why == OptedOut:
	case s == Failed || s == Unknown:
		t.c.Failed = &Failure{Message: m.ID, Status: s, Reason: reason, At: at}
	case s < Sent || failed == nil:
	case failed.Message == m.ID || m.Status < Sent:
		t.c.Failed = nil
	}
}
