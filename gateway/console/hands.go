package console

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// mountHands adds who has a conversation, and what HR does with it besides
// talking.
func (c *Console) mountHands(r gin.IRouter) {
	r.POST("/inbox/:id/here", c.may(conversations.MayWork, (*Console).here))
	r.POST("/inbox/:id/owner", c.may(conversations.MayWork, (*Console).owner))
	r.POST("/inbox/:id/assign", c.may(conversations.MayLead, (*Console).assign))
	r.POST("/inbox/:id/snooze", c.may(conversations.MayWork, (*Console).snooze))
	r.POST("/inbox/:id/close", c.may(conversations.MayWork, (*Console).closeThread))
	r.POST("/inbox/:id/template", c.may(conversations.MayWork, (*Console).sendTemplate))
	r.POST("/inbox/:id/remind", c.may(conversations.MayWork, (*Console).remind))
}

// errBlind is what a form ends with that does not say in whose hands its page
// showed the conversation: whoever sent it cannot know whom they interrupt.
var errBlind = errors.New("the form does not say in whose hands the conversation was shown")

// act runs one command of a form on the conversation that the request names, if
// it is still in the hands that the form's page showed.
func (c *Console) act(g *gin.Context, v *view, cmd conversations.Command) error {
	epoch, err := strconv.ParseInt(g.PostForm("epoch"), 10, 64)
	if err != nil {
		return errBlind
	}
	to := conversations.Target{Conversation: g.Param("id"), Scope: v.agent.Over(cmd), Condition: conversations.Condition{Epoch: &epoch}}
	_, err = c.o.Store.Apply(g.Request.Context(), to, cmd)
	return err
}

// formKey is the form's own key, which makes a second submission nothing.
func formKey(g *gin.Context) string {
	if key := g.PostForm("key"); key != "" {
		return key
	}
	return rand.Text()
}

// owner takes a conversation over, or hands it back to the bot.
func (c *Console) owner(g *gin.Context, v *view) {
	var cmd conversations.Command
	switch g.PostForm("do") {
	case "take":
		cmd = conversations.Assign{Agent: v.agent.ID}
	case "release":
		cmd = conversations.Release{Agent: v.agent.ID}
	default:
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	c.acted(g, v, c.act(g, v, cmd))
}

// leads says whether who looks may give conversations of a branch to others.
func (v *view) leads(branch string) bool { return v.agent.In(conversations.MayLead).Allows(branch) }

// able says whether an agent may have conversations of a branch.
func able(a conversations.Agent, branch string) bool {
	return a.In(conversations.MayWork).Allows(branch)
}

// assign gives a conversation to a colleague who may have it.
func (c *Console) assign(g *gin.Context, v *view) {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayLead), g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	agents, err := c.o.Store.Agents(g.Request.Context())
	if err != nil {
		c.fail(g, v, err)
		return
	}
	to := g.PostForm("agent")
	known := slices.ContainsFunc(agents, func(a conversations.Agent) bool { return a.ID == to && able(a, conv.Branch) })
	if !known {
		c.refuse(g, v, http.StatusUnprocessableEntity, v.T("hands.cannot_assign"), "", "")
		return
	}
	c.acted(g, v, c.act(g, v, conversations.Assign{Agent: to, By: v.agent.ID}))
}

// rest is one of the times that a conversation can be snoozed until.
type rest struct {
	label string // key
	until time.Time
}

// When snoozed conversations come back, as hours of the day.
const (
	morning   = 9
	afternoon = 14
)

// rests are the times that are offered now: in an hour, this afternoon,
// tomorrow morning and on the next day on which people answer.
func (v *view) rests(office conversations.OfficeHours) []rest {
	out := []rest{{"hands.rest_hour", v.now.Add(time.Hour)}}
	at := func(days, hour int) time.Time {
		return time.Date(v.now.Year(), v.now.Month(), v.now.Day()+days, hour, 0, 0, 0, v.now.Location())
	}
	if v.now.Before(at(0, afternoon)) {
		out = append(out, rest{"hands.rest_afternoon", at(0, afternoon)})
	}
	tomorrow := at(1, morning)
	out = append(out, rest{"hands.rest_tomorrow", tomorrow})
	if day := office.Next(at(1, 0)); !day.IsZero() && conversations.DateOf(day) != conversations.DateOf(tomorrow) {
		workday := time.Date(day.Year(), day.Month(), day.Day(), morning, 0, 0, 0, day.Location())
		out = append(out, rest{"hands.rest_workday", workday})
	}
	return out
}

// snooze has a conversation rest until a time, or wakes it.
func (c *Console) snooze(g *gin.Context, v *view) {
	until := g.PostForm("until")
	if until == "at" {
		until = g.PostForm("at")
	}
	var at time.Time
	if until != "wake" {
		var err error
		if at, err = v.formTime(until); err != nil || at.IsZero() {
			c.refuse(g, v, http.StatusUnprocessableEntity, v.T("hands.bad_rest"), "", "")
			return
		}
	}
	c.acted(g, v, c.act(g, v, conversations.Snooze{Agent: v.agent.ID, Until: at}))
}

// closeThread closes a conversation, or opens it again.
func (c *Console) closeThread(g *gin.Context, v *view) {
	var cmd conversations.Command = conversations.Close{Agent: v.agent.ID}
	if g.PostForm("do") == "reopen" {
		cmd = conversations.Reopen{Agent: v.agent.ID}
	}
	c.acted(g, v, c.act(g, v, cmd))
}

// sendTemplate sends one of the templates that may be sent now.
func (c *Console) sendTemplate(g *gin.Context, v *view) {
	c.acted(g, v, c.act(g, v, conversations.SendTemplate{Agent: v.agent.ID, Purpose: g.PostForm("purpose"), Key: formKey(g)}))
}

// remind has the bot remind the candidate of what the bank waits for.
func (c *Console) remind(g *gin.Context, v *view) {
	err := c.act(g, v, conversations.Remind{Agent: v.agent.ID, Key: formKey(g)})
	if invalid(err) {
		c.refuse(g, v, http.StatusUnprocessableEntity, v.T("hands.cannot_remind"), "", "")
		return
	}
	c.acted(g, v, err)
}
