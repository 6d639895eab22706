package console

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

// policy lets pages load only what the console serves itself. There is no
// inline script and no inline style.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"

// headers sets what every answer of the console carries.
func (c *Console) headers(g *gin.Context) {
	h := g.Writer.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
	if c.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// mostPosted is far more than anybody types into a form, and mostListed than the
// results of a season, in bytes.
const (
	mostPosted = 64 << 10
	mostListed = 2 << 20
)

func most(g *gin.Context) int64 {
	if g.FullPath() == preflightPath {
		return mostListed
	}
	return mostPosted
}

// form reads what is posted, before anything else does: never more of it than
// people write, so that nobody fills memory or disk, and nothing that is no
// text, which not every database takes.
func (c *Console) form(g *gin.Context) {
	if g.Request.Method != http.MethodPost {
		return
	}
	g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, most(g))
	err := g.Request.ParseForm()
	if err == nil {
		err = g.Request.ParseMultipartForm(most(g))
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		c.problem(g, c.newView(g), http.StatusRequestEntityTooLarge, "problem.invalid")
	case err != nil && !errors.Is(err, http.ErrNotMultipart), !legible(g.Request.PostForm):
		c.problem(g, c.newView(g), http.StatusBadRequest, "problem.invalid")
	}
}

func legible(fields map[string][]string) bool {
	for _, values := range fields {
		for _, v := range values {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return false
			}
		}
	}
	return true
}

// sameOrigin refuses forms that another site's page sends.
func (c *Console) sameOrigin(g *gin.Context) {
	if c.origin.Check(g.Request) != nil {
		g.AbortWithStatus(http.StatusForbidden)
	}
}
