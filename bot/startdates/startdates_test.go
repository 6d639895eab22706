package startdates_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/bot/nlu"
	"jiebao/bot/startdates"
	"jiebao/conversations"
)

// fixed are policies that hold for everybody.
type fixed struct {
	policy  startdates.Policy
	classes startdates.Classes
}

func (f fixed) StartDates(string, conversations.Position) startdates.Policy { return f.policy }
func (f fixed) IntakeClasses(string, conversations.Position) []conversations.Class {
	return f.classes.Domain()
}

func date(s string) conversations.Date {
	d, err := conversations.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func number(n int) *int { return &n }

// proposal is made on Wednesday, 24 June 2026; Monday, 6 July, was offered.
func proposal(on string) conversations.Proposal {
	return conversations.Proposal{
		Now: time.Date(2026, time.June, 24, 9, 0, 0, 0, time.UTC), Conversation: "c1", Branch: "head",
		Offer: conversations.Offer{StartDate: date("2026-07-06")}, Date: date(on),
	}
}

func text(j conversations.Judgement) string {
	parts := []string{string(j.Verdict)}
	if j.Verdict == conversations.DateNeedsHR {
		parts[0] = "hr"
	}
	for _, r := range j.Reasons {
		s := string(r.Code)
		if !r.Limit.IsZero() {
			s += "@" + r.Limit.String()[5:]
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func TestJudge(t *testing.T) {
	t.Parallel()
	classes := startdates.Classes{
		{ID: "july", Date: date("2026-07-06"), Capacity: 2}, {ID: "mid", Date: date("2026-07-18"), Capacity: 1},
		{ID: "mid-2", Date: date("2026-07-18"), Capacity: 1}, {ID: "aug", Date: date("2026-08-03"), Capacity: 1},
	}
	full := conversations.Seats{"july": {1: "a", 2: "b"}, "mid": {1: "a"}, "aug": {1: "c1"}}
	for _, c := range []struct {
		name    string
		policy  startdates.Policy
		classes startdates.Classes
		seats   conversations.Seats
		offer   func(*conversations.Offer)
		date    string
		want    string
		nearest string
	}{
		{name: "the offered date", date: "2026-07-06", want: "accepted"},
		{name: "the offered date on a Sunday", offer: func(o *conversations.Offer) { o.StartDate = date("2026-07-05") }, date: "2026-07-05", want: "accepted"},
		{name: "a working day", date: "2026-07-15", want: "hr needs_approval", nearest: "07-06"},
		{name: "a Sunday", date: "2026-07-12", want: "impossible rest_day", nearest: "07-13 07-14 07-10"},
		{name: "a Saturday", date: "2026-07-11", want: "impossible rest_day", nearest: "07-10 07-13 07-09"},
		{name: "National Day", date: "2026-10-01", want: "impossible holiday", nearest: "09-30 09-29 09-28"},
		{name: "the end of the Golden Week", date: "2026-10-07", want: "impossible holiday", nearest: "10-08 10-09 10-10"},
		{name: "a weekend inside a holiday", date: "2026-10-03", want: "impossible holiday", nearest: "09-30 09-29 10-08"},
		{name: "an adjusted working Saturday", date: "2026-10-10", want: "hr needs_approval", nearest: "07-06"},
		{name: "an adjusted working Sunday", date: "2026-09-20", want: "hr needs_approval", nearest: "07-06"},
		{name: "Mid-Autumn", date: "2026-09-25", want: "impossible holiday", nearest: "09-24 09-23 09-28"},
		{name: "rest days allowed", policy: startdates.Policy{RestDays: true}, date: "2026-07-12", want: "hr needs_approval", nearest: "07-06"},
		{name: "today", date: "2026-06-24", want: "impossible too_early@06-25", nearest: "06-25 06-26 06-29"},
		{name: "within the span", policy: startdates.Policy{Accept: startdates.Span{Before: 3, After: 14}}, date: "2026-07-20", want: "accepted", nearest: "07-17 07-16 07-15"},
		{name: "a day after the span", policy: startdates.Policy{Accept: startdates.Span{After: 14}}, date: "2026-07-21", want: "hr needs_approval", nearest: "07-20 07-17 07-16"},
		{name: "the last day before the span", policy: startdates.Policy{Accept: startdates.Span{Before: 3}}, date: "2026-07-02", want: "hr needs_approval", nearest: "07-03 07-06"},
		{name: "too early for the position", policy: startdates.Policy{Earliest: startdates.Earliest{InDays: 9}}, date: "2026-06-30", want: "impossible too_early@07-03", nearest: "07-03 07-06 07-07"},
		{name: "not before the offer", policy: startdates.Policy{Earliest: startdates.Earliest{BeforeOffer: number(0)}}, date: "2026-07-03", want: "impossible too_early@07-06", nearest: "07-06 07-07 07-08"},
		{name: "not before a date", policy: startdates.Policy{Earliest: startdates.Earliest{InDays: 3, On: date("2026-07-08")}}, date: "2026-07-07", want: "impossible too_early@07-08", nearest: "07-08 07-06 07-09"},
		{name: "too late after the offer", policy: startdates.Policy{Latest: startdates.Latest{AfterOffer: number(30), InDays: number(100)}}, date: "2026-08-06", want: "impossible too_late@08-05", nearest: "08-05 08-04 08-03"},
		{name: "far too late", policy: startdates.Policy{Latest: startdates.Latest{On: date("2026-07-31")}}, date: "2028-01-03", want: "impossible too_late@07-31", nearest: "07-31 07-30 07-29"},
		{name: "after the payroll", policy: startdates.Policy{PayrollCutoff: 20}, date: "2026-07-28", want: "impossible payroll_cutoff@07-20", nearest: "08-03 08-04 08-05"},
		{name: "on the payroll day", policy: startdates.Policy{PayrollCutoff: 20}, date: "2026-07-20", want: "hr needs_approval", nearest: "07-06"},
		{name: "a payroll day that the month lacks", policy: startdates.Policy{PayrollCutoff: 31}, date: "2026-09-30", want: "hr needs_approval", nearest: "07-06"},
		{name: "the payroll, by HR", policy: startdates.Policy{PayrollCutoff: 20, HRDecides: []conversations.DateCode{conversations.DatePayroll}}, date: "2026-07-28", want: "hr payroll_cutoff@07-20", nearest: "07-06"},
		{name: "notice", policy: startdates.Policy{Notice: startdates.NoticeCalendar}, offer: func(o *conversations.Offer) { o.NoticeDays = 30 }, date: "2026-07-23", want: "impossible notice_period@07-24", nearest: "07-24 07-27 07-28"},
		{name: "notice is over", policy: startdates.Policy{Notice: startdates.NoticeCalendar}, offer: func(o *conversations.Offer) { o.NoticeDays = 30 }, date: "2026-07-24", want: "hr needs_approval", nearest: "07-06"},
		{name: "notice in working days", policy: startdates.Policy{Notice: startdates.NoticeWorking}, offer: func(o *conversations.Offer) { o.NoticeDays = 10 }, date: "2026-07-07", want: "impossible notice_period@07-08", nearest: "07-08 07-06 07-09"},
		{name: "notice ignored", offer: func(o *conversations.Offer) { o.NoticeDays = 30 }, date: "2026-07-23", want: "hr needs_approval", nearest: "07-06"},
		{name: "the medical report expired", policy: startdates.Policy{Medical: true}, offer: func(o *conversations.Offer) { o.MedicalValidUntil = date("2026-07-15") }, date: "2026-07-16", want: "impossible medical_expired@07-15", nearest: "07-15 07-14 07-13"},
		{name: "the medical report's last day", policy: startdates.Policy{Medical: true}, offer: func(o *conversations.Offer) { o.MedicalValidUntil = date("2026-07-15") }, date: "2026-07-15", want: "hr needs_approval", nearest: "07-06"},
		{name: "two reasons", policy: startdates.Policy{PayrollCutoff: 20}, date: "2026-07-26", want: "impossible rest_day payroll_cutoff@07-20", nearest: "07-20 08-03 08-04"},
		{name: "no class", classes: classes, date: "2026-07-07", want: "impossible not_a_class_day", nearest: "07-06 07-18 08-03"},
		{name: "a class on a Saturday", classes: classes, policy: startdates.Policy{PayrollCutoff: 10}, date: "2026-07-18", want: "hr needs_approval", nearest: "07-06"},
		{name: "a full class", classes: classes, seats: conversations.Seats{"aug": {1: "a"}}, date: "2026-08-03", want: "impossible class_full", nearest: "07-18 07-06"},
		{name: "the offered date's class is full", classes: classes, seats: full, date: "2026-07-06", want: "impossible class_full", nearest: "07-18 08-03"},
		{name: "one of two classes of a day is full", classes: classes, seats: full, date: "2026-07-18", want: "hr needs_approval"},
		{name: "full but for the candidate's own seat", classes: classes, seats: full, date: "2026-08-03", want: "hr needs_approval"},
		{name: "any class accepted", classes: classes, policy: startdates.Policy{Accept: startdates.Span{After: 60}}, date: "2026-08-03", want: "accepted", nearest: "07-18 07-06"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := startdates.New(nlu.China(), fixed{c.policy, c.classes})
			p := proposal(c.date)
			p.Seats = c.seats
			if c.offer != nil {
				c.offer(&p.Offer)
			}
			if got := text(e.Judge(p)); got != c.want {
				t.Errorf("judged %q, want %q", got, c.want)
			}
			var nearest []string
			for _, d := range e.Nearest(p) {
				nearest = append(nearest, d.String()[5:])
			}
			if got := strings.Join(nearest, " "); c.want != "accepted" && got != c.nearest {
				t.Errorf("nearest are %q, want %q", got, c.nearest)
			}
		})
	}
}

func TestClassOfTheDay(t *testing.T) {
	t.Parallel()
	classes := startdates.Classes{{ID: "a", Date: date("2026-07-06"), Capacity: 1}, {ID: "b", Name: "二班", Date: date("2026-07-06"), Capacity: 3}}
	e := startdates.New(nlu.China(), fixed{classes: classes})
	p := proposal("2026-07-06")
	p.Seats = conversations.Seats{"a": {1: "x"}, "b": {1: "y", 2: "c1"}}
	if j := e.Judge(p); j.Class.ID != "b" || j.Left != 2 || j.Class.Name != "二班" {
		t.Errorf("judged %+v", j)
	}
	p.Seats = conversations.Seats{"a": {1: "x", 2: "z"}, "b": {1: "y", 2: "z", 3: "v"}}
	if j := e.Judge(p); j.Class.ID != "a" || j.Left != -1 || j.Verdict != conversations.DateImpossible {
		t.Errorf("judged %+v", j)
	}
}

func TestAskHR(t *testing.T) {
	t.Parallel()
	e := startdates.New(nlu.China(), fixed{policy: startdates.Policy{AskHR: true}})
	for on, want := range map[string]bool{"2026-07-12": true, "2026-07-15": false, "2026-06-24": false, "2026-07-06": false} {
		if j := e.Judge(proposal(on)); j.AskHR != want {
			t.Errorf("%s: ask HR %v, want %v", on, j.AskHR, want)
		}
	}
}

// randomCase makes a policy and a proposal.
func randomCase(r *rand.Rand) (fixed, conversations.Proposal) {
	day := func(around int) conversations.Date { return date("2026-06-24").AddDays(r.IntN(2*around) - around) }
	maybe := func(n int) *int {
		if r.IntN(2) == 0 {
			return nil
		}
		return number(r.IntN(n))
	}
	f := fixed{policy: startdates.Policy{
		Accept:        startdates.Span{Before: r.IntN(20), After: r.IntN(40)},
		Earliest:      startdates.Earliest{InDays: r.IntN(20), BeforeOffer: maybe(20)},
		Latest:        startdates.Latest{InDays: maybe(200), AfterOffer: maybe(200)},
		RestDays:      r.IntN(4) == 0,
		PayrollCutoff: r.IntN(32) * r.IntN(2),
		Notice:        []startdates.Notice{startdates.NoticeIgnored, startdates.NoticeCalendar, startdates.NoticeWorking}[r.IntN(3)],
		Medical:       r.IntN(2) == 0,
	}}
	for _, code := range conversations.DateCodes() {
		if code != conversations.DateNeedsApproval && r.IntN(4) == 0 {
			f.policy.HRDecides = append(f.policy.HRDecides, code)
		}
	}
	p := proposal("2026-07-06")
	p.Offer = conversations.Offer{StartDate: day(100), NoticeDays: r.IntN(60) * r.IntN(2)}
	if r.IntN(2) == 0 {
		p.Offer.MedicalValidUntil = day(200)
	}
	p.Seats = conversations.Seats{}
	for i := range r.IntN(6) {
		id := fmt.Sprint("class", i)
		f.classes = append(f.classes, startdates.Class{ID: id, Date: day(120), Capacity: 1 + r.IntN(2)})
		for n := range r.IntN(3) {
			p.Seats.Take(id, n+1, fmt.Sprint("c", r.IntN(3)))
		}
	}
	if r.IntN(3) == 0 {
		f.classes = nil
	}
	p.Date = day(400)
	return f, p
}

// TestProperties: whatever the policy, what is offered is possible, in order
// and the same again; and where HR need not be asked it never is.
func TestProperties(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	calendar := nlu.China()
	for range 3000 {
		f, p := randomCase(r)
		if err := f.policy.Check(); err != nil {
			t.Fatal(err)
		}
		e := startdates.New(calendar, f)
		j, nearest := e.Judge(p), e.Nearest(p)
		if !slices.Equal(nearest, e.Nearest(p)) || text(j) != text(e.Judge(p)) {
			t.Fatal("equal proposals, different judgements")
		}
		if (len(j.Reasons) == 0) != (j.Verdict == conversations.DateAccepted) {
			t.Fatalf("%s of %+v", text(j), p)
		}
		if len(nearest) > 3 || slices.Contains(nearest, p.Date) {
			t.Fatalf("offered %v for %s", nearest, p.Date)
		}
		last := -1
		for _, d := range nearest {
			if distance := max(d.Sub(p.Date), p.Date.Sub(d)); distance < last {
				t.Fatalf("offered %v for %s: not the nearest first", nearest, p.Date)
			} else {
				last = distance
			}
			p := p
			p.Date = d
			v := e.Judge(p).Verdict
			if v == conversations.DateImpossible || j.Verdict != conversations.DateImpossible && v != conversations.DateAccepted {
				t.Fatalf("offered %s, which is %s, for %s", d, text(e.Judge(p)), text(j))
			}
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	bad := startdates.Policy{
		Accept: startdates.Span{Before: -1}, PayrollCutoff: 32, Notice: "weekly",
		Earliest: startdates.Earliest{On: date("2026-07-02")}, Latest: startdates.Latest{On: date("2026-07-01"), AfterOffer: number(-2)},
		HRDecides: []conversations.DateCode{"full_moon", conversations.DateNeedsApproval},
	}
	err := bad.Check()
	for _, want := range []string{"accept.before: -1", "payroll_cutoff: 32", `notice: "weekly"`, "latest.on:", "latest.after_offer: -2", `hr_decides: "full_moon"`, `hr_decides: "needs_approval"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check() = %v, want %q", err, want)
		}
	}
	for want, classes := range map[string]startdates.Classes{
		"[0].id: is missing":     {{Date: date("2026-07-06"), Capacity: 1}},
		"[0].date: is missing":   {{ID: "a", Capacity: 1}},
		"[0].capacity: must be":  {{ID: "a", Date: date("2026-07-06")}},
		`[1].id: "a" is another`: {{ID: "a", Date: date("2026-07-06"), Capacity: 1}, {ID: "a", Date: date("2026-07-07"), Capacity: 1}},
	} {
		if err := classes.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check() = %v, want %q", err, want)
		}
	}
	one := startdates.Classes{{ID: "a", Date: date("2026-07-06"), Capacity: 1}}
	two := startdates.Classes{{ID: "a", Date: date("2026-07-06"), Capacity: 2}}
	if startdates.CheckTogether(one, one) != nil || startdates.CheckTogether(one, two) == nil {
		t.Error("classes of one id have to be the same, and may be named twice")
	}
}
