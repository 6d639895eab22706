package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"jiebao/bot/nlu"
	"jiebao/bot/startdates"
	"jiebao/config"
	"jiebao/config/policies"
	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
)

// The sections of policy files.
const (
	sectionStartDates = "start_dates"
	sectionClasses    = "intake_classes"
	sectionHours      = "office_hours"
	sectionHandoff    = "handoff"
	sectionReminders  = "reminders"

	sectionNotifications = "notifications" // by which roads they leave
)

// loadPolicies reads the policies of the folder, and the embedded ones. Each
// section is read where it is followed.
func loadPolicies(dir string) (*policies.Set, error) {
	override, err := folder(dir)
	if err != nil {
		return nil, err
	}
	return policies.Load(policies.Embedded(), override, sections()...)
}

func sections() []string {
	return []string{sectionStartDates, sectionClasses, sectionHours, sectionHandoff, sectionReminders, sectionNotifications}
}

// loadCalendar reads the working days and holidays, and those that stand in
// calendar/YEAR.txt of the policies' folder.
func loadCalendar(dir string) (*nlu.Calendar, error) {
	override, err := folder(dir)
	if err != nil || override == nil {
		return nlu.NewCalendar()
	}
	years, err := fs.Sub(override, "calendar")
	if err != nil {
		return nil, err
	}
	return nlu.NewCalendar(years)
}

// checkPolicies finds what is wrong with the policies of the folder.
func checkPolicies(dir string) error {
	set, err := loadPolicies(dir)
	if err != nil {
		return err
	}
	_, calendarErr := loadCalendar(dir)
	_, err = newStartDates(set, nil)
	_, officeErr := newOffice(config.OfficeHours{}, set, nil)
	_, routesErr := newRoutes(set)
	return errors.Join(calendarErr, err, officeErr, routesErr)
}

// startDatePolicies are the sections that the start-date engine follows.
type startDatePolicies struct {
	rules   *policies.Section[startdates.Policy]
	classes *policies.Section[startdates.Classes]
}

func newStartDates(set *policies.Set, calendar *nlu.Calendar) (*startdates.Engine, error) {
	rules, err := policies.Read(set, sectionStartDates, startdates.Policy.Check)
	if err != nil {
		return nil, err
	}
	classes, err := policies.Read(set, sectionClasses, startdates.Classes.Check)
	if err != nil {
		return nil, err
	}
	var lists []startdates.Classes
	for _, e := range classes.Entries() {
		lists = append(lists, e.Policy)
	}
	if err := startdates.CheckTogether(lists...); err != nil {
		return nil, fmt.Errorf("reading policies: %w", err)
	}
	return startdates.New(calendar, startDatePolicies{rules, classes}), nil
}

// seated judges dates as things stand, for people to see.
type seated struct {
	engine *conversations.Engine
	store  *sqlstore.Store
	now    func() time.Time
}

// Dates implements console.StartDates and h5.StartDates.
func (s seated) Dates(ctx context.Context, c *conversations.Conversation) (conversations.Dates, error) {
	now := s.now().In(s.engine.Zone)
	var classes []string
	for _, class := range s.engine.Dates(now, c, nil).Classes() {
		classes = append(classes, class.ID)
	}
	seats, err := s.store.Seats(ctx, classes)
	return s.engine.Dates(now, c, seats), err
}

// Foretell is what a candidate would be told by a command as things stand.
func (s seated) Foretell(ctx context.Context, c conversations.Conversation, cmd conversations.Command) ([]conversations.Message, error) {
	now := conversations.Snapshot{Now: s.now().In(s.engine.Zone), Conversation: c}
	var err error
	if now.Seats, err = s.store.Seats(ctx, s.engine.LookupClasses(now, cmd)); err != nil {
		return nil, err
	}
	return s.engine.Foretell(now, cmd)
}

// StartDates implements startdates.Policies.
func (p startDatePolicies) StartDates(branch string, at conversations.Position) startdates.Policy {
	policy, _ := p.rules.For(branch, at.ID, at.Title)
	return policy
}

// IntakeClasses implements startdates.Policies.
func (p startDatePolicies) IntakeClasses(branch string, at conversations.Position) []conversations.Class {
	classes, _ := p.classes.For(branch, at.ID, at.Title)
	return classes.Domain()
}
