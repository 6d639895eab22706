package console

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// signInPage shows a button and does nothing else: mail gateways and chat
// previews open links, and must not use up the one chance.
func (c *Console) signInPage(g *gin.Context) {
	token := g.Query("token")
	if token == "" {
		if _, err := c.session(g); err == nil {
			g.Redirect(http.StatusSeeOther, "/inbox")
			return
		}
	}
	c.show(g, http.StatusOK, signInView(c.newView(g), token, ""))
}

// signIn uses the link up and starts a session.
func (c *Console) signIn(g *gin.Context) {
	v := c.newView(g)
	agent, err := c.o.Store.UseSignIn(g.Request.Context(), hashed(g.PostForm("token")), c.o.Now())
	if err == nil {
		err = c.startSession(g, agent.ID)
	}
	if errors.Is(err, conversations.ErrNotFound) {
		c.show(g, http.StatusForbidden, signInView(v, "", "signin.used"))
		return
	}
	if err != nil {
		c.fail(g, v, fmt.Errorf("signing in: %w", err))
		return
	}
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelInfo, "signed in", slog.String("agent", agent.ID))
	g.Redirect(http.StatusSeeOther, "/inbox")
}

// signOut ends the session.
func (c *Console) signOut(g *gin.Context, v *view) {
	if token, err := g.Cookie(c.cookieName()); err == nil {
		if err := c.o.Store.DeleteSession(g.Request.Context(), hashed(token)); err != nil && !errors.Is(err, conversations.ErrNotFound) {
			c.fail(g, v, fmt.Errorf("signing out: %w", err))
			return
		}
	}
	c.setCookie(g, "", 0)
	g.Header("Clear-Site-Data", `"storage"`)
	g.Redirect(http.StatusSeeOther, "/signin")
}
