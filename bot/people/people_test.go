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
