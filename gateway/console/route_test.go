package console

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"jiebao/conversations"
)

// routed gives a conversation a plan under way, and a place on the call list.
func routed(d *desk) conversations.Conversation {
	d.f.mu.Lock()
	defer d.f.mu.Unlock()
	c := d.f.convs["zhang"]
	now := d.f.now()
	app := c.Application()
	app.Route = &conversations.Route{
		Steps: []conversations.Step{
			{By: conversations.Push}, {By: conversations.Chat}, {By: conversations.SMS, After: 24 * time.Hour, Unless: conversations.GotRead},
			{By: conversations.Person, After: 72 * time.Hour, Unless: conversations.GotAnswered},
		},
		Next: 2, Began: now.Add(-time.Hour), Due: now.Add(23 * time.Hour),
		Tries: []conversations.Try{
			{Step: 0, By: conversations.Push, At: now.Add(-time.Hour), Skipped: conversations.SkippedNoAddress},
			{Step: 1, By: conversations.Chat, Account: "gzh", Message: "zhang-1", At: now.Add(-time.Hour), Status: conversations.Delivered, StatusAt: now.Add(-time.Hour)},
		},
	}
	c.Call = &conversations.CallDue{Since: now, Why: conversations.CallUnanswered, Result: app.ResultID}
	d.f.convs["zhang"] = c
	return c
}

func TestThePlanOfANotification(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.wantNoText(d.get("/inbox/zhang"), "通知计划")
	c := routed(d)
	d.wantText(d.get("/inbox/zhang"), "通知计划", "App 推送", "没有候选人的联系方式", "已送达", "下一步", "人工致电", "取消通知")
	d.wantCode(d.post("/inbox/zhang/plan", url.Values{"result": {c.Application().ResultID}}), http.StatusSeeOther)
	if over := d.f.convs["zhang"]; over.Application().Route.Over != conversations.OverCancelled {
		t.Errorf("the plan goes on: %+v", over.Application().Route)
	}
	w := d.get("/inbox/zhang")
	d.wantText(w, "已取消", "不再需要")
	d.wantNoText(w, "取消通知</button>")
}

func TestTheLedgerOfACandidate(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.wantText(d.get("/inbox/zhang"), "京行招聘", "还可发", "现在走这里", "按计划")
	d.wantCode(d.post("/inbox/zhang/prefer", url.Values{"channel": {"gzh"}}), http.StatusSeeOther)
	if p := d.f.convs["zhang"].Preferred; p == nil || p.Channel != "gzh" || p.By != "ag-head" {
		t.Errorf("preferred: %+v", p)
	}
	d.wantText(d.get("/inbox/zhang"), `<option value="gzh" selected>`)
	d.wantCode(d.post("/inbox/zhang/prefer", url.Values{"channel": {"pigeon"}}), http.StatusUnprocessableEntity)
}

func TestTheCallList(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.wantNoText(d.get("/inbox/zhang"), "请致电候选人")
	routed(d)
	d.wantText(d.get("/inbox?view=calls"), "待致电")
	d.wantText(d.get("/inbox/zhang"), "请致电候选人", "已联系上")
	d.wantCode(d.post("/inbox/zhang/called", url.Values{"outcome": {"no_answer"}, "note": {"响了很久"}}), http.StatusSeeOther)
	d.wantText(d.get("/inbox/zhang"), "响了很久", "以后再拨")
	d.wantCode(d.post("/inbox/zhang/called", url.Values{"outcome": {"perhaps"}}), http.StatusUnprocessableEntity)
	d.wantCode(d.post("/inbox/zhang/called", url.Values{"outcome": {"reached"}}), http.StatusSeeOther)
	if call := d.f.convs["zhang"].Call; call != nil {
		t.Errorf("still to be called: %+v", call)
	}
	d.wantCode(d.post("/inbox/zhang/called", url.Values{"outcome": {"reached"}}), http.StatusConflict)
}

func TestWordsLeaveAtATimeAndAreTakenBack(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	reply := func(at string) url.Values { return url.Values{"text": {"明天见"}, "key": {at}, "at": {at}} }
	for _, bad := range []string{"tomorrow", d.f.now().Add(-time.Minute).Format(formTime)} {
		w := d.post("/inbox/zhang/reply", reply(bad))
		d.wantCode(w, http.StatusUnprocessableEntity)
		d.wantText(w, "明天见</textarea>")
	}
	owner := d.f.convs["zhang"].Owner
	d.wantCode(d.post("/inbox/zhang/reply", reply(d.f.now().Add(20*time.Hour).Format(formTime))), http.StatusSeeOther)
	c := d.f.convs["zhang"]
	if len(c.Scheduled) != 1 || c.Owner != owner {
		t.Fatalf("%+v, owned by %+v", c.Scheduled, c.Owner)
	}
	d.wantText(d.get("/inbox/zhang"), "将于", "撤回")
	back := d.post("/inbox/zhang/messages/"+c.Scheduled[0].Message+"/cancel", url.Values{})
	d.wantCode(back, http.StatusOK)
	d.wantText(back, "明天见</textarea>") // the words come back
	if left := d.f.convs["zhang"].Scheduled; len(left) > 0 {
		t.Errorf("it still waits: %+v", left)
	}
	d.wantCode(d.post("/inbox/zhang/messages/"+c.Scheduled[0].Message+"/cancel", url.Values{}), http.StatusConflict)
}
