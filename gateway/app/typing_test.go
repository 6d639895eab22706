package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"jiebao/channels"
	"jiebao/channels/h5"
	"jiebao/conversations"
)

// typist is an account that can show that somebody writes.
type typist struct {
	h5.Account
	shown []bool
	err   error
}

func (t *typist) Typing(_ context.Context, _ conversations.Address, typing bool) error {
	t.shown = append(t.shown, typing)
	return t.err
}

// atTyping runs a test with an account that can show who writes and one that cannot.
func atTyping(t *testing.T, test func(t *testing.T, oa *typist, tell func(account, conversation string, heard time.Time, typing bool))) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		oa := &typist{}
		signs := newTyping(&accounts{byID: map[string]channels.Adapter{"oa": oa, "kf": h5.Account{}}}, time.Now, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { signs.run(ctx); close(ended) }()
		test(t, oa, func(account, conversation string, heard time.Time, typing bool) {
			signs.tell(conversation, conversations.Reach{Address: conversations.Address{Account: account, ID: "o1"}, LastIn: heard}, typing)
			synctest.Wait()
		})
		stop()
		<-ended
	})
}

func TestTypingIsShownNowAndThen(t *testing.T) {
	atTyping(t, func(t *testing.T, oa *typist, tell func(string, string, time.Time, bool)) {
		heard := time.Now()
		tell("oa", "c1", heard, false) // nothing to call off
		for range 4 {                  // keys for eight seconds
			tell("oa", "c1", heard, true)
			time.Sleep(2 * time.Second)
		}
		time.Sleep(4 * time.Second)
		tell("oa", "c1", heard, false)
		time.Sleep(typingOften)
		tell("oa", "c1", heard, false)
		if want := []bool{true, true, false}; !slices.Equal(oa.shown, want) {
			t.Errorf("shown is %v, want %v", oa.shown, want)
		}
		tell("oa", "c2", heard, true) // somebody else is no matter
		tell("kf", "c3", heard, true) // nor is who cannot be shown
		tell("gone", "c3", heard, true)
		if len(oa.shown) != 4 {
			t.Errorf("shown is %v", oa.shown)
		}
	})
}

func TestTypingRestsWhereItIsRefused(t *testing.T) {
	atTyping(t, func(t *testing.T, oa *typist, tell func(string, string, time.Time, bool)) {
		heard := time.Now()
		oa.err = &conversations.SendError{Reason: conversations.WindowClosed, Code: "45080"}
		asked := func(want int, what string) {
			t.Helper()
			if len(oa.shown) != want {
				t.Errorf("%s: asked %d times, want %d", what, len(oa.shown), want)
			}
		}
		for range 4 {
			tell("oa", "c1", heard, true)
			time.Sleep(6 * time.Second)
		}
		asked(1, "while the candidate is silent")
		tell("oa", "c1", heard.Add(20*time.Second), true)
		asked(2, "once they write")
		tell("oa", "c2", heard, true)
		asked(3, "to another")
		time.Sleep(typingStale)
		tell("oa", "c1", heard.Add(20*time.Second), true)
		asked(4, "after a while")

		oa.err = errors.New("the network is away")
		tell("oa", "c3", heard, true)
		asked(5, "when it breaks")
		tell("oa", "c4", heard, true)
		asked(5, "while it is broken")
		time.Sleep(typingBroken)
		oa.err = nil
		tell("oa", "c4", heard, true)
		asked(6, "after a minute")
	})
}
