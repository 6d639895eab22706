package console

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"jiebao/conversations"
)

func (f *fake) settle(ctx context.Context, s conversations.Scope, conversation string, c conversations.Settle) error {
	_, err := f.Apply(ctx, conversations.Target{Scope: s, Conversation: conversation}, c)
	return err
}

func (f *fake) Reconciliations(context.Context, conversations.Scope, conversations.ReconciliationKind, time.Time, int) ([]conversations.Reconciliation, error) {
	return []conversations.Reconciliation{
		{ID: "rec_2", Kind: conversations.ReconcileNightly, Asked: f.now(), Candidates: 68, Done: 20},
		{ID: "rec_1", Kind: conversations.ReconcilePosted, System: "api:ehr", Asked: f.now(), Finished: f.now(), Candidates: 68, Agree: 67},
		{ID: "rec_0", Kind: conversations.ReconcileAsked, Branch: "head/beijing", Dry: true, Asked: f.now(), Finished: f.now(), Candidates: 9, Agree: 9},
	}, nil
}

func (f *fake) Reconciliation(ctx context.Context, s conversations.Scope, id string, _, _ int) (conversations.Reconciliation, []conversations.Difference, int, error) {
	all, _ := f.Reconciliations(ctx, s, "", time.Time{}, 0)
	if id != "rec_1" {
		return conversations.Reconciliation{}, nil, 0, conversations.ErrNotFound
	}
	return all[1], []conversations.Difference{
		{Candidate: "E2026zhang", System: "api:ehr", Verdict: conversations.InConflict, Theirs: 12, Ours: 12, Repair: conversations.RepairByHR, Conflict: "zhang-x13"},
		{Candidate: "E2026liu", System: "ehr", Verdict: conversations.BehindUs, Theirs: 5, Ours: 7, Repair: conversations.RepairReplay, Events: 2},
	}, 0, nil
}

// disputed is a desk where the EHR says another start date of 张伟.
func disputed(t *testing.T) *desk {
	t.Helper()
	d := as(t, "ag-bj")
	c := d.f.convs["zhang"]
	day := conversations.Date{Year: 2026, Month: time.July, Day: 27}
	_, err := d.f.Apply(t.Context(), conversations.Target{Conversation: "zhang", Scope: conversations.Everything}, conversations.Disagree{
		System: "api:ehr", Belief: conversations.Belief{Candidate: c.Candidate.ID, Sequence: 12, StartDate: &day}, Differs: []string{conversations.PartStartDate},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestHRSettlesAConflict(t *testing.T) {
	t.Parallel()
	d := disputed(t)
	w := d.get("/inbox/zhang")
	d.wantText(w, "两个系统的记录不一致", "7月27日 周一", "7月13日 周一", "EHR 对", "我方对", "另行处理")
	id := d.f.convs["zhang"].Conflicts[0].ID
	for _, form := range []url.Values{{"conflict": {id}, "choice": {"handled"}}, {"conflict": {id}, "choice": {"agreed"}}} {
		d.wantCode(d.post("/inbox/zhang/settle", form), http.StatusUnprocessableEntity)
	}
	d.wantCode(d.post("/inbox/zhang/settle", url.Values{"conflict": {id}, "choice": {"handled"}, "note": {"已电话核实"}}), http.StatusSeeOther)
	if x := d.f.convs["zhang"].Conflicts[0]; x.Choice != conversations.ChooseOther || x.Agent != "ag-bj" || x.Note != "已电话核实" {
		t.Errorf("it was settled as %+v", x)
	}
	d.wantNoText(d.get("/inbox/zhang"), "两个系统的记录不一致")
	d.wantCode(d.post("/inbox/zhang/settle", url.Values{"conflict": {id}, "choice": {"ours"}}), http.StatusConflict)
	d.wantCode(d.beside("ag-sh").post("/inbox/zhang/settle", url.Values{"conflict": {id}, "choice": {"ours"}}), http.StatusNotFound)
}

func TestReportsNameWhoDisagrees(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.wantText(d.get("/inbox/reconciliations"), "68 位候选人中有 1 位不一致", "9 位候选人全部一致", "20 / 68", "/inbox/reconciliations/rec_1")
	d.wantText(d.get("/inbox/reconciliations/rec_1"), "E2026zhang", "/inbox/zhang", "双方都改了", "已重新发送 2 个事件")
	d.wantCode(d.get("/inbox/reconciliations/none"), http.StatusNotFound)
	d.wantCode(as(t, "ag-bj").get("/inbox/reconciliations"), http.StatusForbidden)
}
