package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
)

// compared is what the fake knows of comparisons.
type compared struct {
	reports []conversations.Reconciliation // the latest first
	found   []conversations.Difference     // of the report rec_1
	asked   []string                       // by whom
}

func (f *fake) compare(_ context.Context, by string) (string, error) {
	f.compared.asked = append(f.compared.asked, by)
	return "rec_asked", nil
}

func (f *fake) Reconciliations(_ context.Context, _ conversations.Scope, kind conversations.ReconciliationKind, before time.Time, limit int) (out []conversations.Reconciliation, err error) {
	for _, r := range f.compared.reports {
		if (kind == "" || r.Kind == kind) && (before.IsZero() || r.Asked.Before(before)) && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, nil
}

func (f *fake) Reconciliation(_ context.Context, _ conversations.Scope, id string, n, limit int) (r conversations.Reconciliation, found []conversations.Difference, next int, err error) {
	i := slices.IndexFunc(f.compared.reports, func(r conversations.Reconciliation) bool { return r.ID == id })
	if i < 0 {
		return r, nil, 0, conversations.ErrNotFound
	}
	if id == "rec_1" {
		all := f.compared.found
		to := min(n+limit, len(all))
		if found = all[min(n, to):to]; to < len(all) {
			next = to
		}
	}
	return f.compared.reports[i], found, next, nil
}

func (f *fake) Candidate(_ context.Context, s conversations.Scope, ehr string) (conversations.Conversation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.convs {
		if c.Candidate.ID == ehr && s.Allows(c.Branch) {
			return c, nil
		}
	}
	return conversations.Conversation{}, conversations.ErrNotFound
}

// reported is the desk of an agent after some comparisons.
func reported(t *testing.T, agent string) *desk {
	t.Helper()
	d := as(t, agent)
	asked := testNow().Add(-time.Hour)
	d.f.compared.reports = []conversations.Reconciliation{
		{ID: "rec_2", Kind: conversations.ReconcileNightly, Asked: asked, Started: asked, Candidates: 68, Done: 20},
		{ID: "rec_1", Kind: conversations.ReconcilePosted, System: "api:ehr", Asked: asked, Started: asked, Finished: asked, Candidates: 68, Agree: 67},
		{ID: "rec_0", Kind: conversations.ReconcileAsked, Branch: "head/beijing", Dry: true, Asked: asked, Started: asked, Finished: asked, Candidates: 9, Agree: 9},
	}
	d.f.compared.found = []conversations.Difference{
		{Candidate: d.f.convs["zhang"].Candidate.ID, System: "api:ehr", Verdict: conversations.InConflict, Theirs: 12, Ours: 12, Differs: []string{conversations.PartStartDate}, Repair: conversations.RepairByHR, Conflict: "zhang-x13"},
		{Candidate: "E-nobody", System: "ehr", Verdict: conversations.UnknownToUs, Theirs: 5},
		{Candidate: d.f.convs["liu"].Candidate.ID, System: "ehr", Verdict: conversations.GivenUp, Theirs: 5, Ours: 7, Repair: conversations.RepairReplay, Events: 2},
	}
	return d
}

func TestReportsNameWhoDisagrees(t *testing.T) {
	t.Parallel()
	d := reported(t, "ag-head")
	d.wantText(d.get(reportsPath), "68 位候选人中有 1 位不一致", "9 位候选人全部一致", "20 / 68", "/inbox/reconciliations/rec_1", "立即对账")
	w := d.get(reportURL("rec_1"))
	d.wantText(w, "张伟", "/inbox/zhang#conflict-zhang-x13", "双方记录不一致", "入职日期", "E-nobody", "/inbox/liu", "已重新发送 2 个事件")
	d.wantNoText(w, "下一页", "every 2s")
	d.wantCode(d.get(reportURL("none")), http.StatusNotFound)
	for _, path := range []string{reportsPath, reportURL("rec_1")} {
		d.wantCode(reported(t, "ag-bj").get(path), http.StatusForbidden)
	}
}

func TestALongReportIsPaged(t *testing.T) {
	t.Parallel()
	d := reported(t, "ag-head")
	d.f.compared.found = nil
	for i := range differencesAtOnce + 7 {
		d.f.compared.found = append(d.f.compared.found, conversations.Difference{Candidate: fmt.Sprintf("E-%03d", i), System: "ehr", Verdict: conversations.NotTaken, Ours: 1})
	}
	w := d.get(reportURL("rec_1"))
	d.wantText(w, "E-049", reportURL("rec_1")+"?from=50")
	d.wantNoText(w, "E-050")
	w = d.get(reportURL("rec_1") + "?from=50")
	d.wantText(w, "E-050", "E-056")
	d.wantNoText(w, "下一页")
	for i := range reportsAtOnce {
		d.f.compared.reports = append(d.f.compared.reports, conversations.Reconciliation{ID: fmt.Sprintf("nightly-%d", i), Kind: conversations.ReconcileNightly, Asked: testNow().AddDate(0, 0, -1-i)})
	}
	d.wantText(d.get(reportsPath), "更早的报告", fmt.Sprintf("?before=%d", testNow().AddDate(0, 0, -27).UnixMilli()))
	d.wantText(d.get(fmt.Sprintf("%s?before=%d", reportsPath, testNow().AddDate(0, 0, -27).UnixMilli())), "nightly-29")
}

func TestHRComparesNow(t *testing.T) {
	t.Parallel()
	d := reported(t, "ag-head")
	w := d.post(reportsPath, url.Values{})
	d.wantCode(w, http.StatusSeeOther)
	if to := w.Header().Get("Location"); to != reportURL("rec_asked") || !slices.Equal(d.f.compared.asked, []string{"ag-head"}) {
		t.Errorf("it leads to %s, asked by %v", to, d.f.compared.asked)
	}
	d.f.compared.reports = slices.Insert(d.f.compared.reports, 0, conversations.Reconciliation{ID: "rec_asked", Kind: conversations.ReconcileAsked, Asked: testNow()})
	d.wantCode(d.post(reportsPath, url.Values{}), http.StatusSeeOther)
	if len(d.f.compared.asked) != 1 {
		t.Error("it was asked again for what is under way")
	}
	d.wantText(d.get(reportURL("rec_asked")), "等待开始", "every 2s", "再看一次")
	d.wantCode(reported(t, "ag-bj").post(reportsPath, url.Values{}), http.StatusForbidden)
}

func TestTheLastComparisonStandsAboveTheInbox(t *testing.T) {
	t.Parallel()
	d := reported(t, "ag-head")
	const banner = "对账发现记录不一致"
	d.wantNoText(d.get("/inbox"), banner) // the night's still lasts
	night := func(id string, kind conversations.ReconciliationKind, hours time.Duration, agree int, failed ...string) {
		at := testNow().Add(-hours * time.Hour)
		d.f.compared.reports = slices.Insert(d.f.compared.reports, 0, conversations.Reconciliation{
			ID: id, Kind: kind, Asked: at, Started: at, Finished: at, Candidates: 68, Done: 68, Agree: agree, Failed: failed,
		})
	}
	night("n1", conversations.ReconcileNightly, 30, 66)
	for _, path := range []string{"/inbox", "/inbox/zhang", "/inbox/alarms"} {
		d.wantText(d.get(path), banner, "68 位候选人中有 2 位不一致", reportURL("n1"))
	}
	d.wantNoText(d.beside("ag-bj").get("/inbox"), banner)
	night("a1", conversations.ReconcileAsked, 20, 68)
	d.wantNoText(d.get("/inbox"), banner)
	night("n2", conversations.ReconcileNightly, 6, 68, "ehr did not say what it believes")
	d.wantText(d.get("/inbox"), banner, "有系统没有回答", reportURL("n2"))
}
