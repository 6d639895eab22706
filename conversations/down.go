package conversations

// accountDown is the outbox's question whether a message can do without its
// account, which has been down for long. A step of a plan gives way to the
// next, if that sends something: then the message is called off, so that it is
// not sent as well when the account comes back. It is not reason enough to ask
// HR to telephone before the plan says so, because what waits is not lost.
// Everything else goes on waiting: words in a talk belong where the candidate
// talks.
func (t *turn) accountDown(m *Message, c Report) {
	app := t.c.Application()
	if m.Status > Queued || app == nil || !app.Route.Running() || app.Route.try(m.ID) < 0 {
		t.unchanged()
		return
	}
	status := m.Status
	c.Status = Failed
	if !t.raise(m, &status, c) || !t.climb() {
		t.unchanged()
		return
	}
	t.out.Cancelled = append(t.out.Cancelled, m.ID)
}
