package console

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

const (
	looksFor = 45 * time.Second // after a page last said that it is open
	typesFor = 7 * time.Second  // after somebody last pressed a key

	// How soon other nodes are told again what they know already, so that they
	// do not take somebody for gone: pages say it every 20 and every 3 seconds.
	looksTold = 15 * time.Second
	typesTold = 2 * time.Second
)

// Glimpse is what a page says of itself: that an agent has a conversation open
// in it from now on, and whether they write there; or that they left.
type Glimpse struct {
	Conversation string `json:"conversation"`
	Agent        string `json:"agent"`
	Page         string `json:"page,omitempty"` // tells it from others of the agent's; "" if it does not say
	Typing       bool   `json:"typing,omitempty"`
	Left         bool   `json:"left,omitempty"`
}

// Present is an agent who has a conversation open.
type Present struct {
	Agent  string
	Typing bool
}

// presence keeps in memory who has which conversation open, and who writes in
// it. What it loses pages say again within seconds.
type presence struct {
	mu    sync.Mutex
	open  map[string]map[tab]seat // by conversation
	swept time.Time
}

// tab is an agent at one of their pages.
type tab struct{ agent, page string }

// seat is until when an agent counts as looking and as writing there, and when
// other nodes were last told so.
type seat struct{ looks, types, told time.Time }

func newPresence() *presence { return &presence{open: map[string]map[tab]seat{}} }

// note keeps what a page says. news says whether colleagues see that
// differently now, and due whether other nodes should hear it.
func (p *presence) note(s Glimpse, now time.Time) (news, due bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep(now)
	was := p.at(s.Conversation, now)
	if s.Left {
		due = p.leave(s)
	} else {
		due = p.sit(s, now)
	}
	news = !slices.Equal(was, p.at(s.Conversation, now))
	return news, news || due
}

// sit says whether it is time to tell other nodes again. A page that says its
// name takes the seat of the one that did not yet.
func (p *presence) sit(s Glimpse, now time.Time) (due bool) {
	there := p.open[s.Conversation]
	if there == nil {
		there = map[tab]seat{}
		p.open[s.Conversation] = there
	}
	if s.Page != "" {
		delete(there, tab{s.Agent, ""})
	}
	at := tab{s.Agent, s.Page}
	is := seat{looks: now.Add(looksFor), told: there[at].told}
	again := looksTold
	if s.Typing {
		is.types, again = now.Add(typesFor), typesTold
	}
	if due = now.Sub(is.told) >= again; due {
		is.told = now
	}
	there[at] = is
	return due
}

// leave says whether the page was there: other nodes have its seat as well,
// whether or not another page of the agent's is.
func (p *presence) leave(s Glimpse) (was bool) {
	there, at := p.open[s.Conversation], tab{s.Agent, s.Page}
	_, was = there[at]
	delete(there, at)
	if len(there) == 0 {
		delete(p.open, s.Conversation)
	}
	return was
}

// sweep drops who is gone, now and then.
func (p *presence) sweep(now time.Time) {
	if now.Sub(p.swept) < time.Second {
		return
	}
	p.swept = now
	for id, there := range p.open {
		maps.DeleteFunc(there, func(_ tab, s seat) bool { return !s.looks.After(now) })
		if len(there) == 0 {
			delete(p.open, id)
		}
	}
}

// present are the agents who have the conversation open at now, by id.
func (p *presence) present(conversation string, now time.Time) []Present {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at(conversation, now)
}

func (p *presence) at(conversation string, now time.Time) []Present {
	typing := map[string]bool{}
	for at, s := range p.open[conversation] {
		if s.looks.After(now) {
			typing[at.agent] = typing[at.agent] || s.types.After(now)
		}
	}
	out := make([]Present, 0, len(typing))
	for _, agent := range slices.Sorted(maps.Keys(typing)) {
		out = append(out, Present{agent, typing[agent]})
	}
	return out
}

// thereTopic is what pages are told of when somebody comes to a conversation,
// or begins or ends to write in it.
func thereTopic(conversation string) string { return "there." + conversation }

// noteHere notes that the agent looks at a conversation, and tells colleagues.
func (c *Console) noteHere(g *gin.Context, v *view, conversation string, typing bool) {
	if v.works() { // who cannot answer is nobody to wait for
		c.glimpsed(Glimpse{Conversation: conversation, Agent: v.agent.ID, Page: pageName(g.GetHeader(pageHeader)), Typing: typing}, v.now)
	}
}

// noteGone notes that a page's stream ended, and with it the page: it was
// closed, turned to another conversation, or lost its line.
func (c *Console) noteGone(agent, conversation, page string) {
	if conversation != "" && page != "" {
		c.glimpsed(Glimpse{Conversation: conversation, Agent: agent, Page: page, Left: true}, c.o.Now())
	}
}

// glimpsed keeps what a page of this node says, and passes it on.
func (c *Console) glimpsed(s Glimpse, now time.Time) {
	news, due := c.presence.note(s, now)
	if news {
		c.board.there(s.Conversation)
	}
	if due {
		c.nodes.tell(s)
	}
}

// heard keeps what pages of another node say. A page that lost its line there
// and came here has not left, which that node learns from this one.
func (c *Console) heard(all []Glimpse) {
	for _, s := range all {
		if s.Left && c.board.isOpen(watcherName(s.Agent, s.Page), s.Conversation) {
			s.Left = false
			c.nodes.tell(s)
			continue
		}
		if news, _ := c.presence.note(s, c.o.Now()); news {
			c.board.there(s.Conversation)
		}
	}
}

// pageHeader carries by what name a page is told from others of its agent.
const pageHeader = "Jiebao-Page"

// pageName is the name that a page gives itself, if it is one.
func pageName(s string) string {
	if len(s) > 32 {
		return ""
	}
	return s
}

// colleaguesAt are the others who have a conversation open.
func (c *Console) colleaguesAt(v *view, conversation string) []Present {
	return slices.DeleteFunc(c.presence.present(conversation, v.now), func(p Present) bool { return p.Agent == v.agent.ID })
}

// here notes that the agent has the conversation open, and answers who else
// has.
func (c *Console) here(g *gin.Context, v *view) {
	ctx := g.Request.Context()
	conv, err := c.o.Store.Thread(ctx, v.agent.In(conversations.MayWork), g.Param("id"))
	if err == nil {
		err = c.names(ctx, v)
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.noteHere(g, v, conv.ID, g.PostForm("typing") == "yes")
	c.showTyping(v, conv, g.PostForm("typing") == "yes")
	t := thread{c: conv, present: c.colleaguesAt(v, conv.ID)}
	c.show(g, http.StatusOK, othersLine(v, t))
}

// showTyping shows the candidate whether the person who owns the conversation
// writes to them, while words may be sent at all.
func (c *Console) showTyping(v *view, conv conversations.Conversation, typing bool) {
	mine := conv.Owner.Kind == conversations.OwnedByAgent && conv.Owner.Agent == v.agent.ID
	if r := v.road(conv); c.o.Typing != nil && mine && !conv.OptedOut() && r != nil && v.window(conv).open {
		c.o.Typing(conv.ID, *r, typing)
	}
}

// typists are the names of those who write.
func (v *view) typists(all []Present, typing bool) string {
	var names []string
	for _, p := range all {
		if p.Typing == typing {
			names = append(names, v.colleague(p.Agent))
		}
	}
	return strings.Join(names, v.T("presence.and"))
}
