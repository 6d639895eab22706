package conversations

// report books how a delivery fared. Reports may come late, twice and out of
// order: a lower status never takes back a higher one.
func (t *turn) report(c Report) error {
	m := t.s.Message
	if m == nil {
		t.unchanged()
		return nil
	}
	status := m.Status
	changed := t.raise(m, &status, c)
	for _, early := range t.s.Early {
		if t.raise(m, &status, Report{Status: early.Status, Reason: Reason(early.Reason), At: early.At, PlatformID: early.PlatformID}) {
			changed = true
		}
	}
	if !changed {
		t.unchanged()
	}
	return nil
}

// raise appends one status, unless the message has come further already.
func (t *turn) raise(m *Message, status *Status, c Report) bool {
	if r := t.c.Reach(m.Address); r != nil {
		switch {
		case c.Reason == Unsubscribed:
			r.Followed = false
			r.Close()
		case c.Reason == WindowClosed && m.Kind != Template:
			t.reopen(m, r)
			return true
		}
	}
	if c.Status <= *status {
		return false
	}
	*status = c.Status
	reason := string(c.Reason)
	if reason != "" && c.Code != "" {
		reason += ":" + c.Code
	}
	at := c.At
	if at.IsZero() {
		at = t.now
	}
	t.out.Statuses = append(t.out.Statuses, StatusChange{Message: m.ID, Status: c.Status, At: at, Reason: reason, PlatformID: c.PlatformID})
	t.noticeStatus(m, c, reason)
	return true
}

// reopen keeps a message that the platform refused because the window is
// shut: it leaves when the candidate writes again.
func (t *turn) reopen(m *Message, r *Reach) {
	r.Close()
	t.c.Held = append(t.c.Held, Held{Message: m.ID, Author: m.Author, Text: m.Text, Choices: m.Choices})
	t.nudge(r)
}

// noticeStatus carries the status of a result's notification into its
// application and on to the EHR.
func (t *turn) noticeStatus(m *Message, c Report, reason string) {
	for i := range t.c.Applications {
		app := &t.c.Applications[i]
		if app.Notice != m.ID {
			continue
		}
		app.Status, app.Reason, app.StatusAt = c.Status, reason, t.now
		typ, ok := notificationEvents[c.Status]
		if !ok {
			return
		}
		t.event(typ, m, func(e *EventData) {
			e.Result = app.ResultID
			e.Notification = &NotificationDetail{Account: m.Address.Account, PlatformID: firstOf(c.PlatformID, m.PlatformID), Reason: reason}
		})
	}
}

var notificationEvents = map[Status]EventType{
	Sent:      EventNotificationSent,
	Failed:    EventNotificationFailed,
	Delivered: EventNotificationDelivered,
	Read:      EventNotificationRead,
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
