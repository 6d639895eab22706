package conversations

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestWordsLeaveAtTheirTime(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel[:1], nil)
	s.post(nil)
	s.follows()
	s.says(openID, "在吗")
	s.left()
	s.do(Reply{Agent: "li", Text: "later", Key: "k1", At: s.now.Add(2 * time.Hour)})
	s.do(Reply{Agent: "li", Text: "sooner", At: s.now.Add(time.Hour)})
	if s.c.Owner.Kind != OwnedByBot || s.last.Messages[0].Status != Queued || s.last.Messages[0].Reason != string(LeavesLater) {
		t.Errorf("owner %+v, message %+v", s.c.Owner, s.last.Messages[0])
	}
	if row := s.c.Row(s.now, everyChannel.Describe); row.Last != "sooner" || !row.LastLater.Equal(s.now.Add(time.Hour)) {
		t.Errorf("the list says %q, to leave at %v", row.Last, row.LastLater)
	}
	s.wait(time.Hour - time.Second)
	s.says(openID, "我想问一下") // which neither hastens nor stops them
	s.expect("")
	s.wait(time.Second)
	s.expect("oa:sooner")
	s.wait(time.Hour)
	s.expect("oa:later")
	if len(s.c.Scheduled) != 0 {
		t.Errorf("%+v still waits", s.c.Scheduled)
	}
}

func TestTheWindowIsJudgedWhenWordsLeave(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel[:1], nil)
	s.post(nil)
	s.follows()
	s.says(openID, "在吗")
	s.left()
	s.do(Reply{Agent: "li", Text: "later", At: s.now.Add(72 * time.Hour)})
	s.wait(72 * time.Hour)
	s.expect("oa:message_waiting")
	s.says(openID, "来了")
	s.expect("oa:later")
}

func TestTakingMessagesBack(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel[:1], nil)
	s.post(nil)
	s.follows()
	s.left()
	s.do(Reply{Agent: "li", Text: "later", At: s.now.Add(time.Hour)})
	later := s.c.Scheduled[0].Message
	s.do(CancelSend{Agent: "li", Message: later})
	if st := s.last.Statuses; len(st) != 1 || st[0] != (StatusChange{Message: later, Status: Failed, At: s.now, Reason: string(Cancelled)}) || len(s.c.Scheduled) != 0 || !s.c.LastBack {
		t.Errorf("scheduled: %+v, %q", st, s.c.Last)
	}
	s.now = s.now.Add(72 * time.Hour)
	s.do(Reply{Agent: "li", Text: "held"})
	held := s.c.Held[0].Message
	s.do(CancelSend{Agent: "li", Message: held})
	if st := s.last.Statuses; len(st) != 1 || st[0].Message != held || len(s.c.Held) != 0 {
		t.Errorf("held: %+v", st)
	}
	for _, c := range []struct {
		m    *Message
		want bool
	}{
		{&Message{ID: "c1-9", Author: ByAgent("li"), Status: Queued}, true},
		{&Message{ID: "c1-9", Author: ByAgent("li"), Status: Sent}, false},
		{&Message{ID: "c1-9", Author: ByCandidate}, false},
		{&Message{ID: "c1-8", Author: ByBot, Status: Queued}, false},
		{nil, false},
	} {
		ch, err := s.Turn(Snapshot{Now: s.now, Conversation: s.c, Message: c.m}, CancelSend{Agent: "li", Message: "c1-9"})
		if c.want != slices.Equal(ch.Cancelled, []string{"c1-9"}) || c.want != (err == nil) || !c.want && !errors.Is(err, ErrStale) {
			t.Errorf("%+v: cancelled %v (%v)", c.m, ch.Cancelled, err)
		}
	}
	if len(s.last.Statuses) != 1 {
		t.Error("a queued message counts as cancelled before anybody knows")
	}
}

func TestScheduledWordsToWhoWantsNone(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel[:1], nil)
	s.post(nil)
	s.follows()
	s.do(Reply{Agent: "li", Text: "later", At: s.now.Add(time.Hour)})
	s.c.OptOut = s.now
	s.left()
	s.wait(time.Hour)
	s.expect("")
	if st := s.last.Statuses; len(st) != 1 || st[0].Reason != string(OptedOut) {
		t.Errorf("statuses %+v", st)
	}
}

func TestWordsAtNightAreToldOfInTheMorning(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel[:1], roads{Quiet: night, Normal: usual.Normal})
	s.post(nil)
	s.follows()
	s.left()
	s.now = s.now.Add(59 * time.Hour) // 23:00
	s.do(Reply{Agent: "li", Text: "您好"})
	s.expect("")
	s.wait(9*time.Hour - time.Second)
	s.expect("")
	s.wait(time.Second)
	s.expect("oa:message_waiting")
}

func TestTheCallList(t *testing.T) {
	t.Parallel()
	listed := func(t *testing.T) *story {
		s := newStory(t, everyChannel, roads{Normal: []Step{{By: SMS}, {By: Person, After: time.Hour, Unless: GotAnswered}}})
		s.post(nil)
		s.wait(time.Hour)
		s.hears(EventCallRequested)
		return s
	}
	s := listed(t)
	s.do(Called{Agent: "li", Outcome: CallNoAnswer, Note: " 占线 "})
	s.hears(EventCallMade)
	if c := s.c.Call; c == nil || len(c.Made) != 1 || c.Made[0].Note != "占线" || !c.Next.Equal(s.now.Add(callAgain)) {
		t.Fatalf("nobody answered: %+v", c)
	}
	s.do(Called{Agent: "li", Outcome: CallReached})
	if s.c.Call != nil || s.c.Application().Route.Over != OverCalled {
		t.Errorf("reached: %+v, %q", s.c.Call, s.c.Application().Route.Over)
	}
	if m := s.last.Messages[0]; m.Kind != Note || m.Text != "called_reached" || m.Author.Agent() != "li" {
		t.Errorf("the record has %+v", m)
	}
	if _, err := s.Turn(Snapshot{Now: s.now, Conversation: s.c}, Called{Agent: "li", Outcome: CallReached}); !errors.Is(err, ErrStale) {
		t.Errorf("called without being on the list: %v", err)
	}
	wrong := listed(t)
	wrong.do(Called{Agent: "li", Outcome: CallWrongNumber})
	if wrong.c.Call != nil || wrong.c.Reach(Address{"sms", "13800138000"}).Usable() || !wrong.c.Reach(Address{"mail", "zhang.san@example.com"}).Usable() {
		t.Errorf("a wrong number: %+v", wrong.c.Reaches)
	}
	var inv *InvalidError
	again := listed(t)
	if _, err := again.Turn(Snapshot{Now: again.now, Conversation: again.c}, Called{Outcome: "busy"}); !errors.As(err, &inv) {
		t.Errorf("any outcome will do: %v", err)
	}
}
