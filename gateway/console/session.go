package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/signin"
)

// signInLife is how long an administrator's link works.
const signInLife = 24 * time.Hour

// touchEvery is how exactly it is known when a session was last used.
const touchEvery = time.Minute

// hashed is what the store keeps of a token.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// SignInLink returns an address by which the agent can sign in once, within
// a day. Whoever holds it is the agent: hand it over in private.
func (c *Console) SignInLink(ctx context.Context, agent string) (string, error) {
	token := rand.Text()
	if err := c.o.Store.CreateSignIn(ctx, hashed(token), agent, c.o.Now().Add(signInLife)); err != nil {
		return "", fmt.Errorf("making a sign-in link: %w", err)
	}
	return c.o.PublicURL + "/signin?token=" + url.QueryEscape(token), nil
}

// FirstSignIn makes the first administrator, over the branch and all below
// it, and returns their sign-in link; "" if there are agents already.
func (c *Console) FirstSignIn(ctx context.Context, name, branch string) (string, error) {
	agents, err := c.o.Store.Agents(ctx)
	if err != nil {
		return "", fmt.Errorf("looking for agents: %w", err)
	}
	if len(agents) > 0 {
		return "", nil
	}
	a := conversations.Agent{ID: c.o.NewID(), Name: name, Role: conversations.RoleHeadOffice, Scope: conversations.Scope{branch}}
	if err := c.o.Store.CreateAgent(ctx, a); err != nil {
		return "", fmt.Errorf("making the first agent: %w", err)
	}
	return c.SignInLink(ctx, a.ID)
}

// cookieName has the prefix by which browsers refuse a cookie that another
// host or a plain connection set.
func (c *Console) cookieName() string {
	if c.secure {
		return "__Host-jiebao"
	}
	return "jiebao"
}

func (c *Console) setCookie(g *gin.Context, value string, life time.Duration) {
	k := &http.Cookie{
		Name: c.cookieName(), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		k.MaxAge = -1
	}
	http.SetCookie(g.Writer, k)
}

// startSession signs the browser in, and makes it known as the agent's.
func (c *Console) startSession(g *gin.Context, agent, way string) error {
	token, now := rand.Text(), c.o.Now()
	from, _ := netip.ParseAddr(g.ClientIP())
	err := c.o.Store.CreateSession(g.Request.Context(), hashed(token), conversations.Session{
		ID: rand.Text(), Agent: conversations.Agent{ID: agent}, CSRF: rand.Text(), Way: way, Began: now, Expires: now.Add(c.o.SignIn.Longest),
		Browser: signin.Browser(g.Request.UserAgent()), Place: signin.Place(from),
	})
	if err != nil {
		return fmt.Errorf("starting a session: %w", err)
	}
	if err := c.recordSignIn(g, agent, way); err != nil {
		return fmt.Errorf("writing the audit log: %w", err)
	}
	c.setCookie(g, token, c.o.SignIn.Longest)
	return c.makeKnown(g, agent)
}

// session returns who the browser is signed in as; ErrNotFound if nobody.
func (c *Console) session(g *gin.Context) (conversations.Session, error) {
	token, err := g.Cookie(c.cookieName())
	if err != nil || token == "" {
		return conversations.Session{}, conversations.ErrNotFound
	}
	now := c.o.Now()
	return c.o.Store.Session(g.Request.Context(), hashed(token), now, now.Add(-c.o.SignIn.Idle))
}

// touch notes that the session is used, unless the page renews itself.
func (c *Console) touch(g *gin.Context, s conversations.Session) {
	now := c.o.Now()
	if now.Sub(s.Seen) < touchEvery || passive(g) {
		return
	}
	token, _ := g.Cookie(c.cookieName())
	if err := c.o.Store.TouchSession(g.Request.Context(), hashed(token), now); err != nil {
		c.log(g, fmt.Errorf("keeping when a session was used: %w", err))
	}
}

// passive says whether the page asks by itself, so that it does not tell that
// somebody is there.
func passive(g *gin.Context) bool {
	route := g.FullPath()
	if strings.HasSuffix(route, "/here") {
		return g.PostForm("typing") == ""
	}
	for _, end := range []string{"/live", "/_live", "/events", "/told", "/count", "/tabs", "/alarms", "/inbox/list"} {
		if strings.HasSuffix(route, end) {
			return true
		}
	}
	return false
}

// signedIn lets only signed-in agents through, and forms only with the
// session's own token.
func (c *Console) signedIn(h func(*Console, *gin.Context, *view)) gin.HandlerFunc {
	return func(g *gin.Context) {
		s, err := c.session(g)
		if errors.Is(err, conversations.ErrNotFound) {
			c.sendToSignIn(g)
			return
		}
		if err != nil {
			c.fail(g, c.newView(g), fmt.Errorf("reading the session: %w", err))
			return
		}
		v := c.newView(g)
		v.agent, v.csrf, v.session = s.Agent, s.CSRF, s
		v.work = sync.OnceValue(func() conversations.WorkCounts { return c.countWork(g, v) })
		switch {
		case g.Request.Method == http.MethodPost && subtle.ConstantTimeCompare([]byte(g.PostForm("csrf")), []byte(s.CSRF)) != 1:
			c.problem(g, v, http.StatusForbidden, "problem.csrf")
		case c.mustEnrol(s) && !ofAccount(g.FullPath()):
			c.redirect(g, factorPath)
		default:
			c.touch(g, s)
			c.witnessed(g, v, h)
		}
	}
}

// mustEnrol says whether the agent has to set up a second factor first.
func (c *Console) mustEnrol(s conversations.Session) bool {
	return c.o.SignIn.Desk.FactorRequired() && !s.Enrolled && (s.Way == conversations.ByLink || s.Way == conversations.ByPassword)
}

// may lets only those through who are signed in and may do p somewhere. Where
// is for the scope to say, which every query and command takes.
func (c *Console) may(p conversations.Permission, h func(*Console, *gin.Context, *view)) gin.HandlerFunc {
	return c.signedIn(func(c *Console, g *gin.Context, v *view) {
		if !v.agent.May(p) {
			c.refused(g, v, p)
			if isStream(g) {
				over(g)
				return
			}
			c.problem(g, v, http.StatusForbidden, "problem.role")
			return
		}
		h(c, g, v)
	})
}

// redirect sends the browser elsewhere, also when htmx asked. Streams lead nowhere.
func (c *Console) redirect(g *gin.Context, to string) {
	if isStream(g) {
		over(g)
		return
	}
	if isHTMX(g) {
		g.Header("HX-Redirect", to)
		g.Status(http.StatusNoContent)
		return
	}
	g.Redirect(http.StatusSeeOther, to)
}
