package clock

import (
	"testing"
	"time"
)

func TestVirtualWakesOnlyWhoseTimeHasCome(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 6, 24, 9, 0, 0, 0, time.UTC)
	v := NewVirtual(start)
	soon, late, now := v.At(start.Add(time.Minute)), v.At(start.Add(time.Hour)), v.At(start)
	if got := <-now; !got.Equal(start) {
		t.Errorf("a wait of nothing got %v", got)
	}
	v.Advance(time.Minute)
	if got := <-soon; !got.Equal(start.Add(time.Minute)) {
		t.Errorf("woken at %v", got)
	}
	select {
	case <-late:
		t.Error("an hour passed in a minute")
	default:
	}
	v.Advance(24 * time.Hour)
	<-late
}

func TestShiftedWakesWhenItIsAdvanced(t *testing.T) {
	t.Parallel()
	var s Shifted
	began := time.Now()
	day, year := s.At(began.Add(24*time.Hour)), s.At(began.Add(365*24*time.Hour))
	s.Advance(25 * time.Hour)
	if got := <-day; got.Sub(began) < 25*time.Hour {
		t.Errorf("woken at %v after the start", got.Sub(began))
	}
	<-s.At(s.Now())
	select {
	case <-year:
		t.Error("a year passed in a day")
	default:
	}
}
