package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// settle is HR's decision about what another system and Jiebao do not agree
// on. If it was settled meanwhile, nothing happens and the page says so.
func (c *Console) settle(g *gin.Context, v *view) {
	cmd := conversations.Settle{
		Agent: v.agent.ID, Conflict: g.PostForm("conflict"), Choice: conversations.Choosing(g.PostForm("choice")), Note: strings.TrimSpace(g.PostForm("note")),
	}
	if !slices.Contains(choices(), cmd.Choice) {
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	if cmd.Choice == conversations.ChooseOther && cmd.Note == "" {
		c.refuse(g, v, http.StatusUnprocessableEntity, v.T("conflict.need_note"), "", "")
		return
	}
	c.acted(g, v, c.o.Settle(g.Request.Context(), v.agent.Scope, g.Param("id"), cmd))
}

// choices are how HR settles a conflict.
func choices() []conversations.Choosing {
	return []conversations.Choosing{conversations.ChooseTheirs, conversations.ChooseOurs, conversations.ChooseOther}
}

// system names who does not agree: an endpoint's id, or the API's key.
func system(name string) string { return strings.ToUpper(strings.TrimPrefix(name, "api:")) }

// side is what one side of a conflict says of a part.
func (v *view) side(x *conversations.Conflict, part string) (theirs, ours string) {
	switch part {
	case conversations.PartStartDate:
		theirs, ours = v.T("conflict.nothing"), v.day(x.Ours.StartDate())
		if x.Theirs.StartDate != nil {
			theirs = v.day(*x.Theirs.StartDate)
		}
	case conversations.PartAnswer:
		theirs, ours = v.T("conflict.nothing"), v.T("answer."+x.Ours.Answer.String())
		if x.Theirs.Answer != nil {
			theirs = v.T("answer." + x.Theirs.Answer.String())
		}
	default:
		theirs, ours = v.T("conflict.files", "n", len(x.Theirs.Documents)), v.T("conflict.files", "n", len(x.Ours.Documents))
	}
	return theirs, ours
}

// reportsPath is where comparisons with other systems are reported.
const reportsPath = "/inbox/reconciliations"

// reportsAtOnce and differencesAtOnce are how many a page shows.
const (
	reportsAtOnce     = 30
	differencesAtOnce = 200
)

// reportsPage lists the latest comparisons.
func (c *Console) reportsPage(g *gin.Context, v *view) {
	all, err := c.o.Store.Reconciliations(g.Request.Context(), v.agent.Scope, "", time.Time{}, reportsAtOnce)
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the reports: %w", err))
		return
	}
	v.back = reportsPath
	c.show(g, http.StatusOK, reportsView(v, all))
}

// report is one comparison and whom it names.
type report struct {
	conversations.Reconciliation
	found []conversations.Difference
	more  bool
}

func (c *Console) reportPage(g *gin.Context, v *view) {
	var r report
	var next int
	var err error
	r.Reconciliation, r.found, next, err = c.o.Store.Reconciliation(g.Request.Context(), v.agent.Scope, g.Param("report"), 0, differencesAtOnce)
	if err != nil {
		if !errors.Is(err, conversations.ErrNotFound) {
			err = fmt.Errorf("reading a report: %w", err)
		}
		c.fail(g, v, err)
		return
	}
	r.more = next > 0
	v.back = reportURL(r.ID)
	c.show(g, http.StatusOK, reportView(v, r))
}

func reportURL(id string) string { return reportsPath + "/" + url.PathEscape(id) }

// outcomeOf says what came of a comparison.
func (v *view) outcomeOf(r conversations.Reconciliation) string {
	switch {
	case r.Finished.IsZero():
		return v.T("report.under_way", "done", r.Done, "all", r.Candidates)
	case r.Agrees():
		return v.T("report.all_agree", "n", r.Candidates)
	}
	return v.T("report.some_differ", "n", r.Candidates-r.Agree, "all", r.Candidates)
}
