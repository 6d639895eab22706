package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// mountKnowledge adds the pages of the knowledge base.
func (c *Console) mountKnowledge(r gin.IRouter) {
	r.GET("/knowledge", c.may(conversations.MayRead, (*Console).knowledge))
	r.POST("/knowledge", c.may(conversations.MayRead, (*Console).knowledge))
	r.POST("/knowledge/try", c.may(conversations.MayRead, (*Console).tryQuestion))
	r.GET("/knowledge/count", c.may(conversations.MayRead, (*Console).gapsBadge))
	r.GET("/knowledge/new", c.may(conversations.MayTeach, (*Console).newArticle))
	r.GET("/knowledge/file", c.may(conversations.MayRead, (*Console).filePage))
	r.GET("/knowledge/gaps", c.may(conversations.MayRead, (*Console).gapsPage))
	r.GET("/knowledge/gaps/:gap", c.may(conversations.MayWork, (*Console).answerPage))
	r.POST("/knowledge/gaps/:gap", c.may(conversations.MayWork, (*Console).answer))
	r.POST("/knowledge/gaps/:gap/preview", c.may(conversations.MayWork, (*Console).previewAnswer))
	r.POST("/knowledge/gaps/:gap/apart", c.may(conversations.MayWork, (*Console).setApart))
	r.GET("/knowledge/:id", c.may(conversations.MayRead, (*Console).articlePage))
	r.POST("/knowledge/:id", c.may(conversations.MayTeach, (*Console).changeArticle))
}

// fromFile is the state of a text that the operator's files hold.
const fromFile conversations.ArticleState = "file"

// shelf is the page of all articles that concern the agent.
type shelf struct {
	rows     []shelved
	all      int // before the filter
	words    string
	branch   string
	state    conversations.ArticleState
	branches []string // of the articles
	trial    trial
}

// shelved is one article of the list.
type shelved struct {
	conversations.ArticleVersion
	writable bool
}

// anyBranch is the filter's choice for all branches; "" is an article's that
// is for everybody.
const anyBranch = "*"

// articleStates are the states in the order of the list: what waits for
// somebody first.
func articleStates() []conversations.ArticleState {
	return []conversations.ArticleState{conversations.Draft, conversations.Approved, fromFile, conversations.Retired}
}

// writable are the branches that the agent may write for.
func (c *Console) writable(v *view) []string { return c.within(v.agent.In(conversations.MayTeach)) }

// within are the branches of a scope that can be written for.
func (c *Console) within(mine conversations.Scope) []string {
	var out []string
	for _, b := range append(slices.Clone(c.o.Branches), mine...) {
		if b != "" && mine.Allows(b) {
			out = append(out, b)
		}
	}
	slices.Sort(out)
	if mine.Writes("") {
		out = append([]string{""}, out...)
	}
	return slices.Compact(out)
}

// articles reads all that concern the agent: those of the inbox, and those of
// the files.
func (c *Console) articles(ctx context.Context, v *view) ([]shelved, error) {
	kept, err := c.o.Store.Articles(ctx, v.agent.In(conversations.MayRead))
	if err != nil {
		return nil, fmt.Errorf("reading the articles: %w", err)
	}
	var out []shelved
	ids := map[string]bool{}
	for _, a := range kept {
		ids[a.ID] = true
		out = append(out, shelved{a, v.agent.In(conversations.MayTeach).Writes(a.Branch)})
	}
	for _, a := range c.o.Knowledge().Articles() {
		if !ids[a.ID] && v.agent.In(conversations.MayRead).Concerns(a.Branch) {
			out = append(out, shelved{ArticleVersion: conversations.ArticleVersion{Article: a, State: fromFile}})
		}
	}
	order, languages := articleStates(), locales()
	slices.SortStableFunc(out, func(a, b shelved) int {
		return cmp.Or(slices.Index(order, a.State)-slices.Index(order, b.State), b.At.Compare(a.At),
			slices.Index(languages, a.Locale)-slices.Index(languages, b.Locale), strings.Compare(a.Title, b.Title))
	})
	return out, nil
}

// readShelf reads what the page shows, filtered as the request says. Words
// searched for come in a form's body, never in an address.
func (c *Console) readShelf(g *gin.Context, v *view) (shelf, error) {
	ctx := g.Request.Context()
	all, err := c.articles(ctx, v)
	if err != nil {
		return shelf{}, err
	}
	s := shelf{all: len(all), words: strings.TrimSpace(g.PostForm("q")), branch: anyBranch, state: conversations.ArticleState(g.PostForm("state"))}
	if b, ok := g.GetPostForm("branch"); ok {
		s.branch = b
	}
	for _, a := range all {
		s.branches = append(s.branches, a.Branch)
		if s.shows(a) {
			s.rows = append(s.rows, a)
		}
	}
	slices.Sort(s.branches)
	s.branches = slices.Compact(s.branches)
	s.trial = c.newTrial(v)
	if err := c.countGaps(ctx, v); err != nil {
		return s, err
	}
	return s, c.names(ctx, v)
}

// shows says whether the filter lets an article through.
func (s shelf) shows(a shelved) bool {
	if s.branch != anyBranch && s.branch != a.Branch || s.state != "" && s.state != a.State {
		return false
	}
	text := strings.ToLower(strings.Join(append([]string{a.Title, a.Text, a.Source}, a.Questions...), "\n"))
	for word := range strings.FieldsSeq(strings.ToLower(s.words)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// filtered says whether the list is not all there is.
func (s shelf) filtered() bool { return s.words != "" || s.branch != anyBranch || s.state != "" }

// knowledge is the list of articles; htmx asks for the rows alone.
func (c *Console) knowledge(g *gin.Context, v *view) {
	s, err := c.readShelf(g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = "/knowledge"
	if isHTMX(g) {
		c.show(g, http.StatusOK, shelfRows(v, s))
		return
	}
	c.show(g, http.StatusOK, shelfPage(v, s))
}

// countGaps learns how many questions wait for HR, for the navigation.
func (c *Console) countGaps(ctx context.Context, v *view) error {
	gaps, err := c.o.Store.Gaps(ctx, v.agent.In(conversations.MayRead))
	if err != nil {
		return fmt.Errorf("reading the open questions: %w", err)
	}
	v.gaps = len(gaps)
	return nil
}

// noteGaps is countGaps for pages that do without the number rather than
// fail.
func (c *Console) noteGaps(g *gin.Context, v *view) {
	if err := c.countGaps(g.Request.Context(), v); err != nil {
		c.log(g, err)
	}
}

// gapsBadge is the number of open questions, for a page that is open.
func (c *Console) gapsBadge(g *gin.Context, v *view) {
	if err := c.countGaps(g.Request.Context(), v); err != nil {
		c.fail(g, v, err)
		return
	}
	c.show(g, http.StatusOK, gapsBadge(v))
}

// stateWords names an article's state.
func (v *view) stateWords(s conversations.ArticleState) string {
	return v.T("article.state_" + string(s))
}

// stateIcon is the state's shape, for those who see no colours.
func stateIcon(s conversations.ArticleState) string {
	switch s {
	case conversations.Approved:
		return "check"
	case conversations.Retired:
		return "circle-x"
	case fromFile:
		return "file-text"
	}
	return "pencil"
}

// forBranch names whom an article is for.
func (v *view) forBranch(path string) string {
	if path == "" {
		return v.T("article.everybody")
	}
	return v.branch(path)
}

// source names who says what an article for a branch says, as it is cited.
func (v *view) source(branch string) string {
	if branch == "" {
		return shortened(v.bank, maxSource)
	}
	return shortened(v.branch(branch), maxSource)
}

// inLanguage names the language that an article is written in.
func (v *view) inLanguage(l conversations.Locale) string {
	if l == "" {
		return v.T("article.all_languages")
	}
	return v.T("language." + strings.ReplaceAll(strings.ToLower(string(l)), "-", "_"))
}

// positionsOf are the positions that an article is confined to, in words.
func (v *view) positionsOf(a conversations.Article) string {
	if len(a.Positions) == 0 {
		return v.T("article.all_positions")
	}
	return strings.Join(a.Positions, v.T("brief.and"))
}

// articleURL is the address of an article's page.
func articleURL(a conversations.ArticleVersion) string {
	if a.State == fromFile {
		return fileURL(a.Article)
	}
	return "/knowledge/" + a.ID
}
