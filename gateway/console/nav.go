package console

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// section is a part of the console as the rail names it, in the words nav.ID.
type section struct {
	id, icon, path string
	letter         string // typed after g, it leads there
	may            conversations.Permission
}

// The sections.
const (
	inInbox     = "inbox"
	inWork      = "work"
	inKnowledge = "knowledge"
	inPreflight = "preflight"
	inEndpoints = "endpoints"
	inNumbers   = "numbers"
	inAudit     = "audit"
	inPeople    = "people"
)

// sections are all there are, in the order of the rail.
func sections() []section {
	return []section{
		{id: inInbox, letter: "i", icon: "inbox", path: "/inbox", may: conversations.MayRead},
		{id: inWork, letter: "w", icon: "list-checks", path: workPath, may: conversations.MayWork},
		{id: inNumbers, letter: "n", icon: "chart-no-axes-column", path: numbersPath, may: conversations.MayRead},
		{id: inKnowledge, letter: "k", icon: "book-open", path: "/knowledge", may: conversations.MayRead},
		{id: inPreflight, letter: "f", icon: "send", path: preflightPath, may: conversations.MayWork},
		{id: inEndpoints, letter: "s", icon: "waypoints", path: endpointsPath, may: conversations.MayRun},
		{id: inAudit, letter: "u", icon: "shield-check", path: auditPath, may: conversations.MayAudit},
		{id: inPeople, letter: "p", icon: "users", path: "/inbox/agents", may: conversations.MayAdmin},
	}
}

// open are the sections that the agent may enter.
func (v *view) open() []section {
	return slices.DeleteFunc(sections(), func(s section) bool { return !v.agent.May(s.may) })
}

// href leads to the section; to the questions that wait, if any do.
func (s section) href(v *view) string {
	if s.id == inKnowledge && v.gaps > 0 {
		return "/knowledge/gaps"
	}
	return s.path
}

// What agents choose for their browser, for a year.
const (
	localeCookie = "jiebao_locale"
	themeCookie  = "jiebao_theme"
	chosenFor    = 365 * 24 * time.Hour
)

// theme is how pages are lit: as the system is, unless the agent chose.
type theme string

// The themes.
const (
	asSystem theme = "system"
	light    theme = "light"
	dark     theme = "dark"
)

func themes() []theme { return []theme{asSystem, light, dark} }

func themeOf(r *http.Request) theme {
	if k, err := r.Cookie(themeCookie); err == nil && slices.Contains(themes(), theme(k.Value)) {
		return theme(k.Value)
	}
	return asSystem
}

// darkness is the media query under which the page is dark.
func (t theme) darkness() string {
	switch t {
	case light:
		return "not all"
	case dark:
		return "all"
	}
	return "(prefers-color-scheme: dark)"
}

// theme remembers the chosen theme and returns to the page.
func (c *Console) theme(g *gin.Context) {
	c.choose(g, themeCookie, g.PostForm("theme"), slices.Contains(themes(), theme(g.PostForm("theme"))))
}

// choose remembers what the browser's agent chose, if it can be chosen, and
// returns to the page.
func (c *Console) choose(g *gin.Context, cookie, value string, known bool) {
	if known {
		http.SetCookie(g.Writer, &http.Cookie{
			Name: cookie, Value: value, Path: "/", MaxAge: int(chosenFor.Seconds()),
			HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
		})
	}
	to := g.PostForm("back")
	if !ours(to) {
		to = "/inbox"
	}
	c.redirect(g, to)
}
