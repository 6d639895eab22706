// Package startdates judges the start dates that candidates wish for, by what
// the bank's policies say of working days and holidays, intake classes and
// their seats, the payroll, notice periods, medical reports and the span of
// days that nobody needs to be asked about.
//
// It is pure: equal proposals give equal judgements. It may import
// conversations, bot/nlu for the calendar and the standard library.
package startdates

import (
	"errors"
	"fmt"
	"slices"

	"jiebao/conversations"
)

// Policy is the section start_dates of a policy file. Days are calendar days
// unless they say otherwise. The offered date is the bank's own word: nothing
// here refuses it, but a class that is full.
type Policy struct {
	// Accept spans the days around the offered date that the candidate may
	// choose without HR.
	Accept Span `yaml:"accept"`
	// Earliest and Latest bound what is possible. Nobody ever starts before
	// tomorrow.
	Earliest Earliest `yaml:"earliest"`
	Latest   Latest   `yaml:"latest"`
	// RestDays lets people start on weekends and holidays.
	RestDays bool `yaml:"rest_days"`
	// PayrollCutoff is the last day of a month to start on; 0 for any.
	PayrollCutoff int `yaml:"payroll_cutoff"`
	// Notice is how the days of notice that the candidate owes a present
	// employer are counted from today.
	Notice Notice `yaml:"notice"`
	// Medical asks for a medical report that is valid on the start date.
	Medical bool `yaml:"medical"`
	// HRDecides are the reasons that do not make a date impossible: HR is
	// asked for it.
	HRDecides []conversations.DateCode `yaml:"hr_decides"`
	// AskHR lets the candidate ask HR for a date that is impossible.
	AskHR bool `yaml:"ask_hr"`
}

// Span is a number of days before and after a date.
type Span struct {
	Before int `yaml:"before"`
	After  int `yaml:"after"`
}

// Earliest is the first possible day: the latest of those given.
type Earliest struct {
	InDays      int                `yaml:"in_days"`      // from today
	BeforeOffer *int               `yaml:"before_offer"` // days before the offered date
	On          conversations.Date `yaml:"on"`
}

// Latest is the last possible day: the earliest of those given.
type Latest struct {
	InDays     *int               `yaml:"in_days"`     // from today
	AfterOffer *int               `yaml:"after_offer"` // days after the offered date
	On         conversations.Date `yaml:"on"`
}

// Notice is how days of notice are counted.
type Notice string

// The ways to count.
const (
	NoticeIgnored  Notice = ""
	NoticeCalendar Notice = "calendar"
	NoticeWorking  Notice = "working"
)

// longest bounds the numbers of days in a policy.
const longest = 3650

// Check names every value that makes no sense.
func (p Policy) Check() error {
	var problems []error
	must := func(holds bool, problem string, args ...any) {
		if !holds {
			problems = append(problems, fmt.Errorf(problem, args...))
		}
	}
	days := func(key string, n int) {
		must(n >= 0 && n <= longest, "%s: %d is not a number of days from 0 to %d", key, n, longest)
	}
	days("accept.before", p.Accept.Before)
	days("accept.after", p.Accept.After)
	days("earliest.in_days", p.Earliest.InDays)
	for key, n := range map[string]*int{
		"earliest.before_offer": p.Earliest.BeforeOffer, "latest.in_days": p.Latest.InDays, "latest.after_offer": p.Latest.AfterOffer,
	} {
		if n != nil {
			days(key, *n)
		}
	}
	must(p.Earliest.On.IsZero() || p.Latest.On.IsZero() || !p.Latest.On.Before(p.Earliest.On), "latest.on: is before earliest.on")
	must(p.PayrollCutoff >= 0 && p.PayrollCutoff <= 31, "payroll_cutoff: %d is not a day of the month", p.PayrollCutoff)
	must(slices.Contains([]Notice{NoticeIgnored, NoticeCalendar, NoticeWorking}, p.Notice), "notice: %q is neither calendar nor working", p.Notice)
	for _, code := range p.HRDecides {
		must(code != conversations.DateNeedsApproval && slices.Contains(conversations.DateCodes(), code), "hr_decides: %q is no reason; reasons: %s", code, reasons())
	}
	return errors.Join(problems...)
}

func reasons() string {
	codes := conversations.DateCodes()
	return fmt.Sprint(slices.DeleteFunc(codes, func(c conversations.DateCode) bool { return c == conversations.DateNeedsApproval }))
}

// Class is an intake class, one entry of the section intake_classes.
type Class struct {
	ID       string             `yaml:"id"`
	Name     string             `yaml:"name"`
	Date     conversations.Date `yaml:"date"`
	Capacity int                `yaml:"capacity"`
}

// Classes is the section intake_classes of a policy file: people of its
// branch and positions start in one of these. An empty list says that they
// start on any day.
type Classes []Class

// Check names every value that makes no sense.
func (c Classes) Check() error {
	var problems []error
	for i, class := range c {
		switch {
		case class.ID == "":
			problems = append(problems, fmt.Errorf("[%d].id: is missing", i))
		case class.Date.IsZero():
			problems = append(problems, fmt.Errorf("[%d].date: is missing", i))
		case class.Capacity < 1:
			problems = append(problems, fmt.Errorf("[%d].capacity: must be at least 1", i))
		case slices.ContainsFunc(c[:i], func(o Class) bool { return o.ID == class.ID }):
			problems = append(problems, fmt.Errorf("[%d].id: %q is another class's too", i, class.ID))
		}
	}
	return errors.Join(problems...)
}

// CheckTogether finds classes of one id that differ between lists: their
// seats would be counted as one class's.
func CheckTogether(lists ...Classes) error {
	known := map[string]Class{}
	for _, list := range lists {
		for _, class := range list {
			if o, ok := known[class.ID]; ok && o != class {
				return fmt.Errorf("the intake class %q stands in two files that do not say the same of it", class.ID)
			}
			known[class.ID] = class
		}
	}
	return nil
}

// Domain is the list in the core's terms.
func (c Classes) Domain() []conversations.Class {
	var out []conversations.Class
	for _, class := range c {
		if class.Name == "" {
			class.Name = class.ID
		}
		out = append(out, conversations.Class(class))
	}
	return out
}
