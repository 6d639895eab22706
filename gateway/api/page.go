package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/gateway/ehr/catalogue"
)

// page is the documentation as docs.html shows it, made from the OpenAPI
// document alone.
type page struct {
	Title, Description string
	Tags               []tagView
	Events             []operationView
	Schemas            []schemaView
}

type tagView struct {
	Name, Description string
	Operations        []operationView
}

type operationView struct {
	ID, Method, Path, Summary, Description string
	Parameters                             []fieldView
	Body                                   *bodyView
	Responses                              []responseView
}

type responseView struct {
	Status, Meaning string
	Body            *bodyView
}

type bodyView struct {
	Type    typeView
	Example string
}

type schemaView struct {
	Name   string
	Fields []fieldView
}

type fieldView struct {
	Name, In    string
	Type        typeView
	Required    bool
	Description string
	Example     string
}

// typeView is a type in words, and the schema that it refers to.
type typeView struct {
	Words  string
	Schema string
}

func newPage(doc *huma.OpenAPI) page {
	p := page{Title: doc.Info.Title, Description: doc.Info.Description}
	for _, tag := range doc.Tags {
		p.Tags = append(p.Tags, tagView{Name: tag.Name, Description: tag.Description, Operations: operations(doc, tag.Name)})
	}
	for _, e := range catalogue.Entries() {
		p.Events = append(p.Events, operationOf("", string(e.Type()), doc.Webhooks[string(e.Type())].Post))
	}
	for name, s := range doc.Components.Schemas.Map() {
		if strings.HasSuffix(name, eventSuffix) {
			continue // the page of the events shows them
		}
		p.Schemas = append(p.Schemas, schemaView{Name: name, Fields: fieldsOf(s)})
	}
	slices.SortFunc(p.Schemas, func(a, b schemaView) int { return cmp.Compare(a.Name, b.Name) })
	return p
}

// operations lists those of a tag, shorter paths first.
func operations(doc *huma.OpenAPI, tag string) []operationView {
	var out []operationView
	for path, item := range doc.Paths {
		for _, op := range operationsOf(item) {
			if op.Tags[0] == tag {
				out = append(out, operationOf(op.Method, path, op))
			}
		}
	}
	slices.SortFunc(out, func(a, b operationView) int {
		return cmp.Or(cmp.Compare(len(a.Path), len(b.Path)), cmp.Compare(a.Path+a.Method, b.Path+b.Method))
	})
	return out
}

func operationOf(method, path string, op *huma.Operation) operationView {
	v := operationView{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description}
	for _, p := range op.Parameters {
		v.Parameters = append(v.Parameters, fieldView{
			Name: p.Name, In: p.In, Type: typeOf(p.Schema), Required: p.Required, Description: p.Description,
			Example: exampleOf(p.Schema, p.Example),
		})
	}
	if op.RequestBody != nil {
		v.Body = bodyOf(op.RequestBody.Content)
	}
	for status, r := range op.Responses {
		v.Responses = append(v.Responses, responseView{Status: status, Meaning: r.Description, Body: bodyOf(r.Content)})
	}
	slices.SortFunc(v.Responses, func(a, b responseView) int { return cmp.Compare(a.Status, b.Status) })
	return v
}

func bodyOf(content map[string]*huma.MediaType) *bodyView {
	for _, media := range content {
		b := &bodyView{Type: typeOf(media.Schema)}
		if media.Example != nil {
			b.Example = indent(media.Example)
		}
		return b
	}
	return nil
}

func fieldsOf(s *huma.Schema) []fieldView {
	var out []fieldView
	for _, name := range order(s) {
		f := s.Properties[name]
		out = append(out, fieldView{
			Name: name, Type: typeOf(f), Required: slices.Contains(s.Required, name),
			Description: f.Description, Example: exampleOf(f, nil),
		})
	}
	return out
}

// order is the required fields as they are declared, then the others by name.
func order(s *huma.Schema) []string {
	var rest []string
	for name := range s.Properties {
		if !slices.Contains(s.Required, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(slices.Clone(s.Required), rest...)
}

func typeOf(s *huma.Schema) typeView {
	switch {
	case s == nil:
		return typeView{}
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return typeView{Words: name, Schema: name}
	case s.Type == huma.TypeArray:
		of := typeOf(s.Items)
		of.Words = "list of " + of.Words
		if s.MaxItems != nil {
			of.Words += fmt.Sprintf(", at most %d", *s.MaxItems)
		}
		return of
	}
	return typeView{Words: scalar(s)}
}

func scalar(s *huma.Schema) string {
	words := []string{s.Type}
	if s.Format != "" {
		words = []string{s.Format}
	}
	if s.PatternDescription != "" {
		words = append(words, s.PatternDescription)
	}
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			values = append(values, fmt.Sprint(v))
		}
		words = append(words, "one of "+strings.Join(values, ", "))
	}
	if s.MaxLength != nil {
		words = append(words, fmt.Sprintf("at most %d characters", *s.MaxLength))
	}
	if s.Minimum != nil && s.Maximum != nil {
		words = append(words, fmt.Sprintf("%v to %v", *s.Minimum, *s.Maximum))
	}
	if s.Default != nil {
		words = append(words, fmt.Sprintf("default %v", s.Default))
	}
	return strings.Join(words, "; ")
}

func exampleOf(s *huma.Schema, own any) string {
	if own == nil && s != nil && len(s.Examples) > 0 {
		own = s.Examples[0]
	}
	if own == nil {
		return ""
	}
	return fmt.Sprint(own)
}

func indent(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

var (
	codeSpan = regexp.MustCompile("`([^`]+)`")
	boldSpan = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	linkSpan = regexp.MustCompile(`\[([^\]]+)\]\((https://[^)]+)\)`)
)

// markdown shows the little that descriptions use: paragraphs, lists, code,
// bold words and links. Everything else is shown as it is written.
func markdown(s string) template.HTML {
	var b strings.Builder
	for block := range strings.SplitSeq(s, "\n\n") {
		if !strings.HasPrefix(block, "- ") {
			fmt.Fprintf(&b, "<p>%s</p>\n", inline(block))
			continue
		}
		b.WriteString("<ul>\n")
		for entry := range strings.SplitSeq(block, "\n") {
			fmt.Fprintf(&b, "<li>%s</li>\n", inline(strings.TrimPrefix(entry, "- ")))
		}
		b.WriteString("</ul>\n")
	}
	return template.HTML(b.String()) // made of escaped text and the tags above
}

func inline(s string) string {
	s = template.HTMLEscapeString(s)
	s = codeSpan.ReplaceAllString(s, "<code>$1</code>")
	s = boldSpan.ReplaceAllString(s, "<strong>$1</strong>")
	return linkSpan.ReplaceAllString(s, `<a href="$2" rel="noreferrer">$1</a>`)
}
