package app

import (
	"jiebao/bot"
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
	handoff    *policies.Section[handoffWords]
	reminders  *policies.Section[people.Reminders]
}

func newOffice(cfg config.OfficeHours, set *policies.Set, calendar *nlu.Calendar) (o office, err error) {
	o = office{configured: cfg, calendar: calendar}
	if o.hours, err = policies.Read(set, sectionHours, people.Hours.Check); err != nil {
		return o, err
	}
	handoff, err := policies.Read(set, sectionHandoff, people.Handoff.Check)
	if err != nil {
		return o, err
	}
	o.handoff = policies.Convert(handoff, newHandoffWords)
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

// handoffWords is the section handoff for the bot to listen for.
type handoffWords struct{ words, care bot.Words }

func newHandoffWords(h people.Handoff) handoffWords {
	return handoffWords{bot.NewWords(h.Words), bot.NewWords(h.Care)}
}

// HandoffWords are the words that hand a candidate over, and those that hand
// over with care.
func (o office) HandoffWords(branch string, p conversations.Position) (words, care bot.Words) {
	h, _ := o.handoff.For(branch, p.ID, p.Title)
	return h.words, h.care
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
