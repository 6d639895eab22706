package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"jiebao/conversations"
)

// intake lets trainees start in two classes, and everybody else on any day.
type intake struct{}

var (
	july   = conversations.Class{ID: "july", Name: "July", Date: conversations.Date{Year: 2026, Month: 7, Day: 6}, Capacity: 7}
	august = conversations.Class{ID: "august", Name: "August", Date: conversations.Date{Year: 2026, Month: 8, Day: 3}, Capacity: 3}
)

const trainee = "管培生"

// Judge accepts the days of classes with a free seat.
func (i intake) Judge(p conversations.Proposal) conversations.Judgement {
	for _, c := range i.Classes(p.Branch, p.Position) {
		if c.Date == p.Date && p.Seats.Left(c, p.Conversation) > 0 {
			return conversations.Judgement{Verdict: conversations.DateAccepted}
		}
	}
	return conversations.Judgement{Verdict: conversations.DateImpossible}
}

func (intake) Nearest(conversations.Proposal) []conversations.Date { return nil }

func (intake) Classes(_ string, p conversations.Position) []conversations.Class {
	if p.Title != trainee {
		return nil
	}
	return []conversations.Class{july, august}
}

// trainees posts results for n trainees and returns their conversations.
func (b *bench) trainees(n int) (ids []string) {
	b.t.Helper()
	for i := range n {
		c := Result(fmt.Sprintf("r%d", i), fmt.Sprintf("E%d", i), oa(fmt.Sprintf("u%d", i)))
		c.Result.Position.Title = trainee
		ids = append(ids, b.notify(c).Conversation)
	}
	return ids
}

// confirm lets all of them confirm the July class at once, each by one of the nodes.
func (b *bench) confirm(nodes []Store, n int) {
	b.t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			c := said(fmt.Sprintf("u%d", i), fmt.Sprintf("m%d", i), "confirm "+july.Date.String())
			if _, err := nodes[i%len(nodes)].Apply(b.t.Context(), conversations.Target{Address: c.Address}, c); err != nil {
				b.t.Error(err)
			}
		})
	}
	wg.Wait()
}

// seated checks that as many are confirmed as hold a seat, and returns them.
func (b *bench) seated(ids []string, class conversations.Class) (confirmed []string) {
	b.t.Helper()
	seats, err := b.Seats(b.t.Context(), []string{class.ID})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, id := range ids {
		if app := b.application(id); app.Answer == conversations.Confirmed && app.StartDate == class.Date {
			confirmed = append(confirmed, id)
			if len(app.Seats) != 1 || seats[class.ID][app.Seats[0].Number] != id {
				b.t.Errorf("%s is confirmed and holds %v of %v", id, app.Seats, seats)
			}
		}
	}
	slices.Sort(confirmed)
	if holders := slices.Sorted(maps.Values(seats[class.ID])); !slices.Equal(holders, confirmed) {
		b.t.Errorf("%v are confirmed, and %v have seats", confirmed, holders)
	}
	return confirmed
}

// testLastSeats: of many who confirm at the same moment, exactly as many as
// the class has seats.
func testLastSeats(t *testing.T, b *bench) {
	ids := b.trainees(60)
	b.confirm([]Store{b.Store}, len(ids))
	if n := len(b.seated(ids, july)); n != july.Capacity {
		t.Errorf("%d candidates were given the %d seats", n, july.Capacity)
	}
	for _, id := range ids {
		if c := b.thread(id); c.Owner.Kind != conversations.OwnedByBot {
			t.Errorf("%s was told of a seat that there was not", id)
		}
	}
}

// testLastSeatsOfNodes: the same, on several nodes.
func testLastSeatsOfNodes(t *testing.T, b *bench) {
	ids := b.trainees(60)
	b.confirm([]Store{b.Store, b.another(), b.another()}, len(ids))
	if n := len(b.seated(ids, july)); n != july.Capacity {
		t.Errorf("%d candidates were given the %d seats", n, july.Capacity)
	}
}

// testSeatsChangeHands: who declines, takes another class or is offered
// something else gives the seat back, and whoever asks next gets it.
func testSeatsChangeHands(t *testing.T, b *bench) {
	leave := []func(){
		func() { b.receive(said("u0", "a", "decline")) },
		func() { b.receive(said("u1", "b", "confirm "+august.Date.String())) },
		func() { b.notify(Result("r2-again", "E2", oa("u2"))) },
	}
	ids := b.trainees(july.Capacity + len(leave))
	b.confirm([]Store{b.Store}, july.Capacity)
	for i, leaves := range leave {
		next := july.Capacity + i
		ask := func(dedupe string) conversations.Answer {
			b.receive(said(fmt.Sprintf("u%d", next), dedupe+fmt.Sprint(i), "confirm "+july.Date.String()))
			return b.application(ids[next]).Answer
		}
		if ask("x") == conversations.Confirmed {
			t.Fatal("a seat of a full class was given away")
		}
		leaves()
		if ask("y") != conversations.Confirmed {
			t.Fatal("the seat that was given back is nobody's")
		}
		if n := len(b.seated(ids, july)); n != july.Capacity {
			t.Fatalf("%d have seats", n)
		}
	}
	if n := len(b.seated(ids, august)); n != 1 {
		t.Errorf("%d have seats in August", n)
	}
}

// application is the current one of a conversation.
func (b *bench) application(id string) *conversations.Application {
	b.t.Helper()
	c := b.thread(id)
	return c.Application()
}

// testOverbooking: HR gives a seat of a full class away only if it says so.
func testOverbooking(t *testing.T, b *bench) {
	ids := b.trainees(july.Capacity + 1)
	b.confirm([]Store{b.Store}, july.Capacity)
	last := ids[july.Capacity]
	b.receive(said(fmt.Sprintf("u%d", july.Capacity), "w", "start "+july.Date.String()))
	decide := conversations.Decide{Agent: "li", Request: b.application(last).Request.ID, Verdict: conversations.Approve}
	to := conversations.Target{Scope: conversations.Scope{"head"}, Conversation: last}
	if _, err := b.Apply(t.Context(), to, decide); !errors.Is(err, conversations.ErrClassFull) {
		t.Errorf("approving a full class: %v", err)
	}
	if n := len(b.seated(ids, july)); n != july.Capacity {
		t.Errorf("%d have seats after an approval that failed", n)
	}
	decide.Overbook = true
	if _, err := b.Apply(t.Context(), to, decide); err != nil {
		t.Fatal(err)
	}
	if n := len(b.seated(ids, july)); n != july.Capacity+1 {
		t.Errorf("%d have seats after overbooking", n)
	}
	if s := b.application(last).Seats; len(s) != 1 || s[0].Number != july.Capacity+1 {
		t.Errorf("the seat above the class's is %v", s)
	}
}
