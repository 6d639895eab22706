package conversations

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestThePlanIsClimbedStepByStep(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(nil)
	s.expect("app:result_passed") // nobody has scanned yet, so the app is next, at once
	s.follows()
	s.expect("oa:result_passed") // the step that could not be taken now can
	s.report("oa", Sent, "")
	s.wait(23 * time.Hour)
	s.expect("")
	s.wait(time.Hour)
	s.expect("sms:result_passed")
	s.wait(24 * time.Hour)
	s.expect("tel:result_passed")
	s.wait(24 * time.Hour)
	s.expect("")
	if s.c.Call == nil || s.c.Call.Why != CallUnanswered || s.c.Call.Result != "r1" {
		t.Errorf("the call list has %+v", s.c.Call)
	}
	s.hears(EventCallRequested)
	if r := s.c.Application().Route; !r.Due.IsZero() || r.Over != "" {
		t.Errorf("the plan is %+v", r)
	}
	s.says(Address{"sms", "13800138000"}, "收到了")
	if r := s.c.Application().Route; r.Over != OverAnswered || s.c.Call != nil {
		t.Errorf("answered: %+v, %+v", r, s.c.Call)
	}
}

func TestWhatEndsAPlan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(*story)
		over string
	}{
		"a message":            {func(s *story) { s.says(openID, "好的") }, OverAnswered},
		"a message elsewhere":  {func(s *story) { s.says(Address{"mail", "zhang.san@example.com"}, "ok") }, OverAnswered},
		"on their page":        {func(s *story) { s.says(Address{PageAccount, "c1"}, "ok") }, OverAnswered},
		"a tap in the menu":    {func(s *story) { s.do(Receive{Inbound{Address: openID, Gesture: Tapped, Text: "offer"}}) }, OverAnswered},
		"opening the page":     {func(s *story) { s.do(Enter{"8000"}) }, OverOpened},
		"a wrong try":          {func(s *story) { s.do(Enter{"0000"}) }, ""},
		"an upload":            {func(s *story) { s.do(uploaded("a")) }, OverAnswered},
		"calling it off":       {func(s *story) { s.do(CancelPlan{Agent: "li"}) }, OverCancelled},
		"the EHR's word":       {func(s *story) { s.do(CancelPlan{Agent: "api:ehr", Result: "r1"}) }, OverCancelled},
		"another's plan":       {func(s *story) { s.do(CancelPlan{Agent: "api:ehr", Result: "r0"}) }, ""},
		"following once more":  {func(s *story) { s.do(Receive{Inbound{Address: openID, Gesture: Followed}}) }, ""},
		"a receipt of reading": {func(s *story) { s.report("oa", Read, "") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t, everyChannel, usual)
			s.post(nil)
			s.follows()
			s.report("oa", Sent, "")
			s.left()
			c.do(s)
			if got := s.c.Application().Route.Over; got != c.over {
				t.Fatalf("the plan is over by %q, want %q", got, c.over)
			}
			s.left()
			s.wait(100 * time.Hour)
			if c.over != "" {
				s.expect("")
			}
			if c.over != "" && s.c.Call != nil {
				t.Error("HR is to call")
			}
		})
	}
}

// Where a notification is mere words it waits for leave to write, and takes it.
func TestWordsWaitForLeave(t *testing.T) {
	t.Parallel()
	customer := Address{"kf", "w1"}
	s := newStory(t, bank{{Platform: "words", Account: "kf", Medium: Chat, Choices: 10, Invites: true}}, usual)
	s.post(func(r *Result) { r.Candidate.Phone, r.Addresses = "", []Address{customer} })
	s.expect("")
	if app := s.c.Application(); app.Waiting != WaitingClosed {
		t.Errorf("it waits for %q", app.Waiting)
	}
	s.do(Receive{Inbound{Address: customer, Gesture: Said, Kind: Text, Text: "你好", Dedupe: "m1", Grants: []Grant{{"message", s.now.Add(48 * time.Hour), 5}}}})
	if got := s.left(); !strings.Contains(got, "kf:notice") {
		t.Errorf("there left %q", got)
	}
	if left, _ := s.c.Reach(customer).Quota(s.now); left > 4 {
		t.Errorf("the notification is not counted: %d are left", left)
	}
	if app := s.c.Application(); app.Waiting != "" {
		t.Errorf("it still waits for %q", app.Waiting)
	}
}

// Where words cost nothing and can have buttons, the question follows at once.
func TestButtonsFollowTheNotification(t *testing.T) {
	t.Parallel()
	member := Address{"wecom", "u1"}
	for name, c := range map[string]struct {
		d    Description
		want bool
	}{
		"a chat that is free":   {Description{Platform: "wecom", Account: "wecom", Medium: Chat, Free: true, Choices: 6}, true},
		"without buttons":       {Description{Platform: "wecom", Account: "wecom", Medium: Chat, Free: true}, false},
		"a chat with a window":  {Description{Platform: "wecom", Account: "wecom", Medium: Chat, Templates: true, Choices: 6}, false},
		"free, and not to chat": {Description{Platform: "wecom", Account: "wecom", Medium: Push, Free: true, Choices: 6}, false},
	} {
		w := newWorld(nil)
		w.Channels, w.Routes = bank{c.d}, usual
		heard := []Heard{}
		w.Dialogue = listening{&heard}
		r := sampleResult()
		r.Addresses = []Address{member}
		w.turn(t, Snapshot{New: true, Conversation: Conversation{ID: "c1"}}, notifyCmd(r))
		if len(heard) == 0 || heard[0].Cue != CueNotified || heard[0].Buttons != c.want {
			t.Errorf("%s: heard %+v", name, heard)
		}
	}
}

// listening is a dialogue that keeps what it hears and says nothing.
type listening struct{ heard *[]Heard }

func (l listening) Decide(t Turn) Decision {
	*l.heard = append(*l.heard, t.Heard)
	return Decision{}
}

func TestALaterResultTakesThePlansPlace(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(nil)
	s.follows()
	s.wait(2 * time.Hour)
	s.left()
	s.post(func(r *Result) { r.ID, r.Urgency = "r2", Urgent })
	s.expect("sms:result_passed")
	if len(s.last.Cancelled) > 0 {
		t.Errorf("what is on its way of the first is taken back: %v", s.last.Cancelled)
	}
	if over := s.c.Applications[0].Route.Over; over != OverSuperseded {
		t.Errorf("the first plan is over by %q", over)
	}
	s.wait(time.Hour)
	if s.c.Call == nil || s.c.Call.Result != "r2" {
		t.Errorf("an urgent plan calls after an hour: %+v", s.c.Call)
	}
}

func TestRefusedStepsGiveWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status Status
		reason Reason
		next   string // that leaves at once
		later  string // and after four hours
	}{
		"unfollowed":    {Failed, Unsubscribed, "app:result_passed", ""},
		"bad content":   {Failed, BadContent, "app:result_passed", ""},
		"given up":      {Failed, Temporary, "app:result_passed", ""},
		"nobody knows":  {Unknown, OutcomeUnsure, "", "app:result_passed"},
		"accepted":      {Sent, "", "", "app:result_passed"},
		"delivered":     {Delivered, "", "", "app:result_passed"},
		"read":          {Read, "", "", ""},
		"called off":    {Failed, Cancelled, "", "app:result_passed"},
		"never settled": {Queued, "", "", "app:result_passed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t, everyChannel, usual)
			s.post(func(r *Result) { r.Addresses = []Address{openID} })
			s.expect("oa:result_passed")
			if c.status != Queued {
				s.report("oa", c.status, c.reason)
			}
			s.expect(c.next)
			s.wait(4 * time.Hour)
			s.expect(c.later)
		})
	}
}

// What is delivered but not read goes on to whom it is to be read by, and a
// plan that only wants arrival ends with it.
func TestStepsAreLeftOutByProgress(t *testing.T) {
	t.Parallel()
	plan := roads{Normal: []Step{{By: Chat}, {By: SMS, After: time.Hour, Unless: GotDelivered}, {By: Call, After: 2 * time.Hour, Unless: GotRead}}}
	for status, want := range map[Status]string{
		Sent:      "sms:result_passed tel:result_passed",
		Delivered: "tel:result_passed",
		Read:      "",
	} {
		s := newStory(t, everyChannel, plan)
		s.post(func(r *Result) { r.Addresses = []Address{openID} })
		s.left()
		s.report("oa", status, "")
		s.wait(3 * time.Hour)
		s.expect(want)
	}
}

func TestTheSameAddressIsNotToldTwice(t *testing.T) {
	t.Parallel()
	plan := roads{Normal: []Step{{By: SMS}, {By: SMS, After: time.Hour}, {By: Email, After: 2 * time.Hour}}}
	s := newStory(t, everyChannel, plan)
	s.post(nil)
	s.report("sms", Unknown, OutcomeUnsure)
	s.left()
	s.wait(2 * time.Hour)
	s.expect("mail:result_passed")
	tries := s.c.Application().Route.Tries
	if i := slices.IndexFunc(tries, func(t Try) bool { return t.Skipped == SkippedTried }); i < 0 {
		t.Errorf("the tries are %+v", tries)
	}
}

func TestAnotherAddressOfTheSameMedium(t *testing.T) {
	t.Parallel()
	two := append(bank{{Platform: "kf", Account: "kf", Medium: Chat, Templates: true}}, everyChannel...)
	s := newStory(t, two, usual)
	s.post(func(r *Result) { r.Addresses = []Address{openID, {"kf", "w1"}} })
	s.expect("oa:result_passed")
	s.report("oa", Failed, Unsubscribed)
	s.expect("kf:result_passed")
}

func TestNobodyAtAll(t *testing.T) {
	t.Parallel()
	s := newStory(t, bank{everyChannel[0]}, usual)
	s.post(nil)
	s.expect("")
	if app := s.c.Application(); app.Waiting != WaitingUnbound || s.last.Invite == nil {
		t.Errorf("it waits for %q", app.Waiting)
	}
	s.wait(47 * time.Hour)
	if s.c.Call != nil {
		t.Error("HR is to call before the candidate had time to scan")
	}
	s.wait(time.Hour)
	if s.c.Call == nil {
		t.Error("HR is not asked to call")
	}
	s.follows()
	s.expect("oa:result_passed")
}

func TestATakeoverPausesThePlan(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(func(r *Result) { r.Addresses = []Address{openID} })
	s.do(Assign{Agent: "li"})
	s.left()
	s.wait(30 * time.Hour)
	s.expect("")
	s.do(Release{Agent: "li"})
	s.left()
	s.wait(0)
	s.expect("app:result_passed sms:result_passed")
}

func TestWhoWantsNoMessagesIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.decide = func(tn Turn) Decision {
		switch tn.Heard.Text {
		case "stop":
			return Decision{Do: []Act{WithdrawConsent{}}}
		case "start":
			return Decision{Do: []Act{GiveConsent{}}}
		}
		return Decision{}
	}
	s.says(openID, "stop")
	s.c.Candidate = sampleResult().Candidate
	s.post(nil)
	s.wait(100 * time.Hour)
	s.expect("")
	if app := s.c.Application(); app.Waiting != WaitingOptedOut || s.c.Call != nil {
		t.Errorf("it waits for %q, and HR is to call: %v", app.Waiting, s.c.Call)
	}
	s.says(openID, "start")
	s.expect("oa:result_passed")
}

func TestCallingAPlanOffKeepsWhatHasNotLeft(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.Reminders = politely
	s.post(func(r *Result) { r.Addresses = []Address{openID} })
	notice := s.c.Application().Notice
	s.left()
	ch := s.do(CancelPlan{Agent: "li", Result: "r1"})
	if !slices.Equal(ch.Cancelled, []string{notice}) {
		t.Errorf("cancelled %v, want %v", ch.Cancelled, notice)
	}
	s.hears(EventNotificationCancelled)
	s.report("oa", Failed, Cancelled)
	s.wait(100 * time.Hour)
	s.expect("")
	if !s.do(CancelPlan{Agent: "li"}).Unchanged {
		t.Error("it is called off twice")
	}
	waiting := newStory(t, bank{everyChannel[0]}, usual)
	waiting.post(nil)
	waiting.do(CancelPlan{Agent: "li"})
	waiting.follows()
	waiting.expect("")
	if got := waiting.c.Application().Waiting; got != WaitingCancelled {
		t.Errorf("what never left waits for %q", got)
	}
}

func TestNightsAreQuiet(t *testing.T) {
	t.Parallel()
	quiet := usual
	quiet.Quiet = night
	s := newStory(t, everyChannel, quiet)
	s.now = noon.Add(11 * time.Hour) // 23:00
	s.post(func(r *Result) { r.Addresses = []Address{openID} })
	s.expect("")
	if got := s.c.Application().Waiting; got != WaitingQuiet {
		t.Errorf("it waits for %q", got)
	}
	s.wait(9*time.Hour - time.Second)
	s.expect("")
	s.wait(time.Second) // 8:00
	s.expect("oa:result_passed")

	urgent := newStory(t, everyChannel, quiet)
	urgent.now = noon.Add(11 * time.Hour)
	urgent.post(func(r *Result) { r.Urgency = Urgent })
	urgent.expect("sms:result_passed")

	abroad := newStory(t, everyChannel, quiet)
	abroad.post(func(r *Result) { r.Candidate.TimeZone, r.Addresses = "America/New_York", []Address{openID} }) // midnight there
	abroad.expect("")
	abroad.wait(8 * time.Hour)
	abroad.expect("oa:result_passed")

	awake := newStory(t, everyChannel, quiet)
	awake.now = noon.Add(11 * time.Hour)
	awake.post(nil)
	awake.follows() // whoever scans at night reads at night
	awake.expect("oa:result_passed")
}

func TestStepsOfTheNightLeaveInTheMorning(t *testing.T) {
	t.Parallel()
	quiet := usual
	quiet.Quiet = night
	s := newStory(t, everyChannel, quiet)
	s.now = noon.Add(9 * time.Hour) // 21:00; the app's step falls on 1:00
	s.post(func(r *Result) { r.Addresses = []Address{openID} })
	s.expect("oa:result_passed")
	s.wait(11*time.Hour - time.Second)
	s.expect("")
	s.wait(time.Second)
	s.expect("app:result_passed")
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	day := func(h, m int) time.Time { return time.Date(2026, 6, 24, h, m, 0, 0, noon.Location()) }
	for _, c := range []struct {
		q        Quiet
		at, want time.Time
	}{
		{night, day(21, 59), day(21, 59)},
		{night, day(22, 0), day(32, 0)},
		{night, day(0, 0), day(8, 0)},
		{night, day(7, 59), day(8, 0)},
		{night, day(8, 0), day(8, 0)},
		{Quiet{From: 12 * 60, To: 14 * 60}, day(13, 0), day(14, 0)},
		{Quiet{From: 12 * 60, To: 14 * 60}, day(11, 0), day(11, 0)},
		{Quiet{From: 12 * 60, To: 14 * 60}, day(14, 0), day(14, 0)},
		{Quiet{}, day(3, 0), day(3, 0)},
	} {
		if got := c.q.after(c.at); !got.Equal(c.want) {
			t.Errorf("%+v at %s ends at %s, want %s", c.q, c.at, got, c.want)
		}
	}
}

func TestThePreferredMediumComesFirst(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(func(r *Result) { r.Candidate.Preferred, r.Addresses = "sms", []Address{openID} })
	s.expect("sms:result_passed")
	s.wait(4 * time.Hour)
	s.expect("oa:result_passed")
	if _, err := s.Turn(Snapshot{Now: noon, New: true, Conversation: Conversation{ID: "c2"}}, Notify{Result: Result{Candidate: Candidate{Preferred: "pigeon"}}}); err == nil {
		t.Error("any channel can be preferred")
	}
}

// TestAPreferredMediumThatNoStepHas comes before the plan, which waits for as
// long as it would have for its second step.
func TestAPreferredMediumThatNoStepHas(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(func(r *Result) { r.Candidate.Preferred, r.Addresses = "email", []Address{openID} })
	s.expect("mail:result_passed")
	s.wait(4 * time.Hour)
	s.expect("oa:result_passed app:result_passed")
	if only := prefer([]Step{{By: SMS}}, Email); len(only) != 2 || only[0].By != Email || only[1] != (Step{By: SMS}) {
		t.Errorf("before a single step: %+v", only)
	}
}

// Where only words say it, they need the candidate's leave.
func TestNotificationsInWords(t *testing.T) {
	t.Parallel()
	kf := Address{"kf", "w1"}
	s := newStory(t, append(bank{{Platform: "words", Account: "kf", Medium: Chat}}, everyChannel...), usual)
	s.post(func(r *Result) { r.Addresses = []Address{kf} })
	s.expect("app:result_passed")
	s.do(Receive{Inbound{Address: kf, Gesture: Followed, Grants: []Grant{{"enter", s.now.Add(time.Hour), 3}}}})
	s.expect("kf:notice")
	if left, _ := s.c.Reach(kf).Quota(s.now); left != 2 {
		t.Errorf("%d of 3 messages are left", left)
	}
}

// Whoever writes before anything left has not been told of anything yet.
func TestWhatIsQueuedHasToldNobody(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(func(r *Result) { r.Addresses = []Address{openID} })
	s.says(openID, "你好")
	if r := s.c.Application().Route; r.Over != "" || len(s.last.Cancelled) > 0 {
		t.Errorf("the plan is over by %q, and %v is called off", r.Over, s.last.Cancelled)
	}
	s.report("oa", Failed, BadContent)
	s.left()
	s.wait(0)
	if !s.c.Application().Route.alive() {
		t.Error("nobody tells them")
	}
}

func TestWhoComesBackIsTold(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel[:1], usual)
	s.post(func(r *Result) { r.Addresses = []Address{openID} })
	s.expect("oa:result_passed")
	s.report("oa", Failed, Unsubscribed)
	s.wait(time.Hour)
	s.expect("")
	if s.c.Call == nil {
		t.Error("nothing else is left, and HR is not asked to call")
	}
	s.do(Receive{Inbound{Address: openID, Gesture: Followed, Dedupe: "f2"}})
	s.expect("oa:result_passed")
}
