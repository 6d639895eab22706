package main

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What HR does with a conversation besides talking:
//
//	lists VIEW [NAME...]       the view of the inbox shows these and nobody else
//	rests NAME DURATION        HR puts the conversation off for so long
//	closes NAME                HR is done with it
//	remarks NAME TEXT          HR leaves words for colleagues
//	later NAME DURATION TEXT   HR's reply is to leave after so long
//	undoes NAME TEXT           HR takes the words back, of which nothing has left
//	sends NAME PURPOSE         HR sends one of the templates that the page offers
func handsCommands() map[string]func(*script) {
	return map[string]func(*script){
		"lists": (*script).lists, "rests": (*script).rests, "closes": (*script).closes, "remarks": (*script).remarks,
		"later": (*script).later, "undoes": (*script).undoes, "sends": (*script).sends,
	}
}

var rowName = regexp.MustCompile(`(?s)<b class="row-name"[^>]*>(.*?)</b>`)

func (s *script) lists() {
	want := slices.Sorted(slices.Values(s.args[1:]))
	var got []string
	_, err := s.w.call(http.MethodGet, "/inbox?view="+s.arg(0), nil, "")
	s.Check(err)
	for _, row := range rowName.FindAllStringSubmatch(s.w.last, -1) {
		got = append(got, strings.TrimSpace(row[1]))
	}
	_, err = s.w.call(http.MethodGet, "/inbox?view=all", nil, "") // the view that opens next time
	s.Check(err)
	if slices.Sort(got); !slices.Equal(got, want) {
		s.Fatalf("the view %s shows %q, want %q", s.arg(0), got, want)
	}
}

// in is a time from now as a form's field has it, in the bank's zone.
func (s *script) in(duration string) string {
	d, err := time.ParseDuration(duration)
	s.Check(err)
	return s.w.clock.Now().Add(d).In(time.FixedZone("CST", 8*3600)).Format("2006-01-02T15:04")
}

// handle sends a form of the conversation's page with what the page shows.
func (s *script) handle(action string, fields url.Values) {
	hr := &script{s.TestScript, s.w, []string{"hr", s.arg(0)}}
	fields.Set("epoch", hr.shown("epoch"))
	fields.Set("key", hr.shown("key"))
	hr.hrForm(action, fields)
}

func (s *script) rests()   { s.handle("/snooze", url.Values{"until": {s.in(s.arg(1))}}) }
func (s *script) closes()  { s.handle("/close", url.Values{"do": {"close"}}) }
func (s *script) remarks() { s.handle("/reply", url.Values{"as": {"remark"}, "text": {s.arg(1)}}) }
func (s *script) later() {
	s.handle("/reply", url.Values{"text": {s.arg(2)}, "at": {s.in(s.arg(1))}})
}

func (s *script) undoes() {
	_, err := s.w.call(http.MethodGet, "/inbox/"+s.conversation(s.arg(0)), nil, "")
	s.Check(err)
	for _, item := range strings.Split(s.w.last, `<li id="m-`) {
		cancel := regexp.MustCompile(`action="/inbox/[^"/]+(/messages/[^"]+/cancel)"`).FindStringSubmatch(item)
		if cancel != nil && strings.Contains(item, s.arg(1)) {
			s.handle(cancel[1], url.Values{})
			return
		}
	}
	s.Fatalf("%q cannot be taken back: %s", s.arg(1), shortened(s.w.last))
}

func (s *script) sends() {
	_, err := s.w.call(http.MethodGet, "/inbox/"+s.conversation(s.arg(0)), nil, "")
	s.Check(err)
	if !strings.Contains(s.w.last, `name="purpose" value="`+s.arg(1)+`"`) {
		s.Fatalf("the page does not offer the template %s: %s", s.arg(1), shortened(s.w.last))
	}
	s.handle("/template", url.Values{"purpose": {s.arg(1)}})
}
