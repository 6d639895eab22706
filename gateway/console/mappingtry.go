package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/ehr/catalogue"
	"jiebao/gateway/ehr/mapping"
)

// mappingPath is where a filter and a mapping are tried out.
const mappingPath = endpointsPath + "/_try"

// mappingTrial is what a filter and a mapping make of an example of each type of
// event, and the sample that they were taken from, if any.
type mappingTrial struct {
	filter, mapping string
	samples         []mapping.Sample
	sample          *mapping.Sample
	problem         string // of the expressions themselves
	tried           []triedEvent
}

// triedEvent is what becomes of one example.
type triedEvent struct {
	typ conversations.EventType
	mapping.Preview
}

// unwanted counts the types that the filter leaves out.
func (m mappingTrial) unwanted() (n int) {
	for _, t := range m.tried {
		if !t.Wanted && t.Problem == "" {
			n++
		}
	}
	return n
}

// shown are those that are posted or fail, the failures first.
func (m mappingTrial) shown() []triedEvent {
	all := slices.DeleteFunc(slices.Clone(m.tried), func(t triedEvent) bool { return !t.Wanted && t.Problem == "" })
	slices.SortStableFunc(all, func(a, b triedEvent) int {
		return strings.Compare(failing(a), failing(b))
	})
	return all
}

func failing(t triedEvent) string {
	if t.Problem != "" {
		return "0"
	}
	return "1"
}

// pretty is the payload as people read JSON.
func (t triedEvent) pretty() string {
	text, err := json.MarshalIndent(t.Payload, "", "  ")
	if err != nil {
		return string(t.Payload)
	}
	return string(text)
}

// tryMapping shows what a filter and a mapping make of the examples that the
// catalogue has, before any event is told by them. Nothing is kept or sent.
func (c *Console) tryMapping(g *gin.Context, v *view) {
	m := mappingTrial{filter: strings.TrimSpace(g.PostForm("filter")), mapping: strings.TrimSpace(g.PostForm("mapping"))}
	var err error
	if m.samples, err = mapping.Samples(); err != nil {
		c.fail(g, v, err)
		return
	}
	if i := slices.IndexFunc(m.samples, func(s mapping.Sample) bool { return s.Name == g.PostForm("sample") }); i >= 0 {
		m.sample = &m.samples[i]
		m.filter, m.mapping = m.sample.Filter, m.sample.Mapping
	}
	if err := m.try(g); err != nil {
		c.fail(g, v, err)
		return
	}
	v.titles = c.titles
	if isHTMX(g) {
		c.show(g, http.StatusOK, mappingTried(v, m))
		return
	}
	c.show(g, http.StatusOK, mappingPage(v, m))
}

// try plays the examples. What is wrong with the expressions is the agent's to
// read.
func (m *mappingTrial) try(g *gin.Context) error {
	entries := catalogue.Entries()
	events := make([][]byte, len(entries))
	for i, e := range entries {
		body, err := json.Marshal(e.Example)
		if err != nil {
			return fmt.Errorf("writing the example of %s: %w", e.Type(), err)
		}
		events[i] = body
	}
	previews, err := mapping.Try(g.Request.Context(), m.filter, m.mapping, events...)
	if err != nil {
		m.problem = err.Error()
		return nil
	}
	for i, p := range previews {
		m.tried = append(m.tried, triedEvent{entries[i].Type(), p})
	}
	return nil
}
