package conversations

import (
	"testing"
	"time"
)

// TestAQuestionIsAnsweredOnAnotherChannel: the conversation is one, wherever
// its sentences are said.
func TestAQuestionIsAnsweredOnAnotherChannel(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.decide = func(tn Turn) Decision {
		switch {
		case tn.Heard.Cue != CueSaid:
			return Decision{Memory: tn.Conversation.Memory}
		case string(tn.Conversation.Memory) == `"asked"`:
			return Decision{Memory: Memory(`"done"`), Do: []Act{ConfirmStartDate{Date{2026, 7, 6}}}, Say: []Say{{Key: "confirmed"}}}
		}
		return Decision{Memory: Memory(`"asked"`), Say: []Say{{Key: "can you start"}}}
	}
	s.post(nil)
	s.follows()
	s.says(openID, "你好")
	s.left()
	s.wait(time.Minute)
	s.says(Address{PageAccount, "c1"}, "可以")
	s.expect("mail:start_date_confirmed h5:<confirmed>")
	if app := s.c.Application(); app.Answer != Confirmed {
		t.Errorf("the answer is %q", app.Answer)
	}
	s.do(Reply{Agent: "li", Text: "欢迎"})
	s.expect("h5:欢迎") // they are still there
	s.wait(VisitTime)
	s.do(Reply{Agent: "li", Text: "再见"})
	s.expect("oa:再见")
}

func TestTheCalendarIsTold(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	act := func(a Act) {
		t.Helper()
		s.decide = func(Turn) Decision { return Decision{Do: []Act{a}} }
		s.says(openID, "x")
	}
	entry := func() *Calendar { return s.order[len(s.order)-1].Calendar }
	s.post(nil)
	s.follows()
	act(DeclineOffer{})
	if entry() != nil {
		t.Error("an entry that nobody has was cancelled")
	}
	s.c.Applications[0].Answer = Open
	act(ConfirmStartDate{Date{2026, 7, 6}})
	first := entry()
	if first == nil || first.Sequence != 1 || first.Day != (Date{2026, 7, 6}) || first.UID == "" || first.Place != "朝阳支行" {
		t.Fatalf("the first entry is %+v", first)
	}
	act(ConfirmStartDate{Date{2026, 7, 6}})
	if s.c.Application().Calendar.Sequence != 1 {
		t.Error("the same day is told twice")
	}
	s.c.Applications[0].Request = &ScheduleRequest{ID: "q", Date: Date{2026, 7, 9}}
	s.c.Applications[0].Answer, s.decide = Requested, nil
	s.do(Decide{Agent: "li", Request: "q", Verdict: Approve})
	moved := entry()
	if moved == nil || moved.Sequence != 2 || moved.UID != first.UID || moved.Day != (Date{2026, 7, 9}) {
		t.Fatalf("the moved entry is %+v", moved)
	}
	act(DeclineOffer{})
	gone := entry()
	if gone == nil || gone.Sequence != 3 || !gone.Cancelled || gone.Day != (Date{2026, 7, 9}) {
		t.Errorf("the cancelled entry is %+v", gone)
	}
	none := newStory(t, everyChannel[:1], usual)
	none.post(nil)
	none.follows()
	none.decide = func(Turn) Decision { return Decision{Do: []Act{ConfirmStartDate{Date{2026, 7, 6}}}} }
	none.says(openID, "x")
	none.expect("oa:result_passed")
}

func TestLinksLeadToThePage(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(func(r *Result) { r.Addresses, r.Candidate.Locale = []Address{openID}, English })
	s.wait(24 * time.Hour)
	for _, d := range s.order {
		if linked := d.To.Account != "oa"; linked != (d.Link != "") || d.Locale != English {
			t.Errorf("%s gets the link %q and the locale %q", d.To.Account, d.Link, d.Locale)
		}
	}
}

func TestLanes(t *testing.T) {
	t.Parallel()
	for _, d := range everyChannel {
		want := "deliver:c1/" + d.Account
		if d.Medium == Chat {
			want = "deliver:c1"
		}
		if got := DeliveryLane("c1", d); got != want {
			t.Errorf("the lane of %s is %q, want %q", d.Account, got, want)
		}
	}
	if got := DeliveryLane("c1", Description{Account: "kf", Medium: Chat, Apart: true}); got != "deliver:c1/kf" {
		t.Errorf("the lane of chat by an account that fetches is %q", got)
	}
}

// TestAnswersToWhoCannotReadThemThere: a text message is answered with a link
// to the page, where the words wait, and a key pressed in a call by the road
// for words.
func TestAnswersToWhoCannotReadThemThere(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.decide = func(tn Turn) Decision {
		if tn.Heard.Cue != CueSaid {
			return Decision{}
		}
		return Decision{Say: []Say{{Key: "thanks"}}}
	}
	s.post(nil)
	s.left()
	s.says(Address{"sms", "13800138000"}, "好的")
	s.expect("sms:message_waiting")
	s.do(Enter{"8000"})
	s.expect("h5:<thanks>")
	s.says(Address{"tel", "13800138000"}, "1")
	s.expect("sms:message_waiting")
	s.follows()
	s.wait(time.Minute)
	s.says(openID, "在吗")
	s.left()
	s.says(Address{"tel", "13800138000"}, "1")
	s.expect("oa:<thanks>")
}
