package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxAnswer is how much of an answer is read, so that its connection can be
// used again. What it says does not matter to the delivery.
const maxAnswer = 64 << 10

// Answer is what the endpoint said.
type Answer struct {
	Status     int
	RetryAfter time.Duration // it asked to be left alone for, with 429 and 503; 0 if it did not
	// Excerpt is the beginning of an answer that was no success, on one line
	// and with what looks personal or comes from the event masked.
	Excerpt string
}

// Took says whether the endpoint took the event.
func (a Answer) Took() bool { return a.Status >= 200 && a.Status < 300 }

// Redirected says whether it pointed elsewhere, which is not followed.
func (a Answer) Redirected() bool { return a.Status >= 300 && a.Status < 400 }

// String says what it answered, without its words.
func (a Answer) String() string {
	return fmt.Sprintf("the endpoint answered %d %s", a.Status, http.StatusText(a.Status))
}

func readAnswer(resp *http.Response, now time.Time, told func() []string) Answer {
	a := Answer{Status: resp.StatusCode}
	if a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable {
		a.RetryAfter = readRetryAfter(resp.Header.Get("Retry-After"), now)
	}
	limited := io.LimitReader(resp.Body, maxAnswer)
	if !a.Took() {
		head, _ := io.ReadAll(io.LimitReader(limited, maxRead))
		a.Excerpt = excerpt(head, told())
	}
	_, _ = io.Copy(io.Discard, limited)
	return a
}

// maxRetryAfter bounds what an endpoint can ask for, lest a typing error
// there silences it for years.
const maxRetryAfter = 24 * time.Hour

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

// Reason is why there is no answer.
type Reason string

// The reasons.
const (
	Unreachable Reason = "unreachable" // no connection, or it broke
	TooLate     Reason = "too_late"    // no answer in time; the endpoint may have taken the event
	Insecure    Reason = "insecure"    // a certificate is wrong, on either side
	Forbidden   Reason = "forbidden"   // the address must not be connected to; the settings have to be changed
	Unsigned    Reason = "unsigned"    // no secret is live; the settings have to be changed
	Unmapped    Reason = "unmapped"    // the filter or the mapping failed on this event
	Crowded     Reason = "crowded"     // no turn at the endpoint's rate; nothing was sent, and nothing is wrong
)

// Failure is the error of an attempt that got no answer. It says neither the
// whole address, which may hold a token, nor anything of the event.
type Failure struct {
	Reason Reason
	text   string
}

// Error says what went wrong and, where that is known, what to do.
func (f *Failure) Error() string { return f.text }

// explain makes a Failure of a transport's error, which may quote what came
// back.
func explain(err error, told func() []string) *Failure {
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err
	}
	var blocked *Blocked
	var verification *tls.CertificateVerificationError
	var broken *net.OpError
	var network net.Error
	var name *net.DNSError
	switch {
	case errors.As(err, &blocked):
		return &Failure{Forbidden, blocked.Error()}
	case errors.As(err, &verification):
		return &Failure{Insecure, "the endpoint's certificate is not believed: " + verification.Err.Error()}
	case errors.As(err, &broken) && broken.Op == "remote error": // as crypto/tls names alerts
		return &Failure{Insecure, "the endpoint refused the TLS connection; it may want another client certificate: " + broken.Err.Error()}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return &Failure{TooLate, "the endpoint did not answer in time"}
	case broken != nil, errors.As(err, &name):
		return &Failure{Unreachable, "the endpoint could not be reached: " + err.Error()}
	}
	return &Failure{Unreachable, "the endpoint could not be reached: " + excerpt([]byte(err.Error()), told())}
}
