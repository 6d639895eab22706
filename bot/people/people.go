// Package people holds the policies of how people are dealt with: office hours,
// words that only a person may answer, when candidates are reminded, and by
// which steps they are told of results.
//
// They are sections of policy files: office_hours, handoff, reminders and
// notifications. The package may import conversations and the standard library.
package people

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"jiebao/conversations"
)

// Clock is a time of day, in minutes after midnight. It is written as hours
// and minutes.
type Clock int

// UnmarshalText reads hours and minutes; 24:00 is the end of the day.
func (c *Clock) UnmarshalText(text []byte) error {
	if string(text) == "24:00" {
		*c = 24 * 60
		return nil
	}
	t, err := time.Parse("15:04", string(text))
	if err != nil {
		return fmt.Errorf("%q is not a time of day; write hours and minutes in quotes, like \"09:00\"", text)
	}
	*c = Clock(t.Hour()*60 + t.Minute())
	return nil
}

// Hours is the section office_hours: when people answer at a branch, instead
// of the configured hours. Holidays and adjusted working days are heeded.
type Hours struct {
	Days []string `yaml:"days"` // mon to sun
	From Clock    `yaml:"from"`
	To   Clock    `yaml:"to"`
}

// dayNames are the days of the week as policies write them.
func dayNames() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// Check names every value that makes no sense.
func (h Hours) Check() error {
	var problems []error
	if len(h.Days) == 0 {
		problems = append(problems, errors.New("days: name at least one, like [mon, tue]"))
	}
	for _, d := range h.Days {
		if !slices.Contains(dayNames(), d) {
			problems = append(problems, fmt.Errorf("days: %q is not a day; write %s", d, strings.Join(dayNames(), ", ")))
		}
	}
	if h.From >= h.To {
		problems = append(problems, errors.New("to: must be later than from"))
	}
	return errors.Join(problems...)
}

// Domain is h in the core's terms, in the order of the week.
func (h Hours) Domain() conversations.OfficeHours {
	out := conversations.OfficeHours{From: int(h.From), To: int(h.To)}
	for i, name := range dayNames() {
		if slices.Contains(h.Days, name) {
			out.Days = append(out.Days, time.Weekday(i))
		}
	}
	return out
}

// Handoff is the section handoff: words that a person has to answer.
type Handoff struct {
	Words []string `yaml:"words"` // about law, regulators and the press
	Care  []string `yaml:"care"`  // of somebody who may be in danger
}

// Check names every value that makes no sense. A word of one letter would
// hand everything over, and digits are part of telephone numbers.
func (h Handoff) Check() error {
	var problems []error
	for _, w := range slices.Concat(h.Words, h.Care) {
		switch {
		case len([]rune(w)) < 2:
			problems = append(problems, fmt.Errorf("%q is too short for a word", w))
		case w != strings.ToLower(strings.TrimSpace(w)) || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' }):
			problems = append(problems, fmt.Errorf("%q: write words in small letters, without digits and punctuation", w))
		}
	}
	return errors.Join(problems...)
}

// Reminders is the section reminders.
type Reminders struct {
	// From and To bound the hours in which reminders leave.
	From Clock `yaml:"from"`
	To   Clock `yaml:"to"`
	// Pause is how long a candidate is left alone after they did something.
	Pause     time.Duration `yaml:"pause"`
	Offer     Plan          `yaml:"offer"`
	Documents Plan          `yaml:"documents"`
}

// Plan is when one thing is reminded of, and how often at most.
type Plan struct {
	After  []time.Duration `yaml:"after"`  // since the candidate was asked
	Before []time.Duration `yaml:"before"` // before the end of the reply time, or the first day
	Most   int             `yaml:"most"`
}

// Check names every value that makes no sense.
func (r Reminders) Check() error {
	var problems []error
	if r.From >= r.To {
		problems = append(problems, errors.New("to: must be later than from"))
	}
	if r.Pause < 0 {
		problems = append(problems, errors.New("pause: must not be negative"))
	}
	for name, p := range map[string]Plan{"offer": r.Offer, "documents": r.Documents} {
		if p.Most < 0 || p.Most > 5 {
			problems = append(problems, fmt.Errorf("%s.most: must be 0 to 5", name))
		}
		for _, d := range slices.Concat(p.After, p.Before) {
			if d <= 0 {
				problems = append(problems, fmt.Errorf("%s: %s is not a time to wait; write hours, like 24h", name, d))
			}
		}
	}
	return errors.Join(problems...)
}

// Domain is r in the core's terms.
func (r Reminders) Domain() conversations.ReminderPolicy {
	return conversations.ReminderPolicy{
		From: int(r.From), To: int(r.To), Pause: r.Pause,
		Offer: conversations.ReminderPlan(r.Offer), Papers: conversations.ReminderPlan(r.Documents),
	}
}
