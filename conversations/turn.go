package conversations

import (
	"fmt"
	"slices"
	"time"
)

// turn is one turn under way: the state as it changes, and what is to come
// of it.
type turn struct {
	e   *Engine
	s   Snapshot
	now time.Time
	out Changes
	c   *Conversation // as it becomes: that of out

	from      *Message // the message the turn came from
	to        *Reach   // where the turn's words go; nil means the best address
	canAnswer bool     // a message may ride in the callback's answer
	answering bool     // the candidate did something that asks for an answer
	ticked    bool     // the next tick is to be planned
	look      bool     // and so it is because something was planned
	contacted bool     // the candidate's contacts are addresses of theirs
	fell      bool     // a notification was refused
	aside     bool     // nothing happened to the candidate

	notices map[string]Rendered // a posted result's notification, by platform
	mayOnly func(Act) bool      // acts of this turn that are not dropped; nil means all
}

func newTurn(e *Engine, s Snapshot) *turn {
	t := &turn{e: e, s: s, now: s.Now, out: Changes{Conversation: s.Conversation}}
	t.c = &t.out.Conversation
	t.c.Reaches = slices.Clone(t.c.Reaches)
	t.c.Applications = slices.Clone(t.c.Applications)
	t.c.Held = slices.Clone(t.c.Held)
	t.c.Questions = slices.Clone(t.c.Questions)
	for i := range t.c.Applications {
		app := &t.c.Applications[i]
		app.Request = clone(app.Request)
		app.Seats = slices.Clone(app.Seats)
		app.Checklist = slices.Clone(app.Checklist)
		for j := range app.Checklist {
			app.Checklist[j].Documents = slices.Clone(app.Checklist[j].Documents)
		}
	}
	t.c.Invitation = clone(t.c.Invitation)
	t.c.Claim = clone(t.c.Claim)
	t.c.Entry = clone(t.c.Entry)
	return t
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

func (t *turn) changes() Changes {
	if t.out.Unchanged {
		t.out.Conversation = t.s.Conversation
		return t.out
	}
	if t.c.Created.IsZero() {
		t.c.Created = t.now
	}
	t.checklist()
	t.forgetRecalls()
	t.plan()
	t.remember()
	if !t.aside {
		t.c.Updated = t.now
	}
	return t.out
}

// unchanged ends the turn without a trace.
func (t *turn) unchanged() { t.out = Changes{Conversation: *t.c, Unchanged: true} }

// task leaves work to the outbox, in the lane of its kind and conversation.
func (t *turn) task(kind TaskKind, id string, body any) {
	t.out.Tasks = append(t.out.Tasks, Task{
		ID: id, Kind: kind, Lane: Lane(kind, t.c.ID), Due: t.now, Body: body,
	})
}

// record appends a message to the conversation and returns it for finishing
// touches, which have to be made before the next message is recorded.
func (t *turn) record(m Message) *Message {
	t.c.Messages++
	m.N, m.Conversation, m.ID = t.c.Messages, t.c.ID, t.c.MessageID(t.c.Messages)
	m.At = t.now
	t.out.Messages = append(t.out.Messages, m)
	if !m.Kind.Internal() {
		t.c.Last, t.c.LastBy, t.c.LastN, t.c.LastBack = shorten(m.Text, 60), m.Author, m.N, false
	}
	return &t.out.Messages[len(t.out.Messages)-1]
}

// note records a line nobody wrote: a key for the console to put in words,
// and what it is about.
func (t *turn) note(key, arg string) *Message {
	if arg != "" {
		key += " " + arg
	}
	return t.record(Message{Author: BySystem, Kind: Note, Text: key})
}

// shorten is s with no more than so many characters.
func shorten(s string, runes int) string {
	n, cut := 0, 0
	for i := range s {
		switch n++; n {
		case runes:
			cut = i
		case runes + 1:
			return s[:cut] + "…"
		}
	}
	return s
}

// event tells the EHR a fact about a known candidate. Nothing is told about
// followers, whom the EHR does not know. It fills in whom the fact is about, its
// place in their order and, unless data names one, the current result.
func (t *turn) event(typ EventType, data EventData) {
	if !t.c.Candidate.Known() {
		return
	}
	t.c.Events++
	if typ.Moves() {
		t.c.Moved = t.c.Events
	}
	data.Candidate, data.Sequence = t.c.Candidate.ID, t.c.Events
	if app := t.c.Application(); app != nil && data.Result == "" {
		data.Result = app.ResultID
	}
	ev := NewEvent(t.e.Source, t.c.ID, typ, t.now, data)
	t.task(TaskEvent, ev.ID, ev)
}

func (t *turn) describe(r *Reach) Description {
	d, _ := t.e.Channels.Describe(r.Address.Account)
	return d
}

// words puts a key into the candidate's language.
func (t *turn) words(key string, args map[string]any) (string, error) {
	l := t.c.Candidate.Locale
	if l == "" {
		l = Chinese
	}
	s, err := t.e.Phrases.Words(l, key, linked(args, t.uploadPage))
	if err != nil {
		return "", fmt.Errorf("putting %q into words: %w", key, err)
	}
	return s, nil
}
