package nlu

import (
	"time"

	"jiebao/conversations"
)

// Date is a civil date; the zero Date means "no date".
type Date = conversations.Date

// DateOf returns the civil date of t in t's own location.
func DateOf(t time.Time) Date { return conversations.DateOf(t) }

// ParseDate reads "YYYY-MM-DD" and refuses dates that do not exist.
func ParseDate(s string) (Date, error) { return conversations.ParseDate(s) }

// civil returns a date of its parts, which need not exist.
func civil(y int, m time.Month, d int) Date { return Date{Year: y, Month: m, Day: d} }

// isoDay numbers the days of a week from Monday = 0 to Sunday = 6.
func isoDay(d Date) int { return d.Sub(d.Monday()) }

// daysIn returns the length of a month.
func daysIn(y int, m time.Month) int { return time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day() }
