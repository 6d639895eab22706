package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"jiebao/conversations"
)

type markerFunc func(conversations.Mark) error

func (f markerFunc) Mark(_ context.Context, m conversations.Mark) error { return f(m) }

func markItem(until time.Time, attempts int) Item {
	body, err := json.Marshal(conversations.Mark{To: conversations.Address{Account: "wecom", ID: "u"}, Handle: "code", Text: "✓ 可以", Until: until})
	if err != nil {
		panic(err)
	}
	return Item{ID: "mark_c-1", Kind: conversations.TaskMark, Body: body, Attempts: attempts}
}

// Whatever becomes of a mark, the conversation is told nothing: no message
// fails for it. What may pass is tried again, for as long as the mark can be
// made; what the platform refuses is over at once.
func TestWhatBecomesOfMarks(t *testing.T) {
	t.Parallel()
	last := len(DefaultRetry(func() float64 { return 1 }).Backoff)
	for name, test := range map[string]struct {
		err      error
		attempts int
		want     Verdict
	}{
		"made":                       {nil, 0, Done},
		"made or used before":        {refused(conversations.BadContent, "40058"), 0, Done},
		"the member is gone":         {refused(conversations.BadRecipient, "81013"), 0, Done},
		"the platform is busy":       {refused(conversations.Temporary, "-1"), 0, Retry},
		"busy for hours":             {refused(conversations.Temporary, "-1"), last, Done},
		"too fast":                   {refused(conversations.Throttled, "45009"), 0, Retry},
		"nobody can tell":            {refused(conversations.OutcomeUnsure, ""), 0, Retry},
		"nobody can tell, for hours": {refused(conversations.OutcomeUnsure, ""), last, Done},
		"no permission":              {refused(conversations.Credentials, "48002"), 0, Retry},
		"an error of no platform's":  {errors.New("boom"), 0, Retry},
	} {
		w := &Mark{
			Marker: markerFunc(func(m conversations.Mark) error {
				if m.Handle != "code" || m.To.ID != "u" || m.Text != "✓ 可以" {
					t.Errorf("%s: asked for %+v", name, m)
				}
				return test.err
			}),
			Retry: DefaultRetry(func() float64 { return 1 }), Now: func() time.Time { return now },
		}
		o := w.Do(t.Context(), markItem(now.Add(72*time.Hour), test.attempts))
		if o.Verdict != test.want || o.Then != nil || o.Verdict == Retry && !o.RetryAt.After(now) || o.Note == "" != (test.err == nil) {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// A mark whose time is over, and one that cannot be read, cost no call.
func TestMarksThatAreOver(t *testing.T) {
	t.Parallel()
	w := &Mark{
		Marker: markerFunc(func(conversations.Mark) error { t.Error("the platform was asked"); return nil }),
		Retry:  DefaultRetry(func() float64 { return 1 }), Now: func() time.Time { return now },
	}
	for _, it := range []Item{markItem(now, 0), {Body: json.RawMessage(`[]`)}} {
		if o := w.Do(t.Context(), it); o.Verdict != Done || o.Then != nil || o.Note == "" {
			t.Errorf("%+v", o)
		}
	}
}

// While the account may not change cards one mark at a time tries, and the
// alarm is that of marks: messages leave all the same.
func TestMarksWaitForTheirAccount(t *testing.T) {
	t.Parallel()
	clock, calls := now, 0
	alarms := &board{now: func() time.Time { return clock }}
	health := func(work conversations.TaskKind) *Health {
		return NewHealth(HealthOptions{
			Alarms: alarms, Work: work, Now: func() time.Time { return clock }, Jitter: func() float64 { return 1 }, Log: slog.New(slog.DiscardHandler),
		})
	}
	w := &Mark{
		Marker: markerFunc(func(conversations.Mark) error { calls++; return refused(conversations.Credentials, "48002") }),
		Health: health(conversations.TaskMark), Retry: DefaultRetry(func() float64 { return 1 }), Now: func() time.Time { return clock },
	}
	until := now.Add(72 * time.Hour)
	for range 100 {
		if o := w.Do(t.Context(), markItem(until, 0)); o.Verdict != Retry || !o.Uncounted || o.Waits != "wecom" {
			t.Fatalf("%+v", o)
		}
	}
	if calls != 1 || len(alarms.open) != 1 || alarms.open[0].Work != conversations.TaskMark {
		t.Errorf("asked %d times; the alarms are %+v", calls, alarms.open)
	}
	if p := health(conversations.TaskDeliver).Ask(t.Context(), "wecom"); p.Waits() {
		t.Error("messages wait for what keeps cards from being changed")
	}
	clock = until
	if o := w.Do(t.Context(), markItem(until, 0)); o.Verdict != Done || calls != 1 {
		t.Errorf("after 72 hours: %+v, asked %d times", o, calls)
	}
}
