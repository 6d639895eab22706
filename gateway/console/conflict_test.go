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
	d.wantText(w, "两个系统的记录不一致", "7月27日 周一", "7月13日 周一", "采用 EHR 的", "以我方为准", "另行处理")
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
