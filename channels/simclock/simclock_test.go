package simclock

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

// drain takes all up to limit and notes at which time of the clock.
func drain(c *Clock[string], limit time.Time) (took []string) {
	for events := c.Take(limit); events != nil; events = c.Take(limit) {
		for _, e := range events {
			took = append(took, c.Now().Format("15:04:05 ")+e)
		}
	}
	return took
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("took %q, want %q", got, want)
	}
}

func TestVirtual(t *testing.T) {
	t.Parallel()
	c := Virtual[string](time.Time{})
	c.After(2*time.Second, "third")
	c.After(time.Second, "first")
	c.After(time.Second, "second")
	c.After(time.Hour, "later")
	expect(t, drain(c, c.Move(0)))
	expect(t, drain(c, c.Move(time.Minute)), "09:00:01 first", "09:00:01 second", "09:00:02 third")
	if got := c.Now().Format(time.TimeOnly); got != "09:01:00" {
		t.Errorf("it is %s", got)
	}
}

func TestSnapshotsKeepWhatIsDueInOrder(t *testing.T) {
	t.Parallel()
	c := Virtual[string](time.Time{})
	for _, e := range []string{"a", "b", "c"} {
		c.After(time.Second, e)
	}
	kept, err := json.Marshal(c.Pending())
	if err != nil {
		t.Fatal(err)
	}
	var pending []Timer[string]
	if err := json.Unmarshal(kept, &pending); err != nil {
		t.Fatal(err)
	}
	source := time.Date(2020, 1, 1, 0, 0, 0, 0, Beijing())
	for _, again := range []*Clock[string]{Virtual[string](source), Following[string](func() time.Time { return source })} {
		again.After(0, "forgotten")
		again.Restore(c.Now(), pending)
		expect(t, drain(again, again.Move(time.Second)), "09:00:01 a", "09:00:01 b", "09:00:01 c")
	}
}

func TestRingsWhenSomethingFallsDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := Following[string](time.Now)
		began := time.Now()
		var rang []time.Duration
		c.Ring(func() {
			for c.Take(c.Now()) != nil {
				rang = append(rang, time.Since(began))
			}
		})
		c.After(time.Minute, "late")
		c.After(time.Second, "soon")
		<-time.After(time.Hour) // of the bubble
		synctest.Wait()
		if !reflect.DeepEqual(rang, []time.Duration{time.Second, time.Minute}) {
			t.Errorf("it rang after %v", rang)
		}
		c.Stop()
		c.After(time.Second, "never")
		<-time.After(time.Hour) // of the bubble
		synctest.Wait()
		if len(rang) != 2 {
			t.Error("it rings after it was stopped")
		}
	})
}

func TestUnderway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var u Underway
		if err := u.Wait(t.Context()); err != nil {
			t.Errorf("with nothing under way: %v", err)
		}
		first, second := make(chan struct{}), make(chan struct{})
		u.Go(func() {
			<-first
			u.Go(func() { <-second })
		})
		hurried, giveUp := context.WithCancel(t.Context())
		giveUp()
		if err := u.Wait(hurried); !errors.Is(err, context.Canceled) {
			t.Errorf("given up: %v", err)
		}
		waited := false
		go func() { waited = u.Wait(t.Context()) == nil }()
		close(first)
		synctest.Wait()
		if waited {
			t.Error("it did not wait for what began meanwhile")
		}
		close(second)
		synctest.Wait()
		if !waited {
			t.Error("it waits for nothing")
		}
	})
}
