package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"

	"jiebao/conversations"
)

// newView returns the view of a visitor who is not signed in.
func (c *Console) newView(g *gin.Context) *view {
	return &view{
		words: c.o.Words, locale: localeOf(g.Request), theme: themeOf(g.Request), now: c.o.Now().In(c.o.Zone), bank: c.o.Bank,
		back: g.Request.URL.RequestURI(), channels: c.o.Channels, branch: c.o.BranchName,
		folds: foldsOf(g.Request),
	}
}

// names learns the agents' names, for pages that show them.
func (c *Console) names(ctx context.Context, v *view) error {
	agents, err := c.o.Store.Agents(ctx)
	if err != nil {
		return fmt.Errorf("reading the agents: %w", err)
	}
	v.staff, v.agents = agents, make(map[string]string, len(agents))
	for _, a := range agents {
		v.agents[a.ID] = a.Name
		if a.Disabled {
			v.agents[a.ID] = v.T("agents.former", "who", a.Name)
		}
	}
	return nil
}

// localeOf is the language chosen, or else the browser's.
func localeOf(r *http.Request) conversations.Locale {
	if k, err := r.Cookie(localeCookie); err == nil {
		if l := conversations.Locale(k.Value); slices.Contains(locales(), l) {
			return l
		}
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return conversations.Chinese
	}
	matcher := language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.TraditionalChinese, language.English})
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return conversations.Chinese
	}
	return locales()[i]
}

// language remembers the chosen language and returns to the page.
func (c *Console) language(g *gin.Context) {
	l := conversations.Locale(g.PostForm("locale"))
	c.choose(g, localeCookie, string(l), slices.Contains(locales(), l))
}

// ours says whether an address is of a page of the console. One that is not
// written the shortest way is not: /inbox/../\host leads browsers to host.
func ours(to string) bool {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || path.Clean(u.Path) != u.Path {
		return false
	}
	return u.Path == "/signin" || u.Path == accountPath || strings.HasPrefix(u.Path, accountPath+"/") || u.Path == "/inbox" || strings.HasPrefix(u.Path, "/inbox/") ||
		u.Path == "/knowledge" || strings.HasPrefix(u.Path, "/knowledge/")
}

func isHTMX(g *gin.Context) bool { return g.GetHeader("HX-Request") == "true" }

// show renders a page, or a part of one, completely before anything is sent.
func (c *Console) show(g *gin.Context, status int, t templ.Component) {
	b := templ.GetBuffer()
	defer templ.ReleaseBuffer(b)
	if err := t.Render(g.Request.Context(), b); err != nil {
		c.log(g, fmt.Errorf("rendering a page: %w", err))
		g.AbortWithStatus(http.StatusInternalServerError)
		return
	}
	g.Writer.Header().Add("Vary", "HX-Request, Accept-Language, Cookie")
	send(g, status, "text/html; charset=utf-8", b.Bytes())
	g.Abort()
}

// problem ends a request with a page that says what is wrong.
func (c *Console) problem(g *gin.Context, v *view, status int, key string) {
	if isHTMX(g) {
		notice(g, v.T(key), true)
		g.AbortWithStatus(status)
		return
	}
	c.show(g, status, problemPage(v, key))
}

// statusLeft is what the log says of a request whose browser went away before it
// was answered, by the name of nginx: client closed request.
const statusLeft = 499

// fail ends a request with the page that fits err.
func (c *Console) fail(g *gin.Context, v *view, err error) {
	var invalid *conversations.InvalidError
	switch {
	case g.Request.Context().Err() != nil:
		c.log(g, err)
		g.AbortWithStatus(statusLeft)
	case errors.Is(err, conversations.ErrNotFound) && c.left(g, v):
	case errors.Is(err, conversations.ErrNotFound):
		c.problem(g, v, http.StatusNotFound, "problem.not_found")
	case errors.As(err, &invalid):
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
	default:
		c.log(g, err)
		c.problem(g, v, http.StatusInternalServerError, "problem.internal")
	}
}

// left ends a request of an open page about a conversation that the agent may
// read no more, if that is what it is about: it went to another branch, or was
// joined with another. Nothing of it stays in the page.
func (c *Console) left(g *gin.Context, v *view) bool {
	if !isHTMX(g) || !strings.HasPrefix(g.FullPath(), "/inbox/:id") {
		return false
	}
	if _, err := c.o.Store.Thread(g.Request.Context(), v.reads(), g.Param("id")); !errors.Is(err, conversations.ErrNotFound) {
		return false
	}
	list := listAt(threadQuery(g))
	g.Header("HX-Retarget", "#main")
	g.Header("HX-Reswap", "outerHTML")
	g.Header("HX-Replace-Url", list)
	c.show(g, http.StatusGone, threadLeft(v, list))
	return true
}

func (c *Console) log(g *gin.Context, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	c.o.Logger.LogAttrs(g.Request.Context(), slog.LevelError, "console",
		slog.String("route", g.FullPath()), slog.Any("error", err))
}

// outcome is a refused command in plain words.
func (v *view) outcome(err error) (status int, words string) {
	var invalid *conversations.InvalidError
	var moved *conversations.HandsError
	switch {
	case errors.As(err, &moved):
		return http.StatusConflict, v.T("problem.hands", "who", ownerState(v, moved.Owner))
	case errors.Is(err, errBlind):
		return http.StatusUnprocessableEntity, v.T("problem.blind")
	case errors.Is(err, conversations.ErrStale):
		return http.StatusConflict, v.T("problem.stale")
	case errors.Is(err, conversations.ErrClassFull):
		return http.StatusConflict, v.T("problem.class_full")
	case errors.Is(err, conversations.ErrConflict):
		return http.StatusConflict, v.T("problem.conflict")
	case errors.As(err, &invalid):
		return http.StatusUnprocessableEntity, v.T("problem.invalid")
	}
	return http.StatusInternalServerError, v.T("problem.internal")
}

// invalid says whether a command was refused for what it asks.
func invalid(err error) bool {
	var invalid *conversations.InvalidError
	return errors.As(err, &invalid)
}

// notice lets the page say something for a moment.
func notice(g *gin.Context, words string, bad bool) {
	trigger(g, "notice", map[string]any{"words": words, "bad": bad})
}

// trigger lets htmx raise an event in the page. Header values are ASCII.
func trigger(g *gin.Context, event string, detail any) {
	b, err := json.Marshal(map[string]any{event: detail})
	if err != nil {
		return
	}
	g.Header("HX-Trigger", ascii(string(b)))
}

// ascii escapes what JSON need not escape but a header must.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, u := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
	}
	return b.String()
}

// raw writes markup that the console itself made.
func raw(markup string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, markup)
		return err
	})
}
