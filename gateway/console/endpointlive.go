package console

import (
	"context"
	"fmt"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// glance is how often what is told is looked at for a page that is open.
const glance = time.Second

// endpointsLive says, as server-sent events, when the list of endpoints reads
// otherwise than before: "told"; and, as every page's stream does, what changes
// in the agent's scope.
func (c *Console) endpointsLive(g *gin.Context, v *view) {
	c.watch(g, v, 3*c.glance, func(ctx context.Context) (string, error) {
		all, err := c.o.Store.Endpoints(ctx, v.agent.In(conversations.MayRun))
		return fmt.Sprint(all), err
	})
}

// endpointLive says when an endpoint's page reads otherwise than before: "told".
func (c *Console) endpointLive(g *gin.Context, v *view) {
	id := g.Param("endpoint")
	c.watch(g, v, c.glance, func(ctx context.Context) (string, error) {
		standing, err := c.o.Endpoints.Find(ctx, v.agent.In(conversations.MayRun), id)
		if err != nil {
			return "", err
		}
		last, err := c.o.Store.Attempts(ctx, v.agent.In(conversations.MayRun), id, relay.Selection{}, 0, 1)
		return fmt.Sprint(standing, last), err
	})
}

// watch tells the page whenever what read finds is another thing, and what
// changes in the agent's scope: the rail says how much waits. The browser comes
// back after an error.
func (c *Console) watch(g *gin.Context, v *view, every time.Duration, read func(context.Context) (string, error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	l := &lookout{read: read, tick: tick.C}
	if _, err := l.look(g.Request.Context()); err != nil {
		c.fail(g, v, fmt.Errorf("watching endpoints: %w", err))
		return
	}
	page := c.board.page(v.reads(), "", "")
	leave := c.board.watch(c.o.Store, c.closing, page, false)
	defer leave()
	c.keepTold(g, v, page, "sync", l)
}

// lookout looks again and again at what nobody tells of.
type lookout struct {
	read func(context.Context) (string, error)
	tick <-chan time.Time
	seen string
}

// due says when to look; never, if there is nothing to look at.
func (l *lookout) due() <-chan time.Time {
	if l == nil {
		return nil
	}
	return l.tick
}

// look says whether what there is reads otherwise than before.
func (l *lookout) look(ctx context.Context) (news bool, err error) {
	now, err := l.read(ctx)
	news, l.seen = err == nil && now != l.seen, now
	return news, err
}
