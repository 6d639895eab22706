package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// mountInbox adds the list of conversations.
func (c *Console) mountInbox(r gin.IRouter) {
	r.GET("/inbox", c.signedIn((*Console).start))
	r.POST("/inbox", c.may(conversations.MayRead, (*Console).inbox))
	r.POST("/inbox/list", c.may(conversations.MayRead, (*Console).inboxList))
	r.GET("/inbox/filters", c.may(conversations.MayRead, (*Console).filters))
	r.GET("/inbox/views/counts", c.may(conversations.MayRead, (*Console).viewCounts))
	r.POST("/inbox/views", c.may(conversations.MayRead, (*Console).saveView))
	r.POST("/inbox/views/:view", c.may(conversations.MayRead, (*Console).changeView))
	r.GET("/inbox/events", c.may(conversations.MayRead, (*Console).events))
}

const (
	listPage = 40  // rows of one page
	listMost = 400 // rows that a live list refreshes at once; those behind them stay as they are
)

// list is the left pane.
type list struct {
	spot
	search  string
	group   string // of the rows before, where this page continues them
	page    conversations.InboxPage
	gone    []string // of the rows that the page shows, those that the agent may see no more
	saved   []conversations.SavedView
	current string // the conversation that is open
}

func midnight(y int, m time.Month, d int, zone *time.Location) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// link is the address of a conversation, with the place kept, and of the
// message that was found in it.
func (l list) link(r conversations.InboxRow) string {
	to := "/inbox/" + r.ID + l.suffix()
	if r.Hit == nil {
		return to
	}
	join := "?"
	if strings.Contains(to, "?") {
		join = "&"
	}
	n := strconv.FormatInt(r.Hit.Message, 10)
	return to + join + "at=" + n + "#m-" + n
}

// readList asks for the rows that the request names. Words searched for come
// in a form's body, never in an address.
func (c *Console) readList(ctx context.Context, g *gin.Context, v *view) (list, error) {
	l := list{spot: spotOf(g), search: strings.TrimSpace(g.PostForm("q")), group: g.PostForm("group")}
	limit, _ := strconv.Atoi(g.PostForm("limit"))
	q := l.query(v)
	q.Search, q.Cursor, q.Limit = l.search, g.PostForm("cursor"), min(max(limit, listPage), listMost)
	err := c.fill(ctx, v, &l, q)
	if err == nil {
		err = c.noteRowsGone(ctx, v, &l, strings.Fields(g.PostForm("shown")))
	}
	return l, err
}

// noteRowsGone finds out which of the rows that a page shows are of candidates who
// left the agent's branches: a page whose rows hold still keeps those that are not
// listed any more for another reason.
func (c *Console) noteRowsGone(ctx context.Context, v *view, l *list, shown []string) error {
	there := make(map[string]bool, len(l.page.Rows))
	for _, r := range l.page.Rows {
		there[r.ID] = true
	}
	l.gone = slices.DeleteFunc(shown, func(id string) bool { return there[id] })
	if len(l.gone) == 0 {
		return nil
	}
	found, err := c.o.Store.Conversations(ctx, v.reads(), l.gone)
	for _, conv := range found {
		there[conv.ID] = true
	}
	l.gone = slices.DeleteFunc(l.gone, func(id string) bool { return there[id] })
	return err
}

// fill reads the rows, and what stands above them.
func (c *Console) fill(ctx context.Context, v *view, l *list, q conversations.InboxQuery) (err error) {
	if l.page, err = c.o.Store.Inbox(ctx, q); err != nil {
		return fmt.Errorf("reading the inbox: %w", err)
	}
	if q.Cursor == "" {
		if l.saved, err = c.o.Store.SavedViews(ctx, v.agent.ID); err != nil {
			return err
		}
	}
	return c.names(ctx, v)
}

// readListBeside is the list next to a thread, from its beginning.
func (c *Console) readListBeside(ctx context.Context, g *gin.Context, v *view) (list, error) {
	l := list{spot: spotOf(g)}
	q := l.query(v)
	q.Limit = listPage
	err := c.fill(ctx, v, &l, q)
	return l, err
}

// inbox is the page without an open conversation, in the view that was open
// last unless the address names one.
func (c *Console) inbox(g *gin.Context, v *view) {
	if g.Request.Method == http.MethodGet {
		if g.Query("view") != "" {
			c.remember(g, viewOf(g.Query("view")))
		} else if l := last(g); l != conversations.ViewAll {
			c.redirect(g, spotOf(g).in(l).href())
			return
		}
	}
	l, err := c.readList(g.Request.Context(), g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	if g.Request.Method == http.MethodPost {
		v.back = l.href()
	}
	c.noteGaps(g, v)
	c.noteAlarms(g, v)
	c.show(g, http.StatusOK, inboxPage(v, l, nil))
}

// inboxList is the list alone: searched, filtered, refreshed or continued. With
// "go" the agent went to the place, which is kept in the page's address.
func (c *Console) inboxList(g *gin.Context, v *view) {
	l, err := c.readList(g.Request.Context(), g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	if g.PostForm("cursor") != "" {
		c.show(g, http.StatusOK, inboxRows(v, l))
		return
	}
	if g.PostForm("go") != "" {
		c.remember(g, l.view)
		g.Header("HX-Replace-Url", l.here(g))
	}
	c.show(g, http.StatusOK, inboxRowsAndViews(v, l))
}
