package channeltest

import (
	"io"
	"net/http"
	"sync"
)

// Gate stands before a simulator and can hold one request back, for
// Platform.Stall.
type Gate struct {
	next  http.Handler
	holds func(*http.Request) bool

	mu   sync.Mutex
	held chan struct{} // nil: nothing is to be held
}

// NewGate returns an open gate. The requests that it can hold are those of
// which holds says so; nil: all.
func NewGate(next http.Handler, holds func(*http.Request) bool) *Gate {
	return &Gate{next: next, holds: holds}
}

// Hold has the next request wait until its sender gives up, and closes the
// channel when it has arrived.
func (g *Gate) Hold() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = make(chan struct{})
	return g.held
}

// ServeHTTP implements http.Handler.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	held := g.take(r)
	if held == nil {
		g.next.ServeHTTP(w, r)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body) // the end of the connection is noticed only behind the body
	close(held)
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

func (g *Gate) take(r *http.Request) chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.holds != nil && !g.holds(r) {
		return nil
	}
	held := g.held
	g.held = nil
	return held
}
