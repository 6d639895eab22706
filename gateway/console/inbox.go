package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

const (
	listPage = 40   // rows of one page
	listMost = 1000 // rows that a live list refreshes at once
)

// list is the left pane.
type list struct {
	filter  conversations.InboxFilter
	search  string
	page    conversations.InboxPage
	current string // the conversation that is open
}

// tab is one filter above the list.
type tab struct {
	filter conversations.InboxFilter
	label  string // key
	count  int
}

func (l list) tabs() []tab {
	n := l.page.Counts
	return []tab{
		{conversations.InboxAll, "filter.all", n.All},
		{conversations.InboxWaiting, "filter.waiting", n.Waiting},
		{conversations.InboxMine, "filter.mine", n.Mine},
		{conversations.InboxUnread, "filter.unread", n.Unread},
		{conversations.InboxRequest, "filter.requests", n.Requests},
		{conversations.InboxCalls, "filter.calls", n.Calls},
	}
}

func (l list) href(f conversations.InboxFilter) string {
	if f == conversations.InboxAll {
		return "/inbox"
	}
	return "/inbox?filter=" + string(f)
}

// link is the address of a conversation, with the filter kept.
func (l list) link(id string) string {
	if l.filter == conversations.InboxAll {
		return "/inbox/" + id
	}
	return "/inbox/" + id + "?filter=" + string(l.filter)
}

// filterOf reads the filter from the address or the form; anything else is
// all.
func filterOf(g *gin.Context) conversations.InboxFilter {
	f := conversations.InboxFilter(g.Query("filter"))
	if posted, ok := g.GetPostForm("filter"); ok {
		f = conversations.InboxFilter(posted)
	}
	known := []conversations.InboxFilter{
		conversations.InboxWaiting, conversations.InboxMine, conversations.InboxUnread, conversations.InboxRequest, conversations.InboxCalls,
	}
	if slices.Contains(known, f) {
		return f
	}
	return conversations.InboxAll
}

// readList asks for the rows that the request names. Words searched for come
// in a form's body, never in an address.
func (c *Console) readList(ctx context.Context, g *gin.Context, v *view) (list, error) {
	l := list{filter: filterOf(g), search: g.PostForm("q")}
	limit, _ := strconv.Atoi(g.PostForm("limit"))
	if limit < listPage {
		limit = listPage
	}
	page, err := c.o.Store.Inbox(ctx, conversations.InboxQuery{
		Scope: v.agent.Scope, Agent: v.agent.ID, Filter: l.filter, Search: l.search,
		Cursor: g.PostForm("cursor"), Limit: min(limit, listMost),
	})
	if err != nil {
		return l, fmt.Errorf("reading the inbox: %w", err)
	}
	l.page = page
	return l, c.names(ctx, v)
}

// inbox is the page without an open conversation.
func (c *Console) inbox(g *gin.Context, v *view) {
	l, err := c.readList(g.Request.Context(), g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	if g.Request.Method == http.MethodPost {
		v.back = l.href(l.filter)
	}
	c.noteGaps(g, v)
	c.noteAlarms(g, v)
	c.show(g, http.StatusOK, inboxPage(v, l, nil))
}

// inboxList is the list alone: searched, filtered, refreshed or continued.
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
	c.show(g, http.StatusOK, inboxRowsAndTabs(v, l))
}
