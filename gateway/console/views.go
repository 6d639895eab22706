package console

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// tabs are the views that most people go to most often; the others are in a
// menu beside them.
func tabs() []conversations.InboxView {
	return []conversations.InboxView{conversations.ViewAll, conversations.ViewMine, conversations.ViewWaiting, conversations.ViewUnassigned}
}

// inMenu says whether the list's view is in the menu.
func (l list) inMenu() bool { return !slices.Contains(tabs(), l.view) }

// viewName is a view in words.
func (v *view) viewName(w conversations.InboxView) string { return v.T("view." + viewID(w)) }

// empty says why there are no rows.
func (v *view) empty(l list) string {
	switch {
	case l.search != "":
		return v.T("list.not_found")
	case l.narrowed():
		return v.T("list.none_such")
	}
	return v.T("view.empty_" + viewID(l.view))
}

// hot says whether those in a view should not wait long.
func hot(w conversations.InboxView) bool {
	switch w {
	case conversations.ViewWaiting, conversations.ViewExpiring, conversations.ViewOverdue, conversations.ViewFailed:
		return true
	}
	return false
}

// key is the key that leads to a view, "" if none does.
func key(i int) string {
	if i < 9 {
		return string(rune('1' + i))
	}
	return ""
}

// The most views an agent may save, and the longest name of one, in characters.
const (
	mostViews   = 20
	longestView = 30
)

// savedAs is the saved view of the place that the list is at, or nil.
func (l list) savedAs() *conversations.SavedView {
	for i := range l.saved {
		if spotOfQuery(l.saved[i].Query) == l.spot {
			return &l.saved[i]
		}
	}
	return nil
}

// savable says whether the place can be saved under a name.
func (l list) savable() bool { return l.narrowed() && l.savedAs() == nil && len(l.saved) < mostViews }

// viewCounts are how many conversations are behind each of the agent's saved
// views. A page asks when somebody opens their menu, and not with every list:
// what is rare costs the store a whole index to count.
func (c *Console) viewCounts(g *gin.Context, v *view) {
	ctx := g.Request.Context()
	saved, err := c.o.Store.SavedViews(ctx, v.agent.ID)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	all := make([]conversations.InboxQuery, len(saved))
	for i, s := range saved {
		all[i] = spotOfQuery(s.Query).query(v)
	}
	counts, err := c.o.Store.CountEach(ctx, all)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.show(g, http.StatusOK, savedCounts(saved, counts))
}

// nameOfView reads a saved view's name, "" if it cannot be one.
func nameOfView(g *gin.Context) string {
	name := strings.Join(strings.Fields(g.PostForm("name")), " ")
	if utf8.RuneCountInString(name) > longestView {
		return ""
	}
	return name
}

// saveView keeps the place that the form names under a name of the agent's.
func (c *Console) saveView(g *gin.Context, v *view) {
	ctx, p, name := g.Request.Context(), spotOf(g), nameOfView(g)
	saved, err := c.o.Store.SavedViews(ctx, v.agent.ID)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	if name == "" || !p.narrowed() || len(saved) >= mostViews {
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	c.viewChanged(g, v, p, c.o.Store.PutSavedView(ctx, conversations.SavedView{ID: c.o.NewID(), Agent: v.agent.ID, Name: name, Query: p.query(v)}))
}

// changeView renames or forgets a saved view of the agent's.
func (c *Console) changeView(g *gin.Context, v *view) {
	ctx := g.Request.Context()
	saved, err := c.o.Store.SavedViews(ctx, v.agent.ID)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	i := slices.IndexFunc(saved, func(s conversations.SavedView) bool { return s.ID == g.Param("view") })
	name := nameOfView(g)
	switch {
	case i < 0:
		c.fail(g, v, conversations.ErrNotFound)
	case g.PostForm("do") == "drop":
		c.viewChanged(g, v, spotOf(g), c.o.Store.DropSavedView(ctx, v.agent.ID, saved[i].ID))
	case name == "":
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
	default:
		saved[i].Name = name
		c.viewChanged(g, v, spotOf(g), c.o.Store.PutSavedView(ctx, saved[i]))
	}
}

// viewChanged shows the list at a place with the agent's views as they are now.
func (c *Console) viewChanged(g *gin.Context, v *view, p spot, err error) {
	switch {
	case err != nil:
		c.fail(g, v, err)
	case isHTMX(g):
		c.inboxList(g, v)
	default:
		c.redirect(g, p.href())
	}
}
