// Package witness has what a request does in the audit log before anybody is
// told that it was done: an answer that says so leaves only after the entry is
// kept. A request that is refused leaves no entry.
//
// Imports: gin and the standard library.
package witness

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Answers calls record once, before the first byte of a good answer to the
// request leaves; settle has to be called when the request was handled, for
// answers that have no bytes. If record fails the answer is 500 in its place.
func Answers(g *gin.Context, record func() error) (settle func()) {
	w := &writer{ResponseWriter: g.Writer, record: record}
	g.Writer = w
	return w.settle
}

// writer holds an answer back until it is recorded.
type writer struct {
	gin.ResponseWriter
	record func() error // nil once it was called, or is not to be
	failed bool
}

// settle records before the status leaves, and says whether the answer does.
func (w *writer) settle() { w.may() }

// may says whether the answer may leave.
func (w *writer) may() bool {
	record := w.record
	if record == nil {
		return !w.failed
	}
	w.record = nil
	if w.Status() >= http.StatusBadRequest {
		return true
	}
	if err := record(); err == nil {
		return true
	}
	w.failed = true
	for name := range w.Header() {
		switch name {
		case "Location", "Set-Cookie", "Hx-Redirect", "Hx-Trigger", "Content-Length", "Content-Disposition":
			w.Header().Del(name)
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.ResponseWriter.WriteString("The audit log cannot be written, and nothing is shown that is not in it. Try again.\n")
	return false
}

// Write implements http.ResponseWriter.
func (w *writer) Write(b []byte) (int, error) {
	if !w.may() {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// WriteString implements io.StringWriter.
func (w *writer) WriteString(s string) (int, error) {
	if !w.may() {
		return len(s), nil
	}
	return w.ResponseWriter.WriteString(s)
}

// WriteHeaderNow implements gin.ResponseWriter.
func (w *writer) WriteHeaderNow() {
	if w.may() {
		w.ResponseWriter.WriteHeaderNow()
	}
}

// Flush implements http.Flusher.
func (w *writer) Flush() {
	if w.may() {
		w.ResponseWriter.Flush()
	}
}

// Unwrap lets http.ResponseController find what is below.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
