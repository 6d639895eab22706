package chat

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/rehearsal"
)

// show writes a talk for people: the words, and indented below them what
// stands behind.
type show struct {
	out    *bytes.Buffer
	colour bool
	asks   bool // whoever plays sees what they type
}

// The styles, in the terminal's language (ECMA-48, SGR).
const (
	bold = "1"
	dim  = "2"
	blue = "36"
)

func (v *show) style(s, text string) string {
	if !v.colour {
		return text
	}
	return "\x1b[" + s + "m" + text + "\x1b[0m"
}

// margin is how far words are indented; who says them stands in it.
const margin = 8

func (v *show) said(style, who, text string) {
	label := v.style(style, fmt.Sprintf("%-*s", margin, who))
	fmt.Fprintf(v.out, "%s%s\n", label, indented(text, strings.Repeat(" ", margin)))
}

// beside writes one line of what stands behind the words.
func (v *show) beside(what, text string) {
	if text != "" {
		fmt.Fprintf(v.out, "%s%s\n", strings.Repeat(" ", margin), v.style(dim, fmt.Sprintf("· %-7s %s", what, text)))
	}
}

func (v *show) prompt() {
	if v.asks {
		fmt.Fprintf(v.out, "%s", v.style(bold, fmt.Sprintf("%-*s", margin, "you")))
	}
}

// close ends the line of a question that nobody answers any more.
func (v *show) close() {
	if v.asks {
		v.out.WriteByte('\n')
	}
}

func (v *show) remark(text string) { fmt.Fprintf(v.out, "%s\n\n", v.style(dim, text)) }

func (v *show) opening(s *session) {
	v.remark(fmt.Sprintf("张伟 · 综合柜员 · start offered %s · %s · now %s · /help",
		weekday(s.Offer.In(time.UTC), time.DateOnly), s.Locale, weekday(s.r.Now(), "2006-01-02 15:04")))
}

func weekday(t time.Time, layout string) string { return t.Format("Mon " + layout) }

func (v *show) step(s *session, st step) {
	if st.verb != "notify" && !v.asks {
		v.said(bold, "you", typed(s.line, st))
	}
	if st.verb == "at" {
		v.beside("now", weekday(s.r.Now(), "2006-01-02 15:04"))
	}
	for i, t := range st.turns {
		v.turn(t)
		if i == 0 {
			v.readings(st)
		}
		v.behind(t)
	}
	v.out.WriteByte('\n')
}

// typed is the line that was played, with the words of a choice for its number.
func typed(line string, st step) string {
	if st.verb != "tap" {
		return line
	}
	id, words, _ := strings.Cut(st.rest, " ")
	if words == "" {
		words = id
	}
	return line + "  [" + words + "]"
}

// turn writes what appears on the phone, and what cannot appear there yet.
func (v *show) turn(t rehearsal.Turn) {
	if c, is := t.Command.(conversations.Filed); is {
		v.beside("filed", outcome(t, c))
	}
	for _, m := range t.Shown {
		v.said(blue, who(m), conversations.Numbered(m.Text, tappable(m)))
	}
	for _, m := range t.Changes.Messages {
		if m.Reason == string(conversations.WindowClosed) {
			v.beside("waits", "until the candidate writes: "+indented(m.Text, " "))
		}
	}
}

// tappable are the choices that stand beside a text: where they cannot be
// tapped the text has them itself.
func tappable(m conversations.Message) []conversations.Choice {
	if m.Kind != conversations.Menu {
		return nil
	}
	return m.Choices
}

func who(m conversations.Message) string {
	switch {
	case m.Author == conversations.ByBot:
		return "bot"
	case m.Author.Agent() != "":
		return m.Author.Agent()
	}
	return "notice"
}

func (v *show) readings(st step) {
	for _, r := range st.readings {
		var b strings.Builder
		for _, i := range r.Intents {
			b.WriteString(i.String() + " ")
		}
		if !r.Date.IsNone() {
			b.WriteString(r.Date.String() + " ")
		}
		if r.Ambiguous {
			b.WriteString("(ambiguous)")
		}
		v.beside("reads", strings.TrimSpace(b.String()))
	}
}

// behind writes what a turn did, recorded, told the EHR and remembers.
func (v *show) behind(t rehearsal.Turn) {
	if t.Move != nil {
		for _, a := range t.Move.Decision.Do {
			v.beside("act", rehearsal.ActText(a))
		}
	}
	for _, m := range t.Changes.Messages {
		if m.Kind == conversations.Note {
			v.beside("note", m.Text)
		}
	}
	for _, e := range t.Events {
		v.beside("event", fmt.Sprintf("%d %s", e.Data.Sequence, e.Type))
	}
	if o := t.After.Owner; o.Kind != conversations.OwnedByBot {
		v.beside("owner", strings.TrimSpace(string(o.Kind)+" "+o.Agent))
	}
	if t.Move != nil {
		v.beside("memory", string(t.After.Memory))
	}
}

// status says how things stand.
func (s *session) status() string {
	c, app := s.r.Conversation(), s.r.Conversation().Application()
	var b strings.Builder
	line := func(what, text string) { fmt.Fprintf(&b, "%-10s%s\n", what, text) }
	line("now", weekday(s.r.Now(), "2006-01-02 15:04"))
	line("answer", string(firstOf(app.Answer, "open")))
	line("offered", app.Offer.StartDate.String())
	if !app.StartDate.IsZero() {
		line("start", app.StartDate.String())
	}
	if r := app.Request; r != nil {
		line("request", strings.TrimSpace(r.Date.String()+" "+string(firstOf(r.Verdict, "pending"))+" "+r.Counter.String()))
	}
	line("owner", string(firstOf(c.Owner.Kind, "bot")))
	for _, item := range app.Checklist {
		for _, d := range item.Documents {
			line("document", strings.TrimSpace(fmt.Sprintf("%s %s %s %s", rehearsal.ShortID(d.ID), firstOf(item.ID, "unfiled"), d.State, d.Reason)))
		}
		if item.Missing() && item.ID != "" {
			line("missing", item.ID+" "+item.Name)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// firstOf is s, or what stands for an empty one.
func firstOf[S ~string](s, empty S) S {
	if s == "" {
		return empty
	}
	return s
}
