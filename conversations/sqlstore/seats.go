package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"jiebao/conversations"
)

// A turn that promises the day of an intake class takes a seat by number. The
// turns of one group see each other's; of two nodes' the key of the table lets
// one through, and the other is done again and sees what is left.

const (
	findSeats   = `select class, number, conversation from seats where class in keys`
	insertSeats = `insert into seats (class, number, conversation) select r.class, r.number, r.conversation
		from rows(class text, number bigint, conversation text)`
	deleteSeats = `delete from seats using rows(class text, number bigint, conversation text)
		where seats.class = r.class and seats.number = r.number and seats.conversation = r.conversation`
)

// findSeats reads the seats that turns of the group need to know.
func (g *group) findSeats(sc *script) {
	var classes keys
	for _, j := range g.jobs {
		if !j.hasTurn() {
			continue
		}
		for _, id := range g.s.engine.LookupClasses(*j.snapshot, j.command) {
			classes.add(id)
		}
	}
	if len(classes) == 0 {
		return
	}
	slices.Sort(classes)
	g.seats = conversations.Seats{}
	sc.queryKeys(findSeats, slices.Compact(classes), scanSeats(g.seats))
}

func scanSeats(into conversations.Seats) func(row) error {
	return func(r row) error {
		var class, conversation string
		var number int
		if err := r.Scan(&class, &number, &conversation); err != nil {
			return err
		}
		into.Take(class, number, conversation)
		return nil
	}
}

// seat lets the turns after j know of the seats that it took and gave back.
func (g *group) seat(j *job) {
	if g.seats == nil || j.changes == nil {
		return
	}
	for _, s := range j.changes.Freed {
		delete(g.seats[s.Class], s.Number)
	}
	for _, s := range j.changes.Took {
		g.seats.Take(s.Class, s.Number, j.conversation)
	}
}

// seatWrites are the seats that change hands.
type seatWrites struct{ freed, took [][]any }

func (w *seatWrites) collectSeats(j *job) {
	for _, s := range j.changes.Freed {
		w.freed = append(w.freed, seatRow(s, j))
	}
	for _, s := range j.changes.Took {
		w.took = append(w.took, seatRow(s, j))
	}
}

func seatRow(s conversations.Seat, j *job) []any {
	return []any{s.Class, int64(s.Number), j.conversation}
}

// seatScript gives seats back before it takes any. What was taken and given
// back within the group never was.
func (w *seatWrites) seatScript(sc *script) {
	slices.SortFunc(w.took, compareSeats)
	sc.bulk(deleteSeats, w.freed)
	sc.bulk(insertSeats, w.took)
}

func compareSeats(a, b []any) int {
	return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(int64), b[1].(int64)))
}

// Seats returns the seats taken in the classes.
func (s *Store) Seats(ctx context.Context, classes []string) (conversations.Seats, error) {
	seats := conversations.Seats{}
	if len(classes) == 0 {
		return seats, nil
	}
	var sc script
	sc.queryKeys(findSeats, classes, scanSeats(seats))
	if err := s.db.pipeline(ctx, &sc); err != nil {
		return nil, fmt.Errorf("reading the seats of intake classes: %w", err)
	}
	return seats, nil
}
