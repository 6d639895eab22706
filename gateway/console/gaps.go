package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// gapsDesk is the page of the questions that nothing answered, those that ask
// the same together.
type gapsDesk struct {
	groups []conversations.GapGroup
	all    int
	gone   bool // the question that was asked for waits no longer
}

// openGroups reads the questions that wait, the group of the most people
// first and then the oldest.
func (c *Console) openGroups(g *gin.Context, v *view) ([]conversations.GapGroup, error) {
	gaps, err := c.o.Store.Gaps(g.Request.Context(), v.agent.In(conversations.MayRead))
	if err != nil {
		return nil, fmt.Errorf("reading the open questions: %w", err)
	}
	v.gaps = len(gaps)
	groups := c.o.Knowledge().Group(gaps)
	slices.SortStableFunc(groups, func(a, b conversations.GapGroup) int { return len(b) - len(a) })
	return groups, nil
}

// gapsPage lists the groups; htmx asks for them alone.
func (c *Console) gapsPage(g *gin.Context, v *view) {
	groups, err := c.openGroups(g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = "/knowledge/gaps"
	d := gapsDesk{groups: groups, all: v.gaps, gone: g.Query("gone") != ""}
	if isHTMX(g) {
		c.show(g, http.StatusOK, gapsList(v, d))
		return
	}
	c.show(g, http.StatusOK, gapsView(v, d))
}

// setApart takes a question out of its group, or puts it back.
func (c *Console) setApart(g *gin.Context, v *view) {
	id, apart := g.Param("gap"), g.PostForm("do") == "apart"
	if !apart && g.PostForm("do") != "together" {
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	if err := c.o.Store.SetApart(g.Request.Context(), v.agent.In(conversations.MayWork), id, apart); err != nil {
		c.fail(g, v, fmt.Errorf("grouping a question: %w", err))
		return
	}
	if isHTMX(g) {
		c.gapsPage(g, v)
		return
	}
	c.redirect(g, "/knowledge/gaps")
}

// wordings are the different ways in which a group asks, the oldest first.
func wordings(group conversations.GapGroup) []string {
	var out []string
	for _, g := range group {
		if !slices.Contains(out, g.Text) {
			out = append(out, g.Text)
		}
	}
	return out
}

// shownWordings is how many wordings are seen without unfolding.
const shownWordings = 3

// shownAskers is how many who asked are seen without unfolding.
const shownAskers = 6

// positionsOfGroup are the positions of those who asked.
func positionsOfGroup(group conversations.GapGroup) []string {
	var out []string
	for _, g := range group {
		if g.Position != "" && !slices.Contains(out, g.Position) {
			out = append(out, g.Position)
		}
	}
	return out
}

// arrival is the key of what an answer to a question comes to.
func arrival(g conversations.OpenGap) string {
	switch {
	case g.Account == "":
		return "gaps.nowhere"
	case g.Open:
		return "gaps.now"
	}
	return "gaps.later"
}

func gapURL(id string) string { return "/knowledge/gaps/" + url.PathEscape(id) }
