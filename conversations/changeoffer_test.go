package conversations

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func ptr[T any](v T) *T { return &v }

// agreed is a candidate who follows and confirmed the offered day.
func agreed(t *testing.T, w *world) Conversation {
	t.Helper()
	c := bound(t, w)
	w.decide = w.does(ConfirmStartDate{Date{2026, 7, 6}})
	c = w.turn(t, Snapshot{Conversation: c}, text("好", "m1")).Conversation
	w.decide = nil
	if c.Application().Answer != Confirmed {
		t.Fatal("not confirmed")
	}
	return c
}

func offerEvent(ch Changes) *OfferDetail {
	for _, task := range ch.Tasks {
		if ev, ok := task.Body.(Event); ok && ev.Data.Offer != nil {
			return ev.Data.Offer
		}
	}
	return nil
}

func TestAChangedDayVoidsTheConfirmation(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := agreed(t, w)
	change := ChangeOffer{Agent: "api:ehr", Result: "r1", Change: OfferChange{StartDate: &Date{2026, 7, 13}}, Note: "培训改期"}
	ch := w.turn(t, Snapshot{Conversation: c}, change)
	app := ch.Conversation.Application()
	if app.Answer != Open || !app.StartDate.IsZero() || app.Offer.StartDate != (Date{2026, 7, 13}) {
		t.Errorf("the offer stands as %+v", app)
	}
	heard := w.heard[len(w.heard)-1]
	if heard.Cue != CueOfferChanged || !heard.Offer.Asks || heard.Offer.Was != Confirmed || heard.Offer.WasDate != (Date{2026, 7, 6}) || heard.Offer.Note != "培训改期" {
		t.Errorf("the dialogue heard %+v", heard.Offer)
	}
	if d := offerEvent(ch); d == nil || !d.Asks || !slices.Equal(d.Changed, []string{PartStartDate}) || d.Agent != "api:ehr" {
		t.Errorf("the EHR is told %+v", d)
	}
	again := w.turn(t, Snapshot{Conversation: ch.Conversation}, change)
	if !again.Unchanged {
		t.Error("the same change was made twice")
	}
}

func TestWhatIsOnlyToldKeepsTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := agreed(t, w)
	ch := w.turn(t, Snapshot{Conversation: c}, ChangeOffer{Agent: "api:ehr", Change: OfferChange{
		ContactName: ptr("王芳"), ReplyBy: ptr(noon.Add(time.Hour)), Documents: []RequiredDocument{{"id", "身份证"}, {"health", "体检报告"}},
	}})
	app := ch.Conversation.Application()
	if app.Answer != Confirmed || app.StartDate != (Date{2026, 7, 6}) || w.heard[len(w.heard)-1].Offer.Asks {
		t.Errorf("the answer was %q", app.Answer)
	}
	if len(app.Checklist) != 2 || app.Checklist[1].ID != "health" {
		t.Errorf("the checklist is %+v", app.Checklist)
	}
}

func TestDocumentsSurviveAnotherChecklist(t *testing.T) {
	t.Parallel()
	app := Application{Offer: Offer{Documents: []RequiredDocument{{"id", "身份证"}, {"degree", "学位证"}}}}
	app.recheck()
	app.add(Document{ID: "d1", Item: "id"})
	app.add(Document{ID: "d2", Item: "degree"})
	app.change(OfferChange{Documents: []RequiredDocument{{"id", "身份证"}}})
	if d1, d2 := app.Document("d1"), app.Document("d2"); d1 == nil || d2 == nil || d1.Item != "id" || d2.Item != "" {
		t.Errorf("the documents are %+v and %+v", d1, d2)
	}
}

func TestAChangeThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := agreed(t, w)
	over := agreed(t, newWorld(nil))
	over.Applications[0].Answer = Declined
	var invalid *InvalidError
	for name, tc := range map[string]struct {
		c      Conversation
		change ChangeOffer
		want   error
		field  string
	}{
		"in the past":         {c, ChangeOffer{Change: OfferChange{StartDate: &Date{2026, 6, 23}}}, nil, "offer.start_date"},
		"too late to reply":   {c, ChangeOffer{Change: OfferChange{ReplyBy: ptr(noon)}}, nil, "offer.reply_by"},
		"words that are long": {c, ChangeOffer{Change: OfferChange{Workplace: ptr("a long way")}}, nil, "offer.workplace"},
		"declined":            {over, ChangeOffer{Change: OfferChange{Workplace: ptr("x")}}, ErrOver, ""},
		"another result":      {c, ChangeOffer{Result: "r0", Change: OfferChange{Workplace: ptr("x")}}, ErrNotFound, ""},
	} {
		_, err := w.Turn(Snapshot{Conversation: tc.c, Now: noon}, tc.change)
		if tc.want != nil && !errors.Is(err, tc.want) || tc.field != "" && (!errors.As(err, &invalid) || invalid.Fields[0].Path != tc.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.Applications = append([]Application{{ResultID: "r0"}}, c.Applications...)
	if _, err := w.Turn(Snapshot{Conversation: c, Now: noon}, Withdraw{Result: "r0"}); !errors.Is(err, ErrSuperseded) {
		t.Errorf("an earlier result: %v", err)
	}
}

func TestAPendingRequestIsResolved(t *testing.T) {
	t.Parallel()
	for _, c := range []Command{
		ChangeOffer{Agent: "api:ehr", Change: OfferChange{StartDate: &Date{2026, 7, 13}}}, Withdraw{Agent: "api:ehr"},
	} {
		w := newWorld(nil)
		w.decide = w.does(RequestSchedule{Date: Date{2026, 7, 15}, Said: "15号"})
		asked := w.turn(t, Snapshot{Conversation: bound(t, w)}, text("15号可以吗", "m1")).Conversation
		request := asked.Application().Request.ID
		w.decide = nil
		ch := w.turn(t, Snapshot{Conversation: asked}, c)
		if req := ch.Conversation.Application().Request; req.Verdict != Superseded || req.Agent != "api:ehr" {
			t.Errorf("%T: the request is %+v", c, req)
		}
		if got := events(ch); len(got) != 2 || got[0] != EventScheduleDecided {
			t.Errorf("%T: events %v", c, got)
		}
		if _, err := w.Turn(Snapshot{Conversation: ch.Conversation, Now: noon}, Decide{Request: request, Verdict: Approve}); !errors.Is(err, ErrStale) {
			t.Errorf("%T: it could be decided afterwards: %v", c, err)
		}
	}
}

func TestAWithdrawnOfferCannotBeTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := agreed(t, w)
	ch := w.turn(t, Snapshot{Conversation: c}, Withdraw{Agent: "api:ehr", Note: "编制调整"})
	if app := ch.Conversation.Application(); app.Answer != Withdrawn || w.heard[len(w.heard)-1].Cue != CueOfferWithdrawn {
		t.Fatalf("the answer is %q", app.Answer)
	}
	if ch.Conversation.awaited() != (awaited{}) {
		t.Errorf("something is still awaited: %+v", ch.Conversation.awaited())
	}
	for _, a := range []Act{ConfirmStartDate{Date{2026, 7, 6}}, RequestSchedule{Date: Date{2026, 7, 9}}, DeclineOffer{}} {
		w.decide = w.does(a)
		after := w.turn(t, Snapshot{Conversation: ch.Conversation}, text("好", "m2"))
		if got := events(after); after.Conversation.Application().Answer != Withdrawn || !slices.Equal(got, []EventType{EventMessageReceived}) {
			t.Errorf("%T after the withdrawal: %q, %v", a, after.Conversation.Application().Answer, got)
		}
	}
	if again := w.turn(t, Snapshot{Conversation: ch.Conversation}, Withdraw{Agent: "api:ehr"}); !again.Unchanged {
		t.Error("withdrawn twice")
	}
}

// Whichever of the two comes first, the end is the same: nobody starts.
func TestWithdrawalAgainstConfirmation(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	w.decide = w.does(ConfirmStartDate{Date{2026, 7, 6}})
	commands := []Command{text("确认", "m1"), Withdraw{Agent: "api:ehr"}}
	for range 2 {
		c := bound(t, w)
		for _, command := range commands {
			c = w.turn(t, Snapshot{Conversation: c}, command).Conversation
		}
		if a := c.Application().Answer; a != Withdrawn {
			t.Errorf("%T first: the answer is %q", commands[0], a)
		}
		slices.Reverse(commands)
	}
}

func TestWhoWasNotToldHearsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []Command{
		ChangeOffer{Agent: "api:ehr", Change: OfferChange{StartDate: &Date{2026, 7, 13}}}, Withdraw{Agent: "api:ehr"},
	} {
		w := newWorld(nil)
		posted := w.turn(t, Snapshot{New: true, Conversation: Conversation{ID: "c1"}}, notifyCmd(sampleResult())).Conversation
		ch := w.turn(t, Snapshot{Conversation: posted}, c)
		if len(w.heard) != 0 || len(deliveries(ch)) != 0 {
			t.Errorf("%T was told: %v", c, deliveries(ch))
		}
		w.heard = nil
		found := w.turn(t, Snapshot{Conversation: ch.Conversation, Scan: ScanBinds}, Receive{Inbound{Address: openID, Gesture: Followed, Scene: "sc"}})
		_, changed := c.(ChangeOffer)
		if notified := len(deliveries(found)) > 0; notified != changed {
			t.Errorf("%T: notified %v once they can be", c, notified)
		}
	}
}

func TestSeatsFollowTheOffer(t *testing.T) {
	t.Parallel()
	w, _, says := trainee(t)
	c := says(nil, ConfirmStartDate{first.Date}).Conversation
	w.decide = nil
	move := ChangeOffer{Agent: "api:ehr", Change: OfferChange{StartDate: &second.Date}}
	if _, err := w.Turn(Snapshot{Conversation: c, Now: noon, Seats: taken(second, "another")}, move); !errors.Is(err, ErrClassFull) {
		t.Fatalf("into a full class: %v", err)
	}
	ch := w.turn(t, Snapshot{Conversation: c}, move)
	if len(ch.Took) != 1 || ch.Took[0].Class != "second" || len(ch.Freed) != 1 || ch.Freed[0].Class != "first" {
		t.Errorf("took %v, freed %v", ch.Took, ch.Freed)
	}
	gone := w.turn(t, Snapshot{Conversation: ch.Conversation}, Withdraw{Agent: "api:ehr"})
	if len(gone.Freed) != 1 || gone.Freed[0].Class != "second" || len(gone.Took) != 0 {
		t.Errorf("withdrawn: took %v, freed %v", gone.Took, gone.Freed)
	}
}

func TestTheCalendarFollowsTheOffer(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(nil)
	s.follows()
	s.decide = func(Turn) Decision { return Decision{Do: []Act{ConfirmStartDate{Date{2026, 7, 6}}}} }
	s.says(openID, "好")
	s.decide = nil
	var last *Calendar
	entry := func() *Calendar {
		for _, d := range s.order {
			if d.Calendar != nil {
				last = d.Calendar
			}
		}
		return last
	}
	s.do(ChangeOffer{Agent: "api:ehr", Change: OfferChange{ContactName: ptr("王芳")}})
	if e := entry(); e.Sequence != 2 || e.Cancelled || e.Day != (Date{2026, 7, 6}) {
		t.Errorf("another contact: %+v", e)
	}
	s.do(ChangeOffer{Agent: "api:ehr", Change: OfferChange{StartDate: &Date{2026, 7, 13}}})
	if e := entry(); e.Sequence != 3 || !e.Cancelled || e.Day != (Date{2026, 7, 6}) {
		t.Errorf("another day: %+v", e)
	}
	s.decide = func(Turn) Decision { return Decision{Do: []Act{ConfirmStartDate{Date{2026, 7, 13}}}} }
	s.says(openID, "好")
	if e := entry(); e.Sequence != 4 || e.Cancelled || e.Day != (Date{2026, 7, 13}) {
		t.Errorf("confirmed again: %+v", e)
	}
	s.decide = nil
	s.do(Withdraw{Agent: "api:ehr"})
	if e := entry(); e.Sequence != 5 || !e.Cancelled {
		t.Errorf("withdrawn: %+v", e)
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := w.turn(t, Snapshot{Conversation: agreed(t, w)}, Reply{Agent: "api:ehr", Text: "请带身份证", Beside: true}).Conversation
	command := Withdraw{Agent: "api:ehr"}
	var version *VersionError
	for _, v := range []int64{c.Moved - 1, c.Events + 1} {
		_, err := w.Turn(Snapshot{Conversation: c, Now: noon, Condition: Condition{Version: ptr(v)}}, command)
		if !errors.As(err, &version) || version.Version != c.Events || !errors.Is(err, ErrStale) {
			t.Fatalf("version %d: %v", v, err)
		}
	}
	if c.Moved == c.Events {
		t.Fatal("the words were not told")
	}
	if ch := w.turn(t, Snapshot{Conversation: c, Condition: Condition{Version: ptr(c.Moved)}}, command); ch.Unchanged {
		t.Error("the bank's own words put a version out of date")
	}
	once := Condition{Version: ptr(c.Events), Once: "k1"}
	ch := w.turn(t, Snapshot{Conversation: c, Condition: once}, command)
	if again := w.turn(t, Snapshot{Conversation: ch.Conversation, Condition: once}, command); !again.Duplicate || !again.Unchanged {
		t.Error("done twice under one name")
	}
	later := ch.Conversation
	for i := range 2 * onceMost {
		s := Snapshot{Conversation: later, Now: noon.Add(time.Duration(i) * time.Hour), Condition: Condition{Once: time.Duration(i).String()}}
		later = w.turn(t, s, Reply{Agent: "api:ehr", Text: "您好", Beside: true}).Conversation
	}
	if n := len(later.Done); n > int(OnceFor/time.Hour) || later.Done[n-1].Once != time.Duration(2*onceMost-1).String() {
		t.Errorf("%d names are remembered", n)
	}
}

func TestASystemsWordsTakeNobodysPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	ch := w.turn(t, Snapshot{Conversation: c}, Reply{Agent: "api:ehr", Text: "请带身份证", Beside: true})
	if ch.Conversation.Owner.Kind != OwnedByBot || len(deliveries(ch)) != 1 || deliveries(ch)[0].Text != "请带身份证" {
		t.Errorf("the owner is %+v, sent %v", ch.Conversation.Owner, deliveries(ch))
	}
	given := w.turn(t, Snapshot{Conversation: ch.Conversation}, Assign{Agent: "li", By: "api:ehr"})
	if o := given.Conversation.Owner; o.Agent != "li" || !slices.ContainsFunc(given.Messages, func(m Message) bool { return m.Text == "assigned li api:ehr" }) {
		t.Errorf("the owner is %+v, noted %v", o, given.Messages)
	}
}
