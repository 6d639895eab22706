package console

import (
	"testing"

	"jiebao/conversations"
)

// A wish is told in the words in which it was asked for, which the candidate's
// yes to its being read back are not.
func TestWishesAreToldInTheirOwnWords(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	v := &view{words: strict{t, d.c.o.Words}, locale: conversations.Chinese, now: testNow()}
	wanted := conversations.Date{Year: 2026, Month: 7, Day: 15}
	for said, want := range map[string]string{"可以推迟到15号吗？": "可以推迟到15号吗？", "": "对"} { // before events had them
		m, ok := v.moveOf(conversations.Event{Type: conversations.EventScheduleRequested, Data: conversations.EventData{
			Message: &conversations.EventMessage{Text: "对"}, Schedule: &conversations.ScheduleDetail{Requested: wanted, Said: said},
		}}, &conversations.Application{})
		if !ok || m.said != want || m.date != wanted {
			t.Errorf("it is told as %+v, want %q", m, want)
		}
	}
}
