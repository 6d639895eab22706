package console

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

func TestWorkLeadsToWhatWaits(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get(workPath)
	d.wantCode(w, http.StatusSeeOther)
	if to := w.Header().Get("Location"); to != requestsPath {
		t.Errorf("leads to %s", to)
	}
	d.wantText(d.get("/inbox"), `id="work-count"`)
}

// The tabs say how much waits in each queue, whichever is open, and are asked
// for again as that changes.
func TestTabsStayCurrent(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	const part = `hx-get="/inbox/work/tabs?at=documents"`
	before := d.get(reviewPath)
	d.wantText(before, part)
	request := d.f.convs["zhang"].Applications[0].Request
	d.wantCode(d.htmx(requestsPath, url.Values{"conversation": {"zhang"}, "request": {request.ID}, "verdict": {"approved"}}), http.StatusOK)
	after := d.get("/inbox/work/tabs?at=documents")
	d.wantText(after, part, `href="/inbox/work/documents" aria-current="page"`)
	d.wantNoText(after, "<html")
	waits := regexp.MustCompile(`href="/inbox/work/requests"[^<]*<span class="count">(\d+)<`)
	had, has := waits.FindStringSubmatch(before.Body.String()), waits.FindStringSubmatch(after.Body.String())
	if had == nil || has == nil || had[1] == has[1] {
		t.Errorf("%q requests waited before one was decided, and %q afterwards", had, has)
	}
	d.wantCode(d.get("/inbox/work/tabs?at=nowhere"), http.StatusNotFound)
}

func TestRequestsAreDecidedInTheQueue(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.wantText(d.get(requestsPath), "张伟", "7月13日 周一", "8月1日 周六", "我要到8月1号才能办完离职", "休息日", "提议 7月20日 周一", "身份待核实")
	form := url.Values{"conversation": {"zhang"}, "request": {"zhang-r1"}, "verdict": {"countered"}, "date": {"2026-07-20"}}
	w := d.htmx(requestsPath, form)
	d.wantCode(w, http.StatusOK)
	d.wantNoText(w, "张伟", "<html")
	if r := d.f.convs["zhang"].Applications[0].Request; r.Verdict != conversations.Counter || r.Agent != "ag-head" || r.Counter.Day != 20 {
		t.Errorf("decided %+v", r)
	}
	w = d.htmx(requestsPath, form)
	d.wantCode(w, http.StatusConflict)
	d.wantCode(d.post(requestsPath, form), http.StatusConflict)
	form.Set("date", "2020-01-01")
	d.wantCode(d.htmx(requestsPath, form), http.StatusUnprocessableEntity)
}

// A queue is looked through to its end, page by page, and what is decided on a
// page leads back to that page.
func TestQueuesAreLookedThrough(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	zhang, liu := d.f.convs["zhang"], d.f.convs["liu"]
	const more = 2*queuePage + 5
	for i := range more {
		c := zhang
		c.ID, c.Candidate.Name, c.Call = fmt.Sprintf("a%03d", i), fmt.Sprintf("候选人%d", i), &conversations.CallDue{Next: d.f.now().Add(-time.Hour), Why: conversations.CallUnanswered}
		c.Failed = liu.Failed
		d.f.convs[c.ID] = c
	}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	for _, path := range []string{requestsPath, callsPath, failedPath, reviewPath} {
		seen, pages, last := map[string]bool{}, 0, ""
		for at := path; at != ""; pages++ {
			w := d.get(at)
			d.wantCode(w, http.StatusOK)
			for _, m := range regexp.MustCompile(`href="/inbox/(a\d+)" data-open-thread|c=(a\d+)&`).FindAllStringSubmatch(w.Body.String(), -1) {
				seen[m[1]+m[2]] = true
			}
			if pages > 0 {
				d.wantText(w, `href="`+path+`">回到最前面`, `action="`+html.EscapeString(at))
			}
			last, at = at, ""
			if m := next.FindStringSubmatch(w.Body.String()); m != nil {
				at = html.UnescapeString(m[1])
			}
		}
		if len(seen) != more || pages != 3 {
			t.Errorf("%s: %d candidates are seen on %d pages", path, len(seen), pages)
		}
		d.wantCode(d.get(path+"?from=zzz"), http.StatusOK)
		d.wantText(d.get(path+"?from=zzz"), "这一段办完了", "回到最前面")
		if path == callsPath {
			w := d.post(last, url.Values{"conversation": {"a064"}, "outcome": {"reached"}})
			if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != last {
				t.Errorf("what is noted on %s leads to %d %s", last, w.Code, to)
			}
		}
	}
}

func TestWorkOfOtherBranchesIsNotThere(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-sh")
	d.wantNoText(d.get(requestsPath), "张伟")
	d.wantNoText(d.get(reviewPath+"?c=zhang&d=zhang-d2"), "张伟")
	d.wantCode(d.post(requestsPath, url.Values{"conversation": {"zhang"}, "request": {"zhang-r1"}, "verdict": {"approved"}}), http.StatusNotFound)
	d.wantCode(d.post(requestsPath+"/many", url.Values{"pick": {"zhang/zhang-r1"}, "verdict": {"approved"}, "do": {"decide"}}), http.StatusNotFound)
	d.wantCode(d.post(reviewPath, url.Values{"conversation": {"zhang"}, "document": {"zhang-d2"}, "do": {"accept"}}), http.StatusNotFound)
	d.wantCode(d.post(callsPath+"/number", url.Values{"conversation": {"zhang"}}), http.StatusNotFound)
	d.wantCode(d.post(failedPath, url.Values{"conversation": {"liu"}, "message": {"liu-1"}, "do": {"retry"}}), http.StatusNotFound)
}

func TestManyRequestsAreDecidedAfterAPreview(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	form := url.Values{"pick": {"zhang/zhang-r1"}, "verdict": {"approved"}}
	d.wantText(d.post(requestsPath+"/many", form), "1 位候选人会收到什么", "张伟", "确定，告知 1 位")
	if d.f.convs["zhang"].Applications[0].Request.Verdict != conversations.Pending {
		t.Fatal("a preview decided")
	}
	form.Set("do", "decide")
	d.wantText(d.post(requestsPath+"/many", form), "已决定 1 项申请。")
	if d.f.convs["zhang"].Applications[0].Request.Verdict != conversations.Approve {
		t.Error("nothing was decided")
	}
	d.wantText(d.post(requestsPath+"/many", form), "已决定 0 项申请；1 项没有办")
	d.wantText(d.post(requestsPath+"/many", url.Values{"verdict": {"refused"}}), "还没有选中申请")
	d.wantCode(d.post(requestsPath+"/many", url.Values{"verdict": {"burnt"}}), http.StatusUnprocessableEntity)
}

func TestDeskGoesOnToTheNextDocument(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get(reviewPath)
	d.wantText(w, "赵一鸣", "第 1 份，共 4 份", "昨天", "内容完全相同", "照片模糊，请重拍", "并排对照")
	d.wantNoText(w, "13812345678", "<script>", "style=")
	next := url.Values{"conversation": {"zhao"}, "document": {"zhao-d1"}, "next_conversation": {"zhang"}, "next_document": {"zhang-d2"}, "do": {"accept"}}
	w = d.htmx(reviewPath, next)
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "学历学位证书", "身份证正反面：已通过，点此返回修改", "第 2 份，共 3 份")
	if got := d.f.convs["zhao"].Applications[0].Document("zhao-d1").State; got != conversations.DocumentAccepted {
		t.Errorf("the document is %s", got)
	}
	d.wantText(d.get(reviewPath+"?c=zhang&d=zhang-d3"), "PDF 文件不在这里打开", "下载")
	d.wantText(d.get(reviewPath+"?c=zhang&d=zhang-d2&beside=zhang-d1"), "review two", "只看这一份")
}

func TestRefusedDocumentsNeedAReasonThatTheCandidateReads(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	form := url.Values{"conversation": {"zhang"}, "document": {"zhang-d2"}, "do": {"reject"}}
	d.wantCode(d.htmx(reviewPath, form), http.StatusUnprocessableEntity)
	form.Set("reason", "照片模糊，请重拍")
	d.wantText(d.htmx(reviewPath+"/words", form), "候选人会收到", "您的资料需要重交：照片模糊，请重拍")
	form.Set("own", "请拍原件")
	d.wantText(d.htmx(reviewPath+"/words", form), "需要重交：请拍原件")
	if d.f.convs["zhang"].Applications[0].Document("zhang-d2").State != conversations.DocumentReceived {
		t.Fatal("a look ahead decided")
	}
	d.wantCode(d.post(reviewPath, form), http.StatusSeeOther)
	if doc := d.f.convs["zhang"].Applications[0].Document("zhang-d2"); doc.State != conversations.DocumentRejected || doc.Reason != "请拍原件" {
		t.Errorf("the document is %+v", doc)
	}
}

func TestReasonsAreInTheCandidatesLanguage(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	zhao := d.f.convs["zhao"]
	zhao.Candidate.Locale = conversations.English
	d.f.convs["zhao"] = zhao
	d.wantText(d.get(reviewPath+"?c=zhao"), "The photo is blurred, please take it again")
}

func TestCallsAreNotedAndMadeAgainWhenAgreed(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get(callsPath)
	d.wantText(w, "孙悦", "138••••5678", "请问是孙悦本人吗", "风险管理岗")
	d.wantNoText(w, "13812345678")
	d.wantText(d.htmx(callsPath+"/number", url.Values{"conversation": {"sun"}}), "tel:13812345678")
	again := url.Values{"conversation": {"sun"}, "outcome": {"again"}, "again": {"2026-07-03T15:00"}, "note": {"在开会"}}
	d.wantText(d.htmx(callsPath, again), "7月3日 15:00 以后再拨", "在开会")
	if next := d.f.convs["sun"].Call.Next; !next.Equal(time.Date(2026, 7, 3, 15, 0, 0, 0, beijing)) {
		t.Errorf("to be called %v", next)
	}
	again.Del("again")
	d.wantCode(d.htmx(callsPath, again), http.StatusUnprocessableEntity)
	w = d.htmx(callsPath, url.Values{"conversation": {"sun"}, "outcome": {"reached"}})
	d.wantText(w, "没有要打的电话")
	d.wantCode(d.htmx(callsPath, url.Values{"conversation": {"sun"}, "outcome": {"reached"}}), http.StatusConflict)
}

func TestFailuresAreSentAgainOrDismissed(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	id := d.f.convs["liu"].Failed.Message
	d.wantText(d.get(failedPath), "刘洋", "好的，祝您前程似锦！", "45015", "没有收下的事件")
	w := d.htmx(failedPath, url.Values{"conversation": {"liu"}, "message": {id}, "do": {"retry"}})
	d.wantCode(w, http.StatusOK)
	if m := d.last("liu"); m.Text != "好的，祝您前程似锦！" || m.ID == id || m.Author != conversations.ByAgent("ag-head") {
		t.Errorf("sent %+v", m.Message)
	}
	if d.f.convs["liu"].Failed != nil {
		t.Error("it is still listed")
	}
	d.wantNoText(w, "刘洋")
	d.wantCode(d.htmx(failedPath, url.Values{"conversation": {"liu"}, "message": {id}, "do": {"dismiss"}}), http.StatusConflict)
}

func TestCalmQueues(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-sh")
	for path, words := range map[string]string{reviewPath: "材料都看完了", failedPath: "消息都送到了", troublePath: "账号和系统都正常"} {
		if w := d.get(path); !strings.Contains(w.Body.String(), words) {
			t.Errorf("%s does not say %s", path, words)
		}
	}
}

func TestEveryQueueInEveryLanguage(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.c.o.Words = strict{t, d.c.o.Words}
	for _, l := range locales() {
		d.locale = string(l)
		for _, path := range []string{
			requestsPath, reviewPath, reviewPath + "?c=zhang&d=zhang-d3", callsPath, failedPath, troublePath,
			"/inbox/emma/timeline", "/inbox/emma/consent", "/inbox/zhang/promises",
		} {
			if !strings.Contains(d.get(path).Body.String(), `lang="`+string(l)+`"`) {
				t.Errorf("%s is not in %s", path, l)
			}
		}
	}
}
