package conversations

import (
	"errors"
	"reflect"
	"slices"
	"testing"
)

// believes is the EHR's word for another day.
func believes(sequence int64, d Date) Disagree {
	return Disagree{System: "api:ehr", Belief: Belief{Candidate: "c1", Sequence: sequence, StartDate: &d}, Differs: []string{PartStartDate}}
}

func conflictEvents(ch Changes) (types []EventType) {
	for _, task := range ch.Tasks {
		if ev, ok := task.Body.(Event); ok {
			types = append(types, ev.Type)
		}
	}
	return types
}

func TestADisagreementIsOneConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := agreed(t, w)
	theirs := Date{2026, 7, 20}
	ch := w.turn(t, Snapshot{Conversation: c}, believes(c.Events, theirs))
	x := ch.Conversation.OpenConflict()
	if x == nil || x.System != "api:ehr" || x.Ours.StartDate() != (Date{2026, 7, 6}) || *x.Theirs.StartDate != theirs || !x.Adoptable() {
		t.Fatalf("the conflict is %+v", x)
	}
	if got := conflictEvents(ch); !slices.Equal(got, []EventType{EventConflictFound}) {
		t.Errorf("events %v", got)
	}
	if app := ch.Conversation.Application(); app.StartDate != (Date{2026, 7, 6}) || app.Answer != Confirmed {
		t.Errorf("the offer was touched: %+v", app)
	}
	if again := w.turn(t, Snapshot{Conversation: ch.Conversation}, believes(c.Events+1, theirs)); !again.Unchanged {
		t.Error("the same belief is a second conflict")
	}
	other := w.turn(t, Snapshot{Conversation: ch.Conversation}, believes(c.Events+1, Date{2026, 7, 27}))
	if y := other.Conversation.OpenConflict(); y.ID == x.ID || len(other.Conversation.Conflicts) != 1 {
		t.Errorf("another belief is the conflict %+v", y)
	}
}

func TestTheEHRIsRight(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := agreed(t, w)
	c = w.turn(t, Snapshot{Conversation: c}, believes(c.Events, Date{2026, 7, 20})).Conversation
	settle := Settle{Agent: "li.na", Conflict: c.Conflicts[0].ID, Choice: ChooseTheirs}
	ch := w.turn(t, Snapshot{Conversation: c}, settle)
	app := ch.Conversation.Application()
	if app.Offer.StartDate != (Date{2026, 7, 20}) || app.Answer != Open || ch.Conversation.OpenConflict() != nil {
		t.Errorf("the offer stands as %+v", app)
	}
	if heard := w.heard[len(w.heard)-1]; heard.Cue != CueOfferChanged || !heard.Offer.Asks {
		t.Errorf("the dialogue heard %+v", heard)
	}
	if got := conflictEvents(ch); !slices.Equal(got, []EventType{EventConflictSettled, EventOfferChanged}) {
		t.Errorf("events %v", got)
	}
	if x := ch.Conversation.Conflicts[0]; x.Agent != "li.na" || x.DecidedAt.IsZero() || x.Settled != c.Events+1 {
		t.Errorf("who decided when: %+v", x)
	}
	if _, err := w.Turn(Snapshot{Now: noon, Conversation: ch.Conversation}, settle); !errors.Is(err, ErrStale) {
		t.Errorf("it was decided twice: %v", err)
	}
}

// TestTheOfferedDayIsRight: the EHR still has the day that was offered, and
// another was agreed on since.
func TestTheOfferedDayIsRight(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := agreed(t, w)
	c.Applications = slices.Clone(c.Applications)
	c.Applications[0].StartDate = Date{2026, 7, 13}
	c = w.turn(t, Snapshot{Conversation: c}, believes(c.Events, Date{2026, 7, 6})).Conversation
	ch := w.turn(t, Snapshot{Conversation: c}, Settle{Agent: "li.na", Conflict: c.Conflicts[0].ID, Choice: ChooseTheirs})
	if app := ch.Conversation.Application(); app.Offer.StartDate != (Date{2026, 7, 6}) || app.Answer != Open || ch.Unchanged {
		t.Errorf("the offer stands as %+v", app)
	}
	if heard := w.heard[len(w.heard)-1]; heard.Offer.WasDate != (Date{2026, 7, 13}) {
		t.Errorf("the candidate is told of %+v", heard.Offer)
	}
}

func TestAConflictStaysSettled(t *testing.T) {
	t.Parallel()
	theirs := Date{2026, 7, 20}
	for _, tc := range []struct {
		choice Choosing
		later  int64 // events that the EHR took after the decision's
		again  bool
	}{{ChooseOther, 0, false}, {ChooseOurs, -1, false}, {ChooseOurs, 0, true}, {ChosenAgreed, 0, true}} {
		w := newWorld(nil)
		c := agreed(t, w)
		c = w.turn(t, Snapshot{Conversation: c}, believes(c.Events, theirs)).Conversation
		c = w.turn(t, Snapshot{Conversation: c}, Settle{Agent: "li.na", Conflict: c.Conflicts[0].ID, Choice: tc.choice, Note: "电话里说好了"}).Conversation
		ch := w.turn(t, Snapshot{Conversation: c}, believes(c.Events+tc.later, theirs))
		if again := !ch.Unchanged; again != tc.again {
			t.Errorf("settled as %s, believed again at %+d: a new conflict %v", tc.choice, tc.later, again)
		}
	}
}

func TestWhatCannotBeChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := agreed(t, w)
	declined := Declined
	c = w.turn(t, Snapshot{Conversation: c}, Disagree{System: "api:ehr", Belief: Belief{Answer: &declined}, Differs: []string{PartAnswer}}).Conversation
	for _, s := range []Settle{{Choice: ChooseTheirs}, {Choice: ChooseOther}, {Choice: "mine"}} {
		s.Conflict = c.Conflicts[0].ID
		var invalid *InvalidError
		if _, err := w.Turn(Snapshot{Now: noon, Conversation: c}, s); !errors.As(err, &invalid) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestStandAt(t *testing.T) {
	t.Parallel()
	event := func(typ EventType, d EventData) Event { return Event{Type: typ, Data: d} }
	schedule := func(v Verdict, counter Date) EventData {
		return EventData{Schedule: &ScheduleDetail{Offered: Date{2026, 7, 6}, Requested: Date{2026, 7, 13}, Verdict: v, Counter: counter}}
	}
	events := []Event{
		event(EventMessageReceived, EventData{}),
		event(EventStartDateConfirmed, EventData{StartDate: &StartDateDetail{Date: Date{2026, 7, 6}, Offered: Date{2026, 7, 6}}}),
		event(EventScheduleRequested, schedule(Pending, Date{})),
		event(EventScheduleDecided, schedule(Refuse, Date{})),
		event(EventScheduleRequested, schedule(Pending, Date{})),
		event(EventScheduleDecided, schedule(Approve, Date{})),
		event(EventOfferChanged, EventData{Offer: &OfferDetail{StartDate: Date{2026, 7, 20}, Asks: true}}),
		event(EventOfferDeclined, EventData{}),
	}
	for i, want := range []struct {
		answer Answer
		date   Date
		known  bool
	}{
		{}, {}, {Confirmed, Date{2026, 7, 6}, true}, {Requested, Date{2026, 7, 6}, true}, {Confirmed, Date{2026, 7, 6}, true},
		{Requested, Date{2026, 7, 6}, true}, {Confirmed, Date{2026, 7, 13}, true}, {Open, Date{2026, 7, 20}, true}, {Declined, Date{2026, 7, 20}, true},
	} {
		if got, known := StandAt(events[:i]); got.Answer != want.answer || got.StartDate() != want.date || known != want.known {
			t.Errorf("after %d events %+v, known %v", i, got, known)
		}
	}
	another := append(slices.Clone(events), Event{Type: EventMessageReceived, Data: EventData{Result: "r2"}})
	if got, known := StandAt(another); !reflect.DeepEqual(got, Stand{}) || known {
		t.Errorf("another result begins as %+v", got)
	}
}

// TestDigestHash keeps the hash as it is documented: others compute it, too.
func TestDigestHash(t *testing.T) {
	t.Parallel()
	d := Digest{Candidate: "C-1", Sequence: 7, Result: "R-1", Stand: Stand{
		Offered: Date{2026, 7, 6}, Agreed: Date{2026, 7, 13}, Answer: Confirmed,
		Documents: []DigestDocument{{"d1", "ab", "id_card", DocumentReceived}},
	}}
	if got, want := d.Hash(), "df8b04c4291fe97078a7854014f94c10"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
