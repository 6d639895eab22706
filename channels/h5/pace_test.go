package h5

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	t.Parallel()
	p := newPace(4, time.Minute)
	allowed := func(who string, at time.Duration, want int) {
		t.Helper()
		got := 0
		for range 10 {
			if p.allow(who, noon.Add(at)) {
				got++
			}
		}
		if got != want {
			t.Errorf("%s at %s: %d", who, at, got)
		}
	}
	allowed("a", 0, 4)
	allowed("b", 0, 4)
	allowed("a", 59*time.Second, 0)
	allowed("a", 90*time.Second, 2) // half of the last window still counts
	allowed("a", 10*time.Minute, 4)
	allowed("a", 0, 4) // a clock that was set back holds nobody up
	if len(p.done) != 1 {
		t.Errorf("%d visitors are remembered", len(p.done))
	}
}
