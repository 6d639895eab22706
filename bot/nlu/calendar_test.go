package nlu

import (
	"testing"
	"testing/fstest"
	"time"
)

func day(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDateArithmeticAgreesWithTime(t *testing.T) {
	t.Parallel()
	at := time.Date(1895, 1, 1, 0, 0, 0, 0, time.UTC)
	d := DateOf(at)
	for range 90000 {
		if d != DateOf(at) || d.Weekday() != at.Weekday() || d.AddDays(1).AddDays(-1) != d {
			t.Fatalf("%v became %v (%v)", at, d, d.Weekday())
		}
		at, d = at.AddDate(0, 0, 1), d.AddDays(1)
	}
}

func TestLunarDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		y, m, d int
		leap    bool
		want    string
	}{
		{1900, 1, 1, false, "1900-01-31"}, {1949, 8, 10, false, "1949-10-01"},
		{1984, 10, 1, true, "1984-11-23"}, {2000, 1, 1, false, "2000-02-05"},
		{2008, 7, 8, false, "2008-08-08"}, {2013, 5, 5, false, "2013-06-12"},
		{2017, 8, 15, false, "2017-10-04"}, {2017, 6, 1, true, "2017-07-23"},
		{2020, 8, 15, false, "2020-10-01"}, {2020, 4, 1, true, "2020-05-23"},
		{2021, 1, 15, false, "2021-02-26"}, {2022, 12, 10, false, "2023-01-01"},
		{2023, 1, 1, false, "2023-01-22"}, {2023, 2, 1, true, "2023-03-22"},
		{2023, 5, 5, false, "2023-06-22"}, {2023, 12, 30, false, "2024-02-09"},
		{2024, 12, 29, false, "2025-01-28"}, {2025, 6, 1, true, "2025-07-25"},
		{2025, 8, 15, false, "2025-10-06"}, {2026, 1, 1, false, "2026-02-17"},
		{2026, 5, 5, false, "2026-06-19"}, {2026, 8, 15, false, "2026-09-25"},
		{2027, 1, 1, false, "2027-02-06"}, {2028, 1, 1, false, "2028-01-26"},
		{2033, 11, 1, true, "2033-12-22"}, {2100, 1, 1, false, "2100-02-09"},
	} {
		got, ok := FromLunar(c.y, c.m, c.d, c.leap)
		if !ok || got.String() != c.want {
			t.Errorf("lunar %d-%d-%d leap %v: %v %v, want %s", c.y, c.m, c.d, c.leap, got, ok, c.want)
		}
	}
	if d, ok := FromLunar(2026, 3, 1, true); ok {
		t.Errorf("2026 has no leap third month, got %v", d)
	}
	for y := firstLunarYear; y < lastLunarYear; y++ {
		n := lunarYearDays(y)
		if next := lunarNewYear(y + 1); next.Month > 2 || n < 353 || n > 385 {
			t.Errorf("lunar year %d has %d days, and the next begins on %v", y, n, next)
		}
	}
}

func TestSolarTerms(t *testing.T) {
	t.Parallel()
	for want, k := range map[string]int{
		"2024-12-21": 18, "2021-06-05": 5, "2013-04-04": 1, "2026-04-05": 1, "2017-04-04": 1,
		"2026-12-22": 18, "2026-03-20": 0, "2026-02-04": 21, "2026-06-21": 6, "2026-09-23": 12,
	} {
		d := day(t, want)
		if got := solarTerm(d.Year, k); got != d {
			t.Errorf("%s %d: %v, want %v", solarTerms[k], d.Year, got, d)
		}
	}
}

func TestBuiltInYears(t *testing.T) {
	t.Parallel()
	cal := China()
	// Each notice says how many days off and how many adjusted workdays a year
	// has; every adjusted workday is a weekend day outside all blocks.
	for d := range cal.work {
		if wd := d.Weekday(); wd != time.Saturday && wd != time.Sunday || cal.rest[d] {
			t.Errorf("%v (%v) cannot be an adjusted workday", d, wd)
		}
	}
	for y := 2017; y <= 2026; y++ {
		names := map[string]bool{}
		for _, b := range cal.blocks {
			if b.Last.Year == y {
				for _, n := range b.Names {
					names[n] = true
				}
			}
		}
		if len(names) != 7 {
			t.Errorf("%d has the holidays %v, want seven", y, names)
		}
	}
	for feast, y := range map[string]int{"春节": 2026, "中秋节": 2020, "端午节": 2024} {
		d := festivalByName(t, feast, y)
		if b, ok := cal.Holiday(feast, d); !ok || d.Before(b.First) || d.After(b.Last) {
			t.Errorf("%s %d is on %v, outside its days off %v", feast, y, d, b)
		}
	}
}

func festivalByName(t *testing.T, name string, y int) Date {
	t.Helper()
	for i := range holidays {
		if holidays[i].name == name {
			return holidays[i].on(y)
		}
	}
	t.Fatalf("no holiday is called %s", name)
	return Date{}
}

func TestWorkdays(t *testing.T) {
	t.Parallel()
	cal := China()
	for s, want := range map[string]bool{
		"2026-10-01": false, "2026-10-10": true, "2026-09-20": true, "2026-10-08": true,
		"2026-02-23": false, "2026-02-28": true, "2031-05-03": false, "2031-05-05": true,
		"2031-01-01": false, "2031-10-02": false, "2031-10-06": true, // no data, but fixed by law
	} {
		if got := cal.IsWorkday(day(t, s)); got != want {
			t.Errorf("IsWorkday(%s) = %v", s, got)
		}
	}
	if got := cal.AddWorkdays(day(t, "2026-09-30"), 3); got.String() != "2026-10-10" {
		t.Errorf("three workdays after 30 September 2026 = %v", got)
	}
	if got := cal.AddWorkdays(day(t, "2026-10-08"), -1); got.String() != "2026-09-30" {
		t.Errorf("the workday before 8 October 2026 = %v", got)
	}
}

func TestOperatorsAddYears(t *testing.T) {
	t.Parallel()
	cal, err := NewCalendar(fstest.MapFS{
		"2031.txt": {Data: []byte("# test\nrest 2031-10-01 2031-10-07 国庆节\nwork 2031-10-11\n")},
		"2026.txt": {Data: []byte("work 2026-08-01\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if cal.IsWorkday(day(t, "2031-10-02")) || !cal.IsWorkday(day(t, "2031-10-11")) {
		t.Error("2031 was not added")
	}
	if !cal.IsWorkday(day(t, "2026-10-06")) || !cal.IsWorkday(day(t, "2026-08-01")) {
		t.Error("2026 was not replaced")
	}
	for _, bad := range []string{"holiday 2026-01-01", "rest 2026-01-05 2026-01-01 元旦", "work 2026-02-30", "rest 2026-01-01 2026-12-01 元旦"} {
		if _, err := NewCalendar(fstest.MapFS{"x.txt": {Data: []byte(bad)}}); err == nil {
			t.Errorf("%q was accepted", bad)
		} else {
			t.Log(err)
		}
	}
}

func TestKnows(t *testing.T) {
	t.Parallel()
	c := China()
	if !c.Knows(2026) || c.Knows(1999) {
		t.Errorf("2026: %t, 1999: %t", c.Knows(2026), c.Knows(1999))
	}
}
