package app

import (
	"jiebao/bot/nlu"
	"jiebao/bot/people"
	"jiebao/config"
	"jiebao/config/policies"
	"jiebao/conversations"
)

// office knows when people step in, and what only they may answer.
type office struct {
	configured config.OfficeHours
	calendar   *nlu.Calendar
	hours      *policies.Section[people.Hours]
	handoff    *policies.Section[people.Handoff]
	reminders  *policies.Section[people.Reminders]
}

func newOffice(cfg config.OfficeHours, set *policies.Set, calendar *nlu.Calendar) (o office, err error) {
	o = office{configured: cfg, calendar: calendar}
	if o.hours, err = policies.Read(set, sectionHours, people.Hours.Check); err != nil {
		return o, err
	}
	if o.handoff, err = policies.Read(set, sectionHandoff, people.Handoff.Check); err != nil {
		return o, err
	}
	o.reminders, err = policies.Read(set, sectionReminders, people.Reminders.Check)
	return o, err
}

// Hours returns the office hours of a branch: its own, or the configured ones.
func (o office) Hours(branch string) conversations.OfficeHours {
	hours := conversations.OfficeHours{Days: o.configured.Days, From: int(o.configured.From), To: int(o.configured.To)}
	if own, ok := o.hours.For(branch); ok {
		hours = own.Domain()
	}
	hours.Workday = o.calendar.IsWorkday
	return hours
}

// HandoffWords are the words that hand a candidate over, and those that hand
// over with care.
func (o office) HandoffWords(branch string, p conversations.Position) (words, care []string) {
	h, _ := o.handoff.For(branch, p.ID, p.Title)
	return h.Words, h.Care
}

// reminders are the policies of whom to remind.
type reminders struct {
	section *policies.Section[people.Reminders]
}

// For implements conversations.Reminders.
func (r reminders) For(branch string, p conversations.Position) conversations.ReminderPolicy {
	policy, _ := r.section.For(branch, p.ID, p.Title)
	return policy.Domain()
}
