package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// tagged holds a JSON answer back to tag it (RFC 9110, 8.8.3 ETag), and
// answers 304 to whoever has it already. A tag that the answer has begins the
// whole one: the version of what is shown, beside things that have none.
// Everything else passes through.
type tagged struct {
	gin.ResponseWriter
	body bytes.Buffer
	held bool
}

// Unwrap lets streams reach the connection.
func (w *tagged) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Write implements io.Writer.
func (w *tagged) Write(b []byte) (int, error) {
	if !w.Written() && w.Status() == http.StatusOK && strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		w.held = true
	}
	if w.held {
		return w.body.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// WriteString implements io.StringWriter.
func (w *tagged) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// finish sends what was held back, unless the caller has it.
func (w *tagged) finish(r *http.Request) {
	if !w.held {
		return
	}
	sum := sha256.Sum256(w.body.Bytes())
	tag := base64.RawURLEncoding.EncodeToString(sum[:16])
	if version := strings.Trim(w.Header().Get("ETag"), `"`); version != "" {
		tag = version + "." + tag
	}
	tag = `"` + tag + `"`
	w.Header().Set("ETag", tag)
	if matches(r.Header.Values("If-None-Match"), tag) {
		w.Header().Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		w.WriteHeaderNow()
		return
	}
	_, _ = w.ResponseWriter.Write(w.body.Bytes()) // whoever left needs no answer
}

// matches compares as RFC 9110, 13.1.2 If-None-Match says: weakly.
func matches(header []string, tag string) bool {
	for _, line := range header {
		for one := range strings.SplitSeq(line, ",") {
			one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
			if one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}
