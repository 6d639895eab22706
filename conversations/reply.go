package conversations

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

var noTime time.Time

// reply sends an agent's words. Whoever replies owns the conversation; while
// the reply window is closed the words wait for it to open.
func (t *turn) reply(c Reply) error {
	text := strings.TrimSpace(c.Text)
	if text == "" {
		return &InvalidError{[]FieldError{{"text", "must not be empty"}}}
	}
	r := t.reach()
	if r == nil {
		return &InvalidError{[]FieldError{{"text", "cannot be sent: the candidate follows no account yet"}}}
	}
	d := t.describe(r)
	if n := utf8.RuneCountInString(text); d.MaxRunes > 0 && n > d.MaxRunes {
		return &InvalidError{[]FieldError{{"text", fmt.Sprintf("has %d characters; %s takes at most %d in one message", n, d.Name, d.MaxRunes)}}}
	}
	if err := t.wanted(c, r); err != nil {
		return err
	}
	if c.At.After(t.now) {
		return t.schedule(c, r, text)
	}
	was := *t.c
	was.Reaches = slices.Clone(was.Reaches)
	if !c.Beside {
		if err := t.takeOver(c.Agent); err != nil {
			return err
		}
	}
	m := t.put(ByAgent(c.Agent), r, d, speech{text: text})
	if c.Undo > 0 {
		t.linger(m, was, c.Undo)
	}
	if c.Key != "" {
		t.dedupe(m.ID, DedupeKey(Target{Conversation: t.c.ID}, c))
	}
	return nil
}

// takeOver lets whoever replies own the conversation, whose candidate waits no
// more.
func (t *turn) takeOver(agent string) error {
	if err := t.assign(Assign{Agent: agent}); err != nil {
		return err
	}
	t.out.Unchanged = false
	t.reopen(agent)
	if !t.c.Waiting.IsZero() {
		t.out.Answered = &Answered{Branch: t.c.Branch, Waited: t.waited()}
	}
	t.c.Waiting, t.c.Unread = noTime, 0
	t.repliedByHand()
	return nil
}

// wanted refuses words to a candidate who wants none: they can be answered,
// by somebody who knows, as long as the platform lets what they wrote be
// answered.
func (t *turn) wanted(c Reply, r *Reach) error {
	if !t.c.OptedOut() {
		return nil
	}
	if t.room(r, t.describe(r)) == 0 {
		return &InvalidError{[]FieldError{{"text", "cannot be sent: the candidate wants no more messages; answer when they write"}}}
	}
	if !c.Despite {
		return &InvalidError{[]FieldError{{"despite", "must be set: the candidate wants no more messages"}}}
	}
	return nil
}

func (t *turn) dedupe(message, key string) {
	for i := range t.out.Messages {
		if t.out.Messages[i].ID == message {
			t.out.Messages[i].Dedupe = key
		}
	}
}
