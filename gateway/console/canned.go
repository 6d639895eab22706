package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

const cannedPath = "/inbox/canned"

// mountCanned adds the replies that leads keep ready.
func (c *Console) mountCanned(r gin.IRouter) {
	r.GET(cannedPath, c.may(conversations.MayWork, (*Console).cannedPage))
	r.POST(cannedPath, c.may(conversations.MayLead, (*Console).putCanned))
	r.POST(cannedPath+"/:canned/drop", c.may(conversations.MayLead, (*Console).dropCanned))
	r.POST("/inbox/:id/canned", c.may(conversations.MayWork, (*Console).useCanned))
}

// Canned keeps replies ready.
type Canned interface {
	// Canned returns those that concern the scope.
	Canned(ctx context.Context, s conversations.Scope) ([]conversations.Canned, error)
	// PutCanned is ErrStale unless the version follows the one that is kept,
	// and ErrNotFound where the scope may not write.
	PutCanned(ctx context.Context, s conversations.Scope, c conversations.Canned) error
	DropCanned(ctx context.Context, s conversations.Scope, id string) error
}

// cannedDesk is the page of all replies kept ready.
type cannedDesk struct {
	rows     []conversations.Canned
	branches []string             // that the agent may write for
	typed    conversations.Canned // kept after a mistake
	problem  string               // words
}

// writes says whether the agent may change a reply.
func (d cannedDesk) writes(v *view, c conversations.Canned) bool {
	return v.agent.In(conversations.MayLead).Writes(c.Branch)
}

func (c *Console) cannedPage(g *gin.Context, v *view) {
	c.showCanned(g, v, http.StatusOK, cannedDesk{})
}

func (c *Console) showCanned(g *gin.Context, v *view, status int, d cannedDesk) {
	ctx := g.Request.Context()
	all, err := c.o.Store.Canned(ctx, v.agent.In(conversations.MayWork))
	if err == nil {
		err = c.names(ctx, v)
	}
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the canned replies: %w", err))
		return
	}
	byName := func(a, b conversations.Canned) int {
		return strings.Compare(string(a.Locale)+a.Branch+a.Name, string(b.Locale)+b.Branch+b.Name)
	}
	d.rows, d.branches = slices.SortedFunc(slices.Values(all), byName), c.within(v.agent.In(conversations.MayLead))
	v.back = cannedPath
	c.noteGaps(g, v)
	c.show(g, status, cannedView(v, d))
}

// putCanned keeps a reply, or a change of one.
func (c *Console) putCanned(g *gin.Context, v *view) {
	var version int64
	if _, err := fmt.Sscan(g.PostForm("version"), &version); err != nil {
		version = 0
	}
	typed := conversations.Canned{
		ID: g.PostForm("canned"), Version: version + 1, Branch: g.PostForm("branch"), Locale: conversations.Locale(g.PostForm("locale")),
		Name: strings.TrimSpace(g.PostForm("name")), Text: strings.TrimSpace(strings.ReplaceAll(g.PostForm("text"), "\r\n", "\n")),
		By: v.agent.ID, At: v.now,
	}
	if typed.ID == "" {
		typed.ID = c.o.NewID()
	}
	if !slices.Contains(locales(), typed.Locale) {
		typed.Locale = conversations.Chinese
	}
	err := c.o.Store.PutCanned(g.Request.Context(), v.agent.In(conversations.MayLead), typed)
	if err == nil {
		c.redirect(g, cannedPath)
		return
	}
	if version == 0 {
		typed.ID = ""
	}
	typed.Version = version
	status, words := v.outcome(err)
	switch {
	case len(typed.Unknown()) > 0:
		words = v.T("canned.unknown", "what", "{"+strings.Join(typed.Unknown(), "}, {")+"}")
	case invalid(err):
		words = v.T("canned.invalid", "name", conversations.MaxCannedName, "text", conversations.MaxCannedText)
	case errors.Is(err, conversations.ErrNotFound):
		status, words = http.StatusForbidden, v.T("canned.not_yours")
	case status == http.StatusInternalServerError:
		c.log(g, err)
	}
	c.showCanned(g, v, status, cannedDesk{typed: typed, problem: words})
}

func (c *Console) dropCanned(g *gin.Context, v *view) {
	if err := c.o.Store.DropCanned(g.Request.Context(), v.agent.In(conversations.MayLead), g.Param("canned")); err != nil {
		c.fail(g, v, err)
		return
	}
	c.redirect(g, cannedPath)
}

// readCanned are the replies for a candidate's branch, those in the
// candidate's language first.
func (c *Console) readCanned(ctx context.Context, v *view, conv conversations.Conversation) ([]conversations.Canned, error) {
	all, err := c.o.Store.Canned(ctx, v.agent.In(conversations.MayRead))
	if err != nil {
		return nil, fmt.Errorf("reading the canned replies: %w", err)
	}
	spoken := conv.Candidate.Locale
	if spoken == "" {
		spoken = conversations.Chinese
	}
	all = slices.DeleteFunc(all, func(r conversations.Canned) bool {
		return r.Branch != "" && !(conversations.Scope{r.Branch}).Allows(conv.Branch)
	})
	slices.SortStableFunc(all, func(a, b conversations.Canned) int {
		if (a.Locale == spoken) != (b.Locale == spoken) {
			if a.Locale == spoken {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all, nil
}

// useCanned puts a reply, filled in from the conversation, into the composer.
func (c *Console) useCanned(g *gin.Context, v *view) {
	ctx := g.Request.Context()
	conv, err := c.o.Store.Thread(ctx, v.agent.In(conversations.MayWork), g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	all, err := c.readCanned(ctx, v, conv)
	i := slices.IndexFunc(all, func(r conversations.Canned) bool { return r.ID == g.PostForm("canned") })
	if err != nil || i < 0 {
		c.fail(g, v, errors.Join(err, conversations.ErrNotFound))
		return
	}
	typed := g.PostForm("text")
	words, err := all[i].Fill(v.filling(conv, all[i].Locale))
	var empty *conversations.EmptyError
	if errors.As(err, &empty) {
		c.refuse(g, v, http.StatusUnprocessableEntity, v.T("canned.empty", "what", v.variables(empty.Variables)), typed, g.PostForm("key"))
		return
	}
	if rest := afterSlash(typed); !isHTMX(g) && rest != "" {
		words += "\n" + rest
	}
	c.giveBack(g, v, words)
}

// afterSlash is what was typed in the composer, but for the name of a canned
// reply after a slash.
func afterSlash(typed string) string {
	if strings.HasPrefix(typed, "/") && !strings.ContainsAny(typed, " \n") {
		return ""
	}
	return strings.TrimSpace(typed)
}

// variables names variables to people.
func (v *view) variables(names []string) string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = v.Tor("canned.var_"+name, "{"+name+"}")
	}
	return strings.Join(words, v.T("canned.and"))
}

// filling gives the variables of a reply in a language their values in a
// conversation.
func (v *view) filling(c conversations.Conversation, l conversations.Locale) func(string) string {
	in := *v
	in.locale = l
	app := c.Application()
	return func(name string) string {
		switch name {
		case conversations.CannedName:
			return c.Candidate.Name
		case conversations.CannedBranch:
			return v.branch(c.Branch)
		case conversations.CannedAgent:
			return v.agent.Name
		}
		if app == nil {
			return ""
		}
		return in.fillingOf(name, app)
	}
}

// fillingOf is the value of a variable about the application.
func (v *view) fillingOf(name string, app *conversations.Application) string {
	switch name {
	case conversations.CannedPosition:
		return app.Position.Title
	case conversations.CannedStartDate:
		date := app.Offer.StartDate
		if !app.StartDate.IsZero() {
			date = app.StartDate
		}
		if !date.IsZero() {
			return v.day(date)
		}
	case conversations.CannedReplyBy:
		if by := app.Offer.ReplyBy; app.Answer == conversations.Open && by.After(v.now) {
			return v.dayAndClock(by)
		}
	case conversations.CannedWorkplace:
		return app.Offer.Workplace
	case conversations.CannedContactName:
		return app.Offer.ContactName
	case conversations.CannedContactPhone:
		return app.Offer.ContactPhone
	case conversations.CannedMissing:
		var names []string
		for _, it := range app.Checklist {
			if it.ID != "" && it.Missing() {
				names = append(names, it.Name)
			}
		}
		return strings.Join(names, v.T("canned.and"))
	}
	return ""
}

// glimpse is the beginning of a text, in one line.
func glimpse(text string) string {
	const runes = 48
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > runes {
		return string([]rune(text)[:runes-1]) + "…"
	}
	return text
}
