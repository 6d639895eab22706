package api

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"jiebao/gateway/ehr/catalogue"
)

// eventsDocsPath is the page of the events; below it are their schemas, by
// type and version.
const eventsDocsPath = docsPath + "/events"

// eventsPage is the catalogue as events.html shows it.
type eventsPage struct {
	Chapters []chapter
	Envelope []eventField
}

type chapter struct {
	Name   catalogue.Words
	Events []eventView
}

type eventView struct {
	Type           string
	Title, Meaning catalogue.Words
	Fields         []eventField
	Example        string
	Versions       []int // the current one first
}

// eventField is a field of data, or of what it holds: Depth says how deep.
type eventField struct {
	Name     string
	Depth    int
	Type     string
	Required bool
	Words    catalogue.Words
}

// chapterNames are the catalogue's subjects by what types begin with.
func chapterNames() map[string]catalogue.Words {
	return map[string]catalogue.Words{
		"notification":    {Chinese: "录用通知", English: "Notifications"},
		"call":            {Chinese: "电话", English: "Telephone calls"},
		"channel":         {Chinese: "渠道", English: "Channels"},
		"preference":      {Chinese: "偏好", English: "Preferences"},
		"page":            {Chinese: "候选人页面", English: "The candidate's pages"},
		"message":         {Chinese: "消息", English: "Messages"},
		"reminder":        {Chinese: "提醒", English: "Reminders"},
		"schedule_change": {Chinese: "改期", English: "Other start dates"},
		"start_date":      {Chinese: "入职日期", English: "Start dates"},
		"offer":           {Chinese: "录用", English: "Offers"},
		"document":        {Chinese: "材料", English: "Documents"},
		"checklist":       {Chinese: "材料清单", English: "Checklists"},
		"handoff":         {Chinese: "人工服务", English: "People"},
		"question":        {Chinese: "问题", English: "Questions"},
		"consent":         {Chinese: "订阅意愿", English: "Consent"},
	}
}

func newEventsPage(all []catalogue.Published) eventsPage {
	var p eventsPage
	for _, e := range catalogue.Entries() {
		subject, _, _ := strings.Cut(string(e.Type()), ".")
		name, known := chapterNames()[subject]
		if !known {
			name = catalogue.Words{Chinese: subject}
		}
		i := slices.IndexFunc(p.Chapters, func(c chapter) bool { return c.Name == name })
		if i < 0 {
			i = len(p.Chapters)
			p.Chapters = append(p.Chapters, chapter{Name: name})
		}
		p.Chapters[i].Events = append(p.Chapters[i].Events, eventViewOf(e, all))
	}
	envelope := catalogue.Entries()[0].EventSchema()
	delete(envelope.Properties, "data")
	p.Envelope = eventFields(envelope, 0)
	return p
}

func eventViewOf(e catalogue.Entry, all []catalogue.Published) eventView {
	v := eventView{
		Type: string(e.Type()), Title: e.Title, Meaning: e.Meaning, Fields: eventFields(e.DataSchema(), 0), Example: indent(e.Example),
	}
	for _, p := range slices.Backward(all) {
		if p.Type == v.Type {
			v.Versions = append(v.Versions, p.Version)
		}
	}
	return v
}

func eventFields(s *catalogue.Schema, depth int) []eventField {
	var out []eventField
	for _, name := range s.Order {
		p := s.Properties[name]
		if p == nil {
			continue
		}
		out = append(out, eventField{Name: name, Depth: depth, Type: typeWords(p), Required: slices.Contains(s.Required, name), Words: p.Words})
		if p.Items != nil {
			p = p.Items
		}
		out = append(out, eventFields(p, depth+1)...)
	}
	return out
}

func typeWords(s *catalogue.Schema) string {
	switch {
	case s.Items != nil:
		return "[ " + typeWords(s.Items) + " ]"
	case len(s.Enum) > 0:
		return strings.Join(s.Enum, " | ")
	case s.Format != "":
		return s.Format
	}
	return s.Type
}

// addEvents adds the page of the events and their schemas to the documentation.
func (d docs) addEvents() error {
	all, err := catalogue.AllPublished()
	if err != nil {
		return err
	}
	page, err := template.ParseFS(static, "static/events.html")
	if err != nil {
		return fmt.Errorf("reading the page of the events: %w", err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, newEventsPage(all)); err != nil {
		return fmt.Errorf("writing the page of the events: %w", err)
	}
	d[eventsDocsPath] = docFile{"text/html; charset=utf-8", b.Bytes()}
	for _, p := range all {
		d[schemaPath(p)] = docFile{"application/schema+json", p.Body}
	}
	return nil
}

// schemaPath is where the schema of a version is served.
func schemaPath(p catalogue.Published) string {
	return eventsDocsPath + "/" + p.Type + "/" + strconv.Itoa(p.Version)
}
