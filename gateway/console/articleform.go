package console

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// The most characters of what is typed beside the title and the text, and the
// most lines of examples.
const (
	maxSource    = 20
	maxQuestion  = 200
	maxQuestions = 40
	maxPosition  = 40
	maxPositions = 20
)

// takeArticle reads the form of an article. For approval everything has to be
// there that an answer needs, and doubts have to have been looked at.
func (c *Console) takeArticle(g *gin.Context, v *view, d *articleDesk, approve bool) {
	f := articleForm{sure: g.PostForm("sure") != ""}
	f.Article = conversations.Article{
		ID: d.id, Branch: g.PostForm("branch"), Locale: conversations.Locale(g.PostForm("locale")),
		Title: line(g.PostForm("title")), Text: paragraph(g.PostForm("text")), Source: line(g.PostForm("source")),
		Positions: split(g.PostForm("positions"), ",，;；、\n"), Questions: split(g.PostForm("questions"), "\n"),
		Updated: d.latest().Updated,
	}
	f.errors = v.articleErrors(f.Article, d.branches, approve)
	f.doubts = c.o.Doubts(f.Text)
	f.asked = approve && len(f.doubts) > 0 && !f.sure
	d.typed = f
}

// articleErrors says in words, by field, what is wrong with an article.
func (v *view) articleErrors(a conversations.Article, branches []string, complete bool) map[string]string {
	errs := map[string]string{}
	must := func(holds bool, field, key string, args ...any) {
		if _, there := errs[field]; !holds && !there {
			errs[field] = v.T(key, args...)
		}
	}
	fits := func(field, text string, most int) {
		n := utf8.RuneCountInString(text)
		must(n <= most, field, "article.too_long", "n", n, "max", most)
	}
	must(a.Title != "", "title", "article.need_title")
	fits("title", a.Title, conversations.MaxArticleTitle)
	must(a.Text != "" || !complete, "text", "article.need_text")
	fits("text", a.Text, conversations.MaxArticle)
	must(len(a.Questions) > 0 || !complete, "questions", "article.need_questions")
	must(len(a.Questions) <= maxQuestions, "questions", "article.too_many", "max", maxQuestions)
	for _, q := range a.Questions {
		fits("questions", q, maxQuestion)
	}
	must(len(a.Positions) <= maxPositions, "positions", "article.too_many", "max", maxPositions)
	for _, p := range a.Positions {
		fits("positions", p, maxPosition)
	}
	must(a.Source != "" || !complete, "source", "article.need_source")
	fits("source", a.Source, maxSource)
	must(slices.Contains(branches, a.Branch), "branch", "article.bad_branch")
	must(a.Locale == "" || slices.Contains(locales(), a.Locale), "locale", "article.bad_language")
	return errs
}

// validArticleID says whether an id can be that of an article.
func validArticleID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// line is typed text as one line.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// paragraph is typed text of several lines, as browsers send it.
func paragraph(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// split cuts typed text at the separators and drops what is empty or there
// before.
func split(s, separators string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(paragraph(s), func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if part = line(part); part != "" && !slices.Contains(out, part) {
			out = append(out, part)
		}
	}
	return out
}

// shortened keeps the first n characters.
func shortened(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
