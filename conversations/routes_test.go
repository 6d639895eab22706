package conversations

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// bank is the accounts of a bank, in the order in which they serve.
type bank []Description

func (b bank) Describe(account string) (Description, bool) {
	if i := slices.IndexFunc(b, func(d Description) bool { return d.Account == account }); i >= 0 {
		return b[i], true
	}
	return Description{Platform: "h5", Account: account, Medium: Page, Choices: 10}, account == PageAccount
}

func (b bank) Serving(string) []Description { return b }

// everyChannel is a bank with an account of every medium.
var everyChannel = bank{
	{Platform: "wechat", Account: "oa", Medium: Chat, MaxRunes: 600, Choices: 10, Templates: true, Invites: true},
	{Platform: "push", Account: "app", Medium: Push, Contact: ByEHR, Templates: true, Linked: true},
	{Platform: "sms", Account: "sms", Medium: SMS, Contact: ByPhone, Templates: true, Linked: true},
	{Platform: "email", Account: "mail", Medium: Email, Contact: ByEmail, Free: true, Templates: true, Linked: true},
	{Platform: "voice", Account: "tel", Medium: Call, Contact: ByPhone, Templates: true},
}

// roads are policies in which one plan is for everybody.
type roads RoutePolicy

func (r roads) For(string, Position) RoutePolicy { return RoutePolicy(r) }

func (roads) Zone(name string) *time.Location {
	if name == "America/New_York" {
		return time.FixedZone("EDT", -4*3600)
	}
	return nil
}

var usual = roads{
	Normal: []Step{
		{By: Chat}, {By: Push, After: 4 * time.Hour, Unless: GotRead}, {By: SMS, After: 24 * time.Hour, Unless: GotRead},
		{By: Call, After: 48 * time.Hour, Unless: GotAnswered}, {By: Person, After: 72 * time.Hour, Unless: GotAnswered},
	},
	Urgent: []Step{{By: SMS}, {By: Person, After: time.Hour, Unless: GotAnswered}},
}

var night = Quiet{From: 22 * 60, To: 8 * 60, Except: []Urgency{Urgent}, Media: []Medium{Chat, Push, SMS, Call}}

// story is a candidate's conversation as time goes by: ticks come when they
// are due.
type story struct {
	*testing.T
	*world
	now   time.Time
	c     Conversation
	last  Changes
	sent  map[string]Delivery // by message
	seen  int                 // deliveries that left looks at
	order []Delivery
	told  []EventType
	ids   int
}

func newStory(t *testing.T, channels bank, r Routes) *story {
	w := newWorld(nil)
	w.Channels, w.Routes, w.Links = channels, r, pages{}
	return &story{T: t, world: w, now: noon, c: Conversation{ID: "c1"}, sent: map[string]Delivery{}}
}

// do applies a command now.
func (s *story) do(c Command) Changes {
	s.Helper()
	return s.at(Snapshot{Conversation: s.c}, c)
}

func (s *story) at(snap Snapshot, c Command) Changes {
	s.Helper()
	snap.Now, snap.New = s.now, s.c.Created.IsZero()
	s.last = s.turn(s.T, snap, c)
	if s.last.Unchanged {
		return s.last
	}
	s.c = s.last.Conversation
	for _, d := range deliveries(s.last) {
		s.sent[d.Message] = d
		s.order = append(s.order, d)
	}
	s.told = append(s.told, events(s.last)...)
	return s.last
}

// post posts the usual result, changed.
func (s *story) post(change func(*Result)) {
	s.Helper()
	r := sampleResult()
	r.Candidate.Email = "Zhang.San@Example.com"
	if change != nil {
		change(&r)
	}
	n := notifyCmd(r)
	n.Digest = r.ID
	s.do(n)
}

// follows has the candidate scan the invitation.
func (s *story) follows() {
	s.Helper()
	s.ids++
	s.at(Snapshot{Conversation: s.c, Scan: ScanBinds}, Receive{Inbound{
		Address: openID, Gesture: Followed, Scene: "sc", Dedupe: fmt.Sprint("f", s.ids), Grants: []Grant{{"follow", s.now.Add(time.Minute), 3}},
	}})
}

// says has the candidate write from an address.
func (s *story) says(from Address, words string) {
	s.Helper()
	s.ids++
	in := Inbound{Address: from, Gesture: Said, Kind: Text, Text: words, Dedupe: fmt.Sprint("m", s.ids)}
	if from == openID {
		in.Grants = []Grant{{"message", s.now.Add(48 * time.Hour), 5}}
	}
	s.do(Receive{in})
}

// wait lets time pass, with the ticks that fall into it.
func (s *story) wait(d time.Duration) {
	s.Helper()
	end := s.now.Add(d)
	for range 100 {
		if s.c.Tick.IsZero() || s.c.Tick.After(end) {
			s.now = end
			return
		}
		s.now = s.c.Tick
		s.do(Tick{At: s.c.Tick})
	}
	s.Fatal("ticks without end")
}

// report tells what became of the latest delivery by an account.
func (s *story) report(account string, status Status, reason Reason) {
	s.Helper()
	for i := len(s.order) - 1; i >= 0; i-- {
		d := s.order[i]
		if d.To.Account != account {
			continue
		}
		m := Message{ID: d.Message, Conversation: "c1", Author: BySystem, Kind: d.Kind, Address: d.To, Text: d.Text, Status: Queued}
		s.at(Snapshot{Conversation: s.c, Message: &m}, Report{Message: d.Message, Status: status, Reason: reason, To: d.To})
		return
	}
	s.Fatalf("nothing went by %s", account)
}

// left names what left since the last look: account and purpose or words.
func (s *story) left() string {
	var out []string
	for ; s.seen < len(s.order); s.seen++ {
		d := s.order[s.seen]
		what := d.Text
		if d.Template != nil {
			what = d.Template.Purpose
		}
		out = append(out, d.To.Account+":"+what)
	}
	return strings.Join(out, " ")
}

func (s *story) expect(want string) {
	s.Helper()
	if got := s.left(); got != want {
		s.Fatalf("at %s there left %q, want %q; the plan is %+v", s.now.Format(time.RFC3339), got, want, s.c.Application().Route)
	}
}

// hears takes the next event of a type out of those that were told.
func (s *story) hears(want EventType) {
	s.Helper()
	i := slices.Index(s.told, want)
	if i < 0 {
		s.Fatalf("no %s among %v", want, s.told)
	}
	s.told = slices.Delete(s.told, i, i+1)
}
