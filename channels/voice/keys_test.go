package voice_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/channels/voice/voicesim"
	"jiebao/conversations"
)

// sink takes callbacks and keeps what the adapter made of them.
type sink struct {
	mu      sync.Mutex
	adapter channels.Adapter
	batches []channels.Batch
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.adapter.Parse(r)
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	s.batches = append(s.batches, b)
	w.Write(b.Ack)
}

func (s *sink) one(t *testing.T) channels.Batch {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.batches) != 1 || len(s.batches[0].Receipts) != 1 {
		t.Fatalf("callbacks: %+v, want one report", s.batches)
	}
	return s.batches[0]
}

// withSink is a world whose reports are kept.
func withSink(t *testing.T) (*world, *sink) {
	t.Helper()
	s := &sink{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	w := newWorld(t, server.URL)
	s.adapter = w.adapter
	return w, s
}

func TestKeysAnswerWhatTheCallAsked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		purpose, keys string
		choice, text  string
		status        conversations.Status
	}{
		"yes":                         {"offer_reminder", "1", "confirm", "按 1 键", conversations.Read},
		"yes, twice":                  {"offer_reminder", "11", "confirm", "按 1 键", conversations.Read},
		"yes, with a hash":            {"offer_reminder", "1#", "confirm", "按 1 键", conversations.Read},
		"another day":                 {"offer_reminder", "2", "reschedule", "按 2 键", conversations.Read},
		"a person":                    {"documents_reminder", "0", "human", "按 0 键", conversations.Read},
		"yes and no":                  {"offer_reminder", "12", "", "先后按了 1、2 键", conversations.Read},
		"yes to what nobody asked":    {"documents_reminder", "1", "", "", conversations.Read},
		"a key that was not offered":  {"offer_reminder", "7", "", "", conversations.Read},
		"a result that is called out": {conversations.PurposeResult, "1", "confirm", "按 1 键", conversations.Read},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, s := withSink(t)
			receipt, err := w.adapter.Send(t.Context(), delivery("c-1", c.purpose))
			w.must(err)
			w.must(w.Answer(phone))
			w.Advance(3 * time.Second)
			w.must(w.KeyPress(phone, c.keys))
			w.must(w.HangUp(phone))
			w.Advance(time.Minute)
			b := s.one(t)
			r := b.Receipts[0]
			if r.PlatformID != receipt.PlatformID || r.Report.Message != "c-1" || r.Report.Status != c.status {
				t.Errorf("reported %+v about %s", r, receipt.PlatformID)
			}
			if c.text == "" {
				if len(b.Inbound) != 0 {
					t.Errorf("it came in as %+v", b.Inbound)
				}
				return
			}
			if len(b.Inbound) != 1 {
				t.Fatalf("it came in as %+v", b.Inbound)
			}
			in := b.Inbound[0]
			if in.Address != (conversations.Address{Account: accountID, ID: phone}) || in.Gesture != conversations.Said || in.Choice != c.choice || in.Text != c.text || in.Dedupe == "" {
				t.Errorf("it came in as %+v", in)
			}
		})
	}
}

func TestSaysHowCallsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do     func(w *world)
		status conversations.Status
		reason conversations.Reason
		code   string
	}{
		"nobody answers": {func(*world) {}, conversations.Failed, conversations.Temporary, "200003"},
		"rejected":       {func(w *world) { w.must(w.Reject(phone)) }, conversations.Failed, conversations.Temporary, "200005"},
		"heard, no key":  {func(w *world) { w.must(w.Answer(phone)) }, conversations.Read, "", ""},
		"hung up early":  {func(w *world) { w.must(w.Answer(phone)); w.must(w.HangUp(phone)) }, conversations.Delivered, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, s := withSink(t)
			_, err := w.adapter.Send(t.Context(), delivery("c-1", "offer_reminder"))
			w.must(err)
			c.do(w)
			w.Advance(5 * time.Minute)
			if r := s.one(t).Receipts[0].Report; r.Status != c.status || r.Reason != c.reason || r.Code != c.code {
				t.Errorf("reported %+v", r)
			}
		})
	}
	for name, c := range map[string]struct {
		state voicesim.State
		want  conversations.Reason
	}{
		"off": {voicesim.State{Off: true}, conversations.Temporary}, "no such number": {voicesim.State{Unknown: true}, conversations.BadRecipient},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, s := withSink(t)
			w.SetPhone(phone, c.state)
			_, err := w.adapter.Send(t.Context(), delivery("c-1", "offer_reminder"))
			w.must(err)
			w.Advance(time.Minute)
			if r := s.one(t).Receipts[0].Report; r.Status != conversations.Failed || r.Reason != c.want {
				t.Errorf("reported %+v", r)
			}
		})
	}
}

// A call whose answer got lost is not made again, and its report settles it.
func TestReportSettlesALostAnswer(t *testing.T) {
	t.Parallel()
	w, s := withSink(t)
	const message = "abcdefghij234567-12"
	w.fault(voicesim.Fault{What: "SingleCallByTts", Mode: "reset_after_commit", Count: 1})
	_, err := w.adapter.Send(t.Context(), delivery(message, "offer_reminder"))
	var e *conversations.SendError
	if !errors.As(err, &e) || e.Reason != conversations.OutcomeUnsure {
		t.Fatalf("calling ended with %v", err)
	}
	w.must(w.Answer(phone))
	w.must(w.KeyPress(phone, "1"))
	w.must(w.HangUp(phone))
	w.Advance(time.Minute)
	b := s.one(t)
	if got := b.Receipts[0].Report; got.Message != message || got.Status != conversations.Read {
		t.Errorf("reported %+v", got)
	}
	if len(b.Inbound) != 1 || b.Inbound[0].Choice != "confirm" {
		t.Errorf("it came in as %+v", b.Inbound)
	}
}

func TestHoldsToThePlatformsLimit(t *testing.T) {
	t.Parallel()
	w, _ := withSink(t)
	if d := w.adapter.Describe(); d.PerRecipient != 1 {
		t.Errorf("one number is called %d times a minute", d.PerRecipient)
	}
	w.SetHabit(phone, voicesim.Habit{PicksUp: true})
	_, err := w.adapter.Send(t.Context(), delivery("c-1", "offer_reminder"))
	w.must(err)
	_, err = w.adapter.Send(t.Context(), delivery("c-2", "offer_reminder"))
	var e *conversations.SendError
	if !errors.As(err, &e) || e.Reason != conversations.Throttled || e.RetryAfter <= 0 || !e.Recipient || e.Code != "isv.BUSINESS_LIMIT_CONTROL" {
		t.Errorf("a second call in a minute ended with %v", err)
	}
}
