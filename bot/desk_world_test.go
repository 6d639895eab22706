package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// office sets when people answer: "daily", or days of the week, and from-to;
// "none" when nobody knows.
func (w *world) office(t *testing.T, rest string) {
	w.hours = conversations.OfficeHours{}
	if rest == "none" {
		return
	}
	days, hours, _ := strings.Cut(rest, " ")
	w.hours.Workday = calendar().IsWorkday
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String()[:3])
		weekday := d != time.Sunday && d != time.Saturday
		if days == "daily" || days == "weekdays" && weekday || strings.Contains(days, name) {
			w.hours.Days = append(w.hours.Days, d)
		}
	}
	var fromH, fromM, toH, toM int
	if _, err := fmt.Sscanf(hours, "%d:%d-%d:%d", &fromH, &fromM, &toH, &toM); err != nil {
		t.Fatal(err)
	}
	w.hours.From, w.hours.To = fromH*60+fromM, toH*60+toM
}

// queue sets how many wait, and the minutes it usually takes.
func (w *world) queue(t *testing.T, rest string) {
	var minutes int
	if _, err := fmt.Sscan(rest, &w.line.Ahead, &minutes); err != nil {
		t.Fatal(err)
	}
	w.line.Usual = time.Duration(minutes) * time.Minute
}

// own sets who owns the conversation from now on: nobody, queue or agent.
func (w *world) own(rest string) {
	w.owner = conversations.Owner{Kind: conversations.OwnerKind(rest), Since: w.now}
	if rest == "nobody" {
		w.owner = conversations.Owner{}
	}
}

// desk is what the core would tell the bot of it.
func (w *world) desk() conversations.Desk {
	d := conversations.Desk{Hours: w.hours, Queue: w.line}
	if !w.hours.Known() {
		return d
	}
	d.Open = w.hours.Open(w.now)
	d.Back = w.hours.Next(w.now)
	if d.Open {
		d.Back = w.hours.Next(w.hours.Closes(w.now))
	}
	return d
}

// handoffWords are a few of those that the embedded policy names.
func handoffWords(string, conversations.Position) (words, care Words) {
	return NewWords([]string{"仲裁", "律师函", "lawyer"}), NewWords([]string{"不想活", "唔想活", "want to die"})
}
