package console

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// leave is one thing that a candidate allowed, or did not any more.
type leave struct {
	at    time.Time
	words string
	said  string // the candidate's words that did it
	ended bool
}

// consent tells what the candidate agreed to, and by which words.
func (c *Console) consent(g *gin.Context, v *view) {
	conv, ok := c.pastOf(g, v)
	if !ok {
		return
	}
	events, err := c.recent(g.Request.Context(), v, &conv, timelineLong)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	leaves := v.leaves(&conv, events)
	if isHTMX(g) {
		c.show(g, http.StatusOK, consentPart(v, conv, leaves))
		return
	}
	v.back = "/inbox/" + conv.ID + "/consent"
	c.noteRail(g, v)
	c.show(g, http.StatusOK, consentPage(v, conv, leaves))
}

// leaves are all that events tell of consent, the latest first.
func (v *view) leaves(c *conversations.Conversation, events []conversations.Event) (all []leave) {
	for _, e := range slices.Backward(events) {
		switch e.Type {
		case conversations.EventConsentWithdrawn, conversations.EventConsentGiven,
			conversations.EventChannelBound, conversations.EventChannelLost, conversations.EventChannelRegained, conversations.EventPreferenceChanged:
			o := v.occasion(c, e)
			all = append(all, leave{at: o.at, words: o.words, said: o.said, ended: e.Type == conversations.EventConsentWithdrawn || e.Type == conversations.EventChannelLost})
		}
	}
	return all
}

// consentDigest says in a few words whether the candidate may be written to.
func (v *view) consentDigest(c *conversations.Conversation) string {
	if c.OptedOut() {
		return v.T("consent.out_since", "time", v.stamp(c.OptOut))
	}
	return v.T("consent.wanted")
}
