package main

import (
	"context"
	"html"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"jiebao/channels/email/emailsim"
	"jiebao/config"
)

// How candidates are reached who have no chat, or do not look at it:
//
//	mailbox                   from now on the gateway has an account for e-mail
//	mail ADDRESS REGEXP...    the next mail to ADDRESS matches: subject, words and calendar
//	nomail ADDRESS            no further mail came
//	follow-mail NAME ADDRESS  NAME opens the link of the latest mail
//	press NAME BUTTON         NAME presses the button on their page
//	write NAME TEXT           NAME writes on their page
//	channels CANDIDATE REGEXP... how the candidate can be written to matches
func reachCommands() map[string]func(*script) {
	return map[string]func(*script){
		"mailbox": (*script).mailbox, "mail": (*script).mail, "nomail": (*script).nomail,
		"follow-mail": (*script).followMail, "press": (*script).press, "write": (*script).write, "channels": (*script).channels,
	}
}

// mails is a mail server with how far a script has read each mailbox.
type mails struct {
	*emailsim.Sim
	read map[string]int
}

// mailbox gives the gateway an account for e-mail, by a server of its own.
func (s *script) mailbox() {
	l, err := (&net.ListenConfig{}).Listen(s.w.t.Context(), "tcp", "127.0.0.1:0")
	s.Check(err)
	s.w.mails = &mails{emailsim.New(emailsim.Options{Now: s.w.clock.Now}), map[string]int{}}
	go func() { _ = s.w.mails.Serve(l) }()
	s.Defer(s.w.mails.Close)
	s.w.cfg.Accounts = append(s.w.cfg.Accounts, config.Account{
		ID: "mail", Platform: "email", Branch: "head", Name: "招聘邮箱",
		Email: &config.Email{
			Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: config.MailPlain, From: "hr@bank.example", Hello: "bank.example",
		},
	})
	_, err = s.w.call(http.MethodGet, "/signin", nil, "") // once it has started
	s.Check(err)
	s.restart()
}

func (s *script) mail() {
	box := s.arg(0)
	ctx, cancel := context.WithTimeout(s.w.t.Context(), patient)
	defer cancel()
	changed, stop := s.w.mails.Subscribe()
	defer stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for s.w.mails.read[box] >= len(s.w.mails.Inbox(box)) {
		s.w.clock.Advance(50 * time.Millisecond)
		select {
		case <-changed:
		case <-look.C:
		case <-ctx.Done():
			s.Fatalf("no mail came to %s\nlog:\n%s", box, s.w.logged())
		}
	}
	m := s.w.mails.Inbox(box)[s.w.mails.read[box]]
	s.w.mails.read[box]++
	text := m.Subject + "\n" + m.Text
	if m.Invite != nil {
		text += "\n" + m.Invite.Method + " " + m.Invite.Values["DTSTART"] + " sequence " + m.Invite.Values["SEQUENCE"] + " " + m.Invite.Values["SUMMARY"]
	}
	s.match("the mail", text, s.args[1:])
}

func (s *script) nomail() {
	s.settle()
	if all := s.w.mails.Inbox(s.arg(0)); len(all) > s.w.mails.read[s.arg(0)] {
		s.Fatalf("there came %s", all[len(all)-1].Subject)
	}
}

var linkToPage = regexp.MustCompile(`https?://[^\s"]+/c/[A-Za-z0-9_-]+`)

func (s *script) followMail() {
	all := s.w.mails.Inbox(s.arg(1))
	if len(all) == 0 {
		s.Fatalf("nothing came to %s", s.arg(1))
	}
	found := linkToPage.FindString(all[len(all)-1].Text)
	if found == "" {
		s.Fatalf("the mail leads nowhere: %s", all[len(all)-1].Text)
	}
	u, err := url.Parse(found)
	s.Check(err)
	s.browser().path = u.Path
	s.visit(http.MethodGet, u.Path, "", nil)
}

var (
	pageForm   = regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	pageHidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	pageButton = regexp.MustCompile(`(?s)<button[^>]*?(?:name="([^"]*)" value="([^"]*)")?>([^<]*)</button>`)
)

// press sends the form that the button stands in, and goes where it leads.
func (s *script) press() {
	for _, form := range pageForm.FindAllStringSubmatch(s.browser().shown, -1) {
		for _, button := range pageButton.FindAllStringSubmatch(form[2], -1) {
			if strings.TrimSpace(html.UnescapeString(button[3])) == s.arg(1) {
				fields := url.Values{}
				if button[1] != "" {
					fields.Set(button[1], html.UnescapeString(button[2]))
				}
				s.submit(form, fields)
				return
			}
		}
	}
	s.Fatalf("the page has no button %q: %s", s.arg(1), shortened(s.browser().shown))
}

// write sends words by the form that has a field for them.
func (s *script) write() {
	s.visit(http.MethodGet, s.browser().path+"/chat", "", nil)
	for _, form := range pageForm.FindAllStringSubmatch(s.browser().shown, -1) {
		if strings.Contains(form[2], "<textarea") || strings.Contains(form[2], `name="text"`) {
			s.submit(form, url.Values{"text": {s.arg(1)}})
			return
		}
	}
	s.Fatalf("the page has no field for words: %s", shortened(s.browser().shown))
}

func (s *script) submit(form []string, fields url.Values) {
	for _, hidden := range pageHidden.FindAllStringSubmatch(form[2], -1) {
		fields.Set(html.UnescapeString(hidden[1]), html.UnescapeString(hidden[2]))
	}
	code := s.visit(http.MethodPost, html.UnescapeString(form[1]), "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
	s.visited(code, "200")
}

func (s *script) channels() {
	code, err := s.w.call(http.MethodGet, "/v1/candidates/"+s.arg(0)+"/channels", asEHR, "")
	s.Check(err)
	s.status(code, "200")
	s.match("how they can be written to", s.w.last, s.args[1:])
}
