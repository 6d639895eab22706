package console

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// trial is a question that HR tries: what would the bot answer, and why.
type trial struct {
	conversations.Inquiry
	branches []string
	found    *conversations.Found // nil before anything was asked
}

// longestTrial is how much of a question is tried, in characters.
const longestTrial = 300

func (c *Console) newTrial(v *view) trial {
	t := trial{branches: slices.DeleteFunc(c.writable(v), func(b string) bool { return b == "" })}
	t.Locale = conversations.Chinese
	if len(t.branches) > 0 {
		t.Branch = t.branches[0]
	}
	return t
}

// tryQuestion looks a question up as the bot would for a candidate of the
// agent's scope. It asks what is approved only and changes nothing.
func (c *Console) tryQuestion(g *gin.Context, v *view) {
	s, err := c.readShelf(g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	t := &s.trial
	t.Text, t.Position = strings.TrimSpace(g.PostForm("question")), strings.TrimSpace(g.PostForm("position"))
	if l := conversations.Locale(g.PostForm("locale")); slices.Contains(locales(), l) {
		t.Locale = l
	}
	if b := g.PostForm("of"); slices.Contains(t.branches, b) {
		t.Branch = b
	}
	if utf8.RuneCountInString(t.Text) > longestTrial {
		t.Text = string([]rune(t.Text)[:longestTrial])
	}
	if t.Text != "" {
		found := c.o.Knowledge().Find(t.Inquiry)
		t.found = &found
	}
	v.back = "/knowledge"
	if isHTMX(g) {
		c.show(g, http.StatusOK, trialResult(v, s))
		return
	}
	c.show(g, http.StatusOK, shelfPage(v, s))
}

// certainty is the key of what the bot would do.
func (t trial) certainty() string {
	switch {
	case t.found.Empty:
		return "trial.empty"
	case t.found.Certainty == conversations.Certainly:
		return "trial.certainly"
	case t.found.Certainty == conversations.Perhaps:
		return "trial.perhaps"
	}
	return "trial.not_found"
}

// percent is a score from 0 to 1 for people.
func percent(score float64) string {
	return number(int64(math.Round(min(max(score, 0), 1)*100))) + "%"
}

// matchURL is the page of an article that was found.
func (s shelf) matchURL(a conversations.Article) string {
	if slices.ContainsFunc(s.rows, func(r shelved) bool { return r.ID == a.ID && r.State != fromFile }) {
		return "/knowledge/" + a.ID
	}
	return fileURL(a)
}

// fileURL is the page of a text from a file. One id may stand in several
// files, for branches and languages.
func fileURL(a conversations.Article) string {
	return "/knowledge/file?" + url.Values{"id": {a.ID}, "branch": {a.Branch}, "locale": {string(a.Locale)}}.Encode()
}
