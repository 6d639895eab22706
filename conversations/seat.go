package conversations

import (
	"errors"
	"hash/fnv"
	"slices"
)

// Seat is a place in an intake class. Whoever is promised the day of a class
// holds one; there are more than the class's capacity if HR gave some away
// knowing that it is full.
type Seat struct {
	Class  string `json:"class"`
	Number int    `json:"number"` // from 1
	Date   Date   `json:"date"`
}

// Seats are the seats taken: class → number → conversation.
type Seats map[string]map[int]string

// Take notes that a conversation has a seat.
func (s Seats) Take(class string, number int, conversation string) {
	if s[class] == nil {
		s[class] = map[int]string{}
	}
	s[class][number] = conversation
}

// Left is how many seats of c a conversation could have, its own included.
func (s Seats) Left(c Class, conversation string) int {
	left := c.Capacity
	for _, holder := range s[c.ID] {
		if holder != conversation {
			left--
		}
	}
	return left
}

// next is a number that nobody has: one of the lowest, as many as seats are
// left. So whoever is seated at the same moment on another node reaches for
// the same numbers, and the last seat is only one's; but different people
// start with different ones, so that they seldom collide before.
func (s Seats) next(c Class, conversation string) int {
	free := make([]int, 0, max(s.Left(c, conversation), 1))
	for n := 1; len(free) < cap(free); n++ {
		if s[c.ID][n] == "" {
			free = append(free, n)
		}
	}
	spread := fnv.New32a()
	spread.Write([]byte(conversation))
	return free[spread.Sum32()%uint32(len(free))]
}

// ErrClassFull: the date is the day of an intake class without a free seat.
// HR may give one more away, and has to say so.
var ErrClassFull = errors.New("the intake class of that day is full")

// LookupClasses names the intake classes whose seats a turn needs to know.
// It is empty wherever no class is open to the candidate.
func (e *Engine) LookupClasses(s Snapshot, c Command) []string {
	if e.StartDates == nil {
		return nil
	}
	branch, app := s.Conversation.Branch, s.Conversation.Application()
	switch c := c.(type) {
	case Report, Seen, Reply, Assign, Invited, Reinvite, RefuseClaim, Pushed, PushAgain, PushEach, Dismiss:
		return nil // the dialogue is not asked
	case Notify:
		branch, app = c.Result.Branch, &Application{Position: c.Result.Position}
	}
	if app == nil {
		return nil
	}
	var ids []string
	for _, class := range e.StartDates.Classes(branch, app.Position) {
		ids = append(ids, class.ID)
	}
	return ids
}

// promised are the dates that the bank keeps for the candidate: the agreed
// one, and HR's proposal while it waits for an answer.
func (a *Application) promised() []Date {
	var dates []Date
	if !a.Answer.Over() && !a.StartDate.IsZero() {
		dates = append(dates, a.StartDate)
	}
	if a.Answer == Open && a.Kept {
		dates = append(dates, a.Offer.StartDate)
	}
	if a.Answer == Countered {
		dates = append(dates, a.Request.Counter)
	}
	return dates
}

// promise takes a seat for d if it is the day of a class, and gives back the
// seats of days that are promised no more. If the class is full it fails and
// changes nothing, unless overbook says that HR knows.
func (t *turn) promise(app *Application, d Date, overbook bool) error {
	if app.classOn(d) == "" {
		seat, ok := t.seatOn(d, overbook)
		if !ok {
			return ErrClassFull
		}
		if seat.Number > 0 {
			app.Seats = append(app.Seats, seat)
			t.out.Took = append(t.out.Took, seat)
		}
	}
	t.leaveOthers(app)
	return nil
}

// leaveOthers gives back the seats of days that are promised no more.
func (t *turn) leaveOthers(app *Application) {
	promised := app.promised()
	app.Seats = slices.DeleteFunc(app.Seats, func(s Seat) bool {
		over := !slices.Contains(promised, s.Date)
		if over {
			t.out.Freed = append(t.out.Freed, s)
		}
		return over
	})
}

// classOn is the class of the seat held for d, "" for none.
func (a *Application) classOn(d Date) string {
	for _, s := range a.Seats {
		if s.Date == d {
			return s.Class
		}
	}
	return ""
}

// seatOn finds a seat on d, the zero Seat where none is needed.
func (t *turn) seatOn(d Date, overbook bool) (seat Seat, ok bool) {
	var full *Class
	for _, class := range t.dates().Classes() {
		if class.Date != d {
			continue
		}
		if t.s.Seats.Left(class, t.c.ID) > 0 {
			return Seat{class.ID, t.s.Seats.next(class, t.c.ID), d}, true
		}
		if full == nil {
			full = &class
		}
	}
	if full == nil {
		return Seat{}, true
	}
	return Seat{full.ID, t.s.Seats.next(*full, t.c.ID), d}, overbook
}

// leaveSeats gives back what earlier applications hold.
func (t *turn) leaveSeats() {
	for i := range t.c.Applications {
		t.out.Freed = append(t.out.Freed, t.c.Applications[i].Seats...)
		t.c.Applications[i].Seats = nil
	}
}
