package conversations

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestContactsNeedNoBinding(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(nil)
	var got []Address
	for _, r := range s.c.Reaches {
		if !r.Usable() || r.BoundBy != "ehr" || r.Contact == NoContact {
			t.Errorf("the address is %+v", r)
		}
		got = append(got, r.Address)
	}
	want := []Address{{"app", "E1"}, {"sms", "13800138000"}, {"mail", "zhang.san@example.com"}, {"tel", "13800138000"}}
	if !slices.Equal(got, want) || !slices.Equal(s.last.Contacts, want) || len(s.last.Bind) != 0 {
		t.Errorf("addresses %v, contacts %v, bound %v", got, s.last.Contacts, s.last.Bind)
	}
	if s.c.Application().Waiting != "" || s.last.Invite == nil {
		t.Errorf("it waits for %q, with the invitation %v", s.c.Application().Waiting, s.last.Invite)
	}
	s.post(func(r *Result) { r.ID, r.Candidate.Phone, r.Candidate.Email = "r2", "+86 139 0013 9000", "" })
	if s.c.Reach(want[1]) != nil || s.c.Reach(want[2]) != nil || s.c.Reach(Address{"sms", "13900139000"}) == nil {
		t.Errorf("after another phone the addresses are %+v", s.c.Reaches)
	}
	if !slices.Equal(s.last.Parted, []Address{want[1], want[2], want[3]}) {
		t.Errorf("parted from %v", s.last.Parted)
	}
}

func TestAccountsConfiguredLater(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel[:1], usual)
	s.post(nil)
	s.Channels = everyChannel
	s.wait(48 * time.Hour) // when HR is to call, for want of anything else
	s.expect("app:result_passed")
	if !slices.Contains(s.last.Contacts, Address{"sms", "13800138000"}) {
		t.Errorf("the contacts are %v", s.last.Contacts)
	}
	s.wait(24 * time.Hour)
	s.expect("sms:result_passed")
}

func TestAnAddressThatThePlatformDoesNotKnow(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, roads{Normal: []Step{{By: SMS}, {By: Email, After: time.Hour}}})
	s.post(nil)
	s.left()
	s.report("sms", Failed, BadRecipient)
	s.expect("mail:result_passed")
	number := Address{"sms", "13800138000"}
	if r := s.c.Reach(number); r.Usable() || r.Refused == "" {
		t.Errorf("the number is %+v", r)
	}
	s.post(func(r *Result) { r.ID = "r2" })
	s.expect("mail:result_passed")
	s.says(number, "hello")
	if !s.c.Reach(number).Usable() {
		t.Error("somebody writes from it, and it is not used")
	}
	app := newStory(t, everyChannel, usual)
	app.post(nil)
	app.report("app", Failed, BadRecipient)
	app.expect("app:result_passed sms:result_passed")
	if app.c.Reach(Address{"app", "E1"}).Usable() {
		t.Error("words go where nobody is")
	}
	if app.do(Appeared{}); !app.c.Reach(Address{"app", "E1"}).Usable() {
		t.Error("whoever has no app today will have none for ever")
	}
	if !app.do(Appeared{}).Unchanged {
		t.Error("to appear twice is a change")
	}
}

func TestRoadsForWords(t *testing.T) {
	t.Parallel()
	chat := func(ago time.Duration, left int) Reach {
		r := Reach{Address: openID, Followed: true, LastIn: noon.Add(-ago)}
		if left > 0 {
			r.Grants = []Grant{{"message", noon.Add(48*time.Hour - ago), left}}
		}
		return r
	}
	at := func(account, id string, ago time.Duration) Reach {
		r := Reach{Address: Address{account, id}, Followed: true}
		if ago > 0 {
			r.LastIn = noon.Add(-ago)
		}
		return r
	}
	kf := Description{Account: "kf", Medium: Chat} // which has no templates
	for name, c := range map[string]struct {
		reaches   []Reach
		preferred *Preference
		want      string
	}{
		"nobody":                    {nil, nil, ""},
		"the open chat":             {[]Reach{at("sms", "1", 0), chat(time.Hour, 3)}, nil, "oa"},
		"a template there":          {[]Reach{at("mail", "1", 0), chat(72*time.Hour, 0)}, nil, "oa"},
		"used last":                 {[]Reach{chat(2*time.Hour, 3), at("mail", "1", time.Hour)}, nil, "mail"},
		"no templates there":        {[]Reach{at("kf", "1", time.Hour), at("sms", "1", 0)}, nil, "sms"},
		"never used, in order":      {[]Reach{at("mail", "1", 0), at("sms", "1", 0), at("app", "1", 0)}, nil, "app"},
		"never used, by preference": {[]Reach{at("mail", "1", 0), at("sms", "1", 0)}, &Preference{Channel: "email"}, "mail"},
		"an account preferred":      {[]Reach{at("mail", "1", 0), at("sms", "1", 0)}, &Preference{Channel: "mail"}, "mail"},
		"preferred since":           {[]Reach{chat(time.Hour, 3), at("sms", "1", 0)}, &Preference{Channel: "sms", At: noon}, "sms"},
		"preferred before":          {[]Reach{chat(time.Hour, 3), at("sms", "1", 0)}, &Preference{Channel: "sms", At: noon.Add(-2 * time.Hour)}, "oa"},
		"preferred, talk is over":   {[]Reach{chat(72*time.Hour, 0), at("sms", "1", 0)}, &Preference{Channel: "sms", At: noon.Add(-80 * time.Hour)}, "sms"},
		"unfollowed":                {[]Reach{{Address: openID, LastIn: noon}, at("sms", "1", 0)}, nil, "sms"},
		"refused":                   {[]Reach{{Address: Address{"sms", "1"}, Followed: true, Refused: "x"}, at("mail", "1", 0)}, nil, "mail"},
		"never by telephone":        {[]Reach{at("tel", "1", 0)}, nil, ""},
		"not configured":            {[]Reach{at("gone", "1", time.Minute), at("sms", "1", 0)}, nil, "sms"},
		"only where nothing can be": {[]Reach{at("kf", "1", time.Hour)}, nil, "kf"},
		"after the visit":           {[]Reach{at(PageAccount, "c1", time.Minute), at("sms", "1", 0)}, nil, "sms"},
	} {
		conv := Conversation{ID: "c1", Reaches: c.reaches, Preferred: c.preferred}
		got := ""
		if r := conv.Road(noon, append(bank{kf}, everyChannel...).Describe); r != nil {
			got = r.Address.Account
		}
		if got != c.want {
			t.Errorf("%s: words leave by %q, want %q", name, got, c.want)
		}
	}
}

// TestWordsThatAreRefusedGoElsewhere: nothing is said twice, and nothing is
// lost as long as another road is there.
func TestWordsThatAreRefusedGoElsewhere(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(nil)
	s.follows()
	s.says(openID, "在吗")
	s.left()
	s.do(Reply{Agent: "li", Text: "您好"})
	s.expect("oa:您好")
	s.report("oa", Failed, Unsubscribed)
	s.expect("app:message_waiting")
	if len(s.c.Held) != 1 || len(s.last.Statuses) != 0 {
		t.Errorf("held %+v, statuses %+v", s.c.Held, s.last.Statuses)
	}
	s.do(Enter{"8000"})
	s.expect("h5:您好")

	free := newStory(t, bank{everyChannel[0], everyChannel[3]}, usual)
	free.post(nil)
	free.follows()
	free.says(openID, "在吗")
	free.do(Reply{Agent: "li", Text: "您好"})
	free.left()
	free.report("oa", Failed, Unsubscribed)
	free.expect("mail:您好")

	alone := newStory(t, everyChannel[:1], usual)
	alone.post(nil)
	alone.follows()
	alone.says(openID, "在吗")
	alone.do(Reply{Agent: "li", Text: "您好"})
	alone.report("oa", Failed, Unsubscribed)
	if st := alone.last.Statuses; len(st) != 1 || st[0].Status != Failed || len(alone.c.Held) != 0 {
		t.Errorf("without another road: %+v", st)
	}
}

func TestPreferring(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	s.post(func(r *Result) { r.Candidate.Preferred = "email" })
	s.do(Prefer{Agent: "li", Channel: "sms"})
	s.post(func(r *Result) { r.ID, r.Candidate.Preferred = "r2", "email" })
	if p := s.c.Preferred; p == nil || p.Channel != "sms" || p.By != "li" {
		t.Errorf("HR's word, that came later, is %+v", p)
	}
	if !s.do(Prefer{Agent: "li", Channel: "sms"}).Unchanged {
		t.Error("the same once more is a change")
	}
	var inv *InvalidError
	if _, err := s.Turn(Snapshot{Now: noon, Conversation: s.c}, Prefer{Channel: "pigeon"}); !errors.As(err, &inv) {
		t.Errorf("any channel can be preferred: %v", err)
	}
	if s.do(Prefer{Agent: "li"}); s.c.Preferred != nil {
		t.Error("a preference stays for ever")
	}
	s.decide = func(Turn) Decision { return Decision{Do: []Act{PreferChannel{"sms"}}} }
	s.says(openID, "请发短信给我")
	if p := s.c.Preferred; p == nil || p.Channel != "sms" || p.By != string(ByCandidate) {
		t.Errorf("the candidate's own word is %+v", p)
	}
	if _, err := s.Turn(Snapshot{Now: noon, Conversation: s.c}, notifyCmd(Result{ID: "r9", Addresses: []Address{{PageAccount, "c2"}}})); !errors.As(err, &inv) {
		t.Errorf("the EHR may say whose page is whose: %v", err)
	}
}

func TestLedger(t *testing.T) {
	t.Parallel()
	closes := noon.Add(47 * time.Hour)
	c := Conversation{ID: "c1", Reaches: []Reach{
		{Address: openID, Followed: true, LastIn: noon.Add(-time.Hour), BoundBy: "scene", Grants: []Grant{
			{"follow", noon.Add(-time.Minute), 3}, {"click", noon.Add(time.Hour), 0}, {"message", closes, 1},
		}},
		{Address: Address{"sms", "1"}, Followed: true, Contact: ByPhone},
		{Address: Address{"mail", "1"}, Followed: true, Contact: ByEmail},
		{Address: Address{"tel", "1"}, Followed: true, Refused: "bad_recipient:1"},
		{Address: Address{"app", "1"}},
		{Address: Address{PageAccount, "c1"}, Followed: true},
		{Address: Address{"gone", "1"}, Followed: true},
	}}
	var states []ChannelState
	rows := c.Ledger(noon, everyChannel.Describe)
	for _, row := range rows {
		states = append(states, row.State)
	}
	want := []ChannelState{ChannelOpen, ChannelTemplates, ChannelFree, ChannelBadAddress, ChannelUnfollowed, ChannelClosed, ChannelGone}
	if !slices.Equal(states, want) {
		t.Fatalf("the states are %v, want %v", states, want)
	}
	open := rows[0]
	if open.Left != 1 || !open.Kept || !open.Closes.Equal(closes) || open.Opened != "message" || !open.Now || open.BoundBy != "scene" || open.Medium != Chat {
		t.Errorf("the open row is %+v", open)
	}
	if rows[3].Refused == "" || rows[1].Now || rows[1].Contact != ByPhone {
		t.Errorf("the others are %+v", rows[1:])
	}
	c.OptOut = noon
	if got := c.Ledger(noon, everyChannel.Describe)[0]; got.State != ChannelOptedOut || got.Left != 1 {
		t.Errorf("who opted out: %+v", got)
	}
}
