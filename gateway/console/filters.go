package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// facets are what a list can be narrowed by.
type facets struct {
	spot
	branches, positions, intakes, channels, answers, owners []choice
}

// choice is one thing that can be chosen.
type choice struct {
	value, words string
	depth        int // below the topmost, for branches
}

// filters is the form that narrows the list: in a popover, or on a page of its
// own.
func (c *Console) filters(g *gin.Context, v *view) {
	f, err := c.readChoices(g.Request.Context(), v, spotOf(g))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	if isHTMX(g) {
		c.show(g, http.StatusOK, filterForm(v, f))
		return
	}
	v.back = "/inbox/filters" + f.suffix()
	c.show(g, http.StatusOK, filterPage(v, f))
}

func (c *Console) readChoices(ctx context.Context, v *view, p spot) (facets, error) {
	f := facets{spot: p}
	found, err := c.o.Store.Facets(ctx, v.reads())
	if err != nil {
		return f, fmt.Errorf("reading what the inbox can be narrowed by: %w", err)
	}
	f.branches = v.tree(found.Branches)
	for _, name := range found.Positions {
		f.positions = append(f.positions, choice{value: name, words: name})
	}
	for _, name := range found.Intakes {
		f.intakes = append(f.intakes, choice{value: name, words: name})
	}
	for _, name := range found.Channels {
		f.channels = append(f.channels, choice{value: name, words: v.platform(name)})
	}
	for _, a := range standings() {
		f.answers = append(f.answers, choice{value: a.String(), words: v.T("answer." + a.String())})
	}
	f.owners, err = c.owners(ctx, v)
	return f, err
}

func standings() []conversations.Answer {
	return []conversations.Answer{
		conversations.Open, conversations.Requested, conversations.Countered, conversations.Confirmed, conversations.Declined, conversations.Withdrawn,
	}
}

// tree are branches below each other, with those above them that the agent may
// see as well.
func (v *view) tree(branches []string) (out []choice) {
	all := map[string]bool{}
	for _, b := range branches {
		for ; b != "" && v.reads().Allows(b); b = b[:max(0, strings.LastIndexByte(b, '/'))] {
			all[b] = true
		}
	}
	paths := make([]string, 0, len(all))
	for b := range all {
		paths = append(paths, b)
	}
	slices.SortFunc(paths, func(a, b string) int { return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/")) })
	for _, b := range paths {
		depth := 0
		for up := b; all[up]; up = up[:max(0, strings.LastIndexByte(up, '/'))] {
			depth++
		}
		out = append(out, choice{b, v.branch(b), depth - 1})
	}
	return out
}

// owners are who may look after a conversation: nobody, the agent, and the
// colleagues of the agent's branches.
func (c *Console) owners(ctx context.Context, v *view) ([]choice, error) {
	agents, err := c.o.Store.Agents(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the agents: %w", err)
	}
	out := []choice{
		{value: string(conversations.ByAgent(v.agent.ID)), words: v.T("who.me")},
		{value: conversations.OwnerQueue, words: v.T("owner.queue")},
		{value: conversations.OwnerBot, words: v.T("owner.bot")},
	}
	for _, a := range colleagues(agents, v) {
		out = append(out, choice{value: string(conversations.ByAgent(a.ID)), words: a.Name})
	}
	return out, nil
}

// colleagues are the others who work in the agent's branches, by name.
func colleagues(agents []conversations.Agent, v *view) (out []conversations.Agent) {
	for _, a := range agents {
		works := a.In(conversations.MayWork)
		meet := slices.ContainsFunc(works, v.reads().Allows) || slices.ContainsFunc(v.reads(), works.Allows)
		if a.ID != v.agent.ID && meet {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b conversations.Agent) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// platform names a channel.
func (v *view) platform(name string) string { return v.Tor("platform."+name, name) }

// filterWords is one of the filters that narrow a list, in words.
func (v *view) filterWords(f field) string {
	switch f.name {
	case "branch":
		return v.branch(f.value)
	case "channel":
		return v.platform(f.value)
	case "answer":
		return v.Tor("answer."+f.value, f.value)
	case "owner":
		switch f.value {
		case conversations.OwnerQueue, conversations.OwnerBot:
			return v.T("owner." + f.value)
		}
		return v.colleague(conversations.Author(f.value).Agent())
	}
	return f.value
}

// among says whether a value is among the facets, or none.
func among(all []choice, value string) bool {
	return value == "" || slices.ContainsFunc(all, func(c choice) bool { return c.value == value })
}
