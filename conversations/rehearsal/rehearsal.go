// Package rehearsal plays one candidate's conversation in memory: the real
// engine decides, and what a store and an outbox would do is done at once. It
// is for trying the bot out and for tests; nothing is kept, and nothing leaves
// the process.
//
// The package may import the standard library and conversations, and is pure:
// the clock stands still until it is advanced.
package rehearsal

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiebao/conversations"
)

// Conversation is the id of the conversation that is played.
const Conversation = "c1"

// Turn is what one command came to.
type Turn struct {
	At      time.Time
	Command conversations.Command // nil for words that waited and left when time had passed
	Move    *Move                 // the bot's, nil if it was not asked
	Changes conversations.Changes
	After   conversations.Conversation
	// Shown is what appears on the candidate's phone, in order. It may be
	// what was said in an earlier turn and waited.
	Shown  []conversations.Message
	Events []conversations.Event // told to the EHR
}

// Move is what the bot heard and what it decided.
type Move struct {
	Heard    conversations.Heard
	Decision conversations.Decision
}

// Rehearsal is a conversation under way. It is not safe for concurrent use.
type Rehearsal struct {
	engine    conversations.Engine
	perform   func(conversations.Task) conversations.Command
	now       time.Time
	knowledge conversations.Knowledge

	c        conversations.Conversation
	begun    bool
	messages map[string]*conversations.Message
	waiting  []conversations.Task // in the order they were made
	turns    []Turn               // since the last Apply or Advance
	move     *Move                // of the turn under way
}

// New begins a rehearsal at a point in time, with a conversation of a branch
// that holds nothing yet.
//
// Messages and events leave by themselves. Tasks of other kinds need the world
// outside: perform says what that would report, nil for nothing.
func New(e *conversations.Engine, branch string, now time.Time, perform func(conversations.Task) conversations.Command) *Rehearsal {
	r := &Rehearsal{
		engine: *e, perform: perform, now: now.In(e.Zone),
		c:        conversations.Conversation{ID: Conversation, Branch: branch},
		messages: map[string]*conversations.Message{},
	}
	r.engine.Dialogue = &witness{r, e.Dialogue}
	return r
}

// witness is the dialogue, and notes what it decides.
type witness struct {
	r *Rehearsal
	conversations.Dialogue
}

func (w *witness) Decide(t conversations.Turn) conversations.Decision {
	d := w.Dialogue.Decide(t)
	w.r.move = &Move{t.Heard, d}
	return d
}

// Know gives the dialogue approved answers to talk from.
func (r *Rehearsal) Know(k conversations.Knowledge) { r.knowledge = k }

// Now is where the clock stands.
func (r *Rehearsal) Now() time.Time { return r.now }

// Conversation returns the conversation as it stands, to read only.
func (r *Rehearsal) Conversation() *conversations.Conversation { return &r.c }

// Apply runs the turn of a command and those that follow from it at once. A
// turn that fails changes nothing.
func (r *Rehearsal) Apply(c conversations.Command) ([]Turn, error) {
	r.turns = nil
	if err := r.turn(c); err != nil {
		return nil, err
	}
	return r.settle(r.now.Add(conversations.RideWindow))
}

// Advance lets time pass and does what falls due meanwhile.
func (r *Rehearsal) Advance(d time.Duration) ([]Turn, error) {
	r.turns = nil
	until := r.now.Add(d)
	turns, err := r.settle(until)
	if until.After(r.now) {
		r.now = until
	}
	return turns, err
}

// settle does the tasks that are due by then, the earliest first.
func (r *Rehearsal) settle(by time.Time) ([]Turn, error) {
	for {
		next := r.earliest(by)
		if next < 0 {
			return r.turns, nil
		}
		task := r.waiting[next]
		r.waiting = slices.Delete(r.waiting, next, next+1)
		if err := r.do(task); err != nil {
			return r.turns, fmt.Errorf("doing the %s task %s: %w", task.Kind, task.ID, err)
		}
	}
}

// earliest is the index of the next task, -1 if none is due by then.
func (r *Rehearsal) earliest(by time.Time) int {
	next := -1
	for i, t := range r.waiting {
		if !t.Due.After(by) && (next < 0 || r.before(t, r.waiting[next])) {
			next = i
		}
	}
	return next
}

// before orders tasks by when they are due. What is due within seconds is due
// now: first what a turn says, then what it asks of the world outside.
func (r *Rehearsal) before(a, b conversations.Task) bool {
	soon := r.now.Add(conversations.RideWindow)
	if a.Due.After(soon) || b.Due.After(soon) {
		return a.Due.Before(b.Due)
	}
	return !outside(a) && outside(b)
}

func outside(t conversations.Task) bool {
	return t.Kind != conversations.TaskDeliver && t.Kind != conversations.TaskEvent
}

func (r *Rehearsal) do(task conversations.Task) error {
	if late := task.Due.Sub(r.now); late > conversations.RideWindow {
		r.now = task.Due // what is due within seconds does not move the clock
	}
	switch body := task.Body.(type) {
	case conversations.Delivery:
		return r.deliver(body)
	case conversations.Event:
		if body.Type != conversations.EventMessageDispatched { // those words are shown themselves
			r.last().Events = append(r.last().Events, body)
		}
		return nil
	case conversations.TickAt:
		return r.turn(conversations.Tick{At: body.At})
	}
	if r.perform == nil {
		return nil
	}
	if c := r.perform(task); c != nil {
		return r.turn(c)
	}
	return nil
}

// deliver shows a message, as it is sent, and reports that it arrived there.
func (r *Rehearsal) deliver(d conversations.Delivery) error {
	m := r.messages[d.Message]
	if m == nil {
		return fmt.Errorf("nobody recorded message %s", d.Message)
	}
	shown := *m
	shown.Kind, shown.Text, shown.Choices = d.Kind, d.Text, d.Choices
	r.last().Shown = append(r.last().Shown, shown)
	return r.turn(conversations.Report{Message: d.Message, Status: conversations.Sent, At: r.now})
}

// last is the turn that words and events belong to. What waited and leaves
// when time has passed begins one of its own.
func (r *Rehearsal) last() *Turn {
	if len(r.turns) == 0 {
		r.turns = append(r.turns, Turn{At: r.now, After: r.c})
	}
	return &r.turns[len(r.turns)-1]
}

// turn decides one command and takes over its changes. Reports of messages
// are booked in the turn that sent them.
func (r *Rehearsal) turn(c conversations.Command) error {
	s := conversations.Snapshot{Now: r.now, Conversation: r.c, New: !r.begun, Knowledge: r.knowledge}
	report, isReport := c.(conversations.Report)
	if isReport {
		s.Message = r.messages[report.Message]
	}
	r.move = nil
	changes, err := r.engine.Turn(s, c)
	if err != nil {
		return err
	}
	after := r.c
	if !changes.Unchanged {
		if after, err = stored(changes.Conversation); err != nil {
			return err
		}
	}
	if !isReport {
		r.turns = append(r.turns, Turn{At: r.now, Command: c, Move: r.move, Changes: changes, After: after})
	}
	if !changes.Unchanged {
		r.c, r.begun = after, true
		r.keep(changes)
	}
	return nil
}

// keep books messages and tasks. The message that rides in the callback's
// answer is shown at once.
func (r *Rehearsal) keep(ch conversations.Changes) {
	for i := range ch.Messages {
		m := ch.Messages[i]
		r.messages[m.ID] = &m
	}
	for _, s := range ch.Statuses {
		if m := r.messages[s.Message]; m != nil {
			m.Status, m.Reason = max(m.Status, s.Status), s.Reason
		}
	}
	if ch.Withdrawn {
		r.withdraw()
	}
	for _, task := range ch.Tasks {
		if task.Ride && ch.Answer != nil {
			r.messages[ch.Answer.ID].Status = conversations.Sent
			r.last().Shown = append(r.last().Shown, *ch.Answer)
			continue
		}
		r.waiting = append(r.waiting, task)
	}
}

// withdraw gives up what waits and is nobody's own words.
func (r *Rehearsal) withdraw() {
	r.waiting = slices.DeleteFunc(r.waiting, func(t conversations.Task) bool {
		d, ok := t.Body.(conversations.Delivery)
		return ok && d.Agent == ""
	})
}

// stored is the conversation as a store gives it back.
func stored(c conversations.Conversation) (out conversations.Conversation, err error) {
	b, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		return out, fmt.Errorf("keeping the conversation: %w", err)
	}
	return out, nil
}

// ShortID is the id of a document or request without that of the conversation.
func ShortID(id string) string { return strings.TrimPrefix(id, Conversation+"-") }
