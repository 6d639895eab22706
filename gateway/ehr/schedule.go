package ehr

import (
	"net/http"
	"strconv"
	"time"
)

// maxRetryAfter bounds what an endpoint can ask for, lest a typing error
// there silences it for years.
const maxRetryAfter = 24 * time.Hour

// wait returns how long to wait after a failed attempt, of which there were
// so many before. The part that Jitter names is drawn at random; the wait is
// never longer than the schedule's.
func (d *Deliverer) wait(attempts int) time.Duration {
	full := d.schedule[min(attempts, len(d.schedule)-1)]
	return full - time.Duration(float64(full)*d.jitter*d.rand())
}

// readRetryAfter reads seconds or a date (RFC 9110, 10.2.3); anything else,
// and what lies in the past, is 0.
func readRetryAfter(s string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil {
		wait = time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(s); err == nil {
		wait = at.Sub(now)
	}
	return max(0, min(wait, maxRetryAfter))
}
