package console

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// What was promised: all that the bank told a candidate on its own, and
// whatever else it said that holds a day or an amount of money. Whoever comes
// next has to know it.

// toldOnce is one thing that the candidate was told.
type toldOnce struct {
	conversations.MessageView
	notice bool // sent on the bank's own account, not as an answer
	parts  []passage
}

// passage is a part of somebody's words; firm ones are a day or an amount.
type passage struct {
	text string
	firm bool
}

// Commitments are found in all that was said lately.
const (
	promisesLooked = 600
	promisesShown  = 60
)

// promises tells what the candidate was told.
func (c *Console) promises(g *gin.Context, v *view) {
	conv, ok := c.pastOf(g, v)
	if !ok {
		return
	}
	messages, err := c.o.Store.Messages(g.Request.Context(), v.agent.In(conversations.MayRead), conv.ID, 0, promisesLooked)
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading messages: %w", err))
		return
	}
	all := promisesIn(messages)
	if isHTMX(g) {
		c.show(g, http.StatusOK, promisesPart(v, conv, all[:min(len(all), promisesShown)]))
		return
	}
	v.back = "/inbox/" + conv.ID + "/promises"
	c.noteRail(g, v)
	c.show(g, http.StatusOK, promisesPage(v, conv, all))
}

// promisesIn picks what commits the bank, the latest first.
func promisesIn(messages []conversations.MessageView) (all []toldOnce) {
	messages = slices.SortedFunc(slices.Values(messages), func(a, b conversations.MessageView) int { return int(b.N - a.N) })
	for _, m := range messages {
		if m.Author == conversations.ByCandidate || m.Status == conversations.NoStatus {
			continue
		}
		p := toldOnce{MessageView: m, notice: m.Kind == conversations.Template, parts: passages(plainWords(m.Message))}
		if p.notice || slices.ContainsFunc(p.parts, func(p passage) bool { return p.firm }) {
			all = append(all, p)
		}
	}
	return all
}

// plainWords are a message's words; of a template without, its fields.
func plainWords(m conversations.Message) string {
	if m.Text != "" || m.Template == nil {
		return m.Text
	}
	words := m.Template.Title
	for _, f := range m.Template.Fields {
		words += "\n" + f.Name + "：" + f.Value
	}
	return words
}

// firm finds days and amounts as people in China, Hong Kong and abroad write
// them.
var firm = regexp.MustCompile(`(?i)` +
	`\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号號]?|\d{1,2}\s*月\s*\d{1,2}\s*[日号號]|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}` +
	`|\b\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:\s+\d{4})?` +
	`|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:,?\s+\d{4})?\b` +
	`|(?:¥|￥|HK\$|US\$|\$|RMB|CNY|HKD|人民币|人民幣|港币|港幣)\s*\d[\d,]*(?:\.\d+)?(?:\s*[万萬千])?` +
	`|\d[\d,]*(?:\.\d+)?\s*(?:[万萬千](?:\s*[元块塊])?|元|块钱|塊錢|港元|RMB\b|HKD\b|yuan\b)` +
	`|\d+(?:\.\d+)?\s*(?:%|％)`)

// passages takes words apart into those that commit and the rest.
func passages(words string) (parts []passage) {
	at := 0
	for _, found := range firm.FindAllStringIndex(words, -1) {
		if found[0] > at {
			parts = append(parts, passage{text: words[at:found[0]]})
		}
		parts = append(parts, passage{text: words[found[0]:found[1]], firm: true})
		at = found[1]
	}
	if at < len(words) {
		parts = append(parts, passage{text: words[at:]})
	}
	return parts
}
