package nlu

import (
	"errors"
	"fmt"
	"time"
)

// Date is a civil date, without time of day or zone. The zero Date means "no date".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the civil date of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// errNotDate is wrapped by ParseDate's errors.
var errNotDate = errors.New("not a calendar date")

// ParseDate reads "YYYY-MM-DD" and refuses dates that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("reading %q, which should look like 2026-07-06: %w", s, errNotDate)
	}
	return DateOf(t), nil
}

// String gives YYYY-MM-DD, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return string(d.append(make([]byte, 0, 10)))
}

func (d Date) append(b []byte) []byte {
	y, m := d.Year, int(d.Month)
	return append(b, digit(y/1000), digit(y/100), digit(y/10), digit(y), '-',
		digit(m/10), digit(m), '-', digit(d.Day/10), digit(d.Day))
}

func digit(n int) byte { return byte('0' + n%10) }

// MarshalText gives YYYY-MM-DD; the zero Date becomes the empty string.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// IsZero reports whether d means "no date".
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether d exists in the Gregorian calendar, years 1 to 9999.
func (d Date) Valid() bool {
	return d.Year >= 1 && d.Year <= 9999 && d.Month >= time.January && d.Month <= time.December &&
		d.Day >= 1 && d.Day <= daysIn(d.Year, d.Month)
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.ordinal() < e.ordinal() }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.ordinal() > e.ordinal() }

// Sub returns the days from e to d.
func (d Date) Sub(e Date) int { return d.ordinal() - e.ordinal() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday(((d.ordinal()+1)%7 + 7) % 7) }

// AddDays returns the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return fromOrdinal(d.ordinal() + n) }

// AddMonths returns the date n calendar months later, clamped to the month's end.
func (d Date) AddMonths(n int) Date {
	k := d.Year*12 + int(d.Month) - 1 + n
	y, m := k/12, time.Month(k%12+1)
	return Date{y, m, min(d.Day, daysIn(y, m))}
}

// isoDay numbers the days of a week from Monday = 0 to Sunday = 6.
func (d Date) isoDay() int { return (int(d.Weekday()) + 6) % 7 }

// monday returns the Monday of d's ISO week.
func (d Date) monday() Date { return d.AddDays(-d.isoDay()) }

func daysIn(y int, m time.Month) int {
	switch m {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// ordinal counts days; Monday 0001-01-01 is 0. Years start in March in this
// arithmetic, so that the leap day is the last day of a year.
func (d Date) ordinal() int {
	y, m := d.Year, int(d.Month)
	if m < 3 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*m-457)/5 + d.Day - 307
}

// fromOrdinal is the inverse of ordinal.
func fromOrdinal(n int) Date {
	n += 306
	era := n / 146097
	doe := n - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d := Date{yoe + era*400, time.Month(mp + 3), doy - (153*mp+2)/5 + 1}
	if d.Month > 12 {
		d.Year, d.Month = d.Year+1, d.Month-12
	}
	return d
}
