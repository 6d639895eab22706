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
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

const (
	sessionLife = 7 * 24 * time.Hour
	signInLife  = 24 * time.Hour
)

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
	a := conversations.Agent{ID: c.o.NewID(), Name: name, Scope: conversations.Scope{branch}, Admin: true}
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

// startSession signs the browser in.
func (c *Console) startSession(g *gin.Context, agent string) error {
	token := rand.Text()
	err := c.o.Store.CreateSession(g.Request.Context(), hashed(token), agent, c.o.Now().Add(sessionLife), rand.Text())
	if err != nil {
		return fmt.Errorf("starting a session: %w", err)
	}
	c.setCookie(g, token, sessionLife)
	return nil
}

// session returns who the browser is signed in as; ErrNotFound if nobody.
func (c *Console) session(g *gin.Context) (conversations.Session, error) {
	token, err := g.Cookie(c.cookieName())
	if err != nil || token == "" {
		return conversations.Session{}, conversations.ErrNotFound
	}
	return c.o.Store.Session(g.Request.Context(), hashed(token), c.o.Now())
}

// signedIn lets only signed-in agents through, and forms only with the
// session's own token.
func (c *Console) signedIn(h func(*Console, *gin.Context, *view)) gin.HandlerFunc {
	return func(g *gin.Context) {
		s, err := c.session(g)
		if errors.Is(err, conversations.ErrNotFound) {
			c.redirect(g, "/signin")
			return
		}
		if err != nil {
			c.fail(g, c.newView(g), fmt.Errorf("reading the session: %w", err))
			return
		}
		v := c.newView(g)
		v.agent, v.csrf = s.Agent, s.CSRF
		if g.Request.Method == http.MethodPost && subtle.ConstantTimeCompare([]byte(g.PostForm("csrf")), []byte(s.CSRF)) != 1 {
			c.problem(g, v, http.StatusForbidden, "problem.csrf")
			return
		}
		h(c, g, v)
	}
}

// admin lets only administrators through.
func (c *Console) admin(h func(*Console, *gin.Context, *view)) gin.HandlerFunc {
	return c.signedIn(func(c *Console, g *gin.Context, v *view) {
		if !v.agent.Admin {
			c.problem(g, v, http.StatusForbidden, "problem.admin")
			return
		}
		h(c, g, v)
	})
}

// redirect sends the browser elsewhere, also when htmx asked.
func (c *Console) redirect(g *gin.Context, to string) {
	if isHTMX(g) {
		g.Header("HX-Redirect", to)
		g.Status(http.StatusNoContent)
		return
	}
	g.Redirect(http.StatusSeeOther, to)
}
