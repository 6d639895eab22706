package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// mountWork adds the queues of what waits for HR.
func (c *Console) mountWork(r gin.IRouter) {
	read := func(h func(*Console, *gin.Context, *view)) gin.HandlerFunc {
		return c.may(conversations.MayWork, func(c *Console, g *gin.Context, v *view) {
			v.from = g.Query("from")
			h(c, g, v)
		})
	}
	r.GET(workPath, read((*Console).work))
	r.GET(workPath+"/count", read((*Console).workCount))
	r.GET(workPath+"/tabs", read((*Console).workTabs))
	r.GET(requestsPath, read((*Console).requests))
	r.POST(requestsPath, read((*Console).decideQueued))
	r.POST(requestsPath+"/many", read((*Console).decideMany))
	r.GET(reviewPath, read((*Console).reviewDesk))
	r.POST(reviewPath, read((*Console).reviewQueued))
	r.POST(reviewPath+"/words", read((*Console).refusalWords))
	r.GET(callsPath, read((*Console).calls))
	r.POST(callsPath, read((*Console).calledQueued))
	r.POST(callsPath+"/number", read((*Console).callNumber))
	r.GET(failedPath, read((*Console).failures))
	r.POST(failedPath, read((*Console).handleFailure))
	r.GET(troublePath, read((*Console).trouble))
}

// The queues.
const (
	workPath     = "/inbox/work"
	requestsPath = workPath + "/requests"
	reviewPath   = workPath + "/documents"
	callsPath    = workPath + "/calls"
	failedPath   = workPath + "/failed"
	troublePath  = workPath + "/alarms"
)

// queuePage is how many conversations a queue shows at once, from its beginning
// or from a place further down. More come up as they are worked off.
const queuePage = 30

// queueURL is the address of a queue at the place where the agent is in it.
func (v *view) queueURL(path string) string { return pageOf(path, v.from) }

// pageOf is the address of a queue's page that begins at from.
func pageOf(path, from string) string {
	if from == "" {
		return path
	}
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return path + mark + "from=" + url.QueryEscape(from)
}

// queue is one of the tabs of work.
type queue struct {
	id, icon, path string
	of             conversations.Work // "" where the work is not of conversations
}

func queues() []queue {
	return []queue{
		{"requests", "calendar-days", requestsPath, conversations.WorkRequests},
		{"documents", "file-text", reviewPath, conversations.WorkDocuments},
		{"calls", "phone", callsPath, conversations.WorkCalls},
		{"questions", "circle-question-mark", "/knowledge/gaps", ""},
		{"failed", "triangle-alert", failedPath, conversations.WorkFailed},
		{"alarms", "waypoints", troublePath, ""},
	}
}

// waiting is how much waits in a queue.
func (v *view) waiting(q queue) int {
	switch q.id {
	case "questions":
		return v.gaps
	case "alarms":
		return len(v.alarms)
	}
	return v.workCounts()[q.of]
}

// workCounts is how much waits for the agent; they are asked for once.
func (v *view) workCounts() conversations.WorkCounts {
	if v.work == nil {
		return nil
	}
	return v.work()
}

// countWork asks how much waits. Pages do without rather than fail.
func (c *Console) countWork(g *gin.Context, v *view) conversations.WorkCounts {
	if !v.works() {
		return nil
	}
	counts, err := c.o.Store.CountWork(g.Request.Context(), v.agent.In(conversations.MayWork))
	if err != nil {
		c.log(g, err)
	}
	return counts
}

// work leads to the first queue in which anything waits.
func (c *Console) work(g *gin.Context, v *view) {
	for _, q := range queues() {
		if q.of != "" && v.waiting(q) > 0 {
			c.redirect(g, q.path)
			return
		}
	}
	c.redirect(g, requestsPath)
}

// workCount is the number on the rail, for a page that is open.
func (c *Console) workCount(g *gin.Context, v *view) { c.show(g, http.StatusOK, workBadge(v)) }

// workTabs are the tabs alone, for a page that is open.
func (c *Console) workTabs(g *gin.Context, v *view) {
	at := slices.IndexFunc(queues(), func(q queue) bool { return q.id == g.Query("at") })
	if at < 0 {
		c.problem(g, v, http.StatusNotFound, "problem.not_found")
		return
	}
	c.noteRail(g, v)
	c.noteAlarms(g, v)
	c.show(g, http.StatusOK, workTabs(v, queues()[at].id))
}

// shown is how many wait on this page of a queue, and whether there are more.
func (v *view) shown(n int) string {
	if v.further != "" {
		return count(n) + "+"
	}
	return count(n)
}

// readQueue reads the conversations with work of a kind, with the names of
// agents. Otherwise the request is answered.
func (c *Console) readQueue(g *gin.Context, v *view, of conversations.Work) (conversations.WorkPage, bool) {
	page, err := c.o.Store.Work(g.Request.Context(), conversations.WorkQuery{Scope: v.agent.In(conversations.MayWork), Work: of, Cursor: v.from, Limit: queuePage})
	if err == nil {
		err = c.names(g.Request.Context(), v)
	}
	if err != nil {
		c.fail(g, v, err)
		return page, false
	}
	v.further = page.Next
	c.noteRail(g, v)
	c.noteAlarms(g, v)
	return page, true
}

// worked answers a form of a queue: with what waits now, and with plain words
// if the command was refused.
func (c *Console) worked(g *gin.Context, v *view, err error, done, path string, again func(status int)) {
	status := http.StatusOK
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		var words string
		if status, words = v.outcome(err); status == http.StatusInternalServerError {
			c.log(g, err)
		}
		done = words
	}
	if errors.Is(err, conversations.ErrNotFound) {
		c.fail(g, v, err)
		return
	}
	switch {
	case isHTMX(g):
		if done != "" {
			notice(g, done, status != http.StatusOK)
		}
		again(status)
	case status != http.StatusOK:
		v.said = done
		again(status)
	default:
		c.redirect(g, v.queueURL(path))
	}
}

// standingDate is the day that holds: the agreed one, or else the offered one.
func standingDate(app *conversations.Application) conversations.Date {
	if app.StartDate.IsZero() {
		return app.Offer.StartDate
	}
	return app.StartDate
}
