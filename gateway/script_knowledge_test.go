package main

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What HR does on the page of questions that nothing answered:
//
//	answer NAME COUNT TITLE TEXT  HR answers all who ask what NAME asks, who are so many, and keeps an article
//	events TYPE...                the next events the EHR gets, in whatever order
func knowledgeCommands() map[string]func(*script) {
	return map[string]func(*script){"answer": (*script).answerAll, "events": (*script).anyOrder}
}

var (
	gapCard    = regexp.MustCompile(`(?s)<section id="gap-([^"]+)".*?</section>`)
	hiddenID   = regexp.MustCompile(`name="article" value="([^"]+)"`)
	recipients = regexp.MustCompile(`name="to" value="([^"]+)" checked`)
	examples   = regexp.MustCompile(`(?s)<textarea name="questions"[^>]*>(.*?)</textarea>`)
)

func (s *script) answerAll() {
	page := "/knowledge/gaps/" + s.gap(s.arg(0))
	s.read(page)
	fields := url.Values{
		"article": {s.onPage(hiddenID)}, "questions": {s.onPage(examples)}, "text": {s.arg(3)}, "source": {"人力资源部"},
		"keep": {"1"}, "title": {s.arg(2)}, "branch": {"head"},
	}
	for _, m := range recipients.FindAllStringSubmatch(s.w.last, -1) {
		fields.Add("to", m[1])
	}
	if n := strconv.Itoa(len(fields["to"])); n != s.arg(1) {
		s.Fatalf("%s are asked to be answered, want %s", n, s.arg(1))
	}
	for range 2 { // a double click
		code, err := s.w.form(page, fields)
		s.Check(err)
		s.status(code, "200")
	}
}

// gap finds the question on whose card the candidate stands.
func (s *script) gap(name string) string {
	s.read("/knowledge/gaps")
	for _, card := range gapCard.FindAllStringSubmatch(s.w.last, -1) {
		if strings.Contains(card[0], name) {
			return card[1]
		}
	}
	s.Fatalf("no open question is %s's: %s", name, shortened(s.w.last))
	return ""
}

func (s *script) read(path string) {
	code, err := s.w.call(http.MethodGet, path, nil, "")
	s.Check(err)
	s.status(code, "200")
}

func (s *script) onPage(field *regexp.Regexp) string {
	m := field.FindStringSubmatch(s.w.last)
	if m == nil {
		s.Fatalf("the page has no %s: %s", field, shortened(s.w.last))
	}
	return html.UnescapeString(m[1])
}

// anyOrder is for events of several candidates, which come in no order.
func (s *script) anyOrder() {
	ctx, cancel := context.WithTimeout(s.w.t.Context(), patient)
	defer cancel()
	var got []string
	for range s.args {
		ev, err := s.w.ehr.next(ctx, "")
		if err != nil {
			s.Fatalf("after %v: %v", got, err)
		}
		got = append(got, ev.Type)
	}
	if want := slices.Sorted(slices.Values(s.args)); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		s.Fatalf("the EHR got %v, want %v", got, want)
	}
}
