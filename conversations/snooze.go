package conversations

import "time"

// Snooze puts a conversation out of HR's sight until a time, or until the
// candidate writes, whichever comes first. It concerns HR's desk only: the bot
// goes on with what it does. A zero time ends it at once.
type Snooze struct {
	Agent string
	Until time.Time
}

// snooze keeps the time; a tick wakes the conversation.
func (t *turn) snooze(c Snooze) error {
	switch {
	case c.Until.IsZero() && t.c.Snoozed.IsZero(), c.Until.Equal(t.c.Snoozed):
		t.unchanged()
	case c.Until.IsZero():
		t.c.Snoozed = noTime
		t.note("woken", c.Agent)
	case !c.Until.After(t.now), c.Until.Sub(t.now) > maxAhead:
		return &InvalidError{[]FieldError{{"until", "must be in the future, within 90 days"}}}
	case !t.c.Closed.IsZero():
		return &InvalidError{[]FieldError{{"until", "cannot be set: the conversation is closed"}}}
	default:
		t.c.Snoozed, t.look = c.Until, true
		t.note("snoozed", c.Agent+" "+c.Until.UTC().Format(time.RFC3339))
	}
	return nil
}

// wake brings a conversation back whose time has come.
func (t *turn) wake() {
	if t.c.Snoozed.IsZero() || t.c.Snoozed.After(t.now) {
		return
	}
	t.c.Snoozed = noTime
	t.note("woken", "")
}

// rouse brings a conversation back to HR because of something that the
// candidate or the EHR did.
func (t *turn) rouse() {
	t.c.Snoozed = noTime
	t.reopen("")
}
