package main

import (
	"net/http"
	"net/url"
	"strings"
)

// What mail programs and the EHR's operators do besides:
//
//	unsubscribe ADDRESS       presses the mail program's own button for no more mail
//	look-unsubscribe ADDRESS  a scanner opens what is behind that button
//	preflight FILE...         looks at what posting the results would come to
func mailCommands() map[string]func(*script) {
	return map[string]func(*script){
		"unsubscribe": (*script).unsubscribe, "look-unsubscribe": (*script).lookUnsubscribe, "preflight": (*script).preflight,
	}
}

func (s *script) unsubscribe() { s.optOut(http.MethodPost, "List-Unsubscribe=One-Click") }

func (s *script) lookUnsubscribe() { s.optOut(http.MethodGet, "") }

func (s *script) optOut(method, body string) {
	all := s.w.mails.Inbox(s.arg(0))
	if len(all) == 0 {
		s.Fatalf("nothing came to %s", s.arg(0))
	}
	u, err := url.Parse(all[len(all)-1].Unsubscribe)
	s.Check(err)
	code, err := s.w.call(method, u.Path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body)
	s.Check(err)
	s.status(code, "200")
}

func (s *script) preflight() {
	var documents []string
	for _, name := range s.args {
		documents = append(documents, s.ReadFile(name))
	}
	code, err := s.w.call(http.MethodPost, "/v1/results/preflight", asEHR, "["+strings.Join(documents, ",")+"]")
	s.Check(err)
	s.status(code, "200")
}
