package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// printPage is how many messages are read at once for printing.
const printPage = 500

// printThread is a whole conversation on paper, or as PDF by the browser's
// printing. That it was printed is recorded.
func (c *Console) printThread(g *gin.Context, v *view) {
	ctx := g.Request.Context()
	t, err := c.readWhole(ctx, v, g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.o.Logger.InfoContext(ctx, "conversation printed", "conversation", t.c.ID, "agent", v.agent.ID)
	v.paper = true
	c.show(g, http.StatusOK, printView(v, t))
}

// readWhole loads a conversation with all its messages.
func (c *Console) readWhole(ctx context.Context, v *view, id string) (thread, error) {
	conv, err := c.o.Store.Thread(ctx, v.agent.In(conversations.MayRead), id)
	if err != nil {
		return thread{}, fmt.Errorf("reading a conversation: %w", err)
	}
	if err := c.names(ctx, v); err != nil {
		return thread{}, err
	}
	var all []conversations.MessageView
	for before := int64(0); ; {
		page, err := c.o.Store.Messages(ctx, v.agent.In(conversations.MayRead), id, before, printPage)
		if err != nil {
			return thread{}, fmt.Errorf("reading messages: %w", err)
		}
		slices.Reverse(page)
		all = append(all, page...)
		if len(page) < printPage {
			break
		}
		before = page[len(page)-1].N
	}
	slices.Reverse(all)
	t := thread{c: conv}
	for _, m := range all {
		t.messages = append(t.messages, bubble{MessageView: m, document: t.document(m.Document), leaves: t.leaves(m.ID)})
	}
	return t, nil
}
