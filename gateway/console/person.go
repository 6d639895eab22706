package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/signin"
)

// colleaguePage is the page of one colleague: what they may do, how they sign in, and
// where they are.
type colleaguePage struct {
	conversations.Agent
	login    conversations.Login
	aliases  []conversations.Alias
	sessions []conversations.Session
	branches []string             // offered
	roles    []conversations.Role // that the administrator may give
	wecom    string               // the member's userid
	scope    string               // typed
	problem  string               // key
	notice   string               // key
}

func personURL(a conversations.Agent) string { return "/inbox/agents/" + url.PathEscape(a.ID) }

// elsewhere says whether the bank's provider says what the agent may do.
func (p colleaguePage) elsewhere(in SignIn) bool {
	return slices.ContainsFunc(p.aliases, func(a conversations.Alias) bool {
		return a.Issuer != in.WeCom && !strings.HasPrefix(a.Issuer, "wecom:")
	})
}

func (c *Console) personPage(g *gin.Context, v *view) {
	a, ok := c.subordinate(g, v)
	if !ok {
		return
	}
	p := colleaguePage{Agent: a}
	if done := g.Query("done"); slices.Contains([]string{"changed", "factor_removed", "ended"}, done) {
		p.notice = "person.done_" + done
	}
	c.showPerson(g, v, http.StatusOK, p)
}

func (c *Console) showPerson(g *gin.Context, v *view, status int, p colleaguePage) {
	if err := c.readPerson(g.Request.Context(), &p); err != nil {
		c.fail(g, v, err)
		return
	}
	p.branches, p.roles = c.givable(v)
	v.back = personURL(p.Agent)
	c.noteRail(g, v)
	c.show(g, status, personView(v, c, p))
}

// readPerson completes what is known of somebody.
func (c *Console) readPerson(ctx context.Context, p *colleaguePage) error {
	now := c.o.Now()
	var err error
	if p.login, err = c.o.Store.Login(ctx, p.ID); err != nil && !errors.Is(err, conversations.ErrNotFound) {
		return err
	}
	if p.aliases, err = c.o.Store.Aliases(ctx, p.ID); err != nil {
		return err
	}
	if p.sessions, err = c.o.Store.Sessions(ctx, p.ID, now, now.Add(-c.o.SignIn.Idle)); err != nil {
		return err
	}
	if p.scope == "" {
		p.scope = strings.Join(p.Scope, ", ")
	}
	if p.problem == "" {
		p.wecom = access{aliases: p.aliases}.alias(c.o.SignIn.WeCom)
	}
	return nil
}

// changePerson gives a colleague another name, role or branches.
func (c *Console) changePerson(g *gin.Context, v *view) {
	was, ok := c.subordinate(g, v)
	if !ok {
		return
	}
	p := colleaguePage{Agent: was, scope: g.PostForm("scope"), wecom: strings.TrimSpace(g.PostForm("wecom"))}
	p.Name, p.Role, p.Scope = strings.TrimSpace(g.PostForm("name")), conversations.Role(g.PostForm("role")), splitScope(g.PostForm("scope"))
	if p.problem = c.personProblem(v, was, p); p.problem != "" {
		c.showPerson(g, v, http.StatusUnprocessableEntity, p)
		return
	}
	err := c.giveWeCom(g, p)
	if errors.Is(err, signin.ErrTaken) {
		p.problem = "person.wecom_taken"
		c.showPerson(g, v, http.StatusUnprocessableEntity, p)
		return
	}
	if err == nil {
		err = c.o.Store.CreateAgent(g.Request.Context(), p.Agent)
	}
	if err != nil {
		c.fail(g, v, fmt.Errorf("changing an agent: %w", err))
		return
	}
	c.streams.end(p.ID)
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "agent changed",
		slog.String("agent", p.ID), slog.String("role", string(p.Role)), slog.String("by", v.agent.ID))
	c.redirect(g, personURL(p.Agent)+"?done=changed")
}

// personProblem is the key of what is wrong with a change; "" if nothing is.
func (c *Console) personProblem(v *view, was conversations.Agent, p colleaguePage) string {
	same := p.Role == was.Role && slices.Equal(p.Scope, was.Scope)
	switch {
	case p.Name == "":
		return "agents.need_name"
	case !validScope(p.Scope):
		return "agents.need_scope"
	case !slices.Contains(conversations.Roles(), p.Role):
		return "people.need_role"
	case !v.agent.Administers(p.Agent):
		return "agents.outside"
	case !same && p.ID == v.agent.ID:
		return "person.not_yourself"
	}
	return ""
}

// giveWeCom makes the colleague the member of the corp that was typed.
func (c *Console) giveWeCom(g *gin.Context, p colleaguePage) error {
	if c.o.SignIn.WeCom == "" || !g.Request.PostForm.Has("wecom") {
		return nil
	}
	return c.o.SignIn.Desk.Bind(g.Request.Context(), conversations.Alias{Issuer: c.o.SignIn.WeCom, Subject: p.wecom}, p.ID)
}

// resetFactor takes the second factor from a colleague who lost it.
func (c *Console) resetFactor(g *gin.Context, v *view) {
	a, ok := c.subordinate(g, v)
	if !ok {
		return
	}
	if err := c.o.SignIn.Desk.DropFactor(g.Request.Context(), a.ID); err != nil {
		c.fail(g, v, err)
		return
	}
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "second factor reset", slog.String("agent", a.ID), slog.String("by", v.agent.ID))
	c.redirect(g, personURL(a)+"?done=factor_removed")
}

// endTheirSession signs a colleague out of one browser.
func (c *Console) endTheirSession(g *gin.Context, v *view) {
	a, ok := c.subordinate(g, v)
	if !ok {
		return
	}
	err := c.o.Store.EndSession(g.Request.Context(), a.ID, g.Param("session"))
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		c.fail(g, v, err)
		return
	}
	c.streams.end(a.ID)
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "session ended", slog.String("agent", a.ID), slog.String("by", v.agent.ID))
	c.redirect(g, personURL(a)+"?done=ended")
}
