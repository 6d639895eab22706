package console

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/signin"
)

// Where agents look after how they sign in themselves.
const (
	accountPath = "/me"
	factorPath  = "/me/factor"
)

// freshFor is how long after a link was used it stands for the old password.
const freshFor = 15 * time.Minute

// mountAccount adds the pages of what is the agent's own. They take no role.
func (c *Console) mountAccount(r gin.IRouter) {
	r.GET(accountPath, c.signedIn((*Console).accountPage))
	r.POST("/me/password", c.signedIn((*Console).choosePassword))
	r.GET(factorPath, c.signedIn((*Console).factorPage))
	r.POST(factorPath, c.signedIn((*Console).confirmFactor))
	r.POST("/me/factor/remove", c.signedIn((*Console).removeFactor))
	r.POST("/me/sessions/:session", c.signedIn((*Console).endOwnSession))
	r.POST("/me/sessions", c.signedIn((*Console).endOtherSessions))
	r.GET("/me/wecom", c.signedIn((*Console).bindWeCom))
}

// ofAccount says whether a route is open to who has still to set up a second
// factor.
func ofAccount(route string) bool {
	return route == accountPath || strings.HasPrefix(route, accountPath+"/") || route == "/signout"
}

// access is the page of what is the agent's own.
type access struct {
	login    conversations.Login
	aliases  []conversations.Alias
	sessions []conversations.Session
	name     string // typed
	problem  string // words: what is wrong with the password
	refusal  string // words: why something else was not done
	notice   string // key: what was done
}

// hasPassword says whether the agent has one.
func (a access) hasPassword() bool { return a.login.Password != "" }

// enrolled says whether the agent has a second factor.
func (a access) enrolled() bool { return !a.login.Enrolled.IsZero() }

// alias is who the agent is to a system, "" if nobody.
func (a access) alias(issuer string) string {
	i := slices.IndexFunc(a.aliases, func(x conversations.Alias) bool { return x.Issuer == issuer })
	if i < 0 {
		return ""
	}
	return a.aliases[i].Subject
}

// ownsPassword says whether the agent signs in here by themselves, and not on
// the word of the bank's provider.
func (c *Console) ownsPassword(v *view) bool {
	return c.o.SignIn.Desk.Passwords() && (v.session.Way == conversations.ByLink || v.session.Way == conversations.ByPassword)
}

// trusted says whether the agent has just come by a link, which stands for the
// old password.
func (c *Console) trusted(v *view) bool {
	return v.session.Way == conversations.ByLink && v.now.Sub(v.session.Began) < freshFor
}

func (c *Console) accountPage(g *gin.Context, v *view) {
	a := access{}
	if done := g.Query("done"); slices.Contains([]string{"password", "factor_removed", "ended", "bound", "taken"}, done) {
		a.notice = "account.done_" + done
	}
	c.showAccount(g, v, http.StatusOK, a)
}

func (c *Console) showAccount(g *gin.Context, v *view, status int, a access) {
	ctx, now := g.Request.Context(), c.o.Now()
	var err error
	if a.login, err = c.o.Store.Login(ctx, v.agent.ID); err != nil && !errors.Is(err, conversations.ErrNotFound) {
		c.fail(g, v, err)
		return
	}
	if a.aliases, err = c.o.Store.Aliases(ctx, v.agent.ID); err == nil {
		a.sessions, err = c.o.Store.Sessions(ctx, v.agent.ID, now, now.Add(-c.o.SignIn.Idle))
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	if a.name == "" {
		a.name = a.login.Name
	}
	v.back = accountPath
	c.noteRail(g, v)
	c.show(g, status, accountView(v, c, a))
}

// choosePassword gives the agent the password they chose.
func (c *Console) choosePassword(g *gin.Context, v *view) {
	if !c.ownsPassword(v) {
		c.problem(g, v, http.StatusForbidden, "problem.role")
		return
	}
	choice := signin.Choice{
		Agent: v.agent.ID, Name: g.PostForm("name"), Old: g.PostForm("old"), New: g.PostForm("new"), Trusted: c.trusted(v), Session: v.session.ID,
	}
	err := c.o.SignIn.Desk.SetPassword(g.Request.Context(), choice)
	if words := v.passwordProblem(err); words != "" {
		c.showAccount(g, v, http.StatusUnprocessableEntity, access{name: choice.Name, problem: words})
		return
	}
	if err != nil {
		c.fail(g, v, fmt.Errorf("choosing a password: %w", err))
		return
	}
	c.streams.end(v.agent.ID)
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "password changed", slog.String("agent", v.agent.ID))
	c.redirect(g, accountPath+"?done=password")
}

// passwordProblem says in words why a password was not taken; "" for nothing
// that the agent can do something about.
func (v *view) passwordProblem(err error) string {
	var weak *signin.WeakError
	var wait *signin.WaitError
	switch {
	case errors.As(err, &weak):
		return v.T("account.weak_"+weak.Why, "n", signin.ShortestPassword)
	case errors.As(err, &wait):
		return v.T("signin.wait", "time", v.clock(wait.Until.Add(time.Minute-1)))
	case errors.Is(err, signin.ErrTaken):
		return v.T("account.name_taken")
	case errors.Is(err, signin.ErrWrong):
		return v.T("account.wrong_old")
	}
	return ""
}

// enrolment is the page on which a second factor is set up.
type enrolment struct {
	signin.Enrolment
	must    bool
	problem string
}

func (c *Console) factorPage(g *gin.Context, v *view) {
	name, err := c.loginName(g, v)
	var e signin.Enrolment
	if err == nil {
		e, err = c.o.SignIn.Desk.Enrol(v.agent, name)
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = factorPath
	c.show(g, http.StatusOK, factorView(v, enrolment{Enrolment: e, must: c.mustEnrol(v.session)}))
}

func (c *Console) loginName(g *gin.Context, v *view) (string, error) {
	l, err := c.o.Store.Login(g.Request.Context(), v.agent.ID)
	if errors.Is(err, conversations.ErrNotFound) {
		return "", nil
	}
	return l.Name, err
}

// confirmFactor sets the second factor up, and shows the recovery codes once.
func (c *Console) confirmFactor(g *gin.Context, v *view) {
	token := g.PostForm("token")
	codes, err := c.o.SignIn.Desk.Confirm(g.Request.Context(), v.agent.ID, token, g.PostForm("code"))
	v.back = factorPath
	switch {
	case errors.Is(err, signin.ErrWrong), errors.Is(err, signin.ErrLate):
		name, bad := c.loginName(g, v)
		again, failed := c.o.SignIn.Desk.EnrolAgain(v.agent, name, token)
		if err := errors.Join(bad, failed); err != nil {
			c.fail(g, v, err)
			return
		}
		c.show(g, http.StatusUnprocessableEntity, factorView(v, enrolment{Enrolment: again, must: c.mustEnrol(v.session), problem: "account.wrong_code"}))
	case err != nil:
		c.fail(g, v, err)
	default:
		c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "second factor set up", slog.String("agent", v.agent.ID))
		c.show(g, http.StatusOK, codesView(v, codes))
	}
}

// removeFactor takes the second factor away from who shows a code of it.
func (c *Console) removeFactor(g *gin.Context, v *view) {
	if c.o.SignIn.Desk.FactorRequired() && c.ownsPassword(v) {
		c.problem(g, v, http.StatusForbidden, "account.factor_required")
		return
	}
	known, _ := g.Cookie(c.knownCookie())
	err := c.o.SignIn.Desk.Code(g.Request.Context(), v.agent.ID, g.PostForm("code"), c.o.SignIn.Desk.Knows(known, v.agent.ID))
	var wait *signin.WaitError
	switch {
	case errors.Is(err, signin.ErrWrong):
		c.showAccount(g, v, http.StatusUnprocessableEntity, access{refusal: v.T("account.wrong_code")})
		return
	case errors.As(err, &wait):
		c.showAccount(g, v, http.StatusTooManyRequests, access{refusal: v.passwordProblem(err)})
		return
	case err == nil:
		err = c.o.SignIn.Desk.DropFactor(g.Request.Context(), v.agent.ID)
	}
	if err != nil {
		c.fail(g, v, fmt.Errorf("removing a second factor: %w", err))
		return
	}
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "second factor removed", slog.String("agent", v.agent.ID))
	c.redirect(g, accountPath+"?done=factor_removed")
}

// endOwnSession signs the agent out of one browser.
func (c *Console) endOwnSession(g *gin.Context, v *view) {
	err := c.o.Store.EndSession(g.Request.Context(), v.agent.ID, g.Param("session"))
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		c.fail(g, v, err)
		return
	}
	c.streams.end(v.agent.ID)
	c.redirect(g, accountPath+"?done=ended")
}

// endOtherSessions signs the agent out of all browsers but this one.
func (c *Console) endOtherSessions(g *gin.Context, v *view) {
	ctx, now := g.Request.Context(), c.o.Now()
	all, err := c.o.Store.Sessions(ctx, v.agent.ID, now, time.Time{})
	for _, s := range all {
		if s.ID != v.session.ID && err == nil {
			err = c.o.Store.EndSession(ctx, v.agent.ID, s.ID)
		}
	}
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		c.fail(g, v, err)
		return
	}
	c.streams.end(v.agent.ID)
	c.redirect(g, accountPath+"?done=ended")
}

// bindWeCom has the agent show which member of the corp they are.
func (c *Console) bindWeCom(g *gin.Context, v *view) {
	if c.o.SignIn.WeCom == "" {
		c.fail(g, v, conversations.ErrNotFound)
		return
	}
	c.goElsewhere(g, conversations.ByWeCom, v.agent.ID)
}
