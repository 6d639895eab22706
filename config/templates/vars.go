package templates

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"golang.org/x/text/language"
)

// Vars are the variables of a template. An empty one may only be used inside
// an {{if}} that tests it. The tag names the field of the posted result that
// the variable comes from; a variable without one comes from elsewhere.
type Vars struct {
	CandidateName string `source:"candidate.name"`
	PositionTitle string `source:"position.title"`
	// Bank and BranchName are display names, from the configuration.
	Bank       string
	BranchName string
	// StartDate is a day. {{.StartDate}} has the weekday: 2026年7月6日 周一;
	// {{.StartDate.Day}} has not, {{.StartDate.Weekday}} is only that, and
	// {{.StartDate.ISO}} is 2026-07-06.
	StartDate time.Time `source:"offer.start_date"`
	// ReplyBy is an instant, in the zone it is to be told in.
	// {{.ReplyBy}} has the weekday and the time; {{.ReplyBy.Clock}} is only
	// the time, and {{.ReplyBy.Day}}, .Weekday and .ISO are as of StartDate.
	ReplyBy      time.Time `source:"offer.reply_by"`
	Workplace    string    `source:"offer.workplace"`
	ContactName  string    `source:"offer.contact_name"`
	ContactPhone string    `source:"offer.contact_phone"`
	// Link leads to the candidate's own page.
	Link string
	// Code is the verification code of the message, which the page /verify
	// knows: for messages in which the link cannot be seen.
	Code string
}

// only keeps the variables named and empties the others.
func (v Vars) only(names []string) Vars {
	value := reflect.ValueOf(&v).Elem()
	for field := range value.Type().Fields() {
		if !slices.Contains(names, field.Name) {
			value.FieldByIndex(field.Index).SetZero()
		}
	}
	return v
}

// has tells whether the variable is not empty.
func (v *Vars) has(name string) bool { return !reflect.ValueOf(v).Elem().FieldByName(name).IsZero() }

// sourceOf names the field of the posted result, or nothing.
func sourceOf(variable string) string {
	field, _ := reflect.TypeFor[Vars]().FieldByName(variable)
	return field.Tag.Get("source")
}

// view is what a template sees: Vars with times in words.
type view struct {
	CandidateName, PositionTitle, Bank, BranchName string
	StartDate                                      *date
	ReplyBy                                        *moment
	Workplace, ContactName, ContactPhone           string
	Link, Code                                     string
}

func (v *Vars) in(locale language.Tag) *view {
	seen := &view{
		CandidateName: v.CandidateName, PositionTitle: v.PositionTitle, Bank: v.Bank, BranchName: v.BranchName,
		Workplace: v.Workplace, ContactName: v.ContactName, ContactPhone: v.ContactPhone, Link: v.Link, Code: v.Code,
	}
	if !v.StartDate.IsZero() {
		seen.StartDate = &date{v.StartDate, wordsOf(locale)}
	}
	if !v.ReplyBy.IsZero() {
		seen.ReplyBy = &moment{date{v.ReplyBy, wordsOf(locale)}}
	}
	return seen
}

// date is a day in words.
type date struct {
	t     time.Time
	words calendar
}

func (d date) String() string  { return d.words.full(d.Day(), d.Weekday()) }
func (d date) Day() string     { return d.t.Format(d.words.day) }
func (d date) Weekday() string { return d.words.weekdays[d.t.Weekday()] }
func (d date) ISO() string     { return d.t.Format(time.DateOnly) }

// moment is a day and a time in words.
type moment struct{ date }

func (m moment) String() string { return m.date.String() + " " + m.Clock() }
func (m moment) Clock() string  { return m.t.Format("15:04") }

// calendar is how a language writes days.
type calendar struct {
	day      string // a layout of package time
	weekdays [7]string
	full     func(day, weekday string) string
}

func wordsOf(locale language.Tag) calendar {
	dayFirst := func(day, weekday string) string { return day + " " + weekday }
	base, _ := locale.Base()
	script, _ := locale.Script()
	switch {
	case base.String() != "zh":
		return calendar{
			day:      "2 Jan 2006",
			weekdays: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
			full:     func(day, weekday string) string { return fmt.Sprintf("%s, %s", weekday, day) },
		}
	case script.String() == "Hant":
		return calendar{"2006年1月2日", [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}, dayFirst}
	default:
		return calendar{"2006年1月2日", [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}, dayFirst}
	}
}
