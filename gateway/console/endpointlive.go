package console

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// glance is how often what is told is looked at for a page that is open.
const glance = time.Second

// endpointsLive says, as server-sent events, when the list of endpoints reads
// otherwise than before: "told".
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

// watch tells the page whenever what look finds is another thing. The browser
// comes back after an error.
func (c *Console) watch(g *gin.Context, v *view, every time.Duration, look func(context.Context) (string, error)) {
	seen, err := look(g.Request.Context())
	if err != nil {
		c.fail(g, v, fmt.Errorf("watching endpoints: %w", err))
		return
	}
	ended, leave := c.streams.begin(v.agent.ID)
	defer leave()
	s := newStream(g.Writer, &watcher{})
	defer s.stop()
	h := g.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	g.Status(http.StatusOK)
	s.event("sync")
	tick := time.NewTicker(every)
	defer tick.Stop()
	for s.send() {
		select {
		case <-g.Request.Context().Done():
			return
		case <-c.closing.Done():
			return
		case <-ended:
			return
		case <-tick.C:
			now, err := look(g.Request.Context())
			if err != nil {
				return
			}
			if now != seen {
				s.event("told")
				seen = now
			}
		case <-s.beat.C:
			if _, err := c.session(g); err != nil {
				return
			}
			s.write(":\n\n")
		}
	}
}
