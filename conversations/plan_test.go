package conversations

import (
	"strings"
	"testing"
)

// TestPackWithinMeasure: what does not fit into the messages that the quota leaves waits,
// and keeps its order.
func TestPackWithinMeasure(t *testing.T) {
	t.Parallel()
	say := func(n int) speech { return speech{text: strings.Repeat("字", n)} }
	choices := speech{text: "?", choices: []Choice{{ID: "a", Text: "好"}}}
	for _, tt := range []struct {
		in         []speech
		n, most    int
		now, later int
	}{
		{[]speech{say(5), say(5)}, 2, 10, 2, 0},
		{[]speech{say(5), say(5)}, 1, 12, 1, 0}, // with the line between
		{[]speech{say(5), say(5)}, 1, 11, 1, 1},
		{[]speech{say(5), say(5), say(1)}, 1, 11, 1, 2},
		{[]speech{say(5), choices}, 1, 8, 1, 1}, // the choices take room too
		{[]speech{say(5), choices}, 1, 13, 1, 0},
		{[]speech{say(500), say(500)}, 1, 0, 1, 0},
		{[]speech{say(5), say(5)}, 0, 100, 1, 0},
	} {
		before := tt.in[0].text
		now, later := pack(tt.in, tt.n, tt.most)
		if len(now) != tt.now || len(later) != tt.later {
			t.Errorf("%d speeches in %d of %d characters: %d now and %d later, want %d and %d", len(tt.in), tt.n, tt.most, len(now), len(later), tt.now, tt.later)
		}
		if tt.in[0].text != before {
			t.Error("what came in was changed")
		}
	}
}
