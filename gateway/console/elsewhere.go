package console

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/signin"
)

// Browsers go to other systems to sign in, and come back.

// cookie is the name of a cookie besides the session's.
func (c *Console) cookie(name string) string { return c.cookieName() + "_" + name }

func (c *Console) knownCookie() string { return c.cookie("known") }

func (c *Console) keep(g *gin.Context, name, value string, life time.Duration) {
	k := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		k.MaxAge = -1
	}
	http.SetCookie(g.Writer, k)
}

// makeKnown makes the browser known as the agent's.
func (c *Console) makeKnown(g *gin.Context, agent string) error {
	if known, _ := g.Cookie(c.knownCookie()); c.o.SignIn.Desk.Knows(known, agent) {
		return nil
	}
	known, err := c.o.SignIn.Desk.Remember(agent)
	if err != nil {
		return err
	}
	c.keep(g, c.knownCookie(), known, signin.KnownFor)
	return nil
}

// sendToSignIn has somebody sign in who is to go on from the page they asked
// for.
func (c *Console) sendToSignIn(g *gin.Context) {
	if to := g.Request.URL.RequestURI(); g.Request.Method == http.MethodGet && !isHTMX(g) && !passive(g) && ours(to) && len(to) < 512 {
		c.keep(g, c.cookie("wanted"), url.QueryEscape(to), signin.PendingFor)
	}
	c.redirect(g, "/signin")
}

// wanted is the page that was asked for before signing in, once; "" if none was.
func (c *Console) wanted(g *gin.Context) string {
	value, err := g.Cookie(c.cookie("wanted")) // gin undoes the escaping
	if err != nil || value == "" {
		return ""
	}
	c.keep(g, c.cookie("wanted"), "", 0)
	if to, err := url.QueryUnescape(value); err == nil && ours(to) {
		return to
	}
	return ""
}

func (c *Console) backURL(way string) string { return SignInReturn(c.o.PublicURL, way) }

// SignInReturn is the address to which a way of signing in elsewhere, oidc or
// wecom, sends the browser back.
func SignInReturn(publicURL, way string) string {
	return strings.TrimSuffix(publicURL, "/") + "/signin/" + way + "/back"
}

// goElsewhere sends the browser to another system; bind is the signed-in agent
// who adds an alias.
func (c *Console) goElsewhere(g *gin.Context, way, bind string) {
	address, pending, err := c.o.SignIn.Desk.Begin(g.Request.Context(), way, c.backURL(way), string(localeOf(g.Request)), bind)
	if err != nil {
		c.log(g, err)
		c.refuseSignIn(g, signInForm{}, err, "signin.away")
		return
	}
	c.keep(g, c.cookie("pending"), pending, signin.PendingFor)
	g.Redirect(http.StatusSeeOther, address)
}

// comeBack takes what the browser brings back from another system.
func (c *Console) comeBack(g *gin.Context, way string) {
	pending, _ := g.Cookie(c.cookie("pending"))
	c.keep(g, c.cookie("pending"), "", 0)
	s, err := c.session(g)
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		c.fail(g, c.newView(g), fmt.Errorf("reading the session: %w", err))
		return
	}
	arrived, err := c.o.SignIn.Desk.Arrive(g.Request.Context(), way, pending, c.backURL(way), g.Request.URL.Query(), s.Agent.ID)
	switch {
	case errors.Is(err, signin.ErrTaken):
		g.Redirect(http.StatusSeeOther, accountPath+"?done=taken")
	case err != nil:
		if errors.Is(err, signin.ErrAway) || errors.Is(err, signin.ErrDenied) {
			c.log(g, err)
		}
		c.refuseSignIn(g, signInForm{}, err, "signin.unknown")
	case arrived.Bound:
		c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "alias added", slog.String("agent", arrived.Agent.ID), slog.String("way", way))
		g.Redirect(http.StatusSeeOther, accountPath+"?done=bound")
	default:
		if arrived.End != "" {
			c.keep(g, c.cookie("end"), url.QueryEscape(arrived.End), c.o.SignIn.Longest)
		}
		c.letIn(g, arrived.Agent.ID, way)
	}
}

// endOf is where the browser signs out at the system by which it signed in; ""
// for nowhere.
func (c *Console) endOf(g *gin.Context, s conversations.Session) string {
	value, err := g.Cookie(c.cookie("end"))
	if err != nil || s.Way != conversations.ByOIDC {
		return ""
	}
	c.keep(g, c.cookie("end"), "", 0)
	to, err := url.QueryUnescape(value)
	if u, bad := url.Parse(to); err != nil || bad != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return to
}
