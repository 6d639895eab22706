package sqlstore

import (
	"fmt"
	"strings"
	"testing"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// What is told from memory is what reading would have given: all that is asked
// for, in order, or nothing.
func TestEventsWrittenLately(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("x", latelySize/4)
	for name, tt := range map[string]struct {
		written     int64 // events 1 to here
		taken, most int64
		known       int64
		want        []int64 // nil: they have to be read
	}{
		"all":            {4, 0, 10, 4, []int64{1, 2, 3, 4}},
		"the rest":       {4, 2, 10, 4, []int64{3, 4}},
		"the first":      {4, 1, 2, 4, []int64{2, 3}},
		"nothing":        {4, 4, 10, 4, []int64{}},
		"others wrote":   {4, 2, 10, 6, nil},
		"a new one":      {7, 4, 10, 7, []int64{5, 6, 7}},
		"long forgotten": {20, 0, 10, 20, nil},
	} {
		q := &deliveries{s: &Store{events: newLately[eventRef, writtenEvent](), sent: newLately[messageRef, conversations.Message]()}}
		q.teller = q.s.relays.of("e")
		var w writes
		for n := int64(1); n <= tt.written; n++ {
			w.events = append(w.events, []any{"c", n, "type", n * 1000, fmt.Sprint(n) + body})
		}
		w.keep(q.s)
		c := &claimed{conversation: "c", known: tt.known, taken: tt.taken, attempts: 3, lane: outbox.Lane{ID: "lane"}}
		if ok := q.tellWritten(c, tt.most, 5000); ok != (tt.want != nil) {
			t.Errorf("%s: kept: %v", name, ok)
		}
		if len(c.lane.Items) != len(tt.want) {
			t.Errorf("%s: %d are told, want %d", name, len(c.lane.Items), len(tt.want))
			continue
		}
		for i, it := range c.lane.Items {
			n := tt.want[i]
			if it.Asked != n || string(it.Body) != fmt.Sprint(n)+body || it.Created.UnixMilli() != n*1000 || it.Lane != "lane" || it.Lease.UnixMilli() != 5000 {
				t.Errorf("%s: event %d is told as %d, made at %v", name, n, it.Asked, it.Created)
			}
		}
		if len(c.lane.Items) > 0 && c.lane.Items[0].Attempts != 3 {
			t.Errorf("%s: the first lost its attempts", name)
		}
	}
}
