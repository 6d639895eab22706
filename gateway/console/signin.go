package console

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/gateway/signin"
)

// SignIn is how agents get in. Every field but the names is required.
type SignIn struct {
	Desk *signin.Desk
	// OIDC is how the bank's provider is called; "" in the visitor's words.
	OIDC string
	// WeCom is the issuer of members' aliases; "" if they do not sign in.
	WeCom string
	// Idle and Longest are for how long a session lasts unused, and at all.
	Idle, Longest time.Duration
}

// mountSignIn adds the pages by which agents come in and leave.
func (c *Console) mountSignIn(r gin.IRouter) {
	r.GET("/signin", c.signInPage)
	r.POST("/signin", c.signIn)
	r.POST("/signin/code", c.secondStep)
	for _, way := range c.o.SignIn.Desk.Ways() {
		r.GET("/signin/"+way, func(g *gin.Context) { c.goElsewhere(g, way, "") })
		r.GET("/signin/"+way+"/back", func(g *gin.Context) { c.comeBack(g, way) })
	}
}

// signInForm is what the sign-in page shows.
type signInForm struct {
	token   string // of a link
	next    string // what comes back with the code of the second factor
	name    string // typed, kept after a mistake
	problem string // in words
}

// signInPage shows a button and does nothing else: mail gateways and chat
// previews open links, and must not use up the one chance.
func (c *Console) signInPage(g *gin.Context) {
	token := g.Query("token")
	if token == "" {
		if s, err := c.session(g); err == nil {
			g.Redirect(http.StatusSeeOther, home(s.Agent))
			return
		}
	}
	c.showSignIn(g, c.newView(g), http.StatusOK, signInForm{token: token})
}

func (c *Console) showSignIn(g *gin.Context, v *view, status int, f signInForm) {
	v.back = "/signin"
	c.show(g, status, signInView(v, c.o.SignIn, f))
}

// signIn takes a link, or a name and a password.
func (c *Console) signIn(g *gin.Context) {
	if token := g.PostForm("token"); token != "" || !c.o.SignIn.Desk.Passwords() {
		c.byLink(g, token)
		return
	}
	from, _ := netip.ParseAddr(g.ClientIP())
	known, _ := g.Cookie(c.knownCookie())
	f := signInForm{name: g.PostForm("name")}
	passed, err := c.o.SignIn.Desk.Password(g.Request.Context(), signin.Attempt{
		Name: f.name, Password: g.PostForm("password"), Address: from, Known: known,
	})
	if err != nil {
		c.refuseSignIn(g, f, err, "signin.wrong")
		return
	}
	c.pass(g, passed, conversations.ByPassword)
}

// byLink uses a link up.
func (c *Console) byLink(g *gin.Context, token string) {
	agent, err := c.o.Store.UseSignIn(g.Request.Context(), hashed(token), c.o.Now())
	var passed signin.Passed
	if err == nil {
		passed, err = c.o.SignIn.Desk.ByLink(g.Request.Context(), agent.ID)
	}
	if err != nil {
		c.refuseSignIn(g, signInForm{}, err, "signin.used")
		return
	}
	c.pass(g, passed, conversations.ByLink)
}

// pass lets somebody in, or asks for the second factor.
func (c *Console) pass(g *gin.Context, p signin.Passed, way string) {
	if p.Next != "" {
		c.showSignIn(g, c.newView(g), http.StatusOK, signInForm{next: p.Next})
		return
	}
	c.letIn(g, p.Agent, way)
}

// secondStep takes the code of the second factor.
func (c *Console) secondStep(g *gin.Context) {
	known, _ := g.Cookie(c.knownCookie())
	next := g.PostForm("next")
	agent, way, err := c.o.SignIn.Desk.Second(g.Request.Context(), next, g.PostForm("code"), known)
	if err != nil {
		f := signInForm{next: next}
		if errors.Is(err, signin.ErrLate) {
			f.next = ""
		}
		c.refuseSignIn(g, f, err, "signin.wrong_code")
		return
	}
	c.letIn(g, agent, way)
}

// letIn starts the session and leads to where the agent wanted to go.
func (c *Console) letIn(g *gin.Context, agent, way string) {
	if err := c.startSession(g, agent, way); err != nil {
		c.refuseSignIn(g, signInForm{}, err, "signin.used")
		return
	}
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "signed in", slog.String("agent", agent), slog.String("way", way))
	to := c.wanted(g)
	if g.PostForm("then") == "password" {
		to = accountPath + "#password"
	}
	if to == "" {
		to = "/inbox" // which leads on who does not read conversations
	}
	g.Redirect(http.StatusSeeOther, to)
}

// refuseSignIn shows the page again, with what is wrong and what to do. wrong is
// the key of the words for what is not right.
func (c *Console) refuseSignIn(g *gin.Context, f signInForm, err error, wrong string) {
	v := c.newView(g)
	status := http.StatusForbidden
	var wait *signin.WaitError
	switch {
	case errors.As(err, &wait):
		status = http.StatusTooManyRequests
		f.problem = v.T("signin.wait", "time", v.clock(wait.Until.Add(time.Minute-1)))
	case errors.Is(err, signin.ErrWrong), errors.Is(err, conversations.ErrNotFound):
		f.problem = v.T(wrong)
	case errors.Is(err, signin.ErrLate):
		f.problem = v.T("signin.late")
	case errors.Is(err, signin.ErrDenied):
		f.problem = v.T("signin.denied")
	case errors.Is(err, signin.ErrUnknown):
		f.problem = v.T("signin.unknown")
	case errors.Is(err, signin.ErrRole):
		f.problem = v.T("signin.no_role")
	case errors.Is(err, signin.ErrDisabled):
		f.problem = v.T("signin.disabled")
	case errors.Is(err, signin.ErrAway):
		status = http.StatusBadGateway
		f.problem = v.T("signin.away")
	default:
		c.fail(g, v, fmt.Errorf("signing in: %w", err))
		return
	}
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "not signed in", slog.Any("reason", err))
	if err := c.record(g, audit.Entry{Action: audit.SignInFailed, Detail: audit.Detail{"by": strings.TrimPrefix(wrong, "signin.")}}); err != nil {
		c.log(g, fmt.Errorf("writing the audit log: %w", err))
	}
	c.showSignIn(g, v, status, f)
}

// signOut ends the session, and that at the bank's provider if it is to.
func (c *Console) signOut(g *gin.Context, v *view) {
	if token, err := g.Cookie(c.cookieName()); err == nil {
		if err := c.o.Store.DeleteSession(g.Request.Context(), hashed(token)); err != nil && !errors.Is(err, conversations.ErrNotFound) {
			c.fail(g, v, fmt.Errorf("signing out: %w", err))
			return
		}
	}
	c.setCookie(g, "", 0)
	g.Header("Clear-Site-Data", `"storage"`)
	if end := c.endOf(g, v.session); end != "" {
		v.back = "/signin"
		c.show(g, http.StatusOK, signedOutView(v, c.o.SignIn, end))
		return
	}
	g.Redirect(http.StatusSeeOther, "/signin")
}
