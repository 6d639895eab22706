package console

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// last is the newest message that somebody wrote.
func (d *desk) last(id string) conversations.MessageView {
	d.t.Helper()
	ms := d.f.messages[id]
	for i := len(ms) - 1; i >= 0; i-- {
		if ms[i].Kind != conversations.Note {
			return ms[i]
		}
	}
	d.t.Fatal("nobody said anything")
	return conversations.MessageView{}
}

func TestThreadShowsWhatBelongsToIt(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox/zhang")
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "张伟", "我要到8月1号才能办完离职", "候选人申请改到 8月1日 周六 入职", "失败：账号今日额度用完", "45009", "结果未知",
		"还剩 3 条", "机器人接待中", "同意 8月1日 周六", "身份证正反面", "87.5", `/inbox/zhang/documents/zhang-d1`, "模板消息", "入职日期")
	d.wantNoText(w, "13812345678")
	d.wantText(w, "138••••5678")
}

func TestReplyOnceForEachForm(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	form := url.Values{"text": {"您好，可以的。\r\n欢迎加入！"}, "key": {"form-1"}}
	before := len(d.f.messages["zhang"])
	for range 3 {
		d.wantCode(d.post("/inbox/zhang/reply", form), http.StatusSeeOther)
	}
	d.wantCode(d.htmx("/inbox/zhang/reply", form), http.StatusOK)
	m := d.last("zhang")
	if n := len(d.f.messages["zhang"]) - before; n != 2 { // the note of the takeover and one message
		t.Errorf("%d messages", n)
	}
	if m.Text != "您好，可以的。\n欢迎加入！" || m.Author != conversations.ByAgent("ag-head") {
		t.Errorf("sent %+v", m.Message)
	}
	if o := d.f.convs["zhang"].Owner; o.Kind != conversations.OwnedByAgent || o.Agent != "ag-head" {
		t.Errorf("owned by %+v", o)
	}
}

func TestReplyByHTMXClearsTheFormWithAnotherKey(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.htmx("/inbox/zhang/reply", url.Values{"text": {"好"}, "key": {"k1"}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, `id="thread"`, "好")
	d.wantNoText(w, "<html")
	if h := w.Header().Get("HX-Trigger"); !strings.Contains(h, `"replied":{"key":"`) || strings.Contains(h, "k1") {
		t.Errorf("HX-Trigger: %s", h)
	}
}

func TestRefusedReplyKeepsTheText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("字", 601)
	for name, c := range map[string]struct {
		id, text, want string
	}{
		"empty":       {"zhang", "  ", "请先写点什么"},
		"too long":    {"zhang", long, "共 601 字，一条最多 600 字"},
		"unreachable": {"qian", "您好", "暂时无法发送消息"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := as(t, "ag-head")
			w := d.post("/inbox/"+c.id+"/reply", url.Values{"text": {c.text}, "key": {"the-key"}})
			d.wantCode(w, http.StatusUnprocessableEntity)
			d.wantText(w, c.want, `value="the-key"`, ">"+strings.TrimSpace(c.text)+"</textarea>")
			if len(d.f.applied) > 0 {
				t.Error("it was applied")
			}
			w = d.htmx("/inbox/"+c.id+"/reply", url.Values{"text": {c.text}, "key": {"the-key"}})
			d.wantCode(w, http.StatusUnprocessableEntity)
			if h := w.Header().Get("HX-Trigger"); !strings.Contains(h, `"notice"`) || strings.ContainsFunc(h, func(r rune) bool { return r > 126 }) {
				t.Errorf("HX-Trigger: %q", h)
			}
		})
	}
}

func TestClosedWindowSaysWhatBecomesOfTheWords(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.wantText(d.get("/inbox/wang"), "回复窗口已关闭", "存待送出")
	d.wantCode(d.post("/inbox/wang/reply", url.Values{"text": {"在的"}, "key": {"k"}}), http.StatusSeeOther)
	d.wantText(d.get("/inbox/wang"), "待对方来信后送出")
}

func TestFailureOfTheStoreKeepsTheText(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.f.fail = errors.New("the disk is full")
	w := d.post("/inbox/zhang/reply", url.Values{"text": {"写了很久的话"}, "key": {"k"}})
	d.wantCode(w, http.StatusInternalServerError)
	d.wantText(w, "写了很久的话", "系统出错了")
	d.wantNoText(w, "disk")
}

func TestTakeOverAndHandBack(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantCode(d.post("/inbox/wang/owner?view=waiting", url.Values{"do": {"take"}}), http.StatusSeeOther)
	d.wantText(d.get("/inbox/wang"), "您在接待", "交还机器人")
	w := d.htmx("/inbox/wang/owner", url.Values{"do": {"release"}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "机器人接待中")
	d.wantCode(d.post("/inbox/wang/owner", url.Values{"do": {"steal"}}), http.StatusUnprocessableEntity)
}

func TestActionsKeepTheFilter(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.post("/inbox/wang/owner?view=waiting", url.Values{"do": {"take"}})
	if to := w.Header().Get("Location"); to != "/inbox/wang?view=waiting" {
		t.Errorf("back to %s", to)
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form url.Values
		want conversations.Answer
	}{
		"approve": {url.Values{"verdict": {"approved"}}, conversations.Confirmed},
		"refuse":  {url.Values{"verdict": {"refused"}, "note": {"当天是集中培训"}}, conversations.Open},
		"counter": {url.Values{"verdict": {"countered"}, "date": {"2026-07-20"}}, conversations.Countered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := as(t, "ag-bj")
			c.form.Set("request", "zhang-r1")
			d.wantCode(d.post("/inbox/zhang/decide", c.form), http.StatusSeeOther)
			conv := d.f.convs["zhang"]
			if app := conv.Application(); app.Answer != c.want || app.Request.Agent != "ag-bj" || app.Request.Note != c.form.Get("note") {
				t.Errorf("%+v, %+v", app.Answer, app.Request)
			}
			w := d.post("/inbox/zhang/decide", c.form) // a colleague's open page
			d.wantCode(w, http.StatusConflict)
			d.wantText(w, "情况已经变化")
			d.wantCode(d.htmx("/inbox/zhang/decide", c.form), http.StatusConflict)
		})
	}
}

func TestCounterNeedsADateFromTodayOn(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for _, date := range []string{"", "2026-07-01", "2026-02-30", "soon"} {
		w := d.post("/inbox/zhang/decide", url.Values{"request": {"zhang-r1"}, "verdict": {"countered"}, "date": {date}})
		d.wantCode(w, http.StatusUnprocessableEntity)
		d.wantText(w, "请选择今天或以后的日期")
	}
}

func TestClaimIsShownOnlyWithinTheScope(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.get("/inbox/follower")
	d.wantText(w, "身份待核实", "相符的候选人", "大堂经理", "139••••0000")

	far := d.f.convs["qian"]
	far.Branch = "head/shanghai"
	d.f.convs["qian"] = far
	w = d.get("/inbox/follower")
	d.wantText(w, "身份待核实", "您的范围内没有")
	d.wantNoText(w, "大堂经理", `value="approve"`, `class="match"`)
	w = d.post("/inbox/follower/claim", url.Values{"do": {"approve"}, "match": {"qian"}})
	d.wantCode(w, http.StatusNotFound)
}

func TestApproveClaimBinds(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantCode(d.post("/inbox/follower/claim", url.Values{"do": {"approve"}, "match": {"zhang"}}), http.StatusConflict)
	w := d.post("/inbox/follower/claim", url.Values{"do": {"approve"}, "match": {"qian"}})
	d.wantCode(w, http.StatusSeeOther)
	if to := w.Header().Get("Location"); to != "/inbox/qian" {
		t.Errorf("led to %s", to)
	}
	qian := d.f.convs["qian"]
	if len(qian.Reaches) != 1 || qian.Reaches[0].BoundBy != "ag-bj" || qian.Reaches[0].Address.ID != "openid-follower" {
		t.Errorf("bound %+v", qian.Reaches)
	}
	d.wantCode(d.get("/inbox/follower"), http.StatusNotFound)
}

func TestRefuseClaim(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantCode(d.post("/inbox/follower/claim", url.Values{"do": {"refuse"}}), http.StatusSeeOther)
	if d.f.convs["follower"].Claim != nil {
		t.Error("the claim is still there")
	}
	d.wantCode(d.post("/inbox/follower/claim", url.Values{"do": {"refuse"}}), http.StatusConflict)
}

func TestDocumentIsServedSafely(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.get("/inbox/zhang/documents/zhang-d1")
	d.wantCode(w, http.StatusOK)
	h := w.Header()
	if h.Get("Content-Type") != "image/jpeg" || h.Get("Content-Disposition") != `attachment; filename="zhang-d1.jpg"` ||
		!strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox;") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
	w = d.get("/inbox/zhang/documents/zhang-d3")
	if h := w.Header(); h.Get("Content-Type") != "application/octet-stream" || h.Get("Content-Disposition") != `attachment; filename="zhang-d3.pdf"` {
		t.Errorf("headers %v", h)
	}
	w = d.get("/inbox/zhang/documents/zhang-d1/view")
	d.wantCode(w, http.StatusOK)
	if h := w.Header(); h.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(w.Body.String(), `<img src="/inbox/zhang/documents/zhang-d1"`) {
		t.Errorf("the page of a picture: %v %s", h, w.Body)
	}
	d.wantCode(d.get("/inbox/zhang/documents/zhang-d3/view"), http.StatusNotFound)
	d.wantCode(d.get("/inbox/wang/documents/zhang-d1/view"), http.StatusNotFound)
	// A document is found only through the conversation it belongs to.
	d.wantCode(d.get("/inbox/wang/documents/zhang-d1"), http.StatusNotFound)
	d.wantCode(d.get("/inbox/zhang/documents/zhang-d9"), http.StatusNotFound)
}

func TestReviewDocuments(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	state := func(id string) conversations.Document {
		c := d.f.convs["zhang"]
		return *c.Application().Document(id)
	}
	d.wantCode(d.post("/inbox/zhang/documents/zhang-d2", url.Values{"do": {"accept"}}), http.StatusSeeOther)
	if s := state("zhang-d2"); s.State != conversations.DocumentAccepted {
		t.Errorf("%+v", s)
	}
	w := d.post("/inbox/zhang/documents/zhang-d3", url.Values{"do": {"reject"}, "reason": {" "}})
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "请写明退回的原因")
	d.wantCode(d.post("/inbox/zhang/documents/zhang-d3", url.Values{"do": {"reject"}, "reason": {"模糊"}}), http.StatusSeeOther)
	if s := state("zhang-d3"); s.State != conversations.DocumentRejected || s.Reason != "模糊" {
		t.Errorf("%+v", s)
	}
	d.wantCode(d.post("/inbox/zhang/documents/zhang-d3", url.Values{"do": {"file"}, "item": {"medical"}}), http.StatusSeeOther)
	if s := state("zhang-d3"); s.Item != "medical" {
		t.Errorf("%+v", s)
	}
	d.wantCode(d.post("/inbox/zhang/documents/zhang-d3", url.Values{"do": {"file"}, "item": {"nothing"}}), http.StatusUnprocessableEntity)
}

func TestPhoneIsShownOnRequest(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantText(d.post("/inbox/zhang/phone", url.Values{}), "13812345678")
	w := d.htmx("/inbox/zhang/phone", url.Values{})
	d.wantText(w, "13812345678")
	d.wantNoText(w, "张伟")
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantText(d.get("/inbox/qian"), `class="qr"`, "48120573", "等待绑定")
	d.wantCode(d.post("/inbox/qian/invitation", url.Values{}), http.StatusSeeOther)
	w := d.get("/inbox/qian")
	d.wantText(w, "77001234", "正在生成二维码")
	d.wantNoText(w, "48120573")
}

func TestSeen(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantText(d.get("/inbox/wang"), "标为已读")
	d.wantCode(d.htmx("/inbox/wang/seen", url.Values{}), http.StatusNoContent)
	if n := d.f.convs["wang"].Unread; n != 0 {
		t.Errorf("%d unread", n)
	}
	d.wantNoText(d.get("/inbox/wang"), "标为已读")
}

func TestEarlierMessages(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for range 100 {
		hear(d.f, "zhang", "一条")
	}
	w := d.get("/inbox/zhang")
	link := regexp.MustCompile(`href="(/inbox/zhang/earlier\?before=\d+)"`).FindStringSubmatch(w.Body.String())
	if link == nil {
		t.Fatal("nothing leads to earlier messages")
	}
	items := regexp.MustCompile(`id="(m-\d+)"`)
	if n := len(items.FindAllString(w.Body.String(), -1)); n != threadPageSize {
		t.Errorf("%d messages on the first page", n)
	}
	d.wantText(d.get(link[1]), "回到最新") // without scripts
	r := request("GET", link[1], nil)
	r.Header.Set("HX-Request", "true")
	part := d.do(r)
	d.wantNoText(part, "<html", `id="thread"`)
	seen := map[string]bool{}
	for _, page := range []string{w.Body.String(), part.Body.String()} {
		for _, m := range items.FindAllStringSubmatch(page, -1) {
			if seen[m[1]] {
				t.Errorf("%s comes twice", m[1])
			}
			seen[m[1]] = true
		}
	}
	if want := len(d.f.messages["zhang"]); len(seen) != want {
		t.Errorf("two pages hold %d of %d messages", len(seen), want)
	}
	d.wantCode(d.get("/inbox/zhang/earlier?before=x"), http.StatusNotFound)
}

func TestWaitTurnsAmberAndRed(t *testing.T) {
	t.Parallel()
	v := &view{now: testNow()}
	for wait, want := range map[time.Duration]string{time.Minute: "calm", 10 * time.Minute: "amber", 30 * time.Minute: "red", 48 * time.Hour: "red"} {
		if got := v.urgency(testNow().Add(-wait)); got != want {
			t.Errorf("%v is %s", wait, got)
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{"13812345678": "138••••5678", "+8613812345678": "+86138••••5678", "5555018": "••••5018", "123": "•••", "": ""} {
		if got := masked(phone); got != want {
			t.Errorf("masked(%q) = %q, want %q", phone, got, want)
		}
	}
}

// TestPhotosTellHRNothingMore looks at the bytes: HR sees a picture, and not
// where it was taken.
func TestPhotosTellHRNothingMore(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	before := d.get("/inbox/zhang/documents/zhang-d1").Body.Bytes()
	const told = "39.9042N116.4074E"
	d.f.mu.Lock()
	photo := d.f.files["zhang-d1"]
	d.f.files["zhang-d1"] = slices.Concat(photo[:2], []byte("\xFF\xFE\x00\x13"+told), photo[2:])
	d.f.mu.Unlock()
	w := d.get("/inbox/zhang/documents/zhang-d1")
	d.wantCode(w, http.StatusOK)
	if after := w.Body.Bytes(); bytes.Contains(after, []byte(told)) || !bytes.Equal(before, after) || w.Header().Get("Content-Length") != strconv.Itoa(len(after)) {
		t.Errorf("HR gets %d bytes, %v", len(after), w.Header())
	}
	d.f.mu.Lock()
	d.f.files["zhang-d1"] = []byte("no photo")
	d.f.mu.Unlock()
	d.wantCode(d.get("/inbox/zhang/documents/zhang-d1"), http.StatusUnprocessableEntity)
}
