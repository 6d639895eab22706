package conversations

import (
	"slices"
	"strings"
)

// report books how a delivery fared. Reports may come late, twice and out of
// order: a lower status never takes back a higher one.
func (t *turn) report(c Report) error {
	m := t.s.Message
	if m == nil {
		t.unchanged()
		return nil
	}
	if c.Reason == AccountDown {
		t.accountDown(m, c)
		return nil
	}
	status := m.Status
	changed := t.raise(m, &status, c)
	for _, early := range t.s.Early {
		reason, code, _ := strings.Cut(early.Reason, ":")
		if t.raise(m, &status, Report{Status: early.Status, Reason: Reason(reason), Code: code, At: early.At, PlatformID: early.PlatformID, To: c.To}) {
			changed = true
		}
	}
	if !changed {
		t.unchanged()
		return nil
	}
	if t.fell {
		t.climb()
	}
	return nil
}

// raise appends one status, unless the message has come further already.
func (t *turn) raise(m *Message, status *Status, c Report) bool {
	if r := t.c.Reach(sentTo(m, c)); r != nil && t.refused(m, r, c, *status < Sent) {
		return true
	}
	if c.Status <= *status {
		return false
	}
	*status = c.Status
	at := c.At
	if at.IsZero() {
		at = t.now
	}
	t.out.Statuses = append(t.out.Statuses, StatusChange{Message: m.ID, Status: c.Status, At: at, Reason: c.short(), PlatformID: c.PlatformID})
	t.dropRecalls(func(r Recall) bool { return r.Taken && r.Message == m.ID })
	if c.Reason == Cancelled {
		t.unsay(m.ID)
	}
	t.fared(m, c.Status, c.Reason, c.short(), at)
	t.noticeStatus(m, c, c.short())
	t.messageStatus(m, c, c.short())
	t.nudgeElsewhere(m, c)
	return true
}

// short is the reason with the platform's code, as stored and shown to HR.
func (c Report) short() string {
	if c.Reason == "" || c.Code == "" {
		return string(c.Reason)
	}
	return string(c.Reason) + ":" + c.Code
}

// sentTo is where a message went: words that waited leave by the address that
// takes them.
func sentTo(m *Message, c Report) Address {
	if c.To.IsZero() {
		return m.Address
	}
	return c.To
}

// refused books what the platform's no says about the address. Words that
// were refused for where they went are kept, and leave by another road or when
// the candidate writes again: then it says true. What was accepted, and refused
// later, is not said twice.
func (t *turn) refused(m *Message, r *Reach, c Report, early bool) bool {
	switch {
	case c.Reason == Unsubscribed:
		if r.Followed {
			t.lost(r, c.short())
		}
		r.Followed = false
		r.Close()
	case c.Reason == BadRecipient && c.Status == Failed:
		if r.refuse(m.Kind, c.short()) {
			t.lost(r, c.short())
		}
	case c.Reason == WindowClosed:
		r.Close()
	default:
		return false
	}
	if m.Kind != Text && m.Kind != Menu || !early || t.notice(m.ID) {
		return false
	}
	if road := t.reach(); c.Reason != WindowClosed && (road == nil || road.Address == r.Address) {
		return false
	}
	t.c.Held = append(t.c.Held, Held{Message: m.ID, Author: m.Author, Text: m.Text, Choices: m.Choices})
	t.leaveHeld()
	return true
}

// nudgeElsewhere tells by another road what waits, where the one that was to
// say so is closed as well.
func (t *turn) nudgeElsewhere(m *Message, c Report) {
	waits := m.Template != nil && m.Template.Purpose == PurposeWaiting
	if !waits || c.Status != Failed || len(t.c.Held) == 0 {
		return
	}
	if road := t.reach(); road != nil && road.Address != sentTo(m, c) {
		t.c.Nudged = false
		t.leaveHeld()
	}
}

// notice says whether a message is a result's notification.
func (t *turn) notice(message string) bool {
	for i := range t.c.Applications {
		if app := &t.c.Applications[i]; app.Notice == message || app.Route.try(message) >= 0 {
			return true
		}
	}
	return false
}

// try is the index of the try that a message is of, -1 for none.
func (r *Route) try(message string) int {
	if r == nil {
		return -1
	}
	return slices.IndexFunc(r.Tries, func(t Try) bool { return t.Message == message })
}

// noticeStatus carries the status of a result's notification into its
// application and on to the EHR.
func (t *turn) noticeStatus(m *Message, c Report, reason string) {
	for i := range t.c.Applications {
		app := &t.c.Applications[i]
		switch try := app.Route.try(m.ID); {
		case try >= 0:
			t.tried(app, try, c, reason)
		case app.Notice == m.ID:
			app.Status, app.Reason, app.StatusAt = c.Status, reason, t.now
		default:
			continue
		}
		typ, ok := notificationEvents[c.Status]
		if !ok || c.Reason == Cancelled { // nobody waits to hear of that
			return
		}
		about := m.told()
		if c.Status == Sent || m.Status < Sent {
			about.Text = m.Text
		}
		d, _ := t.e.Channels.Describe(m.Address.Account)
		t.event(typ, EventData{Result: app.ResultID, Message: about, Notification: &NotificationDetail{
			Account: m.Address.Account, Medium: d.Medium, PlatformID: firstOf(c.PlatformID, m.PlatformID), Reason: reason,
		}})
	}
}

// tried books the status of one try of a plan.
func (t *turn) tried(app *Application, i int, c Report, reason string) {
	route := *app.Route
	route.Tries = slices.Clone(route.Tries)
	try := &route.Tries[i]
	try.Status, try.Reason, try.StatusAt = c.Status, reason, t.now
	app.Route = &route
	app.fare()
	t.fell = t.fell || c.Status == Failed && c.Reason != Cancelled
}

var notificationEvents = map[Status]EventType{
	Unknown:   EventNotificationUnknown,
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
