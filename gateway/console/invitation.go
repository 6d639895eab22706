package console

import (
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"
	"rsc.io/qr"

	"jiebao/conversations"
)

// reinvite replaces the invitation; the old one binds nobody any more.
func (c *Console) reinvite(g *gin.Context, v *view) {
	scene, code := c.o.Invitation()
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), conversations.Reinvite{Agent: v.agent.ID, Scene: scene, Code: code})
	c.acted(g, v, err)
}

// qrCode draws what an invitation's QR code says. It is drawn here so that
// no other host learns who looks at it; "" if it cannot be drawn.
func qrCode(text string) string {
	code, err := qr.Encode(text, qr.M)
	if err != nil || text == "" {
		return ""
	}
	const quiet = 4 // modules of margin that scanners need
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	n := code.Size + 2*quiet
	return fmt.Sprintf(`<svg class="qr" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges">`+
		`<rect width="%d" height="%d" fill="#fff"/><path d="%s" fill="#000"/></svg>`, n, n, n, n, path.String())
}
