package people

import (
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	good := Reminders{From: 9 * 60, To: 20 * 60, Offer: Plan{After: []time.Duration{time.Hour}, Most: 2}}
	for _, c := range []struct {
		err  error
		want string
	}{
		{Hours{Days: []string{"mon"}, From: 540, To: 1080}.Check(), ""},
		{Hours{From: 540, To: 1080}.Check(), "days: name at least one"},
		{Hours{Days: []string{"monday"}, From: 540, To: 1080}.Check(), `"monday" is not a day`},
		{Hours{Days: []string{"mon"}, From: 1080, To: 540}.Check(), "must be later than from"},
		{Handoff{Words: []string{"仲裁", "call the police"}, Care: []string{"不想活"}}.Check(), ""},
		{Handoff{Words: []string{"法"}}.Check(), "too short"},
		{Handoff{Care: []string{"12345"}}.Check(), "without digits"},
		{Handoff{Words: []string{"Lawyer"}}.Check(), "small letters"},
		{good.Check(), ""},
		{Reminders{From: 1, To: 2, Documents: Plan{Most: 9}}.Check(), "documents.most"},
		{Reminders{From: 1, To: 2, Offer: Plan{Before: []time.Duration{-1}}}.Check(), "offer"},
		{Reminders{}.Check(), "must be later than from"},
	} {
		if c.want == "" && c.err != nil || c.want != "" && (c.err == nil || !strings.Contains(c.err.Error(), c.want)) {
			t.Errorf("%v, want %q", c.err, c.want)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	var c Clock
	if err := c.UnmarshalText([]byte("24:00")); err != nil || c != 24*60 {
		t.Errorf("24:00 is %d (%v)", c, err)
	}
	if err := c.UnmarshalText([]byte("9 o'clock")); err == nil {
		t.Error("9 o'clock was read")
	}
	if d := (Hours{Days: []string{"sat", "mon"}}).Domain().Days; len(d) != 2 || d[0] != time.Monday {
		t.Errorf("the days are %v", d)
	}
}

func TestNotifications(t *testing.T) {
	t.Parallel()
	chat := Step{By: "chat"}
	for _, c := range []struct {
		n    Notifications
		want string
	}{
		{Notifications{Normal: Ladder{[]Step{chat, {By: "push", After: time.Hour, Unless: "read"}, {By: "person", After: time.Hour}}}}, ""},
		{Notifications{}, "normal.steps: name at least one"},
		{Notifications{Normal: Ladder{[]Step{{By: "pigeon"}}}}, `normal.steps[0].by: "pigeon"`},
		{Notifications{Normal: Ladder{[]Step{chat}}, Urgent: Ladder{[]Step{{By: "sms", After: 2}, {By: "voice", After: 1}}}}, "urgent.steps[1].after"},
		{Notifications{Normal: Ladder{[]Step{{By: "sms", After: 1e4 * time.Hour}}}}, "60 days"},
		{Notifications{Normal: Ladder{[]Step{{By: "sms", Unless: "seen"}}}}, `unless: "seen"`},
		{Notifications{Normal: Ladder{make([]Step, 13)}}, "at most 12"},
		{Notifications{Normal: Ladder{[]Step{chat}}, Quiet: Quiet{Except: []string{"often"}}}, "quiet.except"},
		{Notifications{Normal: Ladder{[]Step{chat}}, Quiet: Quiet{Media: []string{"fax"}}}, "quiet.media"},
		{Notifications{Normal: Ladder{[]Step{chat}}, Quiet: Quiet{To: 24 * 60}}, "quiet.to"},
	} {
		err := c.n.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.n, err, c.want)
		}
	}
	d := Notifications{
		Normal: Ladder{[]Step{chat}}, Urgent: Ladder{[]Step{{By: "sms", After: time.Hour, Unless: "read"}}},
		Quiet: Quiet{From: 1, To: 2, Except: []string{"urgent", "normal"}, Media: []string{"sms"}},
	}.Domain()
	if len(d.Normal) != 1 || d.Urgent[0].After != time.Hour || d.Urgent[0].Unless != "read" || len(d.Quiet.Except) != 2 || d.Quiet.Except[0] != "urgent" || d.Quiet.Except[1] != "" {
		t.Errorf("in the core's terms: %+v", d)
	}
}
