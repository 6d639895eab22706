package signin

import (
	"testing"
	"time"
)

// TestCodesAsInTheStandard takes the SHA-1 values of RFC 6238, appendix B, in
// their last six digits, and those of RFC 4226, appendix D.
func TestCodesAsInTheStandard(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := codeAt(secret, at/30); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
	for step, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := codeAt(secret, int64(step)); got != want {
			t.Errorf("step %d: %s, want %s", step, got, want)
		}
	}
}

func TestCodesOfTheNextClock(t *testing.T) {
	t.Parallel()
	secret, now := []byte("12345678901234567890"), time.Unix(1234567890, 0)
	step := now.Unix() / 30
	for d := int64(-3); d <= 3; d++ {
		got, ok := stepOf(secret, codeAt(secret, step+d), now)
		if want := d >= -1 && d <= 1; ok != want || ok && got != step+d {
			t.Errorf("%d steps away: %v, step %d", d, ok, got-step)
		}
	}
}
