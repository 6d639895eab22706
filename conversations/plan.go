package conversations

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// speech is one message in words, not yet on its way.
type speech struct {
	text    string
	choices []Choice
}

// speak plans the bot's messages. The first rides in the callback's answer
// if there is one, which costs no quota; the rest are sent free-form while
// the reply window allows, and are packed together when it does not allow
// enough of them. One free-form message is always left for a person.
func (t *turn) speak(author Author, says []Say) error {
	speeches, err := t.phrase(says)
	if err != nil || len(speeches) == 0 {
		return err
	}
	r := t.reach()
	if t.muted() {
		t.mute(author, r, speeches)
		return nil
	}
	if r == nil {
		for _, sp := range speeches {
			t.hold(author, nil, sp)
		}
		return nil
	}
	d := t.describe(r)
	slots := t.room(r, d)
	if author == ByBot {
		slots--
	}
	slots = max(slots, 0)
	if t.canAnswer {
		if first := speeches[0]; len(first.choices) > 0 && slots > 0 && d.Choices > 0 {
			head, err := t.words(KeyChoose, nil)
			if err != nil {
				return err
			}
			speeches = append([]speech{{text: first.text}, {head, first.choices}}, speeches[1:]...)
		}
		slots++
	}
	now, later := pack(speeches, slots, d.MaxRunes)
	for _, sp := range now {
		t.put(author, r, d, sp)
	}
	for _, sp := range later {
		t.hold(author, r, sp)
	}
	return nil
}

// KeyChoose is the phrase above tappable choices whose question was asked in
// the message before.
const KeyChoose = "choose"

// pack joins the tail of the speeches so that at most n remain. What would
// make the last one longer than most characters, 0 for any length, is for
// later.
func pack(in []speech, n, most int) (now, later []speech) {
	n = max(n, 1)
	if len(in) <= n {
		return in, nil
	}
	now = slices.Clone(in[:n])
	last := &now[n-1]
	for i, sp := range in[n:] {
		joined := speech{text: last.text + "\n\n" + sp.text, choices: last.choices}
		if len(sp.choices) > 0 {
			joined.choices = sp.choices
		}
		if most > 0 && utf8.RuneCountInString(Numbered(joined.text, joined.choices)) > most {
			return now, in[n+i:]
		}
		*last = joined
	}
	return now, nil
}

func (t *turn) phrase(says []Say) ([]speech, error) {
	var out []speech
	for _, say := range says {
		text, err := t.words(say.Key, say.Args)
		if err != nil {
			return nil, err
		}
		sp := speech{text: text}
		for _, ch := range say.Choices {
			w, err := t.words(ch.Key, ch.Args)
			if err != nil {
				return nil, err
			}
			sp.choices = append(sp.choices, Choice{ID: ch.ID, Text: w})
		}
		out = append(out, sp)
	}
	return out, nil
}

// put sends one speech the best way there is: in the callback's answer,
// free-form, or, while the window is closed, later.
func (t *turn) put(author Author, r *Reach, d Description, sp speech) *Message {
	m := Message{Author: author, Kind: Text, Address: r.Address, Text: sp.text, Choices: sp.choices, Status: Queued}
	if len(sp.choices) > 0 {
		m.Kind = Menu
	}
	if t.canAnswer {
		t.canAnswer = false
		return t.ride(t.record(m))
	}
	if !t.spend(r, d) {
		return t.hold(author, r, sp)
	}
	if m.Kind == Menu && d.Choices < len(m.Choices) {
		m.Kind, m.Text = Text, Numbered(m.Text, m.Choices)
	}
	p := t.record(m)
	t.deliver(p)
	t.dispatched(*p, r.Address)
	return p
}

// Numbered appends choices to a text for where they cannot be tapped.
// Answering with the number means the same as tapping.
func Numbered(text string, choices []Choice) string {
	for i, ch := range choices {
		text += fmt.Sprintf("\n%d. %s", i+1, ch.Text)
	}
	return text
}

// ride lets m travel in the answer to the callback. Its task is due only for
// the case that no callback carries it.
func (t *turn) ride(m *Message) *Message {
	m.Text, m.Kind = Numbered(m.Text, m.Choices), Text
	t.deliver(m)
	task := &t.out.Tasks[len(t.out.Tasks)-1]
	task.Ride, task.Due = true, t.now.Add(RideWindow)
	t.out.Answer = m
	t.c.Failed = nil // the candidate is there
	if t.from != nil {
		t.answerOf(t.from.ID, m.ID)
	}
	t.dispatched(*m, m.Address)
	return m
}

// answerOf notes on the inbound message which message answered it.
func (t *turn) answerOf(inbound, answer string) {
	for i := range t.out.Messages {
		if t.out.Messages[i].ID == inbound {
			t.out.Messages[i].Answer = answer
		}
	}
}

// deliver puts m on its way. What follows a message that rides leaves a
// little later, so that the candidate sees the answer first.
func (t *turn) deliver(m *Message) {
	t.dispatch(DeliveryOf(*m))
	if t.out.Answer != nil {
		t.out.Tasks[len(t.out.Tasks)-1].Due = t.now.Add(rideGap)
	}
}

// dispatch leaves a delivery to the outbox, with what its account adds to all.
func (t *turn) dispatch(d Delivery) {
	facts, _ := t.e.Channels.Describe(d.To.Account)
	if l := t.c.Candidate.Locale; l != Chinese {
		d.Locale = l
	}
	if facts.Linked {
		d.Link = t.page()
	}
	t.out.Tasks = append(t.out.Tasks, Task{
		ID: d.Message, Kind: TaskDeliver, Lane: DeliveryLane(t.c.ID, facts), Due: t.now, Body: d,
	})
}

// hold keeps a message until the candidate writes again, and lets a template
// tell them once that it waits.
func (t *turn) hold(author Author, r *Reach, sp speech) *Message {
	m := Message{Author: author, Kind: Text, Text: sp.text, Choices: sp.choices, Status: Queued, Reason: string(WindowClosed)}
	if len(sp.choices) > 0 {
		m.Kind = Menu
	}
	if r != nil {
		m.Address = r.Address
	}
	p := t.record(m)
	held := Held{Message: p.ID, Author: author, Text: sp.text, Choices: sp.choices}
	t.c.Held = append(t.c.Held, held)
	t.nudge(r)
	return p
}

// nudge sends, at most once until the candidate writes, the template that
// says that words wait in the chat.
func (t *turn) nudge(r *Reach) {
	app := t.c.Application()
	if r == nil || app == nil || t.c.OptedOut() || t.c.Nudged || !r.Usable() {
		return
	}
	d := t.describe(r)
	if !r.takesTemplates(d) {
		return
	}
	if at := t.awake(d.Medium, Normal, t.now); at.After(t.now) {
		t.c.Nudge, t.look = at, true
		return
	}
	// Without a template to say so with, HR sees the message waiting.
	t.c.Nudged, t.c.Nudge = t.sendTemplate(PurposeWaiting, r), noTime
}

// nudgeLate tells of what waits since the candidate was asleep.
func (t *turn) nudgeLate() {
	if t.c.Nudge.IsZero() || t.c.Nudge.After(t.now) {
		return
	}
	t.c.Nudge = noTime
	if len(t.c.Held) > 0 {
		t.nudge(t.reach())
	}
}

// releaseHeld puts held messages on their way while the address takes them.
func (t *turn) releaseHeld(r *Reach) {
	if len(t.c.Held) == 0 {
		return
	}
	d := t.describe(r)
	for len(t.c.Held) > 0 && t.spend(r, d) {
		h := t.c.Held[0]
		t.c.Held = t.c.Held[1:]
		kind, text := Text, h.Text
		if len(h.Choices) > 0 {
			if d.Choices >= len(h.Choices) {
				kind = Menu
			} else {
				text = Numbered(text, h.Choices)
			}
		}
		t.dispatch(Delivery{
			Message: h.Message, Conversation: t.c.ID, To: r.Address, Kind: kind, Text: text, Choices: h.Choices, Agent: h.Author.Agent(),
		})
		t.dispatched(Message{
			ID: h.Message, Author: h.Author, Kind: kind, Address: r.Address, Text: text, Choices: h.Choices,
		}, r.Address)
	}
}
