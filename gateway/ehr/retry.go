package ehr

import (
	"errors"
	"fmt"
	"time"
)

// Retry is how patient endpoints are treated.
type Retry struct {
	// Schedule holds the waits before the second, third, … attempt, at least
	// one. The last one repeats.
	Schedule []time.Duration
	// Jitter is the part of each wait, 0 to 1, that is drawn at random.
	Jitter float64
	// GiveUp is how long an event is tried: it is given up with the first
	// attempt that fails so long after it was first tried.
	GiveUp time.Duration
}

func (r Retry) check() error {
	if len(r.Schedule) == 0 {
		return errors.New("the schedule holds no wait")
	}
	if r.Jitter < 0 || r.Jitter > 1 {
		return fmt.Errorf("the jitter is %v and must be between 0 and 1", r.Jitter)
	}
	if r.GiveUp <= 0 {
		return errors.New("it must be told when an event is given up")
	}
	return nil
}

// wait returns how long to wait after a failed attempt, of which there were so
// many before. It is never longer than the schedule's.
func (r Retry) wait(attempts int, draw float64) time.Duration {
	full := r.Schedule[min(attempts, len(r.Schedule)-1)]
	return full - time.Duration(float64(full)*r.Jitter*draw)
}

// settle is how long an endpoint has to have taken events again before one
// that it still refuses is blamed itself: what waited through an outage is not
// given up because there is a crowd at its end.
func (r Retry) settle() time.Duration { return r.GiveUp / 24 }

// patience is how long an event is tried. One that is told again, because
// somebody wants to see it taken, holds up its candidate's others for less.
func (r Retry) patience(again bool) time.Duration {
	if again {
		return r.settle()
	}
	return r.GiveUp
}
