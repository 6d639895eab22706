package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/audit"
)

// mountPeople adds the page of those who may sign in.
func (c *Console) mountPeople(r gin.IRouter) {
	r.GET("/inbox/agents", c.may(conversations.MayAdmin, (*Console).agentsPage))
	r.POST("/inbox/agents", c.may(conversations.MayAdmin, (*Console).addAgent))
	r.GET("/inbox/agents/:agent", c.may(conversations.MayAdmin, (*Console).personPage))
	r.POST("/inbox/agents/:agent", c.may(conversations.MayAdmin, (*Console).changePerson))
	r.POST("/inbox/agents/:agent/factor", c.may(conversations.MayAdmin, (*Console).resetFactor))
	r.POST("/inbox/agents/:agent/sessions/:session", c.may(conversations.MayAdmin, (*Console).endTheirSession))
	r.POST("/inbox/agents/:agent/link", c.may(conversations.MayAdmin, (*Console).agentLink))
	r.POST("/inbox/agents/:agent/access", c.may(conversations.MayAdmin, (*Console).agentAccess))
}

// agentsDesk is the page where administrators add colleagues, let them in and
// keep those out who left.
type agentsDesk struct {
	agents   []conversations.Agent
	branches []string
	mine     conversations.Scope // of the administrator
	name     string              // typed, kept after a mistake
	scope    string
	role     conversations.Role
	roles    []conversations.Role // that the administrator may give
	problem  string               // key: what is wrong with the colleague to be added
	refusal  string               // key: why somebody's access stays as it is
	linkFor  string               // the agent whose link was just made
	link     string
}

func (c *Console) agentsPage(g *gin.Context, v *view) {
	c.showAgents(g, v, http.StatusOK, agentsDesk{})
}

func (c *Console) showAgents(g *gin.Context, v *view, status int, d agentsDesk) {
	all, err := c.o.Store.Agents(g.Request.Context())
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the agents: %w", err))
		return
	}
	for _, a := range all {
		if v.agent.Administers(a) {
			d.agents = append(d.agents, a)
		}
	}
	slices.SortStableFunc(d.agents, byAccess)
	d.mine = v.agent.In(conversations.MayAdmin)
	d.branches, d.roles = c.givable(v)
	v.back = "/inbox/agents"
	c.show(g, status, agentsView(v, d))
}

// givable are the branches and roles that an administrator may give.
func (c *Console) givable(v *view) (branches []string, roles []conversations.Role) {
	mine := v.agent.In(conversations.MayAdmin)
	for _, b := range c.o.Branches {
		if mine.Allows(b) {
			branches = append(branches, b)
		}
	}
	for _, r := range conversations.Roles() {
		if v.agent.Role.Gives(r) {
			roles = append(roles, r)
		}
	}
	return branches, roles
}

// addAgent makes an agent within the administrator's own scope.
func (c *Console) addAgent(g *gin.Context, v *view) {
	d := agentsDesk{
		name: strings.TrimSpace(g.PostForm("name")), scope: strings.TrimSpace(g.PostForm("scope")),
		role: conversations.Role(g.PostForm("role")),
	}
	scope := splitScope(d.scope)
	a := conversations.Agent{ID: c.o.NewID(), Name: d.name, Role: d.role, Scope: scope}
	switch {
	case d.name == "":
		d.problem = "agents.need_name"
	case !validScope(scope):
		d.problem = "agents.need_scope"
	case !slices.Contains(conversations.Roles(), d.role):
		d.problem = "people.need_role"
	case !v.agent.Administers(a):
		d.problem = "agents.outside"
	}
	if d.problem != "" {
		c.showAgents(g, v, http.StatusUnprocessableEntity, d)
		return
	}
	if err := c.o.Store.CreateAgent(g.Request.Context(), a); err != nil {
		c.fail(g, v, fmt.Errorf("adding an agent: %w", err))
		return
	}
	v.made(audit.Of(audit.OfAgent, a.ID))
	v.concerns(audit.BranchOf(a.Scope))
	v.did("scope", strings.Join(a.Scope, " "), "role", string(a.Role))
	c.issueLink(g, v, a.ID)
}

// splitScope reads branches as they are typed.
func splitScope(typed string) conversations.Scope {
	return conversations.Scope(strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" ,;，；、\n\r\t", r) }))
}

func validScope(s conversations.Scope) bool {
	return len(s) > 0 && !slices.ContainsFunc(s, func(b string) bool { return !conversations.ValidBranch(b) })
}

// branchesOf are where an agent's role holds, to be shown.
func branchesOf(a conversations.Agent) conversations.Scope { return a.Scope }

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
	if i < 0 || !v.agent.Administers(all[i]) {
		c.fail(g, v, conversations.ErrNotFound)
		return conversations.Agent{}, false
	}
	v.concerns(audit.BranchOf(all[i].Scope))
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
	v.did("do", what)
	c.redirect(g, "/inbox/agents")
}

// issueLink shows a new link once; it can not be looked up again.
func (c *Console) issueLink(g *gin.Context, v *view, agent string) {
	link, err := c.SignInLink(g.Request.Context(), agent)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.showAgents(g, v, http.StatusOK, agentsDesk{linkFor: agent, link: link})
}
