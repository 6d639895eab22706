package main

import (
	"net/url"
	"strconv"
	"strings"
)

// How candidates see that somebody writes to them:
//
//	types NAME [stops]        HR presses a key in NAME's conversation, or did some seconds ago
//	sign NAME yes|no          NAME's chat of the official account comes to show that somebody writes, or does not once
//	                          everything is settled
//	calls PATH N              the platform was called so often by that path
func typingCommands() map[string]func(*script) {
	return map[string]func(*script){"types": (*script).types, "sign": (*script).sign, "calls": (*script).calls}
}

func (s *script) types() {
	form := url.Values{"typing": {"yes"}}
	if len(s.args) > 1 {
		form.Del("typing")
	}
	at := "/inbox/" + s.conversation(s.arg(0))
	code, _ := s.posts(s.w.http, at, at+"/here", form)
	s.status(code, "200")
}

func (s *script) sign() {
	if s.arg(1) == "no" {
		s.settle()
	}
	s.eventually("the chat shows "+s.arg(1), func() bool { return s.phone().Screen().Typing == (s.arg(1) == "yes") })
}

func (s *script) calls() {
	want, err := strconv.Atoi(s.arg(1))
	s.Check(err)
	got := 0
	s.eventually("the platform is called", func() bool {
		got = 0
		for _, e := range s.w.sim.Journal() {
			if path, _, _ := strings.Cut(e.Path, "?"); strings.HasSuffix(path, s.arg(0)) {
				got++
			}
		}
		return got >= want
	})
	if got != want {
		s.Fatalf("%s was called %d times", s.arg(0), got)
	}
}
