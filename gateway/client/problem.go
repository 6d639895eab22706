package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Problem is why the gateway refused a call (RFC 9457). It repeats no value that
// was sent, so it may be logged.
type Problem struct {
	Type      string       `json:"type"` // what programs go by; see Is
	Title     string       `json:"title"`
	Status    int          `json:"status"` // of HTTP
	Detail    string       `json:"detail"` // what to do about it
	Fields    []FieldWrong `json:"errors,omitempty"`
	Version   *int64       `json:"version,omitempty"`    // of version-mismatch: as it is
	RequestID string       `json:"request_id,omitempty"` // how the gateway's log calls the call

	// RetryAfter is how long the gateway wants to be left alone.
	RetryAfter time.Duration `json:"-"`
}

// FieldWrong is what is wrong with one field of a document.
type FieldWrong struct {
	Field  string `json:"field"` // its path, such as offer.start_date
	Detail string `json:"detail"`
}

const (
	problemURN  = "urn:jiebao:problem:"
	unexplained = "about:blank" // by something before the gateway, such as a proxy
)

// Error says what is wrong, and how the gateway's log calls the call.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%d)", p.Title, p.Status)
	if p.Detail != "" {
		b.WriteString(": " + p.Detail)
	}
	for _, f := range p.Fields {
		fmt.Fprintf(&b, " %s: %s.", f.Field, f.Detail)
	}
	if p.RequestID != "" {
		b.WriteString(" (request " + p.RequestID + ")")
	}
	return b.String()
}

// Is says whether an error is a Problem of a kind, by the last part of its type,
// such as "not-found", "invalid" or "version-mismatch". A refusal to give an access
// token has the code of RFC 6749, such as "invalid_client".
func Is(err error, kind string) bool {
	var p *Problem
	return errors.As(err, &p) && p.Type == problemURN+kind
}

// problemOf reads why a call was refused.
func problemOf(r *http.Response, text []byte, now time.Time) *Problem {
	p := &Problem{}
	if json.Unmarshal(text, p) != nil || p.Type == "" || p.Title == "" {
		p = &Problem{Type: unexplained, Title: http.StatusText(r.StatusCode)}
		var refused struct { // RFC 6749, 5.2 Error Response
			Code  string `json:"error"`
			Words string `json:"error_description"`
		}
		if json.Unmarshal(text, &refused) == nil && refused.Code != "" {
			p = &Problem{Type: problemURN + refused.Code, Title: "No access token", Detail: refused.Words}
		}
	}
	p.Status = r.StatusCode
	if p.RequestID == "" {
		p.RequestID = r.Header.Get("X-Request-ID")
	}
	p.RetryAfter = retryAfter(r.Header, now)
	return p
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3), by the clock of whoever
// answered if that is known; anything else, and what lies in the past, is 0.
func retryAfter(h http.Header, now time.Time) time.Duration {
	said := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(said); err == nil {
		return time.Duration(max(0, min(seconds, 1e9))) * time.Second
	}
	at, err := http.ParseTime(said)
	if err != nil {
		return 0
	}
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		now = theirs
	}
	return max(0, at.Sub(now))
}
