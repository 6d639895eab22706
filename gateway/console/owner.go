package console

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

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
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), cmd)
	c.acted(g, v, err)
}
