package ehr

import "time"

// wait returns how long to wait after a failed attempt, of which there were
// so many before. The part that Jitter names is drawn at random; the wait is
// never longer than the schedule's.
func (d *Deliverer) wait(attempts int) time.Duration {
	full := d.schedule[min(attempts, len(d.schedule)-1)]
	return full - time.Duration(float64(full)*d.jitter*d.rand())
}
