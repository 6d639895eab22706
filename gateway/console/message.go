package console

import (
	"strconv"
	"strings"

	"jiebao/conversations"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

func earlierURL(t thread) string {
	return t.action("earlier") + t.and() + "before=" + number(t.earlier)
}

// and joins a further parameter to an address of the thread.
func (t thread) and() string {
	if t.query != "" {
		return "&"
	}
	return "?"
}

// laterURL leads to the messages after the last one shown.
func laterURL(t thread) string {
	return "/inbox/" + t.c.ID + t.query + t.and() + "at=" + number(min(t.later+threadPageSize/2, t.c.Messages)) + "#m-" + number(t.later)
}

func documentURL(t thread, id string) string { return "/inbox/" + t.c.ID + "/documents/" + id }

// documentName is the checklist's name for what the document is filed under.
func documentName(v *view, t thread, d conversations.Document) string {
	for _, app := range t.c.Applications {
		for _, it := range app.Checklist {
			if it.ID == d.Item && it.Name != "" {
				return it.Name
			}
		}
	}
	return v.T("document.unfiled")
}

// templateLines are the fields of a template. The words that people read
// tell more than the platform's names of its fields.
func templateLines(b bubble) []conversations.TemplateField {
	var out []conversations.TemplateField
	for line := range strings.Lines(b.Text) {
		line = strings.TrimSpace(line)
		name, value, ok := strings.Cut(line, "：")
		if !ok {
			name, value, ok = strings.Cut(line, ": ")
		}
		switch {
		case line == "":
		case ok && len([]rune(name)) <= 16:
			out = append(out, conversations.TemplateField{Name: name, Value: strings.TrimSpace(value)})
		default:
			out = append(out, conversations.TemplateField{Value: line})
		}
	}
	if len(out) == 0 && b.Template != nil {
		return b.Template.Fields
	}
	return out
}

// takenBack says that the message was called off before it left.
func (b bubble) takenBack() bool {
	return b.recalled || b.CalledOff()
}

// statusClass colours a message's status.
func statusClass(b bubble) string {
	switch {
	case b.takenBack():
		return "taken"
	case b.waitsForWindow() || !b.leaves.IsZero():
		return "held"
	}
	return b.Status.String()
}

func statusIcon(b bubble) string {
	if b.takenBack() {
		return "undo-2"
	}
	switch b.Status {
	case conversations.Sent:
		return "check"
	case conversations.Delivered:
		return "check-check"
	case conversations.Read:
		return "eye"
	case conversations.Failed:
		return "circle-x"
	case conversations.Unknown:
		return "circle-question-mark"
	}
	if b.waitsForWindow() {
		return "hourglass"
	}
	return "clock"
}

// statusWords is the status in plain words; a failure says why.
func statusWords(v *view, b bubble) string {
	switch {
	case b.takenBack():
		return v.T("status.taken_back")
	case !b.leaves.IsZero():
		return v.T("status.leaves", "time", v.stamp(b.leaves))
	case b.waitsForWindow():
		return v.T("status.held")
	case b.Status == conversations.Failed:
		return v.T("status.failed_because", "why", v.failure(b.Reason))
	}
	return v.T("status." + b.Status.String())
}

// statusTitle is the history in a few lines, shown on hover.
func statusTitle(v *view, b bubble) string {
	var lines []string
	for _, h := range b.History {
		line := v.stamp(h.At) + " " + v.T("status."+h.Status.String())
		if h.Reason != "" {
			line += " · " + v.failure(h.Reason)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// messageNumber is the number in a message's id, and whether it has one.
func messageNumber(id string) (int64, bool) {
	if _, ok := conversations.ConversationOf(id); !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(id[strings.LastIndexByte(id, '-')+1:], 10, 64)
	return n, err == nil
}
