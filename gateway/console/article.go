package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// articleDesk is the page of one article: its text, and how it came to be.
type articleDesk struct {
	id       string
	versions []conversations.ArticleVersion // newest first; none of a new one
	branches []string                       // that may be written for
	writable bool
	typed    articleForm
	problem  string // key: why nothing was done
	notice   string // key: what was done
}

// articleForm is an article as it was typed.
type articleForm struct {
	conversations.Article
	version int64             // it was written on top of
	errors  map[string]string // words by field
	doubts  []string          // sentences that promise too much
	sure    bool              // the doubts have been looked at
	asked   bool              // an approval waits for them to be
}

// latest is the article as it is, the zero value for a new one.
func (d articleDesk) latest() conversations.ArticleVersion {
	if len(d.versions) == 0 {
		return conversations.ArticleVersion{Article: conversations.Article{ID: d.id}}
	}
	return d.versions[0]
}

// version returns one of the article's versions.
func (d articleDesk) version(n int64) (conversations.ArticleVersion, bool) {
	if n == 0 && len(d.versions) > 0 && d.versions[len(d.versions)-1].Version == 1 {
		return conversations.ArticleVersion{Article: conversations.Article{ID: d.id}}, true
	}
	i := slices.IndexFunc(d.versions, func(v conversations.ArticleVersion) bool { return v.Version == n })
	if i < 0 {
		return conversations.ArticleVersion{}, false
	}
	return d.versions[i], true
}

// before is the version before n, the zero value before the first.
func (d articleDesk) before(n int64) conversations.ArticleVersion {
	v, _ := d.version(n - 1)
	return v
}

// readArticle loads an article of the scope with all its versions.
func (c *Console) readArticle(ctx context.Context, v *view, id string) (articleDesk, error) {
	d := articleDesk{id: id, branches: c.writable(v)}
	versions, err := c.o.Store.Article(ctx, v.agent.In(conversations.MayRead), id)
	if err != nil {
		return d, fmt.Errorf("reading an article: %w", err)
	}
	d.versions = versions
	latest := d.latest()
	d.writable = v.agent.In(conversations.MayTeach).Writes(latest.Branch)
	d.typed = articleForm{Article: latest.Article, version: latest.Version, doubts: c.o.Doubts(latest.Text)}
	return d, nil
}

// articlePage shows an article.
func (c *Console) articlePage(g *gin.Context, v *view) {
	d, err := c.readArticle(g.Request.Context(), v, g.Param("id"))
	if err != nil {
		c.failArticle(g, v, err)
		return
	}
	if done := g.Query("done"); slices.Contains([]string{"save", "approve", "retire", "restore"}, done) {
		d.notice = "article.done_" + done
	}
	c.showArticle(g, v, http.StatusOK, d)
}

// failArticle is fail for what is done with an article.
func (c *Console) failArticle(g *gin.Context, v *view, err error) {
	if errors.Is(err, conversations.ErrNotFound) {
		c.problem(g, v, http.StatusNotFound, "article.not_found")
		return
	}
	c.fail(g, v, err)
}

// newArticle is the form of an article that does not exist yet. Its id is
// made here, so that the form sent twice is one article.
func (c *Console) newArticle(g *gin.Context, v *view) {
	d := articleDesk{id: c.o.NewID(), branches: c.writable(v), writable: true}
	d.typed.ID, d.typed.Locale = d.id, conversations.Chinese
	if len(d.branches) > 0 {
		d.typed.Branch = d.branches[0]
		d.typed.Source = v.source(d.typed.Branch)
	}
	if from, ok := c.fileArticle(g, v); ok {
		branch := d.typed.Branch
		d.typed.Article = from
		d.typed.ID, d.typed.Branch = d.id, branch
	}
	c.showArticle(g, v, http.StatusOK, d)
}

// fileArticle finds the text of the operator's files that the address names.
func (c *Console) fileArticle(g *gin.Context, v *view) (conversations.Article, bool) {
	id, branch, locale := g.Query("id"), g.Query("branch"), conversations.Locale(g.Query("locale"))
	all, err := c.articles(g.Request.Context(), v)
	if err != nil || id == "" {
		return conversations.Article{}, false
	}
	i := slices.IndexFunc(all, func(a shelved) bool {
		return a.State == fromFile && a.ID == id && a.Branch == branch && a.Locale == locale
	})
	if i < 0 {
		return conversations.Article{}, false
	}
	return all[i].Article, true
}

// filePage shows a text of the operator's files, which is changed there.
func (c *Console) filePage(g *gin.Context, v *view) {
	a, ok := c.fileArticle(g, v)
	if !ok {
		c.problem(g, v, http.StatusNotFound, "article.not_found")
		return
	}
	d := articleDesk{id: a.ID, versions: []conversations.ArticleVersion{{Article: a, State: fromFile}}, typed: articleForm{Article: a}}
	c.showArticle(g, v, http.StatusOK, d)
}

func (c *Console) showArticle(g *gin.Context, v *view, status int, d articleDesk) {
	ctx := g.Request.Context()
	err := c.names(ctx, v)
	if err == nil {
		err = c.countGaps(ctx, v)
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = "/knowledge/" + d.id
	switch {
	case len(d.versions) == 0:
		v.back = "/knowledge/new"
	case d.latest().State == fromFile:
		v.back = fileURL(d.latest().Article)
	}
	c.show(g, status, articleView(v, d))
}

// changeArticle saves, approves, retires or restores an article. Version 0 is
// one that does not exist yet.
func (c *Console) changeArticle(g *gin.Context, v *view) {
	on, err := strconv.ParseInt(g.PostForm("version"), 10, 64)
	d, problem := c.readArticle(g.Request.Context(), v, g.Param("id"))
	switch {
	case err != nil || on < 0 || !validArticleID(d.id):
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	case on == 0 && errors.Is(problem, conversations.ErrNotFound):
		d.writable = true
	case problem != nil:
		c.failArticle(g, v, problem)
		return
	case !d.writable:
		c.failArticle(g, v, conversations.ErrNotFound)
		return
	}
	do := g.PostForm("do")
	switch do {
	case "save", "approve":
		c.takeArticle(g, v, &d, do == "approve")
	case "retire", "restore":
	default:
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	d.typed.version = on
	c.putArticle(g, v, d, do)
}

// putArticle writes the version that was asked for, once.
func (c *Console) putArticle(g *gin.Context, v *view, d articleDesk, do string) {
	restored, _ := strconv.ParseInt(g.PostForm("restore"), 10, 64)
	next, ok := d.next(do, restored, v.agent.ID, c.o.Now())
	switch {
	case !ok:
		d.problem = "problem.stale"
	case len(d.typed.errors) > 0:
		d.problem = "article.check"
		c.showArticle(g, v, http.StatusUnprocessableEntity, d)
		return
	case next.Version == d.latest().Version && same(next, d.latest()):
		c.redirect(g, "/knowledge/"+d.id+"?done="+do) // sent twice
		return
	case d.typed.asked:
		c.showArticle(g, v, http.StatusUnprocessableEntity, d)
		return
	}
	err := error(conversations.ErrStale)
	if ok && next.Version == d.latest().Version+1 {
		err = c.o.Store.PutArticle(g.Request.Context(), v.agent.In(conversations.MayTeach), next)
	}
	switch {
	case errors.Is(err, conversations.ErrStale):
		c.staleArticle(g, v, d)
	case err != nil:
		c.failArticle(g, v, fmt.Errorf("writing an article: %w", err))
	default:
		v.concerns(next.Branch)
		v.did("do", do, "version", strconv.FormatInt(next.Version, 10))
		c.redirect(g, "/knowledge/"+d.id+"?done="+do)
	}
}

// staleArticle says that somebody else changed the article meanwhile, keeps
// the words, and lets them be saved on top of what is there now.
func (c *Console) staleArticle(g *gin.Context, v *view, d articleDesk) {
	fresh, err := c.readArticle(g.Request.Context(), v, d.id)
	if err != nil {
		c.failArticle(g, v, err)
		return
	}
	fresh.problem = "article.stale"
	if g.PostForm("title") != "" || g.PostForm("text") != "" {
		typed := d.typed
		typed.version = fresh.latest().Version
		fresh.typed = typed
	}
	c.showArticle(g, v, http.StatusConflict, fresh)
}

// next is the version that comes of doing something on the version that the
// form showed; false if there is none.
func (d articleDesk) next(do string, restored int64, by string, at time.Time) (conversations.ArticleVersion, bool) {
	on, ok := d.version(d.typed.version)
	if len(d.versions) == 0 {
		on, ok = d.latest(), true
	}
	if !ok {
		return on, false
	}
	switch do {
	case "retire":
		return on.Retire(by, at), on.Version > 0
	case "restore":
		was, found := d.version(restored)
		return on.Undo(was, by, at), found && restored > 0
	case "approve":
		on.Article = d.typed.Article
		return on.Approve(by, at), true
	}
	return on.Edited(d.typed.Article, by, at), true
}

// same says whether two versions differ by no more than the moment.
func same(a, b conversations.ArticleVersion) bool {
	return a.State == b.State && a.Serves == b.Serves && a.By == b.By && sameText(a.Article, b.Article)
}

// sameText says whether two articles tell the same to the same people.
func sameText(a, b conversations.Article) bool {
	return a.ID == b.ID && a.Branch == b.Branch && a.Locale == b.Locale && a.Title == b.Title && a.Text == b.Text && a.Source == b.Source &&
		slices.Equal(a.Positions, b.Positions) && slices.Equal(a.Questions, b.Questions)
}
