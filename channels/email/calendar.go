package email

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"jiebao/conversations"
)

// The methods of RFC 5546: an entry or its new version, and its end.
const (
	methodRequest = "REQUEST"
	methodCancel  = "CANCEL"
)

// invitation is a calendar's entry on its way to a candidate.
type invitation struct {
	conversations.Calendar
	organizer mail.Address // where what calendars answer goes
	attendee  string
	stamp     time.Time
	domain    string
}

func (i invitation) method() string {
	if i.Cancelled {
		return methodCancel
	}
	return methodRequest
}

// uid is unique over all calendars (RFC 7986, 5.3).
func (i invitation) uid() string {
	if strings.Contains(i.UID, "@") {
		return i.UID
	}
	return i.UID + "@" + i.domain
}

// text is the invitation as iCalendar (RFC 5545): an entry for the whole day,
// which needs no time zone, and for which nobody has to answer.
func (i invitation) text() string {
	var b strings.Builder
	line := func(name, value string) { b.WriteString(folded(name + ":" + value)) }
	status, day := "CONFIRMED", i.Day.In(time.UTC)
	if i.Cancelled {
		status = "CANCELLED"
	}
	line("BEGIN", "VCALENDAR")
	line("PRODID", "-//Jiebao//Start dates//EN")
	line("VERSION", "2.0")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", i.method())
	line("BEGIN", "VEVENT")
	line("UID", escaped(i.uid()))
	line("SEQUENCE", fmt.Sprint(i.Sequence))
	line("DTSTAMP", i.stamp.UTC().Format("20060102T150405Z"))
	line("DTSTART;VALUE=DATE", day.Format("20060102"))
	line("DTEND;VALUE=DATE", day.AddDate(0, 0, 1).Format("20060102"))
	line("SUMMARY", escaped(i.Title))
	if i.Place != "" {
		line("LOCATION", escaped(i.Place))
	}
	if i.Details != "" {
		line("DESCRIPTION", escaped(i.Details))
	}
	line(`ORGANIZER;CN=`+parameter(i.organizer.Name), "mailto:"+i.organizer.Address)
	line("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE", "mailto:"+i.attendee)
	line("STATUS", status)
	line("TRANSP", "OPAQUE")
	line("X-MICROSOFT-CDO-ALLDAYEVENT", "TRUE")
	line("END", "VEVENT")
	line("END", "VCALENDAR")
	return b.String()
}

// escaped is a text as a value (RFC 5545, 3.3.11).
func escaped(s string) string {
	s = strings.NewReplacer("\r\n", `\n`, "\n", `\n`, "\r", `\n`, `\`, `\\`, ";", `\;`, ",", `\,`).Replace(s)
	return strings.Map(visible, s)
}

// parameter is a text as a quoted parameter, which holds no quotes (RFC 5545,
// 3.2).
func parameter(s string) string {
	return `"` + strings.ReplaceAll(strings.Map(visible, s), `"`, "'") + `"`
}

// visible drops control characters, which no line may hold.
func visible(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// longestLine is RFC 5545, 3.1: 75 octets without the line break.
const longestLine = 75

// folded is a line, continued on further lines where it is long. No character
// is torn apart.
func folded(line string) string {
	var b strings.Builder
	room := longestLine
	for _, r := range line {
		if n := utf8.RuneLen(r); n > room {
			b.WriteString("\r\n ")
			room = longestLine - 1 - n
		} else {
			room -= n
		}
		b.WriteRune(r)
	}
	return b.String() + "\r\n"
}
