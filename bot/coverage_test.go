package bot

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jiebao/bot/nlu"
	"jiebao/bot/phrases"
	"jiebao/bot/startdates"
	"jiebao/conversations"
	"jiebao/conversations/rehearsal"
)

// smallest is the longest message that every channel takes, in characters.
const smallest = 600

// TestCoverage plays every state with every intent and prints what the bot does
// in each, which testdata/coverage.txt holds. It holds each move to the promises
// of the package.
func TestCoverage(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	cells := 0
	for _, s := range states() {
		fmt.Fprintf(&out, "%s\n", s)
		for _, i := range nlu.Intents() {
			for _, c := range casesOf(s, i) {
				d := c.play(t)
				if len(d.Say) == 0 {
					t.Errorf("%s, %s: the bot is silent", s, c)
				}
				fmt.Fprintf(&out, "    %-28s %s\n", c, summary(d))
				cells++
			}
		}
	}
	fmt.Fprintf(&out, "\n%d states × %d intents: all %d cases answered\n", len(states()), len(nlu.Intents()), cells)
	t.Log(strings.TrimSpace(out.String()[strings.LastIndex(strings.TrimSpace(out.String()), "\n"):]))
	golden(t, "testdata/coverage.txt", out.Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (go test ./bot -update writes it down): %s", name, firstDifference(string(want), string(got)))
	}
}

func summary(d conversations.Decision) string {
	s := keysOf(d.Say)
	for _, a := range d.Do {
		s += "; " + strings.SplitN(rehearsal.ActText(a), " \"", 2)[0]
	}
	return s
}

// state is where a talk can stand: the answer on the offer and what the bot
// asked last.
type state struct {
	answer  conversations.Answer
	asked   asked
	lightly bool
}

func (s state) String() string {
	answer, q := string(s.answer), string(s.asked)
	if answer == "" {
		answer = "open"
	}
	if q == "" {
		q = "nothing"
	}
	if s.lightly {
		q += " lightly"
	}
	return answer + ", asked " + q
}

func states() []state {
	var all []state
	for _, a := range []conversations.Answer{conversations.Open, conversations.Confirmed, conversations.Requested, conversations.Countered, conversations.Declined, conversations.Withdrawn} {
		for _, q := range []asked{nothing, askedStart, askedDate, askedReadBack, askedPick, askedSure, askedWhat, askedTopic, askedArticle} {
			all = append(all, state{answer: a, asked: q})
			if q == askedStart {
				all = append(all, state{answer: a, asked: q, lightly: true})
			}
		}
	}
	return all
}

// set brings w into the state, about the date that is on the table in it.
func (s state) set(w *world) {
	app := w.app()
	app.Answer = s.answer
	app.Request = &conversations.ScheduleRequest{ID: "s0", Date: wanted, Counter: suggested}
	switch s.answer {
	case conversations.Confirmed:
		app.StartDate = app.Offer.StartDate
	case conversations.Countered:
		app.Request.Verdict = conversations.Counter
	}
	m := memory{Greeted: true, Asked: s.asked, Lightly: s.lightly, Said: "earlier words"}
	switch s.asked {
	case askedStart:
		m.Date = app.Offer.StartDate
		if s.answer == conversations.Countered {
			m.Date = suggested
		}
	case askedReadBack:
		m.Date = other
	case askedTopic:
		m.Choices = []string{choiceReschedule, choiceQuestion, choiceHuman}
	case askedPick:
		m.Date = sunday
	}
	w.c.Memory = m.keep()
}

var (
	wanted    = conversations.Date{Year: 2026, Month: time.July, Day: 15}
	suggested = conversations.Date{Year: 2026, Month: time.July, Day: 8}
	sunday    = conversations.Date{Year: 2026, Month: time.July, Day: 12}
	other     = conversations.Date{Year: 2026, Month: time.July, Day: 20}
)

// testCase is a message in a state.
type testCase struct {
	state  state
	intent nlu.Intent
	date   nlu.DateExpr
	name   string
	doubt  bool
}

func (c testCase) String() string { return c.intent.String() + c.name }

func casesOf(s state, i nlu.Intent) []testCase {
	cases := []testCase{{state: s, intent: i}}
	switch i {
	case nlu.Confirm, nlu.Reschedule:
		on := func(name string, d conversations.Date) {
			cases = append(cases, testCase{state: s, intent: i, date: nlu.DateExpr{Kind: nlu.Point, From: d, To: d}, name: name})
		}
		on(" offered", conversations.Date{Year: 2026, Month: time.July, Day: 6})
		on(" other", conversations.Date{Year: 2026, Month: time.July, Day: 22})
		cases = append(cases, testCase{state: s, intent: i, name: " from", date: nlu.DateExpr{Kind: nlu.From, From: nlu.Date{Year: 2026, Month: time.July, Day: 1}}})
		fallthrough
	case nlu.Decline:
		cases = append(cases, testCase{state: s, intent: i, name: " in doubt", doubt: true})
	}
	return cases
}

// Understand makes a case its own Understander: the words do not matter.
func (c testCase) Understand(nlu.Input) nlu.Reading {
	return nlu.Reading{Intents: []nlu.Intent{c.intent}, Date: c.date, Ambiguous: c.doubt}
}

func (c testCase) play(t *testing.T) conversations.Decision {
	t.Helper()
	w := newWorld(t, c)
	c.state.set(w)
	before := recall(w.c.Memory)
	d := w.hear(conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Text: "words that stand for an intent"})
	check(t, w, before, conversations.Heard{}, d)
	if c.doubt {
		for _, a := range d.Do {
			if _, fine := a.(conversations.RequestHandoff); !fine {
				t.Errorf("%s, %s: %s was done in doubt", c.state, c, rehearsal.ActText(a))
			}
		}
	}
	return d
}

// check holds a decision to what the package promises: what is confirmed,
// asked of HR or declined was the bot's question before or the date of the
// choice that was tapped; and what is said fits every channel, even when a
// closing reply window packs it into one message.
func check(t testing.TB, w *world, before memory, h conversations.Heard, d conversations.Decision) {
	t.Helper()
	for _, a := range d.Do {
		switch a := a.(type) {
		case conversations.ConfirmStartDate:
			tapped := h.Choice == "confirm:"+a.Date.String() || h.Choice == "take:"+a.Date.String()
			if !tapped && (before.Asked != askedStart || before.Date != a.Date) {
				t.Errorf("confirmed %s after %+v", a.Date, before)
			}
		case conversations.RequestSchedule:
			asked := before.Asked == askedReadBack || before.Asked == askedPick && h.Choice == "ask_hr:"+a.Date.String()
			if !asked || before.Date != a.Date {
				t.Errorf("requested %s after %+v", a.Date, before)
			}
		case conversations.DeclineOffer:
			if before.Asked != askedSure {
				t.Errorf("declined after %+v", before)
			}
		}
	}
	if len(d.Say) > 2 {
		t.Errorf("%d messages at once: %s", len(d.Say), keysOf(d.Say))
	}
	for _, l := range phrases.Locales() {
		total := 0
		for i, s := range d.Say {
			text, err := w.say(l, s)
			if err != nil {
				t.Errorf("%s: %v", l, err)
			}
			n := utf8.RuneCountInString(text)
			if n > smallest {
				t.Errorf("%s: %s has %d characters", l, keyOf(s), n)
			}
			if total += n; total > smallest {
				t.Errorf("%s: %s have %d characters together", l, keysOf(d.Say), total)
			}
			if len(s.Choices) > 0 && i < len(d.Say)-1 {
				t.Errorf("%s: choices before the last message", keyOf(s))
			}
		}
	}
}

// TestWorstCase plays every state and occasion with the longest words that an
// offer can hold.
func TestWorstCase(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("長", 300)
	for _, s := range states() {
		for _, i := range nlu.Intents() {
			for _, c := range casesOf(s, i) {
				for _, text := range []string{long, "地址 联系人 status deadline document"} {
					w := newWorld(t, c)
					c.state.set(w)
					w.stretch(long)
					before := recall(w.c.Memory)
					check(t, w, before, conversations.Heard{}, w.hear(conversations.Heard{Cue: conversations.CueSaid, Text: text}))
				}
			}
		}
		for _, h := range occasions(long) {
			for _, greeted := range []bool{true, false} {
				w := newWorld(t, testCase{intent: nlu.ChitchatOther})
				s.set(w)
				w.stretch(long)
				before := recall(w.c.Memory)
				before.Greeted = greeted
				w.c.Memory = before.keep()
				check(t, w, before, h, w.hear(h))
			}
		}
	}
}

// TestWorstChoices plays a full class with the longest words: reasons, other
// dates and what comes before them have to fit one message.
func TestWorstChoices(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("長", 300)
	for _, answer := range []conversations.Answer{conversations.Open, conversations.Requested, conversations.Confirmed} {
		for _, h := range append(occasions(long), conversations.Heard{Cue: conversations.CueSaid, Text: "地址"}) {
			w := newWorld(t, testCase{intent: nlu.Confirm})
			state{answer: answer, asked: askedStart}.set(w)
			w.stretch(long)
			offered := w.app().Offer.StartDate
			w.rule(t, "policy", "{accept: {before: 99, after: 99}, latest: {after_offer: -9}}")
			w.rules.classes = startdates.Classes{{ID: "full", Date: offered, Capacity: 0}}
			for i := range 4 {
				w.rules.classes = append(w.rules.classes, startdates.Class{ID: fmt.Sprint(i), Date: offered.AddDays(9 + 7*i), Capacity: 1})
			}
			check(t, w, recall(w.c.Memory), h, w.hear(h))
		}
	}
}

// stretch makes every word of the offer as long as it gets, and every date as
// long as a date can be.
func (w *world) stretch(long string) {
	app := w.app()
	w.c.Candidate.Name, app.Position.Title = long, long
	app.Offer.Workplace, app.Offer.ContactName, app.Offer.ContactPhone = long, long, long
	app.Offer.ReplyBy = time.Date(2026, time.September, 30, 18, 0, 0, 0, shanghai) // a Wednesday
	app.Checklist = nil
	for i := range 12 {
		app.Checklist = append(app.Checklist, conversations.ChecklistItem{ID: fmt.Sprint(i), Name: long})
	}
}

// occasions are what can happen besides words.
func occasions(long string) []conversations.Heard {
	all := []conversations.Heard{
		{Cue: conversations.CueFollowed}, {Cue: conversations.CueBound}, {Cue: conversations.CueNotified}, {Cue: conversations.CueReleased}, {Cue: conversations.CueAnswered},
		{Cue: conversations.CueScanned}, {Cue: conversations.CueScanned, Scan: conversations.ScanTaken}, {Cue: conversations.CueRefused},
		{Cue: conversations.CueTapped, Text: menuInterview}, {Cue: conversations.CueTapped, Text: menuDocuments}, {Cue: conversations.CueTapped, Text: menuHuman},
		{Cue: conversations.CueDecided}, {Cue: conversations.CueReminded, Topic: conversations.TopicOffer}, {Cue: conversations.CueReminded, Topic: conversations.TopicPapers},
	}
	for _, v := range []conversations.Verdict{conversations.Approve, conversations.Refuse, conversations.Counter} {
		all = append(all, conversations.Heard{Cue: conversations.CueDecided, Verdict: &conversations.ScheduleRequest{Date: wanted, Verdict: v, Counter: suggested, Note: long}})
	}
	for _, was := range []conversations.Answer{conversations.Open, conversations.Confirmed, conversations.Requested, conversations.Countered} {
		news := &conversations.OfferNews{
			Changed: []string{conversations.PartStartDate, conversations.PartWorkplace, conversations.PartContactName, conversations.PartReplyBy, conversations.PartDocuments},
			Was:     was, WasDate: wanted, Asks: was != conversations.Open, Note: long,
		}
		all = append(all, conversations.Heard{Cue: conversations.CueOfferChanged, Offer: news})
	}
	all = append(all, conversations.Heard{Cue: conversations.CueOfferWithdrawn, Offer: &conversations.OfferNews{Note: long}})
	for _, k := range []conversations.Kind{conversations.Image, conversations.Voice, conversations.Video, conversations.File, conversations.Location} {
		all = append(all, conversations.Heard{Cue: conversations.CueSaid, Kind: k})
	}
	for _, id := range []string{"confirm:2026-07-06", "confirm:2026-07-08", "right:2026-07-20", "right:2026-07-21", "take:2026-07-06", "take:2026-07-13", "date:2026-07-13", "ask_hr:2026-07-12", "reschedule", "another", "question", "human", "give_up", "decline", "keep", "keep_request", "confirm:", "x"} {
		all = append(all, conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Choice: id})
	}
	for _, i := range []conversations.Identity{conversations.IdentityNeeds, conversations.IdentityPhone, conversations.IdentityName, conversations.IdentityCode, conversations.IdentityWrong, conversations.IdentityLocked, conversations.IdentityProven} {
		all = append(all, conversations.Heard{Cue: conversations.CueSaid, Identity: i}, conversations.Heard{Cue: conversations.CueScanned, Identity: i, Scan: conversations.ScanStale})
	}
	return all
}
