package conversations

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// intake lets everybody start in two classes of one seat each, and accepts the
// first of them and one ordinary day.
type intake struct{}

var (
	first  = Class{ID: "first", Date: Date{2026, 7, 6}, Capacity: 1}
	second = Class{ID: "second", Date: Date{2026, 7, 20}, Capacity: 1}
	plain  = Date{2026, 7, 8}
)

func (intake) Judge(p Proposal) Judgement {
	if p.Date == first.Date || p.Date == plain {
		return Judgement{Verdict: DateAccepted}
	}
	return Judgement{Reasons: []DateReason{{Code: DateNeedsApproval}}}
}

func (intake) Nearest(Proposal) []Date          { return nil }
func (intake) Classes(string, Position) []Class { return []Class{first, second} }
func taken(class Class, by ...string) Seats     { return seatsOf(Seats{}, class, by...) }

func seatsOf(s Seats, class Class, by ...string) Seats {
	for i, who := range by {
		s.Take(class.ID, i+1, who)
	}
	return s
}

func (w *world) does(acts ...Act) func(Turn) Decision {
	return func(Turn) Decision { return Decision{Do: acts} }
}

// trainee is a bound candidate whose dialogue does what is put into acts.
func trainee(t *testing.T) (w *world, c Conversation, says func(Seats, ...Act) Changes) {
	w = newWorld(nil)
	w.StartDates = intake{}
	c = bound(t, w)
	says = func(s Seats, acts ...Act) Changes {
		t.Helper()
		w.decide = w.does(acts...)
		ch := w.turn(t, Snapshot{Conversation: c, Seats: s}, text("words", ""))
		c = ch.Conversation
		return ch
	}
	return w, c, says
}

func confirmedBy(ch Changes) *StartDateDetail {
	for _, task := range ch.Tasks {
		if ev, ok := task.Body.(Event); ok && ev.Type == EventStartDateConfirmed {
			return ev.Data.StartDate
		}
	}
	return nil
}

func TestWhoAgreesToAStartDate(t *testing.T) {
	t.Parallel()
	_, _, says := trainee(t)
	if d := confirmedBy(says(nil, ConfirmStartDate{Date{2026, 7, 9}})); d != nil {
		t.Errorf("a date that nobody agreed to was confirmed: %+v", d)
	}
	if d := confirmedBy(says(nil, ConfirmStartDate{plain})); d == nil || d.By != AgreedByPolicy || d.Class != "" {
		t.Errorf("confirmed %+v, want by policy", d)
	}
	if d := confirmedBy(says(nil, ConfirmStartDate{first.Date})); d == nil || d.By != AgreedByOffer || d.Class != "first" {
		t.Errorf("confirmed %+v, want by the offer", d)
	}
}

func TestASeatFollowsThePromise(t *testing.T) {
	t.Parallel()
	w, c, _ := trainee(t)
	says := func(s Seats, acts ...Act) Changes {
		t.Helper()
		w.decide = w.does(acts...)
		return w.turn(t, Snapshot{Conversation: c, Seats: s}, text("words", ""))
	}
	want := func(ch Changes, took, freed, held []Seat) {
		t.Helper()
		app := ch.Conversation.Application()
		if !slices.Equal(ch.Took, took) || !slices.Equal(ch.Freed, freed) || !slices.Equal(app.Seats, held) {
			t.Errorf("took %v, freed %v, holds %v", ch.Took, ch.Freed, app.Seats)
		}
		c = ch.Conversation
	}
	a, b := Seat{"first", 1, first.Date}, Seat{"second", 1, second.Date}
	want(says(nil, ConfirmStartDate{first.Date}), []Seat{a}, nil, []Seat{a})
	mine := taken(first, "c1")
	want(says(mine, RequestSchedule{Date: second.Date}), nil, nil, []Seat{a}) // the agreed date stands
	w.decide = nil
	counter := Decide{Agent: "li", Request: c.Application().Request.ID, Verdict: Counter, Counter: second.Date}
	want(w.turn(t, Snapshot{Conversation: c, Seats: mine}, counter), []Seat{b}, nil, []Seat{a, b})
	both := seatsOf(taken(first, "c1"), second, "c1")
	want(says(both, ConfirmStartDate{second.Date}), nil, []Seat{a}, []Seat{b})
	want(says(both, ConfirmStartDate{plain}), nil, []Seat{b}, []Seat{})
	want(says(nil, ConfirmStartDate{first.Date}), []Seat{a}, nil, []Seat{a})
	want(says(mine, DeclineOffer{}), nil, []Seat{a}, []Seat{})
}

func TestABotThatGivesAFullClassAwayIsStopped(t *testing.T) {
	t.Parallel()
	_, _, says := trainee(t)
	ch := says(taken(first, "somebody"), ConfirmStartDate{first.Date})
	if app := ch.Conversation.Application(); app.Answer != Open || len(ch.Took) > 0 || confirmedBy(ch) != nil {
		t.Errorf("a seat of a full class was given away: %+v", app)
	}
	if o := ch.Conversation.Owner; o.Kind != OwnedByQueue || o.Reason != HandoffFailed {
		t.Errorf("nobody was called: %+v", o)
	}
}

func TestHROverbooksKnowingly(t *testing.T) {
	t.Parallel()
	w, _, says := trainee(t)
	c := says(nil, RequestSchedule{Date: first.Date}).Conversation
	w.decide = nil
	full := taken(first, "x", "y")
	d := Decide{Agent: "li", Request: c.Application().Request.ID, Verdict: Approve}
	if _, err := w.Turn(Snapshot{Now: noon, Conversation: c, Seats: full}, d); !errors.Is(err, ErrClassFull) {
		t.Errorf("approving a full class: %v", err)
	}
	d.Overbook = true
	ch := w.turn(t, Snapshot{Conversation: c, Seats: full}, d)
	if want := []Seat{{"first", 3, first.Date}}; !slices.Equal(ch.Took, want) {
		t.Errorf("took %v", ch.Took)
	}
	if by := confirmedBy(ch); by == nil || by.By != AgreedByHR || by.Class != "first" {
		t.Errorf("confirmed %+v", by)
	}
	if left := full.Left(first, "c1"); left != -1 {
		t.Errorf("%d seats are left", left)
	}
}

// TestSeatNumbers: people who are seated at once start with different numbers,
// and all of them with the last one.
func TestSeatNumbers(t *testing.T) {
	t.Parallel()
	class := Class{ID: "a", Capacity: 20}
	seats, seen := Seats{"a": {1: "x", 30: "overbooked"}}, map[int]bool{}
	for i := range 100 {
		n := seats.next(class, fmt.Sprint("c", i))
		if seen[n] = true; n < 2 || n > 19 {
			t.Fatalf("seat %d of 18 that are left", n)
		}
	}
	if len(seen) < 10 {
		t.Errorf("100 people reach for only %d of 18 seats", len(seen))
	}
	for n := 2; n < 19; n++ {
		seats.Take("a", n, "x")
	}
	for i := range 100 {
		if n := seats.next(class, fmt.Sprint("c", i)); n != 19 {
			t.Fatalf("one reaches for %d, not for the last seat", n)
		}
	}
}

func TestANewResultFreesTheSeat(t *testing.T) {
	t.Parallel()
	w, _, says := trainee(t)
	c := says(nil, ConfirmStartDate{first.Date}).Conversation
	w.decide = nil
	res := sampleResult()
	res.ID = "r2"
	ch := w.turn(t, Snapshot{Conversation: c}, notifyCmd(res))
	if want := []Seat{{"first", 1, first.Date}}; !slices.Equal(ch.Freed, want) {
		t.Errorf("freed %v", ch.Freed)
	}
}

func TestLookupClasses(t *testing.T) {
	t.Parallel()
	w, c, _ := trainee(t)
	s := Snapshot{Conversation: c}
	if got := w.LookupClasses(s, text("words", "")); !slices.Equal(got, []string{"first", "second"}) {
		t.Errorf("a message needs %v", got)
	}
	for _, cmd := range []Command{Report{}, Seen{}, Reply{}, Assign{}} {
		if got := w.LookupClasses(s, cmd); got != nil {
			t.Errorf("a %T needs %v", cmd, got)
		}
	}
	if got := w.LookupClasses(Snapshot{}, text("words", "")); got != nil {
		t.Errorf("a follower needs %v", got)
	}
	w.StartDates = nil
	if got := w.LookupClasses(s, text("words", "")); got != nil {
		t.Errorf("without policies a message needs %v", got)
	}
}
