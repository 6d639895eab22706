package console

import (
	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// reads is where who looks may read conversations.
func (v *view) reads() conversations.Scope { return v.agent.In(conversations.MayRead) }

// leadsAny says whether who looks may do things to many conversations at once, and
// give them to colleagues.
func (v *view) leadsAny() bool { return v.agent.May(conversations.MayLead) }

// works says whether who looks may do something about conversations.
func (v *view) works() bool { return v.agent.May(conversations.MayWork) }

// home is the section that an agent starts from: the first they may enter.
func home(a conversations.Agent) string {
	for _, s := range sections() {
		if a.May(s.may) {
			return s.path
		}
	}
	return accountPath
}

// start is the inbox or, of those who do not read it, where they start from.
func (c *Console) start(g *gin.Context, v *view) {
	if to := v.home(); to != "/inbox" {
		c.redirect(g, to)
		return
	}
	c.inbox(g, v)
}

// home is where the way back leads from a page that does not help.
func (v *view) home() string {
	if v.agent.ID == "" {
		return "/inbox"
	}
	return home(v.agent)
}

// backTo are the key of the words for home.
func (v *view) backTo() string {
	if v.home() == "/inbox" {
		return "problem.back"
	}
	return "people.back"
}
