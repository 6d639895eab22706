package bot

import (
	"strconv"
	"testing"

	"github.com/goccy/go-yaml"

	"jiebao/bot/startdates"
	"jiebao/conversations"
)

// rules are the policies of a test, and the seats that are taken.
type rules struct {
	policy  startdates.Policy
	classes startdates.Classes
	seats   conversations.Seats
	engine  conversations.Engine
}

// StartDates implements startdates.Policies.
func (r *rules) StartDates(string, conversations.Position) startdates.Policy { return r.policy }

// IntakeClasses implements startdates.Policies.
func (r *rules) IntakeClasses(string, conversations.Position) []conversations.Class {
	return r.classes.Domain()
}

// usual are the policies that hold where a bank sets none.
func usual() *rules {
	year := 365
	r := &rules{policy: startdates.Policy{
		Earliest: startdates.Earliest{InDays: 1}, Latest: startdates.Latest{AfterOffer: &year},
		Notice: startdates.NoticeCalendar, Medical: true, AskHR: true,
		HRDecides: []conversations.DateCode{conversations.DatePayroll, conversations.DateNoticePeriod, conversations.DateMedical},
	}}
	r.engine.StartDates = startdates.New(calendar(), r)
	return r
}

// dates judges dates for the candidate as things stand.
func (w *world) dates() conversations.Dates { return w.rules.engine.Dates(w.now, &w.c, w.rules.seats) }

// rule changes the policies: a section as in a policy file.
func (w *world) rule(t *testing.T, section, text string) {
	t.Helper()
	var into any = &w.rules.policy
	if section == "classes" {
		into = &w.rules.classes
	}
	if err := yaml.UnmarshalWithOptions([]byte(text), into, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", section, err)
	}
}

// owes sets what the EHR posted of the candidate's notice or medical report.
func (w *world) owes(t *testing.T, what, value string) {
	t.Helper()
	var err error
	if what == "notice" {
		w.app().Offer.NoticeDays, err = strconv.Atoi(value)
	} else {
		w.app().Offer.MedicalValidUntil, err = conversations.ParseDate(value)
	}
	if err != nil {
		t.Fatal(err)
	}
}
