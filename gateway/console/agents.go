package console

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// agentsDesk is the page where administrators add colleagues, let them in and
// keep those out who left.
type agentsDesk struct {
	agents   []conversations.Agent
	branches []string
	name     string // typed, kept after a mistake
	scope    string
	admin    bool
	problem  string // key: what is wrong with the colleague to be added
	refusal  string // key: why somebody's access stays as it is
	linkFor  string // the agent whose link was just made
	link     string
}

// within says whether an administrator's scope covers all of another's.
func within(mine, theirs conversations.Scope) bool {
	for _, b := range theirs {
		if !mine.Allows(b) {
			return false
		}
	}
	return len(theirs) > 0
}

func (c *Console) agentsPage(g *gin.Context, v *view) {
	c.showAgents(g, v, http.StatusOK, agentsDesk{})
}

func (c *Console) showAgents(g *gin.Context, v *view, status int, d agentsDesk) {
	if !v.agent.Admin {
		c.problem(g, v, http.StatusForbidden, "problem.admin")
		return
	}
	all, err := c.o.Store.Agents(g.Request.Context())
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the agents: %w", err))
		return
	}
	for _, a := range all {
		if within(v.agent.Scope, a.Scope) {
			d.agents = append(d.agents, a)
		}
	}
	slices.SortStableFunc(d.agents, byAccess)
	for _, b := range c.o.Branches {
		if v.agent.Scope.Allows(b) {
			d.branches = append(d.branches, b)
		}
	}
	v.back = "/inbox/agents"
	c.show(g, status, agentsView(v, d))
}

// addAgent makes an agent within the administrator's own scope.
func (c *Console) addAgent(g *gin.Context, v *view) {
	d := agentsDesk{
		name: strings.TrimSpace(g.PostForm("name")), scope: strings.TrimSpace(g.PostForm("scope")),
		admin: g.PostForm("admin") != "",
	}
	scope := conversations.Scope(strings.FieldsFunc(d.scope, func(r rune) bool { return strings.ContainsRune(" ,;，；、\n\r\t", r) }))
	switch {
	case !v.agent.Admin:
		d.problem = "problem.admin" // showAgents answers
	case d.name == "":
		d.problem = "agents.need_name"
	case slices.ContainsFunc(scope, func(b string) bool { return !conversations.ValidBranch(b) }) || len(scope) == 0:
		d.problem = "agents.need_scope"
	case !within(v.agent.Scope, scope):
		d.problem = "agents.outside"
	}
	if d.problem != "" {
		c.showAgents(g, v, http.StatusUnprocessableEntity, d)
		return
	}
	a := conversations.Agent{ID: c.o.NewID(), Name: d.name, Scope: scope, Admin: d.admin}
	if err := c.o.Store.CreateAgent(g.Request.Context(), a); err != nil {
		c.fail(g, v, fmt.Errorf("adding an agent: %w", err))
		return
	}
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "agent added", slog.String("agent", a.ID), slog.String("by", v.agent.ID))
	c.issueLink(g, v, a.ID)
}

// byAccess puts those last who are disabled.
func byAccess(a, b conversations.Agent) int {
	switch {
	case a.Disabled == b.Disabled:
		return 0
	case b.Disabled:
		return -1
	}
	return 1
}

// subordinate returns the agent that the address names, if the administrator
// who asks may decide about them, and otherwise answers.
func (c *Console) subordinate(g *gin.Context, v *view) (conversations.Agent, bool) {
	all, err := c.o.Store.Agents(g.Request.Context())
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the agents: %w", err))
		return conversations.Agent{}, false
	}
	i := slices.IndexFunc(all, func(a conversations.Agent) bool { return a.ID == g.Param("agent") })
	if !v.agent.Admin || i < 0 || !within(v.agent.Scope, all[i].Scope) {
		c.fail(g, v, conversations.ErrNotFound)
		return conversations.Agent{}, false
	}
	return all[i], true
}

// agentLink makes a sign-in link for a colleague within the scope.
func (c *Console) agentLink(g *gin.Context, v *view) {
	if a, ok := c.subordinate(g, v); ok {
		c.issueLink(g, v, a.ID)
	}
}

// agentAccess disables or enables a colleague within the scope, or signs
// them out everywhere.
func (c *Console) agentAccess(g *gin.Context, v *view) {
	a, ok := c.subordinate(g, v)
	if !ok {
		return
	}
	do := map[string]func(context.Context, string) error{
		"disable": c.o.Store.DisableAgent, "enable": c.o.Store.EnableAgent, "sign_out": c.o.Store.EndSessions,
	}
	what := g.PostForm("do")
	switch {
	case do[what] == nil:
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	case what == "disable" && a.ID == v.agent.ID:
		c.showAgents(g, v, http.StatusUnprocessableEntity, agentsDesk{refusal: "agents.not_yourself"})
		return
	}
	if err := do[what](g.Request.Context(), a.ID); err != nil {
		c.fail(g, v, fmt.Errorf("changing an agent's access: %w", err))
		return
	}
	c.streams.end(a.ID)
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "agent's access changed",
		slog.String("what", what), slog.String("agent", a.ID), slog.String("by", v.agent.ID))
	c.redirect(g, "/inbox/agents")
}

// issueLink shows a new link once; it can not be looked up again.
func (c *Console) issueLink(g *gin.Context, v *view, agent string) {
	link, err := c.SignInLink(g.Request.Context(), agent)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "sign-in link issued", slog.String("agent", agent), slog.String("by", v.agent.ID))
	c.showAgents(g, v, http.StatusOK, agentsDesk{linkFor: agent, link: link})
}
