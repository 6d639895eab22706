package templates

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
)

// fallback is spoken when there is nothing nearer to the locale asked for.
const fallback = "zh-CN"

// Render fills in the template that fits best. The order, most important first:
//
//  1. purpose and channel must fit; a template of the channel goes before one
//     of any channel
//  2. the nearest locale: the same, then the same language and script (zh-TW
//     takes zh-HK, en-GB takes en), then zh-CN, then any
//  3. a template of the position goes before one of any position
//  4. the longest branch path that is the candidate's branch or above it
//
// It returns [ErrNoTemplate], or [*FieldErrors] naming every field that the
// platform would not take.
func (s *Set) Render(q Query, vars Vars) (Rendered, error) {
	m := s.choose(q)
	if m == nil {
		return Rendered{}, fmt.Errorf("%w: purpose %q, channel %q, locale %q, position %q, branch %q",
			ErrNoTemplate, q.Purpose, q.Channel, q.Locale, q.Position, q.Branch)
	}
	return m.render(&vars)
}

func (s *Set) choose(q Query) *message {
	var fitting []*message
	for _, m := range s.templates {
		if m.fits(q) {
			fitting = append(fitting, m)
		}
	}
	fitting = ofChannel(fitting, q.Channel)
	locale := nearest(fitting, q.Locale)
	var best *message
	for _, m := range fitting {
		if m.tag == locale && (best == nil || m.moreSpecific(best)) {
			best = m
		}
	}
	return best
}

func (m *message) fits(q Query) bool {
	return m.purpose == q.Purpose &&
		(m.channel == "" || m.channel == q.Channel) &&
		(m.position == "" || strings.EqualFold(m.position, strings.TrimSpace(q.Position))) &&
		(m.branch == "" || m.branch == q.Branch || strings.HasPrefix(q.Branch, m.branch+"/"))
}

// moreSpecific compares two templates that both fit one query.
func (m *message) moreSpecific(than *message) bool {
	if (m.position != "") != (than.position != "") {
		return m.position != ""
	}
	return len(m.branch) > len(than.branch)
}

// ofChannel leaves out templates of any channel if there are some of this one.
func ofChannel(all []*message, channel string) []*message {
	var own []*message
	for _, m := range all {
		if m.channel == channel {
			own = append(own, m)
		}
	}
	if len(own) == 0 {
		return all
	}
	return own
}

// nearest is the locale among the fitting ones that is closest to the one
// asked for: the same, then the same language in the same script, then
// zh-CN, then any.
func nearest(fitting []*message, asked string) language.Tag {
	for _, m := range fitting {
		if m.locale == asked {
			return m.tag
		}
	}
	wanted, err := language.Parse(asked)
	if err != nil {
		wanted = language.MustParse(fallback)
	}
	closeness := func(m *message) int {
		switch {
		case m.tag == wanted:
			return 3
		case readAlike(m.tag, wanted):
			return 2
		case m.locale == fallback:
			return 1
		}
		return 0
	}
	best, at := language.Und, -1
	for _, m := range fitting {
		if c := closeness(m); c > at {
			best, at = m.tag, c
		}
	}
	return best
}

// readAlike tells whether who reads one reads the other: zh-TW and zh-HK, but
// not zh-TW and zh-CN.
func readAlike(a, b language.Tag) bool {
	baseA, _ := a.Base()
	baseB, _ := b.Base()
	scriptA, _ := a.Script()
	scriptB, _ := b.Script()
	return baseA == baseB && scriptA == scriptB
}

// render fills in every part before it reports all that is wrong.
func (m *message) render(vars *Vars) (Rendered, error) {
	r := Rendered{Name: m.name, Template: m.template, Locale: m.locale}
	errs := &FieldErrors{Template: m.name, channel: m.channel}
	seen := vars.in(m.tag)
	for _, p := range m.fields {
		value := errs.fill(p, vars, seen)
		r.Fields = append(r.Fields, Field{p.name, value})
	}
	r.Title = errs.fill(m.title, vars, seen)
	r.URL = errs.fill(m.url, vars, seen)
	r.Text = errs.fill(m.text, vars, seen)
	if len(errs.Errors) > 0 {
		return Rendered{}, errs
	}
	return r, nil
}

// fill renders a part, trims it and adds what is wrong with it.
func (e *FieldErrors) fill(p part, vars *Vars, seen *view) string {
	var empty []string
	for _, name := range p.required {
		if !vars.has(name) && p.name != "url" {
			empty = append(empty, name)
		}
	}
	if len(empty) > 0 {
		e.add(FieldError{Field: p.name, Reason: Empty, Variables: empty})
		return ""
	}
	value, err := p.execute(seen)
	if err != nil {
		e.add(FieldError{Field: p.name, Reason: Broken, Variables: p.variables})
		return ""
	}
	value = strings.TrimSpace(value)
	if problem, bad := checkValue(e.channel, p.name, value); bad {
		problem.Field, problem.Variables = p.name, p.variables
		e.add(problem)
	}
	return value
}
