package console

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"jiebao/conversations"
)

// troubled is the desk of an agent while accounts are in trouble.
func troubled(t *testing.T, agent string) *desk {
	t.Helper()
	d := newDesk(t)
	d.f.agents = append(d.f.agents, conversations.Agent{ID: "ag-bj-admin", Name: "北京管理员", Role: conversations.RoleBranchAdmin, Scope: conversations.Scope{"head/beijing"}})
	d.signIn(agent)
	alarm := func(id, account, branch string, a conversations.Alarm) conversations.AlarmView {
		a.ID, a.Account, a.Since, a.Probe = id, account, testNow().Add(-12*time.Minute), testNow().Add(3*time.Minute)
		waiting := 20
		if a.Work == conversations.TaskInvite {
			waiting = 1
		}
		return conversations.AlarmView{Alarm: a, Name: account, Branch: branch, Waiting: waiting}
	}
	d.f.alarms = []conversations.AlarmView{
		alarm("a1", "总行招聘", "head", conversations.Alarm{
			Work: conversations.TaskDeliver, Reason: conversations.Credentials, Code: "40164", Detail: "invalid ip 203.0.113.7",
		}),
		alarm("a4", "总行招聘", "head", conversations.Alarm{Work: conversations.TaskInvite, Reason: conversations.Credentials, Code: "40164"}),
		alarm("a2", "京行客服", "head/beijing", conversations.Alarm{Work: conversations.TaskPull, Reason: conversations.Temporary, Code: "-1"}),
		alarm("a3", "沪行招聘", "head/shanghai", conversations.Alarm{Work: conversations.TaskDeliver, Reason: conversations.QuotaUsedUp}),
	}
	return d
}

func TestAlarmsStandAboveTheInbox(t *testing.T) {
	t.Parallel()
	d := troubled(t, "ag-bj-admin")
	for _, path := range []string{"/inbox", "/inbox/zhang", "/inbox/alarms"} {
		w := d.get(path)
		d.wantText(w, "“总行招聘”暂时发不出消息", "21 位候选人在等待，消息不会丢失", "IP 白名单", "平台代码 40164", "invalid ip 203.0.113.7",
			"“京行客服”暂时收不到新消息", "恢复后自动继续", "/inbox/alarms/a2/resume", "下次自动重试")
		d.wantNoText(w, "沪行招聘", "二维码", "/inbox/alarms/a1/resume")
	}
	d.wantText(troubled(t, "ag-head").get("/inbox"), "沪行招聘", "/inbox/alarms/a1/resume")
	d.wantNoText(troubled(t, "ag-bj").get("/inbox"), "/resume")
	d.f.alarms = nil
	d.wantNoText(d.get("/inbox"), "alarm-what")
}

func TestAnAccountIsResumed(t *testing.T) {
	t.Parallel()
	d := troubled(t, "ag-bj-admin")
	w := d.htmx("/inbox/alarms/a2/resume", url.Values{})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "总行招聘")
	d.wantNoText(w, "京行客服", "<html")
	if a := d.f.alarms[2]; a.EndedBy != "ag-bj-admin" {
		t.Errorf("ended by %q", a.EndedBy)
	}
	d.wantCode(d.post("/inbox/alarms/a2/resume", url.Values{}), http.StatusSeeOther)
	d.post("/inbox/alarms/a1/resume", url.Values{})
	if a := d.f.alarms[0]; !a.Ended.IsZero() {
		t.Error("an agent of a branch ended the head office's alarm")
	}
}

// TestEndpointsAlarms: what an endpoint is in trouble with leads to where it is
// put right.
func TestEndpointsAlarms(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	alarm := func(account string, work conversations.TaskKind, reason conversations.Reason) conversations.AlarmView {
		return conversations.AlarmView{Name: "薪酬系统", Branch: "head", Waiting: 2, Alarm: conversations.Alarm{
			ID: string(reason) + string(work), Account: account, Work: work, Reason: reason, Count: 3, Since: testNow(),
		}}
	}
	documents := alarm(conversations.PushAccount, conversations.TaskPush, conversations.GaveUp)
	documents.Waiting, documents.Whose = 3, []conversations.Named{{Conversation: "zhang", Name: "张伟"}, {Conversation: "li", Name: "李婷"}}
	d.f.alarms = []conversations.AlarmView{
		alarm("endpoint:payroll", conversations.TaskEvent, conversations.GaveUp),
		alarm("endpoint:payroll", conversations.TaskEvent, conversations.EndpointGone),
		documents,
	}
	w := d.get("/inbox")
	d.wantText(w, "“薪酬系统”没有接收一些事件", "3 条事件已保留，涉及 2 位候选人", `href="/inbox/endpoints/payroll/dead"`,
		"“薪酬系统”已暂停接收事件", `href="/inbox/endpoints/payroll"`, "EHR 没有收下一些材料", "3 份材料已保留，涉及 3 位候选人",
		`<a href="/inbox/zhang">张伟</a>`, `<a href="/inbox/li">李婷</a>`, "还有 1 位")
}
