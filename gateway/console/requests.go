package console

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// asking is one candidate about whom something is to be decided.
type asking struct {
	thread
	request *conversations.ScheduleRequest // nil where something else is to be decided
	judged  conversations.Judgement
	nearest []conversations.Date // that would suit, the first is proposed
}

// requests lists what is to be decided; htmx asks for the list alone.
func (c *Console) requests(g *gin.Context, v *view) { c.showRequests(g, v, http.StatusOK) }

func (c *Console) showRequests(g *gin.Context, v *view, status int) {
	page, ok := c.readQueue(g, v, conversations.WorkRequests)
	if !ok {
		return
	}
	var all []asking
	for _, conv := range page.Conversations {
		a, err := c.asking(g.Request.Context(), conv)
		if err != nil {
			c.fail(g, v, err)
			return
		}
		all = append(all, a)
	}
	v.back = v.queueURL(requestsPath)
	if isHTMX(g) {
		c.show(g, status, requestList(v, all))
		return
	}
	c.show(g, status, requestsPage(v, all))
}

// asking judges the date that a candidate asks for.
func (c *Console) asking(ctx context.Context, conv conversations.Conversation) (asking, error) {
	a := asking{thread: thread{c: conv}}
	if a.request = a.pending(); a.request == nil {
		return a, nil
	}
	if err := c.readDates(ctx, &a.thread); err != nil {
		return a, fmt.Errorf("judging a date: %w", err)
	}
	a.judged, a.nearest = a.dates.Judge(a.request.Date), a.suggested(a.request.Date)
	return a, nil
}

// decision reads a form's verdict on one request.
func (v *view) decision(g *gin.Context, request string) (conversations.Decide, error) {
	cmd := conversations.Decide{
		Agent: v.agent.ID, Request: request, Verdict: conversations.Verdict(g.PostForm("verdict")),
		Overbook: g.PostForm("overbook") != "", Note: strings.TrimSpace(g.PostForm("note")),
	}
	if cmd.Verdict != conversations.Counter {
		return cmd, nil
	}
	d, err := conversations.ParseDate(g.PostForm("date"))
	if err != nil || d.Before(conversations.DateOf(v.now)) {
		return cmd, &conversations.InvalidError{Fields: []conversations.FieldError{{Path: "date", Problem: v.T("decide.bad_date")}}}
	}
	cmd.Counter = d
	return cmd, nil
}

// decideQueued is HR's answer to one request of the queue.
func (c *Console) decideQueued(g *gin.Context, v *view) {
	cmd, err := v.decision(g, g.PostForm("request"))
	if err == nil {
		_, err = c.apply(g.Request.Context(), v, g.PostForm("conversation"), cmd)
	}
	c.worked(g, v, err, "", requestsPath, func(status int) { c.showRequests(g, v, status) })
}
