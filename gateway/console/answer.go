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
	"jiebao/conversations/audit"
)

// answerDesk is the page where HR answers one question, and all who asked it
// are told.
type answerDesk struct {
	group    conversations.GapGroup // those that one form answers
	all      int                    // how many asked
	ticked   map[string]bool        // gaps to answer
	text     string
	source   string
	keep     bool                  // the answer becomes an article
	article  conversations.Article // that it becomes
	branches []string
	errors   map[string]string // words by field
	doubts   []string
	asked    bool // the doubts have to be looked at first
	outcomes []outcome
	kept     bool
}

// outcome is what came of an answer to one who asked.
type outcome struct {
	conversation string
	name         string
	key          string // of the words
}

// mostAnswered is how many are answered by one form; whoever asked later
// waits for the next.
const mostAnswered = 500

// answerPage is the form for the group that a question is in.
func (c *Console) answerPage(g *gin.Context, v *view) {
	groups, err := c.openGroups(g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	i := slices.IndexFunc(groups, func(group conversations.GapGroup) bool { return inGroup(group, g.Param("gap")) })
	if i < 0 {
		c.redirect(g, "/knowledge/gaps?gone=1")
		return
	}
	c.showAnswer(g, v, http.StatusOK, c.newAnswer(v, groups[i]))
}

func inGroup(group conversations.GapGroup, id string) bool {
	return slices.ContainsFunc(group, func(q conversations.OpenGap) bool { return q.ID == id })
}

// newAnswer is the empty form: all are ticked whom no colleague has written
// to, and the article would be for the branch that all of them share.
func (c *Console) newAnswer(v *view, group conversations.GapGroup) answerDesk {
	d := answerDesk{group: first(group), all: len(group), ticked: map[string]bool{}, branches: c.writable(v)}
	branch := group[0].Branch
	for _, q := range group {
		d.ticked[q.ID] = !q.Replied
		branch = shared(branch, q.Branch)
	}
	if !slices.Contains(d.branches, branch) && len(d.branches) > 0 {
		branch = d.branches[0]
	}
	d.source = v.source(branch)
	examples := wordings(group)
	d.article = conversations.Article{
		ID: c.o.NewID(), Branch: branch, Title: shortened(strings.TrimRight(line(examples[0]), "?？。！! "), conversations.MaxArticleTitle),
	}
	for _, q := range examples[:min(len(examples), 8)] {
		d.article.Questions = append(d.article.Questions, shortened(line(q), maxQuestion))
	}
	d.article.Locale = conversations.Chinese
	if group[0].Locale == conversations.English {
		d.article.Locale = conversations.English
	}
	return d
}

// first are those of a group that one form answers.
func first(group conversations.GapGroup) conversations.GapGroup {
	return group[:min(len(group), mostAnswered)]
}

// shared is the nearest branch above two, "" if they have none in common.
func shared(a, b string) string {
	for a != "" && !(conversations.Scope{a}).Allows(b) {
		a = a[:max(0, strings.LastIndex(a, "/"))]
	}
	return a
}

func (c *Console) showAnswer(g *gin.Context, v *view, status int, d answerDesk) {
	if err := c.names(g.Request.Context(), v); err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = "/knowledge/gaps/" + g.Param("gap")
	c.show(g, status, answerView(v, d))
}

// answer tells everybody who is ticked. A form that is sent twice tells nobody
// twice, and a question that was answered meanwhile is left alone.
func (c *Console) answer(g *gin.Context, v *view) {
	groups, err := c.openGroups(g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	d, to := c.takeAnswer(g, v, groups)
	if d.keep && len(d.errors) == 0 && !d.asked {
		err := c.keepAnswer(g.Request.Context(), v, d.article)
		switch {
		case errors.Is(err, conversations.ErrStale):
			d.errors["keep"] = v.T("gaps.kept_otherwise")
		case err != nil:
			c.fail(g, v, err)
			return
		default:
			d.kept = true
		}
	}
	switch {
	case (len(d.errors) > 0 || d.asked) && len(d.group) == 0:
		c.redirect(g, "/knowledge/gaps?gone=1")
		return
	case len(d.errors) > 0 || d.asked:
		c.showAnswer(g, v, http.StatusUnprocessableEntity, d)
		return
	}
	cmd := conversations.AnswerQuestion{Agent: v.agent.ID, Text: d.text, Source: d.source}
	if d.kept {
		cmd.Article = d.article.ID
	}
	for _, t := range to {
		cmd.Question = t.gap
		d.outcomes = append(d.outcomes, c.tell(g, v, t, cmd))
	}
	if err := c.countGaps(g.Request.Context(), v); err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = "/knowledge/gaps"
	c.show(g, http.StatusOK, answeredView(v, d))
}

// previewAnswer shows the message as it would be read, while it is typed.
func (c *Console) previewAnswer(g *gin.Context, v *view) {
	groups, err := c.openGroups(g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	d, _ := c.takeAnswer(g, v, groups)
	if len(d.group) == 0 {
		c.fail(g, v, conversations.ErrNotFound)
		return
	}
	c.show(g, http.StatusOK, answerPreview(v, d))
}

// addressee is a question that the form ticks.
type addressee struct {
	gap, conversation string
	open              *conversations.OpenGap // nil if it waits no longer
}

// takeAnswer reads the form. The question that it names may be answered
// already; then there is no group any more.
func (c *Console) takeAnswer(g *gin.Context, v *view, groups []conversations.GapGroup) (answerDesk, []addressee) {
	d := answerDesk{ticked: map[string]bool{}, branches: c.writable(v)}
	if i := slices.IndexFunc(groups, func(group conversations.GapGroup) bool { return inGroup(group, g.Param("gap")) }); i >= 0 {
		d.group, d.all = first(groups[i]), len(groups[i])
	}
	open := map[string]*conversations.OpenGap{}
	for _, group := range groups {
		for i := range group {
			open[group[i].ID] = &group[i]
		}
	}
	var to []addressee
	for _, value := range g.PostFormArray("to") {
		gap, conversation, ok := strings.Cut(value, "@")
		if !ok || d.ticked[gap] || len(to) >= mostAnswered {
			continue
		}
		d.ticked[gap] = true
		to = append(to, addressee{gap, conversation, open[gap]})
	}
	d.text, d.source, d.keep = paragraph(g.PostForm("text")), line(g.PostForm("source")), g.PostForm("keep") != ""
	d.article = conversations.Article{
		ID: g.PostForm("article"), Branch: g.PostForm("branch"), Locale: conversations.Locale(g.PostForm("locale")), Title: line(g.PostForm("title")),
		Positions: split(g.PostForm("positions"), ",，;；、\n"), Questions: split(g.PostForm("questions"), "\n"), Text: d.text, Source: d.source,
	}
	d.errors = v.answerErrors(d, len(to))
	d.doubts = c.o.Doubts(d.text)
	d.asked = len(d.doubts) > 0 && g.PostForm("sure") == ""
	return d, to
}

// answerErrors says in words, by field, what is wrong with an answer.
func (v *view) answerErrors(d answerDesk, to int) map[string]string {
	errs := map[string]string{}
	if d.keep {
		errs = v.articleErrors(d.article, d.branches, true)
		if !validArticleID(d.article.ID) {
			errs["keep"] = v.T("problem.invalid")
		}
	}
	if to == 0 {
		errs["to"] = v.T("gaps.need_somebody")
	}
	switch n := utf8.RuneCountInString(d.text); {
	case n == 0:
		errs["text"] = v.T("article.need_text")
	case n > conversations.MaxArticle:
		errs["text"] = v.T("article.too_long", "n", n, "max", conversations.MaxArticle)
	}
	switch n := utf8.RuneCountInString(d.source); {
	case n == 0:
		errs["source"] = v.T("article.need_source")
	case n > maxSource:
		errs["source"] = v.T("article.too_long", "n", n, "max", maxSource)
	}
	return errs
}

// keepAnswer makes the answer an approved article. One that the same form
// made before is left as it is.
func (c *Console) keepAnswer(ctx context.Context, v *view, a conversations.Article) error {
	kept := conversations.ArticleVersion{Article: a}.Approve(v.agent.ID, c.o.Now())
	err := c.o.Store.PutArticle(ctx, v.agent.In(conversations.MayTeach), kept)
	if errors.Is(err, conversations.ErrStale) {
		versions, again := c.o.Store.Article(ctx, v.agent.In(conversations.MayTeach), a.ID)
		if again == nil && len(versions) > 0 && same(versions[len(versions)-1], kept) {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("keeping an answer as an article: %w", err)
	}
	err = c.o.Store.Record(ctx, audit.Entry{
		Action: audit.ArticleChanged, Actor: v.agent.ID, Role: string(v.agent.Role), Subject: audit.Of(audit.OfArticle, a.ID), Branch: a.Branch,
		Detail: audit.Detail{"do": "approve", "version": "1"},
	})
	if err != nil {
		return fmt.Errorf("keeping an answer as an article: %w", err)
	}
	return nil
}

// tell answers one question.
func (c *Console) tell(g *gin.Context, v *view, to addressee, cmd conversations.AnswerQuestion) outcome {
	out := outcome{conversation: to.conversation}
	if to.open != nil {
		out.conversation, out.name = to.open.Conversation, to.open.Name
	} else if conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), to.conversation); err == nil {
		out.name = conv.Candidate.Name
	}
	applied, err := c.apply(g.Request.Context(), v, out.conversation, cmd)
	switch {
	case errors.Is(err, conversations.ErrNotFound):
		out.key = "gaps.told_gone"
	case errors.Is(err, conversations.ErrStale), err == nil && applied.Duplicate:
		out.key = "gaps.told_before"
	case err != nil:
		c.log(g, fmt.Errorf("answering a question: %w", err))
		out.key = "gaps.told_failed"
	case applied.State != nil && applied.State.OptedOut():
		out.key = "gaps.told_muted"
	case to.open == nil || to.open.Account == "":
		out.key = "gaps.told_nowhere"
	case to.open.Open:
		out.key = "gaps.told_now"
	default:
		out.key = "gaps.told_later"
	}
	return out
}

// toldIcon is an outcome's shape.
func toldIcon(key string) string {
	switch key {
	case "gaps.told_now":
		return "check"
	case "gaps.told_later", "gaps.told_nowhere":
		return "hourglass"
	case "gaps.told_before":
		return "check-check"
	}
	return "circle-x"
}

// toldClass is an outcome's colour.
func toldClass(key string) string {
	switch key {
	case "gaps.told_now":
		return "good"
	case "gaps.told_later", "gaps.told_nowhere":
		return "queue"
	case "gaps.told_before":
		return ""
	}
	return "bad"
}
