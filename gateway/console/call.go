package console

import (
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// called notes what came of telephoning a candidate on the call list.
func (c *Console) called(g *gin.Context, v *view) {
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), conversations.Called{
		Agent: v.agent.ID, Outcome: conversations.CallOutcome(g.PostForm("outcome")), Note: strings.TrimSpace(g.PostForm("note")),
	})
	c.acted(g, v, err)
}
