package console

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/audit"
)

// calls lists whom HR is to telephone; htmx asks for the list alone.
func (c *Console) calls(g *gin.Context, v *view) { c.showCalls(g, v, http.StatusOK) }

func (c *Console) showCalls(g *gin.Context, v *view, status int) {
	page, ok := c.readQueue(g, v, conversations.WorkCalls)
	if !ok {
		return
	}
	v.back = v.queueURL(callsPath)
	if isHTMX(g) {
		c.show(g, status, callList(v, page.Conversations))
		return
	}
	c.show(g, status, callsPage(v, page.Conversations))
}

// calledQueued notes what came of a call.
func (c *Console) calledQueued(g *gin.Context, v *view) {
	cmd := conversations.Called{
		Agent: v.agent.ID, Outcome: conversations.CallOutcome(g.PostForm("outcome")), Note: strings.TrimSpace(g.PostForm("note")),
	}
	var err error
	if g.PostForm("outcome") == "again" {
		cmd.Outcome = conversations.CallNoAnswer
		if cmd.Again, err = v.formTime(g.PostForm("again")); err == nil && cmd.Again.IsZero() {
			err = &conversations.InvalidError{Fields: []conversations.FieldError{{Path: "again", Problem: v.T("reply.bad_time")}}}
		}
	}
	if err == nil {
		_, err = c.apply(g.Request.Context(), v, g.PostForm("conversation"), cmd)
	}
	c.worked(g, v, err, v.T("calls.noted"), callsPath, func(status int) { c.showCalls(g, v, status) })
}

// callNumber shows a number in full, and leaves a line in the log.
func (c *Console) callNumber(g *gin.Context, v *view) {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), g.PostForm("conversation"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.made(audit.Conversation(conv.ID))
	v.concerns(conv.Branch)
	if isHTMX(g) {
		c.show(g, http.StatusOK, numberShown(conv))
		return
	}
	v.revealed = conv.ID
	c.showCalls(g, v, http.StatusOK)
}

// later says that a call is to be made later than now.
func (v *view) later(call *conversations.CallDue) bool { return call.Next.After(v.now) }

// script is what to say on the telephone, line by line.
func (v *view) script(c *conversations.Conversation) []string {
	lines := []string{v.T("calls.say_hello", "name", v.person(c.Candidate.Name), "bank", v.bank)}
	app := c.Application()
	if app == nil {
		return lines
	}
	lines = append(lines, v.T("calls.say_who"), v.T("calls.say_news", "position", app.Position.Title, "date", v.day(standingDate(app))))
	if !app.Offer.ReplyBy.IsZero() {
		lines = append(lines, v.T("calls.say_by", "time", v.dayAndClock(app.Offer.ReplyBy)))
	}
	return append(lines, v.T("calls.say_how"))
}
