package console

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// toldSystem is how far a system has got with the candidate of a thread.
type toldSystem struct {
	relay.Endpoint
	relay.Progress
	link string // the attempts at telling it; "" if the agent does not run it
}

// complete says whether the system has everything.
func (t toldSystem) complete() bool { return t.Known <= t.Taken && t.Progress.Dead == 0 }

// readTold finds out how far the systems have got that are told of a
// candidate. Everybody who may see the candidate may know that; the attempts
// are for those who run the system.
func (c *Console) readTold(ctx context.Context, v *view, conv conversations.Conversation) ([]toldSystem, error) {
	if !conv.Candidate.Known() {
		return nil, nil
	}
	all, err := c.o.Store.EndpointList(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the endpoints: %w", err)
	}
	var out []toldSystem
	for _, e := range all {
		if !tells(e, conv.Branch) {
			continue
		}
		got, err := c.o.Store.ProgressOf(ctx, conversations.Everything, e.ID, "", []string{conv.Candidate.ID}, 1)
		if err != nil && !gone(err) {
			return nil, fmt.Errorf("reading how far an endpoint has got: %w", err)
		}
		if len(got) == 0 {
			continue
		}
		t := toldSystem{Endpoint: e, Progress: got[0]}
		if v.agent.In(conversations.MayRun).Writes(e.Branch) {
			t.link = endpointURL(e.ID, "?conversation=", conv.ID)
		}
		out = append(out, t)
	}
	return out, nil
}

// toldSection renews the lines about the systems.
func (c *Console) toldSection(g *gin.Context, v *view) {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayRead), g.Param("id"))
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading a conversation: %w", err))
		return
	}
	all, err := c.readTold(g.Request.Context(), v, conv)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.show(g, http.StatusOK, toldLines(v, conv.ID, all))
}

// toldDigest counts the systems that have everything.
func (v *view) toldDigest(all []toldSystem) string {
	complete := 0
	for _, t := range all {
		if t.complete() {
			complete++
		}
	}
	return v.T("fold.told", "n", complete, "all", len(all))
}
