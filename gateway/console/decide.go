package console

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// decide is HR's answer to the schedule request that the form shows. If it
// was decided meanwhile, or another one took its place, nothing happens and
// the page says so.
func (c *Console) decide(g *gin.Context, v *view) {
	cmd := conversations.Decide{
		Agent: v.agent.ID, Request: g.PostForm("request"), Verdict: conversations.Verdict(g.PostForm("verdict")),
		Overbook: g.PostForm("overbook") != "",
		Note:     strings.TrimSpace(g.PostForm("note")),
	}
	if cmd.Verdict == conversations.Counter {
		d, err := conversations.ParseDate(g.PostForm("date"))
		if err != nil || d.Before(conversations.DateOf(v.now)) {
			c.refuse(g, v, http.StatusUnprocessableEntity, v.T("decide.bad_date"), "", "")
			return
		}
		cmd.Counter = d
	}
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), cmd)
	c.acted(g, v, err)
}
