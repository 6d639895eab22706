package simorder_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"jiebao/channels/simorder"
)

func TestWait(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shown time.Duration // after which the answer is, 0: none is expected
		other bool          // of another phone
		waits time.Duration
	}{
		"nothing expected":                      {0, false, 0},
		"an answer on its way":                  {20 * time.Millisecond, false, 20 * time.Millisecond},
		"another's":                             {20 * time.Millisecond, true, 0},
		"an answer that waits for what is sent": {time.Hour, false, 250 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var answers simorder.Answers
				if c.shown > 0 {
					phone := "a"
					if c.other {
						phone = "b"
					}
					time.AfterFunc(c.shown, answers.Expect(phone))
				}
				at := time.Now()
				answers.Wait(context.Background(), "a")
				if got := time.Since(at); got != c.waits {
					t.Errorf("it waited %v, want %v", got, c.waits)
				}
			})
		})
	}
}

// Two callbacks of one phone: the answers to both are waited for, and then
// nothing.
func TestWaitForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var answers simorder.Answers
		time.AfterFunc(30*time.Millisecond, answers.Expect("a"))
		time.AfterFunc(10*time.Millisecond, answers.Expect("a"))
		at := time.Now()
		answers.Wait(context.Background(), "a")
		if got := time.Since(at); got != 30*time.Millisecond {
			t.Errorf("it waited %v, want 30ms", got)
		}
		at = time.Now()
		answers.Wait(context.Background(), "a")
		if got := time.Since(at); got != 0 {
			t.Errorf("with nothing expected it waited %v", got)
		}
	})
}
