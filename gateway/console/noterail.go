package console

import "github.com/gin-gonic/gin"

// noteRail learns what the rail says of a page.
func (c *Console) noteRail(g *gin.Context, v *view) { c.noteGaps(g, v) }
