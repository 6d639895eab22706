package console

import (
	"net/http"
	"net/url"
	"testing"

	"jiebao/conversations"
)

func (f *fake) keepsReady(branch string, l conversations.Locale, name, text string) {
	f.canned = append(f.canned, conversations.Canned{ID: "c-" + name, Version: 1, Branch: branch, Locale: l, Name: name, Text: text, By: "ag-head", At: f.now()})
}

func TestCannedRepliesAreFilledInOnTheServer(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.f.keepsReady("head/beijing", conversations.Chinese, "报到", "{name}您好，{position}岗位请于{start_date}到{workplace}报到，联系{contact_name}（{contact_phone}）。{agent}")
	d.f.keepsReady("", conversations.English, "hello", "Dear {name}, missing: {missing}")
	d.f.keepsReady("head/shanghai", conversations.Chinese, "上海", "上海见")
	page := d.get("/inbox/zhang")
	d.wantText(page, "报到", "c-hello", `formaction="/inbox/zhang/canned"`)
	d.wantNoText(page, "c-上海")
	w := d.post("/inbox/zhang/canned", url.Values{"canned": {"c-报到"}, "text": {"/报"}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "张伟您好，对公客户经理岗位请于7月13日 周一到北京市朝阳区建国路 88 号 3 层报到，联系李娜（010-5555 0188）。李娜</textarea>")
	w = d.htmx("/inbox/zhang/canned", url.Values{"canned": {"c-hello"}, "text": {"typed"}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, `id="returned"`, "Dear 张伟, missing: 体检报告</textarea>")
	w = d.post("/inbox/zhang/canned", url.Values{"canned": {"c-hello"}, "text": {"P.S."}})
	d.wantText(w, "体检报告\nP.S.</textarea>")
	if len(d.f.applied) > 0 {
		t.Errorf("to choose a reply sent %+v", d.f.applied)
	}
}

func TestACannedReplyWithoutItsValuesIsRefused(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.f.keepsReady("", conversations.Chinese, "提醒", "请在{reply_by}前答复，{name}")
	w := d.post("/inbox/follower/canned", url.Values{"canned": {"c-提醒"}, "text": {"写到一半"}})
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "需要的信息还没有：答复截止、姓名", "写到一半</textarea>")
	d.wantCode(d.post("/inbox/zhang/canned", url.Values{"canned": {"nothing"}}), http.StatusNotFound)
}

func TestLeadsKeepRepliesReady(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	form := url.Values{"name": {"问候"}, "text": {"{name}您好"}, "branch": {"head/beijing"}, "locale": {"zh-CN"}, "version": {"0"}}
	d.wantCode(d.post("/inbox/canned", form), http.StatusSeeOther)
	kept := d.f.canned[0]
	d.wantText(d.get("/inbox/canned"), "问候", "{name}您好", `value="`+kept.ID+`"`)
	change := url.Values{"canned": {kept.ID}, "version": {"1"}, "name": {"问候"}, "text": {"{salary}"}, "branch": {"head/beijing"}, "locale": {"zh-CN"}}
	w := d.post("/inbox/canned", change)
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "没有这些变量：{salary}", "{salary}</textarea>")
	change.Set("text", "{name}早")
	d.wantCode(d.post("/inbox/canned", change), http.StatusSeeOther)
	w = d.post("/inbox/canned", change) // a colleague's open page
	d.wantCode(w, http.StatusConflict)
	form.Set("branch", "head/shanghai")
	d.wantCode(d.post("/inbox/canned", form), http.StatusForbidden)
	agent := d.beside("ag-sh")
	agent.wantNoText(agent.get("/inbox/canned"), "问候", "新增快捷回复")
	agent.wantCode(agent.post("/inbox/canned/"+kept.ID+"/drop", url.Values{}), http.StatusForbidden)
	d.wantCode(d.post("/inbox/canned/"+kept.ID+"/drop", url.Values{}), http.StatusSeeOther)
	if len(d.f.canned) != 0 {
		t.Errorf("%+v stays", d.f.canned)
	}
}
