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
	d := as(t, agent)
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
	d := troubled(t, "ag-bj")
	for _, path := range []string{"/inbox", "/inbox/zhang", "/inbox/alarms"} {
		w := d.get(path)
		d.wantText(w, "“总行招聘”暂时发不出消息", "21 位候选人在等待，消息不会丢失", "IP 白名单", "平台代码 40164", "invalid ip 203.0.113.7",
			"“京行客服”暂时收不到新消息", "恢复后自动继续", "/inbox/alarms/a2/resume", "下次自动重试")
		d.wantNoText(w, "沪行招聘", "二维码", "/inbox/alarms/a1/resume")
	}
	d.wantText(troubled(t, "ag-head").get("/inbox"), "沪行招聘", "/inbox/alarms/a1/resume")
	d.f.alarms = nil
	d.wantNoText(d.get("/inbox"), "alarm-what")
}

func TestHRResumesAnAccount(t *testing.T) {
	t.Parallel()
	d := troubled(t, "ag-bj")
	w := d.htmx("/inbox/alarms/a2/resume", url.Values{})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "总行招聘")
	d.wantNoText(w, "京行客服", "<html")
	if a := d.f.alarms[2]; a.EndedBy != "ag-bj" {
		t.Errorf("ended by %q", a.EndedBy)
	}
	d.wantCode(d.post("/inbox/alarms/a2/resume", url.Values{}), http.StatusSeeOther)
	d.post("/inbox/alarms/a1/resume", url.Values{})
	if a := d.f.alarms[0]; !a.Ended.IsZero() {
		t.Error("an agent of a branch ended the head office's alarm")
	}
}
