package api

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// The calls that one candidate's app may make in a minute.
const (
	mostReads  = 240
	mostWrites = 60
	// mostStreams is how many streams one candidate may have open.
	mostStreams = 5
)

// Quota is how many calls a caller has left.
type Quota struct {
	Left int           // calls that it may make at once
	Full time.Duration // until it may make as many as ever
	Wait time.Duration // how long this call has to wait; zero: it may pass
}

// spend counts a call under a key and tells the caller what is left, in the
// headers of draft-ietf-httpapi-ratelimit-headers-11 (RateLimit header fields
// for HTTP). It answers a call that is too many and says whether it may pass.
func (a *API) spend(ctx huma.Context, policy, key string, perMinute int) bool {
	if perMinute == 0 {
		return true
	}
	q := a.Limit(ctx.Context(), key, perMinute)
	ctx.SetHeader("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=60", policy, perMinute))
	ctx.SetHeader("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", policy, q.Left, seconds(q.Full)))
	if q.Wait == 0 {
		return true
	}
	wait := strconv.Itoa(max(seconds(q.Wait), 1))
	ctx.SetHeader("Retry-After", wait)
	a.write(ctx, tooMany(wait))
	return false
}

// seconds are whole ones, rounded up.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// tooMany tells to come back later.
func tooMany(seconds string) *Problem {
	return &Problem{
		Type: problemURN + "too-many", Title: "Too many requests", Status: http.StatusTooManyRequests,
		Detail: "The caller asks too often. Try again after " + seconds + " seconds.",
	}
}
