package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"jiebao/channels/wecom/wecomsim"
	"jiebao/config"
)

// How people are reached by WeCom, in the app of the company or as customers
// of 微信客服:
//
//	wecom USERID...           from now on the gateway has a WeCom app with these members, and a 微信客服 account
//	enter NAME RESULT         NAME opens the chat of 微信客服 by the result's invitation
//	tells NAME TEXT           NAME, a member or a customer, writes
//	taps NAME CHOICE          NAME taps a choice
//	sees NAME REGEXP...       the next thing that NAME sees of the bank matches
//	card NAME REGEXP...       the latest card that NAME was sent comes to show what was chosen
//	tappable NAME             the latest card that NAME was sent can still be tapped once everything is settled
//	updates N                 update_template_card was called N times, whatever came of it
//	strikes MODE PATH|EVENT   WeCom fails once, with "always" until "strikes nothing", in calls whose path ends so or in an event's callback
//	unseen NAME               NAME sees nothing new once everything is settled
//	takeover NAME             a person takes NAME's session in WeCom
func weComCommands() map[string]func(*script) {
	return map[string]func(*script){
		"wecom": (*script).wecom, "enter": (*script).enter, "tells": (*script).tells, "taps": (*script).taps,
		"sees": (*script).sees, "card": (*script).card, "unseen": (*script).unseen, "takeover": (*script).takeover,
		"tappable": (*script).tappable, "updates": (*script).updates, "strikes": (*script).strikes,
	}
}

const (
	weComCorp  = "ww0123456789abcdef"
	weComAgent = 1000002
	weComKf    = "wk0123456789"
)

// weCom is the simulated platform with how far a script has read each screen.
type weCom struct {
	*wecomsim.Sim
	members   map[string]*wecomsim.Member
	customers map[string]*wecomsim.Customer
	read      map[string]int64
}

func (s *script) wecom() {
	sim := wecomsim.New(wecomsim.Options{Seed: 1, Now: s.w.clock.Now})
	server := httptest.NewServer(sim.Handler())
	s.Defer(server.Close)
	s.w.weCom = &weCom{sim, map[string]*wecomsim.Member{}, map[string]*wecomsim.Customer{}, map[string]int64{}}
	key := strings.Repeat("a", 43)
	s.w.cfg.Accounts = append(s.w.cfg.Accounts, config.Account{
		ID: "wecom", Platform: "wecom", Branch: "head", Name: "示范银行", BaseURL: server.URL,
		Secret: config.NewSecret("app-secret"), Token: config.NewSecret("token"), EncodingAESKey: config.NewSecret(key),
		WeCom: &config.WeCom{CorpID: weComCorp, AgentID: weComAgent, Kf: []config.WeComKf{{ID: "kf", OpenKfID: weComKf, Branch: "head/beijing", Name: "北京招聘客服"}}},
	})
	_, err := s.w.call(http.MethodGet, "/signin", nil, "") // once it has started
	s.Check(err)
	s.restart()
	s.Check(sim.AddApp(wecomsim.App{
		CorpID: weComCorp, AgentID: weComAgent, Secret: "app-secret", Token: "token", EncodingAESKey: key, CallbackURL: s.w.app.URL() + "/callbacks/wecom",
	}))
	s.Check(sim.AddKf(weComCorp, weComAgent, wecomsim.Kf{OpenKfID: weComKf, Name: "北京招聘客服"}))
	s.Check(sim.VerifyCallback(s.w.t.Context(), weComCorp, weComAgent))
	for _, id := range s.args {
		s.w.weCom.members[id], err = sim.AddMember(weComCorp, id, id)
		s.Check(err)
	}
}

// customer is a customer by name, who is made when first named.
func (s *script) customer() *wecomsim.Customer {
	name := s.arg(0)
	c, ok := s.w.weCom.customers[name]
	if !ok {
		var err error
		c, err = s.w.weCom.AddCustomer(weComCorp, name)
		s.Check(err)
		s.w.weCom.customers[name] = c
	}
	return c
}

func (s *script) enter() {
	link := s.invitation(s.arg(1))
	x, err := s.customer().Enter(link)
	s.Check(err)
	s.posted(x)
}

func (s *script) posted(x wecomsim.Exchange) {
	if !x.Answered {
		s.Fatalf("the callback %s was answered %v %q", x.Event, x.Statuses, x.Errors)
	}
}

func (s *script) tells() {
	var x wecomsim.Exchange
	var err error
	if m, ok := s.w.weCom.members[s.arg(0)]; ok {
		x, err = m.Say(weComAgent, s.arg(1))
	} else {
		x, err = s.customer().Say(weComKf, s.arg(1))
	}
	s.Check(err)
	s.posted(x)
}

func (s *script) taps() {
	var x wecomsim.Exchange
	var err error
	if m, ok := s.w.weCom.members[s.arg(0)]; ok {
		x, err = m.Tap(weComAgent, s.arg(1))
	} else {
		x, err = s.customer().Tap(weComKf, s.arg(1))
	}
	s.Check(err)
	s.posted(x)
}

// unread are the things on the screen that the script has not read.
func (s *script) unread() []wecomsim.Shown {
	screen := []wecomsim.Shown(nil)
	if m, ok := s.w.weCom.members[s.arg(0)]; ok {
		screen = m.Screen(weComAgent)
	} else {
		screen = s.customer().Screen(weComKf)
	}
	var news []wecomsim.Shown
	for _, m := range screen {
		if m.From == wecomsim.FromAccount && m.Seq > s.w.weCom.read[s.arg(0)] {
			news = append(news, m)
		}
	}
	return news
}

func (s *script) sees() {
	ctx, cancel := context.WithTimeout(s.w.t.Context(), patient)
	defer cancel()
	changed, stop := s.w.weCom.Subscribe()
	defer stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for len(s.unread()) == 0 {
		s.w.clock.Advance(50 * time.Millisecond)
		select {
		case <-changed:
		case <-look.C:
		case <-ctx.Done():
			s.Fatalf("%s sees nothing new\njournal: %+v\nlog:\n%s", s.arg(0), s.w.weCom.Journal(), s.w.logged())
		}
	}
	m := s.unread()[0]
	s.w.weCom.read[s.arg(0)] = m.Seq
	text := m.Type + " " + m.Title + "\n" + m.Text + "\n" + m.URL
	for _, c := range m.Choices {
		text += fmt.Sprintf("\n[%s]", c.Text)
	}
	s.match("what they see", text, s.args[1:])
}

// latestCard is the newest card on a member's screen.
func (s *script) latestCard() wecomsim.Shown {
	for _, m := range slices.Backward(s.w.weCom.members[s.arg(0)].Screen(weComAgent)) {
		if m.Type == "card" {
			return m
		}
	}
	s.Fatalf("%s was sent no card", s.arg(0))
	return wecomsim.Shown{}
}

func (s *script) card() {
	s.eventually("the card shows what was chosen", func() bool { return s.latestCard().Chosen != "" })
	s.settle()
	s.match("the card", s.latestCard().Chosen, s.args[1:])
}

func (s *script) tappable() {
	s.settle()
	if c := s.latestCard(); c.Chosen != "" {
		s.Fatalf("the card shows %q", c.Chosen)
	}
}

func (s *script) updates() {
	s.settle()
	calls := 0
	for _, e := range s.w.weCom.Journal() {
		if strings.HasSuffix(e.What, "/update_template_card") {
			calls++
		}
	}
	if fmt.Sprint(calls) != s.arg(0) {
		s.Fatalf("update_template_card was called %d times\nlog:\n%s", calls, s.w.logged())
	}
}

func (s *script) strikes() {
	if s.arg(0) == "nothing" {
		s.w.weCom.ClearFaults()
		return
	}
	f := wecomsim.Fault{Mode: s.arg(0), Count: 1}
	if what := s.arg(1); strings.HasPrefix(what, "/") {
		f.Path = what
	} else {
		f.Event = what
	}
	if len(s.args) > 2 && s.args[2] == "always" {
		f.Count = 0
	}
	s.Check(s.w.weCom.AddFault(f))
}

func (s *script) unseen() {
	s.settle()
	if news := s.unread(); len(news) > 0 {
		s.Fatalf("%s sees %+v", s.arg(0), news)
	}
}

func (s *script) takeover() {
	x, err := s.customer().TakeOver(weComKf, "LiSi")
	s.Check(err)
	s.posted(x)
}
