package conversations

import (
	"testing"
	"time"
)

func TestOfficeHours(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CST", 8*3600)
	holiday := Date{2026, time.October, 1}
	worked := Date{2026, time.October, 10}
	o := OfficeHours{
		Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}, From: 9 * 60, To: 18 * 60,
		Workday: func(d Date) bool {
			return d == worked || !weekend(d) && (d.Before(holiday) || d.After(holiday.AddDays(6)))
		},
	}
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2026, month, day, hour, 0, 0, 0, zone)
	}
	for _, c := range []struct {
		now, next time.Time
	}{
		{at(time.June, 24, 9), at(time.June, 24, 9)},
		{at(time.June, 24, 8), at(time.June, 24, 9)},
		{at(time.June, 24, 18), at(time.June, 25, 9)},
		{at(time.June, 26, 20), at(time.June, 29, 9)},
		{at(time.September, 30, 20), at(time.October, 8, 9)},
		{at(time.October, 9, 20), at(time.October, 10, 9)},
	} {
		if got := o.Next(c.now); !got.Equal(c.next) {
			t.Errorf("after %s people are back at %s, want %s", c.now, got, c.next)
		}
		if open := c.now.Equal(c.next); o.Open(c.now) != open {
			t.Errorf("at %s open is %v", c.now, !open)
		}
	}
	if got := o.Between(at(time.June, 26, 17), at(time.June, 29, 10)); got != 2*time.Hour {
		t.Errorf("Friday afternoon to Monday morning is %s of office time", got)
	}
	if got := (OfficeHours{}).Between(at(time.June, 26, 17), at(time.June, 26, 20)); got != 3*time.Hour {
		t.Errorf("without hours, three are %s", got)
	}
	if !(OfficeHours{}).Next(at(time.June, 24, 9)).IsZero() {
		t.Error("somebody knows hours that are not known")
	}
	o.Days = append(o.Days, time.Saturday)
	if !o.Open(at(time.June, 27, 10)) || o.Open(at(time.October, 3, 10)) {
		t.Error("a Saturday is worked if listed, but not within a holiday")
	}
}
