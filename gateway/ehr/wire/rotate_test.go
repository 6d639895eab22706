package wire_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/conversations/clock"
	"jiebao/gateway/ehr/wire"
)

// fixed is a clock that stands still until it is set.
type fixed struct {
	clock.System
	now time.Time
}

func (f *fixed) Now() time.Time { return f.now }

// TestRotationSignsWithBoth walks through a rotation: the old secret alone,
// both with the newest first, the new one alone.
func TestRotationSignsWithBoth(t *testing.T) {
	t.Parallel()
	e := serve(t, status(http.StatusNoContent))
	start := time.Now().Truncate(time.Second)
	rotated, added := settings(e.URL).Rotate(start.Add(time.Minute), time.Hour)
	c := &fixed{now: start}
	w := open(t, rotated, wire.Options{Reach: loopback(), Clock: c})
	for _, step := range []struct {
		after time.Duration
		by    []wire.Hidden
	}{
		{0, []wire.Hidden{wire.Hide(secret)}},
		{time.Minute, []wire.Hidden{added.Value, wire.Hide(secret)}},
		{time.Hour, []wire.Hidden{added.Value, wire.Hide(secret)}},
		{time.Hour + time.Minute, []wire.Hidden{added.Value}},
	} {
		c.now = start.Add(step.after)
		if _, err := w.Post(t.Context(), id, []byte(event)); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, value := range step.by {
			signer, err := standardwebhooks.NewWebhook(value.Reveal())
			if err != nil {
				t.Fatal(err)
			}
			signature, err := signer.Sign(id, c.now, []byte(event))
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, signature)
		}
		if got := e.last(t).Header.Get("webhook-signature"); got != strings.Join(want, " ") {
			t.Errorf("after %s the signatures are %q, want %q", step.after, got, want)
		}
	}
}

func TestRotateTakesAwayWhatHasEnded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 22, 9, 0, 0, 0, time.UTC)
	s := settings("https://ehr.example.com")
	for range 10 {
		var added wire.Secret
		s, added = s.Rotate(now, time.Hour)
		if added.Since != now || !added.Until.IsZero() {
			t.Errorf("the new secret is live from %s to %s", added.Since, added.Until)
		}
		if err := s.Check(wire.Reach{}, now); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	if len(s.Secrets) != 2 || s.Secrets[0].ID == s.Secrets[1].ID {
		t.Errorf("%d secrets are left", len(s.Secrets))
	}
}

func TestNothingIsSentUnsigned(t *testing.T) {
	t.Parallel()
	e := serve(t, status(http.StatusNoContent))
	s, _ := settings(e.URL).Rotate(time.Now(), time.Hour)
	s.Secrets = s.Secrets[1:]
	c := &fixed{now: time.Now().Add(time.Minute)}
	w := open(t, s, wire.Options{Reach: loopback(), Clock: c})
	c.now = c.now.Add(-time.Hour) // the machine's clock was set back
	_, err := w.Post(t.Context(), id, []byte(event))
	wantFailure(t, err, wire.Unsigned, "no secret is live")
	if len(e.seen) != 0 {
		t.Error("the endpoint saw a request without a signature")
	}
}
