package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// spot is where an agent is in the inbox: a view, and what narrows it. It
// stands in addresses, so that a place can be kept and sent to a colleague; it
// holds nothing of a candidate's.
type spot struct {
	view conversations.InboxView
	// What narrows the view, as conversations.InboxQuery has it.
	branch, position, intake, channel, answer, owner string
}

// allView stands for ViewAll in addresses, which without a view lead to the one
// that was open last.
const allView = "all"

// viewID is a view's name in addresses, and in the keys of words.
func viewID(v conversations.InboxView) string {
	if v == conversations.ViewAll {
		return allView
	}
	return string(v)
}

// viewOf is the view of that name; anything else is all.
func viewOf(name string) conversations.InboxView {
	if v := conversations.InboxView(name); slices.Contains(conversations.InboxViews(), v) {
		return v
	}
	return conversations.ViewAll
}

// spotIn reads a place from an address or a form.
func spotIn(values url.Values) spot {
	return spot{
		view: viewOf(values.Get("view")), branch: values.Get("branch"), position: values.Get("position"), intake: values.Get("intake"),
		channel: values.Get("channel"), answer: values.Get("answer"), owner: values.Get("owner"),
	}
}

// spotOf is the place that a request names: in its form, or else in its
// address.
func spotOf(g *gin.Context) spot {
	if _, posted := g.GetPostForm("view"); posted {
		return spotIn(g.Request.PostForm)
	}
	return spotIn(g.Request.URL.Query())
}

// spotOfQuery is the place of what is asked of the store.
func spotOfQuery(q conversations.InboxQuery) spot {
	return spot{q.View, q.Branch, q.Position, q.Intake, q.Channel, q.Answer, q.Owner}
}

// query is the place as the store is asked for it.
func (p spot) query(v *view) conversations.InboxQuery {
	y, m, d := v.now.AddDate(0, 0, 1).Date()
	return conversations.InboxQuery{
		Scope: v.reads(), Agent: v.agent.ID, View: p.view, Branch: p.branch, Position: p.position, Intake: p.intake,
		Channel: p.channel, Answer: p.answer, Owner: p.owner, DayEnds: midnight(y, m, d, v.now.Location()),
	}
}

// field is one part of a place by its name in forms.
type field struct{ name, value string }

// filters are what narrows the view.
func (p spot) filters() []field {
	all := []field{{"branch", p.branch}, {"position", p.position}, {"intake", p.intake}, {"channel", p.channel}, {"answer", p.answer}, {"owner", p.owner}}
	return slices.DeleteFunc(all, func(f field) bool { return f.value == "" })
}

// fields are all of a place.
func (p spot) fields() []field { return append([]field{{"view", viewID(p.view)}}, p.filters()...) }

// values are the place in an address.
func (p spot) values() url.Values {
	out := url.Values{}
	for _, f := range p.fields() {
		out.Set(f.name, f.value)
	}
	return out
}

// narrowed says whether anything narrows the view.
func (p spot) narrowed() bool { return len(p.filters()) > 0 }

// plain is the view without what narrows it.
func (p spot) plain() spot { return spot{view: p.view} }

// in is the place in another view.
func (p spot) in(v conversations.InboxView) spot {
	p.view = v
	return p
}

// without is the place without one of its filters.
func (p spot) without(name string) spot {
	values := p.values()
	values.Del(name)
	return spotIn(values)
}

// href leads to the place.
func (p spot) href() string { return "/inbox?" + p.values().Encode() }

// suffix keeps the place in addresses below /inbox: "" for everything.
func (p spot) suffix() string {
	if p == (spot{}) {
		return ""
	}
	return "?" + p.values().Encode()
}

// viewCookie remembers the view that was open last in the browser.
const viewCookie = "jiebao_view"

// remember keeps the view that the request names.
func (c *Console) remember(g *gin.Context, v conversations.InboxView) {
	http.SetCookie(g.Writer, &http.Cookie{
		Name: viewCookie, Value: viewID(v), Path: "/", MaxAge: int(chosenFor.Seconds()),
		HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
	})
}

// last is the view that was open last in the browser.
func last(g *gin.Context) conversations.InboxView {
	name, err := g.Cookie(viewCookie)
	if err != nil {
		return conversations.ViewAll
	}
	return viewOf(name)
}

// here is where the list is after a form of it that htmx sent: on the page that
// shows it.
func (p spot) here(g *gin.Context) string {
	at, err := url.Parse(g.GetHeader("HX-Current-URL"))
	if err != nil || at.Path != "/inbox" && !strings.HasPrefix(at.Path, "/inbox/") {
		return p.href()
	}
	return at.Path + "?" + p.values().Encode()
}
