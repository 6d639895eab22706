package console

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/preflight"
)

// mountPreflight adds the look ahead at what telling candidates would come to.
func (c *Console) mountPreflight(r gin.IRouter) {
	r.GET(preflightPath, c.may(conversations.MayWork, (*Console).preflightPage))
	r.POST(preflightPath, c.may(conversations.MayWork, (*Console).lookAhead))
}

const preflightPath = "/inbox/preflight"

// Preflight says what posting results would come to.
type Preflight interface {
	// Read decodes a list of results in JSON, as the API takes it. Its errors
	// are about the list and for people to read; what is wrong with one result
	// stands in its item.
	Read(list []byte) ([]preflight.Item, error)
	Look(ctx context.Context, scope conversations.Scope, items []preflight.Item) (preflight.Report, error)
}

// flight is the page on which HR looks ahead.
type flight struct {
	text    string // as it was pasted
	problem string // why it cannot be read
	looked  bool
	report  preflight.Report
	names   []string // of the candidates, as the report's rows
}

// preflightPage is the page before anything was looked at.
func (c *Console) preflightPage(g *gin.Context, v *view) {
	v.back = preflightPath
	c.show(g, http.StatusOK, preflightView(v, flight{}))
}

// lookAhead shows what telling the candidates of a list would come to.
func (c *Console) lookAhead(g *gin.Context, v *view) {
	v.back = preflightPath
	f := flight{text: g.PostForm("results")}
	list, err := postedList(g, f.text)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	items, err := c.readResults(list)
	if err != nil {
		f.problem = v.T("preflight.unreadable", "why", err.Error())
		c.show(g, http.StatusUnprocessableEntity, preflightView(v, f))
		return
	}
	if f.report, err = c.o.Preflight.Look(g.Request.Context(), v.agent.In(conversations.MayWork), items); err != nil {
		c.fail(g, v, fmt.Errorf("looking ahead at results: %w", err))
		return
	}
	f.looked = true
	for _, it := range items {
		f.names = append(f.names, it.Result.Candidate.Name)
	}
	c.show(g, http.StatusOK, preflightView(v, f))
}

// postedList is the file that was chosen, or else what was pasted.
func postedList(g *gin.Context, pasted string) (string, error) {
	chosen, err := g.FormFile("file")
	if err != nil || chosen.Size == 0 {
		return pasted, nil
	}
	file, err := chosen.Open()
	if err != nil {
		return "", fmt.Errorf("opening what was chosen: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		return "", fmt.Errorf("reading what was chosen: %w", err)
	}
	return string(text), nil
}

// readResults reads a list in JSON, or rows of a spreadsheet.
func (c *Console) readResults(text string) ([]preflight.Item, error) {
	list := []byte(text)
	if !strings.HasPrefix(strings.TrimSpace(text), "[") {
		var err error
		if list, err = preflight.Documents(text); err != nil {
			return nil, err
		}
	}
	return c.o.Preflight.Read(list)
}

// verdict is the word for what would come of a result, and its colour.
func (v *view) verdict(w preflight.Verdict) string { return v.T("preflight." + string(w)) }

func verdictClass(w preflight.Verdict) string {
	switch w {
	case preflight.Told:
		return "good"
	case preflight.Later, preflight.Called, preflight.Posted:
		return "act"
	}
	return "bad"
}

// why says why a candidate would not be told at once.
func (v *view) why(r preflight.Row) string {
	switch {
	case r.Why == "":
		return ""
	case r.Why == preflight.AccountPaused, r.Why == preflight.StepRefused:
		return v.T("preflight.why_" + string(r.Why))
	}
	return v.Tor("waiting."+string(r.Why), string(r.Why))
}

// first says by what a candidate is told first, and when.
func (v *view) first(s *preflight.Step) string {
	by := v.medium(s.By)
	if s.At.After(v.now) {
		by += " · " + v.stamp(s.At)
	}
	return by
}

// step is one step of the plan in a few words.
func (v *view) step(s preflight.Step) string {
	words := v.medium(s.By)
	switch {
	case s.Skipped != "":
		return v.T("preflight.step_skipped", "step", words, "why", v.Tor("skipped."+s.Skipped, s.Skipped))
	case s.Refused != "":
		return v.T("preflight.step_skipped", "step", words, "why", v.T("preflight.why_step_refused"))
	case s.Paused:
		return v.T("preflight.step_skipped", "step", words, "why", v.T("preflight.why_account_paused"))
	}
	return words + " " + v.stamp(s.At)
}

// yuan is an amount of thousandths of a yuan.
func yuan(thousandths int64) string {
	return "¥" + strconv.FormatFloat(float64(thousandths)/1000, 'f', -1, 64)
}
