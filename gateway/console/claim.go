package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// claimCard is who an unknown follower says they are, beside the candidate
// who fits.
type claimCard struct {
	claim conversations.Claim
	match *conversations.Conversation // nil if nobody in the agent's scope fits
}

// readClaim looks for the candidate who fits, within the agent's scope.
func (c *Console) readClaim(ctx context.Context, v *view, conv conversations.Conversation) (*claimCard, error) {
	if conv.Claim == nil || conv.Candidate.Known() {
		return nil, nil
	}
	card := &claimCard{claim: *conv.Claim}
	if card.claim.Match == "" {
		return card, nil
	}
	match, err := c.o.Store.Thread(ctx, v.agent.In(conversations.MayWork), card.claim.Match)
	if errors.Is(err, conversations.ErrNotFound) {
		return card, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the candidate a follower may be: %w", err)
	}
	card.match = &match
	return card, nil
}

// claim approves or refuses a follower's claim of identity.
func (c *Console) claim(g *gin.Context, v *view) {
	switch g.PostForm("do") {
	case "approve":
		c.approveClaim(g, v)
	case "refuse":
		_, err := c.apply(g.Request.Context(), v, g.Param("id"), conversations.RefuseClaim{Agent: v.agent.ID})
		c.acted(g, v, err)
	default:
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
	}
}

// approveClaim binds the follower's address to the candidate that the form
// showed, unless the follower now claims to be somebody else.
func (c *Console) approveClaim(g *gin.Context, v *view) {
	ctx := g.Request.Context()
	follower, err := c.o.Store.Thread(ctx, v.agent.In(conversations.MayWork), g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	reach := v.road(follower)
	if reach == nil || follower.Claim == nil || follower.Claim.Match == "" || follower.Claim.Match != g.PostForm("match") {
		c.acted(g, v, conversations.ErrStale)
		return
	}
	match := follower.Claim.Match
	if _, err = c.apply(ctx, v, match, conversations.Bind{Reach: *reach, From: follower.ID, By: v.agent.ID}); err != nil {
		c.acted(g, v, err)
		return
	}
	c.redirect(g, "/inbox/"+match+threadQuery(g))
}
