package bot

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"jiebao/bot/startdates"
	"jiebao/conversations"
)

// spied is the bot, and what it decided last.
type spied struct {
	conversations.Dialogue
	last conversations.Decision
}

func (s *spied) Decide(t conversations.Turn) conversations.Decision {
	s.last = s.Dialogue.Decide(t)
	return s.last
}

// TestWhatIsToldIsSo plays random talks under random policies with the whole
// engine. Whatever date the bot tells a candidate to be confirmed, the core
// has confirmed; and as long as HR does not say that it overbooks, a class
// never has more people than seats.
func TestWhatIsToldIsSo(t *testing.T) {
	t.Parallel()
	confirmed := 0
	for seed := range uint64(400) {
		confirmed += playRandomly(t, rand.New(rand.NewPCG(seed, 7)))
	}
	if confirmed < 50 {
		t.Errorf("only %d talks came to a date", confirmed)
	}
}

func randomRules(r *rand.Rand) *rules {
	rules := usual()
	rules.policy.Accept = startdates.Span{Before: r.IntN(5), After: r.IntN(40)}
	rules.policy.PayrollCutoff = []int{0, 10, 20}[r.IntN(3)]
	rules.policy.AskHR = r.IntN(2) == 0
	if r.IntN(2) == 0 {
		rules.policy.HRDecides = nil
	}
	for i, day := range []int{6, 13, 20, 27} {
		if r.IntN(2) == 0 {
			rules.classes = append(rules.classes, startdates.Class{
				ID: fmt.Sprint(i), Date: conversations.Date{Year: 2026, Month: time.July, Day: day}, Capacity: 1 + r.IntN(2),
			})
		}
	}
	return rules
}

// playRandomly plays one talk and returns how often a date was confirmed.
func playRandomly(t *testing.T, r *rand.Rand) (confirmed int) {
	w := newWorld(t, loadNLU())
	w.rules = randomRules(r)
	dialogue := &spied{Dialogue: w.bot}
	e := &conversations.Engine{Dialogue: dialogue, Phrases: w.words, Templates: account{}, Channels: account{}, Zone: shanghai, StartDates: w.rules.engine.StartDates}
	w.c.Branch = "head"
	seats, overbooked := conversations.Seats{}, false
	var choices []conversations.Choice
	for step := range 25 {
		others(r, seats, w.rules.classes)
		w.c.Owner = conversations.Owner{}
		command := randomCommand(r, w, choices)
		if d, decides := command.(conversations.Decide); decides {
			overbooked = overbooked || d.Overbook
		}
		dialogue.last = conversations.Decision{}
		ch, err := e.Turn(conversations.Snapshot{Now: w.now.Add(time.Duration(step) * time.Minute), Conversation: w.c, Seats: seats}, command)
		if errors.Is(err, conversations.ErrClassFull) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		w.c = ch.Conversation
		for _, s := range ch.Freed {
			delete(seats[s.Class], s.Number)
		}
		for _, s := range ch.Took {
			if holder := seats[s.Class][s.Number]; holder != "" {
				t.Fatalf("seat %+v is %s's already", s, holder)
			}
			seats.Take(s.Class, s.Number, w.c.ID)
		}
		for _, m := range ch.Messages {
			if len(m.Choices) > 0 {
				choices = m.Choices
			}
		}
		for _, a := range dialogue.last.Do {
			if c, is := a.(conversations.ConfirmStartDate); is {
				confirmed++
				if app := w.app(); app.Answer != conversations.Confirmed || app.StartDate != c.Date {
					t.Fatalf("the bot told that %s is confirmed, and the answer is %q %s", c.Date, app.Answer, app.StartDate)
				}
			}
		}
		for _, class := range w.rules.classes.Domain() {
			if n := seats.Left(class, ""); n < 0 && !overbooked {
				t.Fatalf("class %s has %d seats left", class.ID, n)
			}
		}
	}
	return confirmed
}

// others take and give back seats.
func others(r *rand.Rand, seats conversations.Seats, classes startdates.Classes) {
	for _, class := range classes.Domain() {
		n := 1 + r.IntN(class.Capacity)
		switch holder := seats[class.ID][n]; {
		case holder == "" && seats.Left(class, "") > 0 && r.IntN(4) == 0:
			seats.Take(class.ID, n, "somebody else")
		case holder == "somebody else" && r.IntN(4) == 0:
			delete(seats[class.ID], n)
		}
	}
}

func randomCommand(r *rand.Rand, w *world, choices []conversations.Choice) conversations.Command {
	words := []string{"可以", "好的", "对", "不行", "换个日期", "1", "2", "3", "确认", "7月中旬以后都行", "我再想想", "谢谢", "都不行", "7月5号之前"}
	for range 6 {
		words = append(words, fmt.Sprintf("我想改到7月%d号", 1+r.IntN(31)))
	}
	in := conversations.Inbound{
		Address: conversations.Address{Account: "oa", ID: "openid"}, Gesture: conversations.Said, Kind: conversations.Text, CanAnswer: true,
		Text:   words[r.IntN(len(words))],
		Grants: []conversations.Grant{{Kind: "message", Until: w.now.Add(48 * time.Hour), Left: 5}},
	}
	if len(choices) > 0 && r.IntN(2) == 0 {
		c := choices[r.IntN(len(choices))]
		in.Choice, in.Text = c.ID, c.Text
	}
	if w.app().Answer == conversations.Requested && r.IntN(2) == 0 {
		verdicts := []conversations.Verdict{conversations.Approve, conversations.Refuse, conversations.Counter}
		return conversations.Decide{
			Agent: "li", Request: w.app().Request.ID, Verdict: verdicts[r.IntN(3)], Overbook: r.IntN(8) == 0,
			Counter: conversations.Date{Year: 2026, Month: time.July, Day: []int{6, 13, 20, 27, 29}[r.IntN(5)]},
		}
	}
	return conversations.Receive{Inbound: in}
}
