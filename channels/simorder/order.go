// Package simorder keeps simulated phones in order. A platform shows the
// answer to a callback as it arrives; a simulator whose process is short of
// time may read it long after it was written, behind what was sent later. So
// what is sent waits a moment for the answers that may be on their way.
//
// It is for the simulators; it imports nothing of Jiebao.
package simorder

import (
	"context"
	"sync"
	"time"
)

// patience is how long an answer is waited for. Whoever sends before answering
// waits as long as that, and no longer.
const patience = 250 * time.Millisecond

// Answers are those that are waited for, by the phone that shows them. The
// zero value is ready; it is safe for concurrent use.
type Answers struct {
	mu   sync.Mutex
	open map[string][]chan struct{}
}

// Expect says that a callback is posted whose answer the phone shows. What it
// returns says that the answer is shown, or that there is none.
func (a *Answers) Expect(phone string) (shown func()) {
	one := make(chan struct{})
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open == nil {
		a.open = map[string][]chan struct{}{}
	}
	a.open[phone] = append(a.open[phone], one)
	return func() { a.over(phone, one) }
}

func (a *Answers) over(phone string, one chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	close(one)
	left := a.open[phone][:0:0]
	for _, c := range a.open[phone] {
		if c != one {
			left = append(left, c)
		}
	}
	if a.open[phone] = left; len(left) == 0 {
		delete(a.open, phone)
	}
}

// Wait returns when the answers that the phone expects are shown, or after a
// moment, or when ctx ends.
func (a *Answers) Wait(ctx context.Context, phone string) {
	a.mu.Lock()
	open := append([]chan struct{}(nil), a.open[phone]...)
	a.mu.Unlock()
	if len(open) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, c := range open {
		select {
		case <-c:
		case <-ctx.Done():
			return
		}
	}
}
