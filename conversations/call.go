package conversations

import (
	"slices"
	"strings"
	"time"
)

// CallDue is a candidate on HR's call list: somebody is to telephone them.
type CallDue struct {
	Since  time.Time  `json:"since"`
	Why    string     `json:"why"`
	Result string     `json:"result"`
	Next   time.Time  `json:"next,omitzero"` // not before, once nobody answered
	Made   []CallMade `json:"made,omitempty"`
}

// CallMade is one call that was made in vain.
type CallMade struct {
	Agent   string      `json:"agent"`
	At      time.Time   `json:"at"`
	Outcome CallOutcome `json:"outcome"`
	Note    string      `json:"note,omitempty"`
}

// CallUnanswered is why a plan asks for a call: nothing it sent was answered.
const CallUnanswered = "unanswered"

// CallOutcome is what came of a call.
type CallOutcome string

// The outcomes of a call.
const (
	CallReached     CallOutcome = "reached"
	CallNoAnswer    CallOutcome = "no_answer"
	CallWrongNumber CallOutcome = "wrong_number"
)

// callAgain is how long after a call that nobody answered the next is due, in
// office hours; maxCallNote how much may be noted of a call, in characters.
const (
	callAgain   = 3 * time.Hour
	maxCallNote = 500
)

// callFor puts the candidate on the call list, and says whether they were not
// on it before.
func (t *turn) callFor(app *Application, why string) bool {
	if t.c.Call != nil {
		return false
	}
	t.c.Call = &CallDue{Since: t.now, Why: why, Result: app.ResultID}
	t.note("call_listed", "")
	t.event(EventCallRequested, EventData{Call: &CallDetail{Reason: why}})
	return true
}

// closeCall takes the candidate off the call list, if it is the result's.
func (t *turn) closeCall(result, why string) {
	if t.c.Call != nil && t.c.Call.Result == result {
		t.c.Call = nil
		t.event(EventCallCancelled, EventData{Call: &CallDetail{Reason: why}})
	}
}

// Called is what came of a call that an agent made to a candidate on the call
// list. Whoever was reached, or has another number, leaves the list; whoever
// did not answer is called again.
type Called struct {
	Agent   string
	Outcome CallOutcome
	Note    string // what was said, up to 500 characters
	// Again is when to call whoever did not answer, or had no time, the next
	// time; zero for after some hours. It may not be past, nor more than 90 days
	// ahead.
	Again time.Time
}

func (t *turn) called(c Called) error {
	if t.c.Call == nil {
		return ErrStale
	}
	c.Note = shorten(strings.TrimSpace(c.Note), maxCallNote)
	call := *t.c.Call
	call.Made = append(slices.Clone(call.Made), CallMade{c.Agent, t.now, c.Outcome, c.Note})
	switch c.Outcome {
	case CallReached:
		t.c.Call = nil
		if app := t.c.Application(); app.Waiting == "" {
			t.endRoute(OverCalled)
		}
	case CallWrongNumber:
		t.c.Call = nil
		for i := range t.c.Reaches {
			if r := &t.c.Reaches[i]; r.Contact == ByPhone && r.refuse(Template, string(CallWrongNumber)) {
				t.lost(r, string(CallWrongNumber))
			}
		}
	case CallNoAnswer:
		if !c.Again.IsZero() && (!c.Again.After(t.now) || c.Again.Sub(t.now) > maxAhead) {
			return &InvalidError{[]FieldError{{"again", "must be later than now, and within 90 days"}}}
		}
		if call.Next = c.Again; call.Next.IsZero() {
			call.Next = t.officeTime(t.now.Add(callAgain))
		}
		t.c.Call = &call
	default:
		return &InvalidError{[]FieldError{{"outcome", "must be reached, no_answer or wrong_number"}}}
	}
	t.record(Message{Author: ByAgent(c.Agent), Kind: Note, Text: strings.TrimSpace("called_" + string(c.Outcome) + " " + c.Note)})
	t.event(EventCallMade, EventData{Call: &CallDetail{Reason: call.Why, Agent: c.Agent, Outcome: c.Outcome, Note: c.Note, Next: call.Next}})
	return nil
}

// officeTime is at, or when people work next.
func (t *turn) officeTime(at time.Time) time.Time {
	if t.e.Office == nil {
		return at
	}
	if next := t.e.Office.Hours(t.c.Branch).Next(at); !next.IsZero() {
		return next
	}
	return at
}
