package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/audit"
)

// reportsPath is where comparisons with other systems are reported.
const reportsPath = "/inbox/reconciliations"

// reportsAtOnce and differencesAtOnce are how many a page shows.
const (
	reportsAtOnce     = 30
	differencesAtOnce = 50
)

func reportURL(id string) string { return reportsPath + "/" + url.PathEscape(id) }

// reportList is a page of comparisons, the latest first.
type reportList struct {
	all  []conversations.Reconciliation
	next string // the address of earlier ones, "" if there are none
}

// reportsPage lists comparisons, those before a time in milliseconds if the
// address names one.
func (c *Console) reportsPage(g *gin.Context, v *view) {
	var before time.Time
	if n, err := strconv.ParseInt(g.Query("before"), 10, 64); err == nil {
		before = time.UnixMilli(n)
	}
	all, err := c.o.Store.Reconciliations(g.Request.Context(), v.agent.In(conversations.MayRun), "", before, reportsAtOnce+1)
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the reports: %w", err))
		return
	}
	l := reportList{all: all}
	if len(all) > reportsAtOnce {
		l.all = all[:reportsAtOnce]
		l.next = reportsPath + "?before=" + strconv.FormatInt(l.all[reportsAtOnce-1].Asked.UnixMilli(), 10)
	}
	v.back = reportsPath
	c.show(g, http.StatusOK, reportsView(v, l))
}

// report is one comparison and a page of whom it names.
type report struct {
	conversations.Reconciliation
	found []named
	next  int // the number of the first that the next page shows, 0 at the end
}

// named is a difference and the candidate's thread, if there is one.
type named struct {
	conversations.Difference
	name, thread string
}

// reportPage shows one comparison; htmx asks for its content alone.
func (c *Console) reportPage(g *gin.Context, v *view) {
	from, _ := strconv.Atoi(g.Query("from"))
	r, err := c.readReport(g, v, g.Param("report"), max(from, 0))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = reportURL(r.ID)
	if isHTMX(g) {
		c.show(g, http.StatusOK, reportNow(v, r))
		return
	}
	c.show(g, http.StatusOK, reportView(v, r))
}

func (c *Console) readReport(g *gin.Context, v *view, id string, from int) (r report, err error) {
	ctx := g.Request.Context()
	var found []conversations.Difference
	r.Reconciliation, found, r.next, err = c.o.Store.Reconciliation(ctx, v.agent.In(conversations.MayRun), id, from, differencesAtOnce)
	if err != nil {
		return r, fmt.Errorf("reading a report: %w", err)
	}
	for _, d := range found {
		one := named{Difference: d, name: d.Candidate}
		conv, err := c.o.Store.Candidate(ctx, v.agent.In(conversations.MayRead), d.Candidate)
		switch {
		case err == nil:
			one.name, one.thread = v.person(conv.Candidate.Name), "/inbox/"+conv.ID
		case !errors.Is(err, conversations.ErrNotFound):
			return r, fmt.Errorf("reading whom a report names: %w", err)
		}
		r.found = append(r.found, one)
	}
	return r, nil
}

// compareNow asks for a comparison of everybody with everything, and goes to
// its report. One that was asked for and lasts is that one.
func (c *Console) compareNow(g *gin.Context, v *view) {
	ctx := g.Request.Context()
	last, err := c.o.Store.Reconciliations(ctx, v.agent.In(conversations.MayRun), conversations.ReconcileAsked, time.Time{}, 1)
	if err == nil && len(last) > 0 && last[0].Finished.IsZero() && !last[0].Dry {
		c.redirect(g, reportURL(last[0].ID))
		return
	}
	var id string
	if err == nil {
		id, err = c.o.Compare(ctx, v.agent.ID)
	}
	v.made(audit.Of(audit.OfReport, id))
	if err != nil {
		c.fail(g, v, fmt.Errorf("asking for a comparison: %w", err))
		return
	}
	c.redirect(g, reportURL(id))
}

// noteDisagreement learns whether the last comparison of everybody, by night or
// because somebody asked, found what does not agree. Pages do without rather
// than fail.
func (c *Console) noteDisagreement(g *gin.Context, v *view) {
	if !v.agent.May(conversations.MayRun) {
		return
	}
	var last *conversations.Reconciliation
	for _, kind := range []conversations.ReconciliationKind{conversations.ReconcileNightly, conversations.ReconcileAsked} {
		some, err := c.o.Store.Reconciliations(g.Request.Context(), v.agent.In(conversations.MayRun), kind, time.Time{}, 2)
		if err != nil {
			c.log(g, fmt.Errorf("reading the last comparison: %w", err))
			return
		}
		for i := range some { // one may still last
			if r := &some[i]; !r.Finished.IsZero() && !r.Dry && (last == nil || r.Asked.After(last.Asked)) {
				last = r
			}
		}
	}
	if last != nil && !last.Agrees() {
		v.disagreement = last
	}
}

// outcomeOf says what came of a comparison.
func (v *view) outcomeOf(r conversations.Reconciliation) string {
	switch {
	case r.Started.IsZero() && r.Finished.IsZero():
		return v.T("report.waits")
	case r.Finished.IsZero():
		return v.T("report.under_way", "done", r.Done, "all", r.Candidates)
	case r.Agrees():
		return v.T("report.all_agree", "n", r.Candidates)
	case r.Agree == r.Candidates:
		return v.T("report.incomplete")
	}
	return v.T("report.some_differ", "n", r.Candidates-r.Agree, "all", r.Candidates)
}
