package simclock

import (
	"context"
	"sync"
)

// Underway counts what is under way, such as callbacks. Unlike a
// sync.WaitGroup it may grow while somebody waits, and waiting can be given up.
// The zero value is ready to use.
type Underway struct {
	mu   sync.Mutex
	n    int
	idle chan struct{}
}

// Begin counts one more, until End.
func (u *Underway) Begin() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.n++; u.n == 1 {
		u.idle = make(chan struct{})
	}
}

// End counts one less.
func (u *Underway) End() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.n--; u.n == 0 {
		close(u.idle)
	}
}

// Go counts something while it happens of its own accord.
func (u *Underway) Go(something func()) {
	u.Begin()
	go func() {
		defer u.End()
		something()
	}()
}

// Wait returns when nothing is under way, or with the error of ctx.
func (u *Underway) Wait(ctx context.Context) error {
	u.mu.Lock()
	idle, busy := u.idle, u.n > 0
	u.mu.Unlock()
	if !busy {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
