package app

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/conversations/clock"
)

// reluctant is an account whose platform is away the first times.
type reluctant struct {
	channels.Adapter
	fails int
	tried chan int
}

func (r *reluctant) Prepare(context.Context) error {
	r.fails--
	r.tried <- r.fails
	if r.fails >= 0 {
		return errors.New("the platform is away")
	}
	return nil
}

func TestAnAccountIsSetUpWhenItsPlatformIsBack(t *testing.T) {
	t.Parallel()
	v := clock.NewVirtual(time.Date(2026, 6, 24, 9, 0, 0, 0, time.UTC))
	p := &reluctant{fails: 3, tried: make(chan int)}
	done := make(chan struct{})
	go func() {
		prepareAccount(t.Context(), "oa", p, v, slog.New(slog.DiscardHandler))
		close(done)
	}()
	for left := 2; left >= -1; left-- {
		for tried := false; !tried; {
			select {
			case got := <-p.tried:
				if got != left {
					t.Fatalf("try with %d failures left, want %d", got, left)
				}
				tried = true
			default:
				v.Advance(time.Minute)
			}
		}
	}
	<-done
}
