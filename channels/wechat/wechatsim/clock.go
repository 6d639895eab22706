package wechatsim

import (
	"time"

	"jiebao/channels/simclock"
)

// beijing is the platform's own zone: its days and months turn at midnight
// there ("接口调用频次限制说明").
var beijing = simclock.Beijing()

// clock holds callbacks that are to come later. They are data rather than
// functions so that a snapshot can carry them.
type clock = simclock.Clock[event]

func newClock(o Options) *clock {
	switch {
	case o.RealTime:
		return simclock.Following[event](time.Now)
	case o.Now != nil:
		return simclock.Following[event](o.Now)
	}
	return simclock.Virtual[event](o.Start)
}

// day names the Beijing day of t; quotas of a day are kept under it.
func day(t time.Time) string { return t.In(beijing).Format("2006-01-02") }

// month names the Beijing month of t.
func month(t time.Time) string { return t.In(beijing).Format("2006-01") }
