package app

import (
	"jiebao/bot/nlu"
	"jiebao/config"
	"jiebao/conversations"
)

// office knows when people answer.
type office struct {
	hours    config.OfficeHours
	calendar *nlu.Calendar
}

// Hours returns the office hours of a branch.
func (o office) Hours(string) conversations.OfficeHours {
	return conversations.OfficeHours{Days: o.hours.Days, From: int(o.hours.From), To: int(o.hours.To), Workday: o.calendar.IsWorkday}
}
