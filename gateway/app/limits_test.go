package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"jiebao/conversations/outbox"
	"jiebao/conversations/storetest/testenv"
)

// pass asks the limiters in turn for the pace until n passed, going on to
// whatever time is soonest, and returns when each passed.
func pass(t *testing.T, clock *time.Time, n int, p outbox.Pace, limits ...outbox.Limits) (passed []time.Time) {
	t.Helper()
	back := make([]time.Time, len(limits))
	for i := range back {
		back[i] = *clock
	}
	for len(passed) < n {
		next := 0
		for i := range back {
			if back[i].Before(back[next]) {
				next = i
			}
		}
		if back[next].After(*clock) {
			*clock = back[next]
		}
		if at := limits[next].Take(t.Context(), p); at.IsZero() {
			passed = append(passed, *clock)
		} else {
			back[next] = at
		}
	}
	return passed
}

func mostInAMinute(passed []time.Time) (most int) {
	for i, from := range passed {
		n := 0
		for _, at := range passed[i:] {
			if at.Sub(from) < time.Minute {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

var sixtyAMinute = outbox.Pace{Key: "account/oa", Burst: 10, Every: 1200 * time.Millisecond}

func TestNodesKeepLimitsTogether(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	for name, address := range map[string]string{"in memory": server.Addr(), "a real server": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if address == "" {
				address = testenv.Redis(t)
			}
			clock := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
			now := func() time.Time { return clock }
			log := slog.New(slog.DiscardHandler)
			one, two := newRedisLimits(connect(t, address), "1", now, log), newRedisLimits(connect(t, address), "2", now, log)
			passed := pass(t, &clock, 300, sixtyAMinute, one, two)
			if most := mostInAMinute(passed); most > 60 {
				t.Errorf("two nodes let %d pass in a minute, want at most 60", most)
			}
			if took := passed[299].Sub(passed[0]); took > 6*time.Minute {
				t.Errorf("300 took %v, want about five minutes", took)
			}
			if at := two.Take(t.Context(), outbox.Pace{Key: "account/other", Burst: 1, Every: time.Minute}); !at.IsZero() {
				t.Errorf("another account has to wait until %v", at)
			}
		})
	}
}

func TestNodesWaitInOneLine(t *testing.T) {
	t.Parallel()
	address := testenv.Redis(t)
	clock := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return clock }
	log := slog.New(slog.DiscardHandler)
	nodes := []outbox.Limits{newRedisLimits(connect(t, address), "1", now, log), newRedisLimits(connect(t, address), "2", now, log)}
	var last time.Time
	for i := range 200 {
		at := nodes[i%2].Take(t.Context(), sixtyAMinute)
		if i < sixtyAMinute.Burst {
			if !at.IsZero() {
				t.Fatalf("the %d-th waits until %v", i, at)
			}
			continue
		}
		if !last.IsZero() && at.Sub(last) != sixtyAMinute.Every {
			t.Fatalf("the %d-th is told %v, the one before %v", i, at, last)
		}
		last = at
	}
	nodes[0].Hold(t.Context(), "account/held", clock.Add(time.Hour))
	if at := nodes[1].Take(t.Context(), outbox.Pace{Key: "account/held", Burst: 1, Every: time.Second}); at.Before(clock.Add(time.Hour)) {
		t.Errorf("an account that another node held is free at %v", at)
	}
	if at := nodes[0].Take(t.Context(), outbox.Pace{Key: "account/held", Burst: 1}); !at.Equal(clock.Add(time.Hour)) {
		t.Errorf("an account without a limit that this node held is free at %v", at)
	}
}

func TestLimitsWithoutRedis(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	clock := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return clock }
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	one, two := newRedisLimits(connect(t, server.Addr()), "1", now, log), newRedisLimits(connect(t, server.Addr()), "2", now, slog.New(slog.DiscardHandler))
	pass(t, &clock, 40, sixtyAMinute, one, two)
	clock = clock.Add(nodeBeat)
	passed := pass(t, &clock, 40, sixtyAMinute, one, two) // by now they know of each other
	server.Close()
	passed = append(passed, pass(t, &clock, 80, sixtyAMinute, one, two)...)
	away := passed[40:]
	if most := mostInAMinute(away); most > 60 {
		t.Errorf("while Redis was away two nodes let %d pass in a minute", most)
	}
	if most := mostInAMinute(passed); most > 120 {
		t.Errorf("when Redis went away two nodes let %d pass in a minute", most)
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(limitsAway)
	passed = pass(t, &clock, 60, sixtyAMinute, one, two)
	if most := mostInAMinute(passed); most > 60 {
		t.Errorf("with Redis back two nodes let %d pass in a minute", most)
	}
	if n := strings.Count(logged.String(), "\n"); n != 2 {
		t.Errorf("logged %d lines, want that Redis went and that it came back:\n%s", n, &logged)
	}
}
