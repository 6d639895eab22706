package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// shelf is the EHR's storage, which says of each document what err says.
type shelf struct {
	err    error
	puts   int
	during func() // nil, or what else happens while a document is put
}

func (s *shelf) Put(_ context.Context, _ Parcel, content io.Reader) error {
	s.puts++
	if s.during != nil {
		s.during()
	}
	if _, err := io.Copy(io.Discard, content); err != nil {
		return &conversations.SendError{Reason: conversations.Temporary, Err: err}
	}
	return s.err
}

type file struct{ io.ReadSeeker }

func (file) Close() error { return nil }

type broken struct{ io.ReadSeeker }

func (broken) Read([]byte) (int, error) { return 0, errors.New("damaged") }
func (broken) Close() error             { return nil }

// pusher pushes the documents of one conversation.
func pusher(s *shelf, at *time.Time, ds ...conversations.Document) *Push {
	c := conversations.Conversation{ID: "c", Candidate: conversations.Candidate{ID: "C-1"}, Applications: []conversations.Application{
		{ResultID: "R-1", Checklist: []conversations.ChecklistItem{{Documents: ds}}},
	}}
	clock := func() time.Time { return *at }
	return &Push{
		Storage: s, Patience: 72 * time.Hour, Now: clock, Wait: func(n int) time.Duration { return time.Duration(n+1) * time.Minute },
		Thread: func(context.Context, conversations.Scope, string) (conversations.Conversation, error) { return c, nil },
		Open: func(_ context.Context, id string) (io.ReadSeekCloser, error) {
			switch id {
			case "erased":
				return nil, conversations.ErrNotFound
			case "damaged":
				return broken{}, nil
			}
			return file{bytes.NewReader([]byte("content"))}, nil
		},
	}
}

func kept(id string, asked int) conversations.Document {
	return conversations.Document{ID: id, SHA256: "00", State: conversations.DocumentReceived, Push: &conversations.DocumentPush{Asked: asked, Open: true}}
}

func pushItem(t *testing.T, document string, attempts int) Item {
	t.Helper()
	b, err := json.Marshal(conversations.PushRequest{Conversation: "c", Document: document, Asked: 1})
	if err != nil {
		t.Fatal(err)
	}
	return Item{ID: "push_" + document, Body: b, Created: now, Attempts: attempts}
}

func TestDocumentsAreTriedUntilTheyAreTakenOrGivenUp(t *testing.T) {
	t.Parallel()
	no := &conversations.SendError{Reason: conversations.BadContent, Code: "413"}
	busy := &conversations.SendError{Reason: conversations.Throttled, RetryAfter: time.Hour}
	for name, c := range map[string]struct {
		document string
		err      error
		attempts int
		after    time.Duration
		verdict  Verdict
		wait     time.Duration
		problem  string // in what the conversation is told; - nothing is
		tried    int
	}{
		"taken":               {"d", nil, 0, 0, Done, 0, "", 1},
		"refused":             {"d", no, 2, time.Hour, Retry, 3 * time.Minute, "-", 1},
		"asked to wait":       {"d", busy, 0, time.Hour, Retry, time.Hour, "-", 1},
		"given up":            {"d", no, 9, 72 * time.Hour, Done, 0, "413", 1},
		"never tried in time": {"d", no, 0, 90 * time.Hour, Retry, time.Minute, "-", 1},
		"erased":              {"erased", nil, 0, 0, Done, 0, "no longer kept", 0},
		"damaged":             {"damaged", nil, 0, 0, Retry, time.Minute, "-", 1},
		"asked for anew":      {"again", nil, 0, 0, Done, 0, "-", 0},
		"gone":                {"nobody's", nil, 0, 0, Done, 0, "no longer kept", 0},
	} {
		at, s := now.Add(c.after), &shelf{err: c.err}
		o := pusher(s, &at, kept("d", 1), kept("erased", 1), kept("damaged", 1), kept("again", 2)).Do(t.Context(), pushItem(t, c.document, c.attempts))
		if o.Verdict != c.verdict || s.puts != c.tried || c.verdict == Retry && o.RetryAt.Sub(at) != c.wait {
			t.Errorf("%s: %+v after %d puts", name, o, s.puts)
		}
		told, ok := o.Then.(conversations.Pushed)
		if ok != (c.problem != "-") || ok && !strings.Contains(told.Problem, c.problem) || ok && (told.Problem == "") != (c.problem == "") {
			t.Errorf("%s: the conversation is told %+v", name, o.Then)
		}
	}
}

// TestNoDocumentIsBlamedForAnOutage: while the storage takes nothing, an alarm
// lasts, and what waits is not given up however long that is.
func TestNoDocumentIsBlamedForAnOutage(t *testing.T) {
	t.Parallel()
	at, s := now, &shelf{err: &conversations.SendError{Reason: conversations.Temporary, Code: "503"}}
	var ds []conversations.Document
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		ds = append(ds, kept(id, 1))
	}
	w := pusher(s, &at, ds...)
	clock := func() time.Time { return at }
	alarms := &board{now: clock}
	w.Health = NewHealth(HealthOptions{
		Alarms: alarms, Work: conversations.TaskPush, Now: clock, Jitter: func() float64 { return 1 }, Log: slog.New(slog.DiscardHandler),
	})
	for _, d := range ds {
		w.Do(t.Context(), pushItem(t, d.ID, 0))
	}
	at = now.Add(100 * time.Hour)
	if o := w.Do(t.Context(), pushItem(t, "a", 3)); o.Verdict != Retry || !o.Uncounted || o.Waits != conversations.PushAccount || o.Then != nil {
		t.Errorf("after four days: %+v", o)
	}
	s.err = nil
	at = at.Add(time.Hour)
	if o := w.Do(t.Context(), pushItem(t, "b", 3)); o.Verdict != Done || o.Then != (conversations.Pushed{Document: "b", Asked: 1}) {
		t.Errorf("once it is back: %+v", o)
	}
	if open, err := alarms.OpenAlarms(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("the alarm lasts: %+v, %v", open, err)
	}
}

// TestFewDocumentsAreNotGivenUpInSilence: a storage that takes none of two
// documents is an alarm after a while, as it is after five at once, and no
// document is given up for it. Once another was taken, the alarm is over, and
// what goes on failing is to blame itself.
func TestFewDocumentsAreNotGivenUpInSilence(t *testing.T) {
	t.Parallel()
	at, s := now, &shelf{err: &conversations.SendError{Reason: conversations.Temporary, Code: "500"}}
	w := pusher(s, &at, kept("a", 1), kept("b", 1))
	clock := func() time.Time { return at }
	alarms := &board{now: clock}
	w.Health = NewHealth(HealthOptions{
		Alarms: alarms, Work: conversations.TaskPush, Now: clock, Jitter: func() float64 { return 1 }, Log: slog.New(slog.DiscardHandler),
		Patience: 15 * time.Minute,
	})
	raised := func() bool { return len(alarms.open) > 0 }
	attempts := 0
	for ; !raised(); attempts++ {
		w.Do(t.Context(), pushItem(t, "a", attempts))
		w.Do(t.Context(), pushItem(t, "b", attempts))
		if at = at.Add(time.Minute); at.Sub(now) > time.Hour {
			t.Fatal("nobody is told for an hour")
		}
	}
	if took := at.Sub(now); took < 15*time.Minute || took > 17*time.Minute {
		t.Errorf("people are told after %s", took)
	}
	at = now.Add(100 * time.Hour)
	probes := w.Do(t.Context(), pushItem(t, "a", attempts))
	if probes.Verdict != Retry || probes.Then != nil || probes.Waits == "" {
		t.Errorf("after four days: %+v", probes)
	}
	at = probes.RetryAt
	var waits Outcome
	s.during = func() { s.during, waits = nil, w.Do(t.Context(), pushItem(t, "b", attempts)) }
	if probes = w.Do(t.Context(), pushItem(t, "a", attempts)); waits.Waits == "" || !probes.RetryAt.After(waits.RetryAt) {
		t.Errorf("who probed in vain asks again at %v, who waited at %v", probes.RetryAt, waits.RetryAt)
	}
	s.err = nil
	at = at.Add(time.Hour)
	if o := w.Do(t.Context(), pushItem(t, "a", attempts)); o.Verdict != Done || raised() {
		t.Errorf("once it is back: %+v, alarm %v", o, alarms.open)
	}
	s.err = &conversations.SendError{Reason: conversations.Temporary, Code: "500"}
	if o := w.Do(t.Context(), pushItem(t, "b", attempts)); o.Verdict != Done || o.Then == nil || raised() {
		t.Errorf("the storage took a, and of b says 500 for four days: %+v, alarm %v", o, alarms.open)
	}
}
