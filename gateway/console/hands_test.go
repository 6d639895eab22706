package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
)

// TestTwoAgentsAndTheBotNeverCollide: who acts on a page that shows earlier
// hands is told whose the conversation is, and keeps what they wrote.
func TestTwoAgentsAndTheBotNeverCollide(t *testing.T) {
	t.Parallel()
	li := as(t, "ag-bj")
	d := li.beside("ag-head")
	shown := fmt.Sprint(li.f.convs["zhang"].Owner.Epoch)
	d.wantText(d.get("/inbox/zhang"), `name="epoch" value="`+shown+`"`)
	li.wantCode(li.post("/inbox/zhang/owner", url.Values{"do": {"take"}, "epoch": {shown}}), http.StatusSeeOther)
	before := len(d.f.messages["zhang"])
	for path, form := range map[string]url.Values{
		"reply":    {"text": {"写了很久的话"}, "key": {"k1"}, "epoch": {shown}},
		"owner":    {"do": {"release"}, "epoch": {shown}},
		"assign":   {"agent": {"ag-head"}, "epoch": {shown}},
		"snooze":   {"until": {"2026-07-03T09:00"}, "epoch": {shown}},
		"close":    {"do": {"close"}, "epoch": {shown}},
		"template": {"purpose": {conversations.PurposeWaiting}, "epoch": {shown}},
		"remind":   {"epoch": {shown}},
	} {
		w := d.post("/inbox/zhang/"+path, form)
		if w.Code != http.StatusConflict {
			t.Errorf("%s: %d", path, w.Code)
		}
		d.wantText(w, "李娜在接待", `name="epoch" value="`+fmt.Sprint(d.f.convs["zhang"].Owner.Epoch)+`"`)
		if path == "reply" {
			d.wantText(w, "写了很久的话</textarea>")
		}
	}
	if n := len(d.f.messages["zhang"]) - before; n != 0 {
		t.Errorf("%d messages were left", n)
	}
	// Knowing who has it, one may still speak.
	form := url.Values{"text": {"写了很久的话"}, "key": {"k1"}, "epoch": {fmt.Sprint(d.f.convs["zhang"].Owner.Epoch)}}
	d.wantCode(d.post("/inbox/zhang/reply", form), http.StatusSeeOther)
	d.wantCode(d.post("/inbox/zhang/reply", form), http.StatusSeeOther) // the same form once more is nothing
}

// TestFormsSayWhoseTheConversationWas: a form that does not could take a
// conversation out of anybody's hands, so nothing comes of it but the page as it
// is now, with what was written.
func TestFormsSayWhoseTheConversationWas(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	for path, form := range map[string]url.Values{
		"reply":    {"text": {"写了很久的话"}, "key": {"k1"}},
		"owner":    {"do": {"take"}},
		"assign":   {"agent": {"ag-bj"}},
		"snooze":   {"until": {"2026-07-03T09:00"}},
		"close":    {"do": {"close"}},
		"template": {"purpose": {conversations.PurposeWaiting}},
		"remind":   {},
	} {
		for _, epoch := range [][]string{{}, {""}, {"x"}} {
			form["epoch"] = epoch
			w := d.post("/inbox/zhang/"+path, form)
			if w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s of %q: %d", path, epoch, w.Code)
			}
			d.wantText(w, "没有带上页面打开时由谁接待", `name="epoch" value="`)
			if path == "reply" {
				d.wantText(w, "写了很久的话</textarea>", `name="key" value="k1"`)
			}
		}
	}
	if len(d.f.applied) > 0 {
		t.Errorf("commands were applied: %v", d.f.applied)
	}
}

func TestOfManyAgentsOneReplies(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	shown := fmt.Sprint(d.f.convs["zhang"].Owner.Epoch)
	codes := make([]int, 8)
	var wg sync.WaitGroup
	for i := range codes {
		one := d.beside([]string{"ag-head", "ag-bj"}[i%2])
		wg.Go(func() {
			codes[i] = one.post("/inbox/zhang/reply", url.Values{"text": {"您好"}, "key": {fmt.Sprint(i)}, "epoch": {shown}}).Code
		})
	}
	wg.Wait()
	replied := 0
	for _, code := range codes {
		if code == http.StatusSeeOther {
			replied++
		} else if code != http.StatusConflict {
			t.Errorf("an agent got %d", code)
		}
	}
	if replied != 1 {
		t.Errorf("%d agents replied to one page: %v", replied, codes)
	}
}

func TestSnoozing(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantText(d.get("/inbox/zhang"), "1 小时后", "明天上午", `value="2026-07-03T09:00"`)
	d.wantCode(d.post("/inbox/zhang/snooze", url.Values{"until": {"2026-07-03T09:00"}}), http.StatusSeeOther)
	if c := d.f.convs["zhang"]; !c.Snoozed.Equal(time.Date(2026, 7, 3, 9, 0, 0, 0, beijing)) {
		t.Errorf("until %v", c.Snoozed)
	}
	d.wantText(d.get("/inbox/zhang"), "稍后处理：7月3日 周五 09:00", "现在处理")
	d.wantCode(d.post("/inbox/zhang/snooze", url.Values{"until": {"wake"}}), http.StatusSeeOther)
	for _, bad := range []url.Values{{"until": {"2026-07-01T09:00"}}, {"until": {"at"}, "at": {""}}, {"until": {"2027-07-01T09:00"}}} {
		w := d.post("/inbox/zhang/snooze", bad)
		d.wantCode(w, http.StatusUnprocessableEntity)
	}
	if c := d.f.convs["zhang"]; !c.Snoozed.IsZero() {
		t.Errorf("until %v", c.Snoozed)
	}
}

func TestRestsOfTheDay(t *testing.T) {
	t.Parallel()
	office := newFake(testNow, beijing).hours("")
	for now, want := range map[string]string{
		"2026-07-02T10:00": "hour 2026-07-02T11:00, afternoon 2026-07-02T14:00, tomorrow 2026-07-03T09:00",
		"2026-07-02T15:00": "hour 2026-07-02T16:00, tomorrow 2026-07-03T09:00",
		"2026-07-03T15:00": "hour 2026-07-03T16:00, tomorrow 2026-07-04T09:00, workday 2026-07-06T09:00",
	} {
		at, _ := time.ParseInLocation(formTime, now, beijing)
		var got []string
		for _, r := range (&view{now: at}).rests(office) {
			got = append(got, strings.TrimPrefix(r.label, "hands.rest_")+" "+r.until.Format(formTime))
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("at %s: %s, want %s", now, s, want)
		}
	}
}

func TestClosingAndOpeningAgain(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantCode(d.post("/inbox/wang/close", url.Values{"do": {"close"}}), http.StatusSeeOther)
	d.wantText(d.get("/inbox/wang"), "会话已结束", "恢复会话", "机器人接待中")
	d.wantCode(d.post("/inbox/wang/close", url.Values{"do": {"reopen"}}), http.StatusSeeOther)
	if c := d.f.convs["wang"]; !c.Closed.IsZero() {
		t.Errorf("closed %v", c.Closed)
	}
}

func TestLeadsGiveConversationsToWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	page := d.get("/inbox/zhang")
	d.wantText(page, `<option value="ag-bj">`)
	d.wantNoText(page, `<option value="ag-sh">`)
	d.wantCode(d.post("/inbox/zhang/assign", url.Values{"agent": {"ag-sh"}}), http.StatusUnprocessableEntity)
	d.wantCode(d.post("/inbox/zhang/assign", url.Values{"agent": {"ag-bj"}}), http.StatusSeeOther)
	if o := d.f.convs["zhang"].Owner; o.Agent != "ag-bj" {
		t.Errorf("owned by %+v", o)
	}
	other := as(t, "ag-sh")
	other.wantNoText(other.get("/inbox/sun"), "转给同事")
	other.wantCode(other.post("/inbox/sun/assign", url.Values{"agent": {"ag-head"}}), http.StatusForbidden)
}

func TestTakingWordsBackGivesThemBack(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	form := url.Values{"text": {"太早了"}, "key": {"k1"}}
	d.wantCode(d.post("/inbox/zhang/reply", form), http.StatusSeeOther)
	m := d.last("zhang")
	page := d.get("/inbox/zhang")
	d.wantText(page, `class="undo"`, `action="/inbox/zhang/messages/`+m.ID+`/cancel"`)
	colleague := d.beside("ag-head")
	colleague.wantNoText(colleague.get("/inbox/zhang"), `class="undo"`)
	w := d.htmx("/inbox/zhang/messages/"+m.ID+"/cancel", url.Values{})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, `id="returned"`, "太早了</textarea>")
	for _, page := range []*httptest.ResponseRecorder{w, d.get("/inbox/zhang")} { // though the outbox has yet to confirm it
		d.wantText(page, "已撤回，没有发出", `class="message ours agent mine taken"`)
		d.wantNoText(page, m.ID+"/cancel")
	}
}

func TestRemarksAreForColleagues(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for _, id := range []string{"zhang", "qian"} { // whom nobody can write to
		form := url.Values{"as": {"remark"}, "text": {"电话里很着急"}, "key": {"k"}}
		d.wantCode(d.post("/inbox/"+id+"/reply", form), http.StatusSeeOther)
		d.wantCode(d.post("/inbox/"+id+"/reply", form), http.StatusSeeOther)
		if m := d.last(id); m.Kind != conversations.Remark || m.Text != "电话里很着急" || m.Status != conversations.NoStatus {
			t.Errorf("%s: %+v", id, m.Message)
		}
	}
	if o := d.f.convs["zhang"].Owner; o.Kind != conversations.OwnedByBot {
		t.Errorf("a remark takes over: %+v", o)
	}
	d.wantText(d.get("/inbox/zhang"), "内部备注 · 候选人看不到", "电话里很着急")
	w := d.post("/inbox/zhang/reply", url.Values{"as": {"remark"}, "text": {strings.Repeat("长", 2001)}, "key": {"k2"}})
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "备注最多 2000 字", "checked")
}

func TestTemplatesWhileTheWindowIsClosed(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	page := d.get("/inbox/wang")
	d.wantText(page, "现在可以发送的模板消息", `value="`+conversations.PurposeOfferReminder+`"`, "王芳")
	d.wantNoText(d.get("/inbox/zhang"), "现在可以发送的模板消息")
	form := url.Values{"purpose": {conversations.PurposeOfferReminder}, "key": {"k"}}
	for range 2 {
		d.wantCode(d.post("/inbox/wang/template", form), http.StatusSeeOther)
	}
	if m := d.last("wang"); m.Kind != conversations.Template || m.Author.Agent() != "ag-bj" || m.Template.Purpose != conversations.PurposeOfferReminder {
		t.Errorf("sent %+v", m.Message)
	}
	d.wantCode(d.post("/inbox/wang/template", url.Values{"purpose": {"nothing"}}), http.StatusUnprocessableEntity)
	d.wantCode(d.post("/inbox/liu/remind", url.Values{}), http.StatusUnprocessableEntity)
}

func TestALinkToOneMessage(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for range 200 {
		hear(d.f, "zhang", "一条")
	}
	w := d.get("/inbox/zhang?at=40")
	d.wantText(w, `id="m-40"`, "found", "之后的消息", "回到最新")
	d.wantText(w, `hx-sync="this:queue last" hx-swap="none"`) // what is new does not push it out of sight
	d.wantNoText(w, `id="m-101"`)
	newest := d.f.convs["zhang"].Messages
	w = d.get(fmt.Sprint("/inbox/zhang?at=", newest-5))
	d.wantText(w, fmt.Sprintf(`id="m-%d"`, newest), `sse:c.zhang, sse:sync`)
	d.wantNoText(w, "之后的消息", `hx-sync="this:queue last" hx-swap="none"`)
	d.wantText(d.get("/inbox/zhang?at=99999"), fmt.Sprintf(`id="m-%d"`, newest))
}

func TestAWholeConversationOnPaper(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for i := range 2000 {
		hear(d.f, "zhang", fmt.Sprint("第", i, "条"))
	}
	w := d.get("/inbox/zhang/print")
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "张伟", "对公客户经理", "李娜，2026-07-02 14:36", "第0条", "第1999条", "结果未知")
	d.wantNoText(w, "13812345678")
	if n := strings.Count(w.Body.String(), `<li id="m-`); n != len(d.f.messages["zhang"]) {
		t.Errorf("%d of %d messages", n, len(d.f.messages["zhang"]))
	}
	shanghai := as(t, "ag-sh")
	shanghai.wantCode(shanghai.get("/inbox/zhang/print"), http.StatusNotFound)
}
