package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"jiebao/bot/nlu"
	"jiebao/bot/startdates"
	"jiebao/config/policies"
	"jiebao/conversations"
)

// startDatesOf reads the start dates' sections of a folder, over the embedded ones.
func startDatesOf(folder fs.FS) (*startdates.Engine, error) {
	set, err := policies.Load(policies.Embedded(), folder, sections()...)
	if err != nil {
		return nil, err
	}
	return newStartDates(set, nlu.China())
}

func policyFiles(named ...string) fstest.MapFS {
	all := fstest.MapFS{}
	for i := 0; i < len(named); i += 2 {
		all[named[i]] = &fstest.MapFile{Data: []byte(named[i+1])}
	}
	return all
}

func TestStartDatePolicies(t *testing.T) {
	t.Parallel()
	engine, err := startDatesOf(policyFiles(
		"beijing.yaml", "branch: head/beijing\nstart_dates: {latest: {on: 2026-08-01}, earliest: {before_offer: 3}}",
		"trainees.yaml", "positions: [\"管培*\", T-1]\nintake_classes:\n  - {id: july, date: 2026-07-06, capacity: 3}",
	))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		branch  string
		at      conversations.Position
		classes int
		latest  bool
	}{
		{"head/shanghai", conversations.Position{Title: "柜员"}, 0, false},
		{"head/beijing/haidian", conversations.Position{Title: "柜员"}, 0, true},
		{"head/beijing", conversations.Position{Title: "管培生"}, 1, true},
		{"head", conversations.Position{ID: "T-1", Title: "柜员"}, 1, false},
	} {
		if got := len(engine.Classes(c.branch, c.at)); got != c.classes {
			t.Errorf("%s, %+v: %d classes, want %d", c.branch, c.at, got, c.classes)
		}
		offered := conversations.Date{Year: 2026, Month: 7, Day: 6}
		p := conversations.Proposal{Now: offered.AddDays(-9).In(time.UTC), Branch: c.branch, Position: c.at, Offer: conversations.Offer{StartDate: offered}, Date: offered.AddDays(60)}
		late := false
		for _, r := range engine.Judge(p).Reasons {
			late = late || r.Code == conversations.DateTooLate
		}
		if late != c.latest {
			t.Errorf("%s, %+v: %+v", c.branch, c.at, engine.Judge(p))
		}
	}
}

func TestStartDateProblems(t *testing.T) {
	t.Parallel()
	for want, folder := range map[string]fstest.MapFS{
		`a.yaml: start_dates: line 2: unknown field "acept"`:           policyFiles("a.yaml", "start_dates:\n  acept: {}"),
		"a.yaml: start_dates: payroll_cutoff: 40":                      policyFiles("a.yaml", "start_dates: {payroll_cutoff: 40}"),
		`a.yaml: start_dates: "soon" is not a date`:                    policyFiles("a.yaml", "start_dates: {latest: {on: soon}}"),
		"a.yaml: intake_classes: [0].capacity: must be at least 1":     policyFiles("a.yaml", "intake_classes: [{id: a, date: 2026-07-06}]"),
		`the intake class "a" stands in two files that do not say the`: policyFiles("a.yaml", "intake_classes: [{id: a, date: 2026-07-06, capacity: 1}]", "b.yaml", "branch: head\nintake_classes: [{id: a, date: 2026-07-06, capacity: 2}]"),
	} {
		if _, err := startDatesOf(folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("read with %v, want %q", err, want)
		}
	}
}

// FuzzPolicies: whatever stands in a policy file, it is refused, or dates can
// be judged by it.
func FuzzPolicies(f *testing.F) {
	for _, seed := range []string{
		"", "start_dates: {accept: {after: 7}, latest: {after_offer: 3}}", "start_dates: {hr_decides: [class_full], notice: working}",
		"start_dates: {earliest: {on: 2026-07-06, in_days: 9}}", "intake_classes: [{id: a, date: 2026-07-06, capacity: 1}]", "intake_classes: []", "start_dates: []",
	} {
		f.Add(seed)
	}
	calendar := nlu.China()
	f.Fuzz(func(t *testing.T, text string) {
		text = text[:min(len(text), 1<<10)] // the YAML parser takes the square of the depth of nesting
		set, err := policies.Load(policies.Embedded(), policyFiles("a.yaml", text), sections()...)
		if err != nil {
			return
		}
		engine, err := newStartDates(set, calendar)
		if err != nil {
			return
		}
		offered := conversations.Date{Year: 2026, Month: 7, Day: 6}
		p := conversations.Proposal{Now: offered.AddDays(-9).In(time.UTC), Branch: "head", Offer: conversations.Offer{StartDate: offered, NoticeDays: 9}}
		for _, day := range []int{-20, 0, 6, 400} {
			p.Date = offered.AddDays(day)
			engine.Judge(p)
			if n := len(engine.Nearest(p)); n > 3 {
				t.Fatalf("%d dates are offered", n)
			}
		}
	})
}

func TestCalendarOfTheFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "calendar"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, wants := range map[string]string{"rest 2031-10-01 2031-10-07 国庆节\nwork 2031-10-11\n": "", "rest 2031\n": "2031.txt: line 1"} {
		if err := os.WriteFile(filepath.Join(dir, "calendar", "2031.txt"), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		calendar, err := loadCalendar(dir)
		switch {
		case wants == "" && (err != nil || calendar.IsWorkday(nlu.Date{Year: 2031, Month: 10, Day: 6}) || !calendar.IsWorkday(nlu.Date{Year: 2031, Month: 10, Day: 11})):
			t.Errorf("the year 2031 was not read: %v", err)
		case wants != "" && (err == nil || !strings.Contains(err.Error(), wants) || checkPolicies(dir) == nil):
			t.Errorf("read with %v, want %q", err, wants)
		}
	}
}
