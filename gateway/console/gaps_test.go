package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jiebao/conversations"
)

// answers is the form that answers those who asked about the gym.
func answers(to ...string) url.Values {
	f := url.Values{"text": {"楼下有，凭工牌免费。"}, "source": {"北京分行"}, "article": {"gym"}}
	for _, id := range to {
		f.Add("to", id+"-9.1@"+id)
	}
	return f
}

// answered are the questions for which HR's answer was committed.
func (d *desk) answered() []string {
	var out []string
	for _, cmd := range d.f.applied {
		if a, ok := cmd.(conversations.AnswerQuestion); ok {
			out = append(out, a.Question)
		}
	}
	return out
}

func TestGapsStandTogether(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.get("/knowledge/gaps")
	d.wantText(w, "附近有健身房吗", "5 人问过", "26 小时", "请问附近有没有健身房", "张伟", "可以养猫吗", `href="/inbox/wang"`)
	d.wantNoText(w, "母婴室")
	d.wantText(d.get("/inbox"), `href="/knowledge/gaps"`, "6 个问题等待回答")
	d.wantText(d.get("/knowledge/count"), ">6</span>")

	d = as(t, "ag-head")
	clear(d.f.convs)
	d.wantText(d.get("/knowledge/gaps"), "没有待答的问题")
}

func TestTakeAQuestionApart(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantCode(d.post("/knowledge/gaps/wang-9.1/apart", url.Values{"do": {"apart"}}), http.StatusSeeOther)
	d.wantText(d.get("/knowledge/gaps"), "4 人问过", "已单独列出", "放回原组")
	w := d.htmx("/knowledge/gaps/wang-9.1/apart", url.Values{"do": {"together"}})
	d.wantText(w, "5 人问过")
	d.wantNoText(w, "已单独列出", "<html")
	d.wantCode(d.post("/knowledge/gaps/wang-9.1/apart", url.Values{"do": {"burn"}}), http.StatusUnprocessableEntity)
	d.wantCode(d.post("/knowledge/gaps/sun-9.1/apart", url.Values{"do": {"apart"}}), http.StatusNotFound)
	if d.f.apart["sun-9.1"] {
		t.Error("another branch's question was taken apart")
	}
}

func TestAnswerFormSaysWhatHappensToEach(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.get("/knowledge/gaps/wang-9.1")
	d.wantText(w, `value="zhang-9.1@zhang" checked`, `value="zhao-9.1@zhao">`, "同事已回复过", "马上发送", "等对方下次发消息时送达", "目前发不出", `value="附近有健身房吗"`)
	if to := d.get("/knowledge/gaps/none-9.1").Header().Get("Location"); to != "/knowledge/gaps?gone=1" {
		t.Errorf("a question that waits no longer leads to %s", to)
	}
	d.wantText(d.get("/knowledge/gaps?gone=1"), "这个问题已经有人回答了")
	d.wantText(d.htmx("/knowledge/gaps/wang-9.1/preview", answers()), "关于您问的“附近有健身房吗”", "楼下有，凭工牌免费。", "——来自北京分行，2026-07-02")
}

func TestAnswerOnceTellsAllWhoAreTicked(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	form := answers("zhang", "wang", "qian", "liu")
	w := d.post("/knowledge/gaps/zhang-9.1", form)
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "张伟", "王芳", "钱多多", "刘洋", "已发送", "已保留，对方发消息时送达", "已保留，联系上后送达")
	if got := d.answered(); !slices.Equal(got, []string{"zhang-9.1", "wang-9.1", "qian-9.1", "liu-9.1"}) {
		t.Errorf("answered %v", got)
	}
	if a := d.f.applied[0].(conversations.AnswerQuestion); a.Agent != "ag-bj" || a.Text != "楼下有，凭工牌免费。" || a.Source != "北京分行" || a.Article != "" {
		t.Errorf("answered %+v", a)
	}
	w = d.post("/knowledge/gaps/zhang-9.1", form) // sent twice
	d.wantCode(w, http.StatusOK)
	if n := strings.Count(w.Body.String(), "之前已回答，没有重复发送"); n != 4 || len(d.answered()) != 4 {
		t.Errorf("%d of 4 are said to be answered before, %d answers were sent", n, len(d.answered()))
	}
	d.wantText(w, "张伟", "王芳")
	d.wantText(d.get("/knowledge/gaps"), "赵一鸣", "1 人问过") // who was not ticked still waits
}

func TestAnswerBecomesAnArticle(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	form := answers("zhang")
	for field, value := range map[string]string{
		"keep": "1", "title": "健身房", "questions": "有健身房吗？\r\n附近有健身房吗", "branch": "head/beijing", "locale": "zh-CN", "positions": "",
	} {
		form.Set(field, value)
	}
	for range 2 {
		d.wantText(d.post("/knowledge/gaps/zhang-9.1", form), "已存为文章", `href="/knowledge/gym"`)
	}
	a := d.latest("gym")
	if a.Version != 1 || a.State != conversations.Approved || a.Serves != 1 || a.Text != "楼下有，凭工牌免费。" || len(a.Questions) != 2 || a.By != "ag-bj" {
		t.Errorf("kept %+v", a)
	}
	if cmd := d.f.applied[0].(conversations.AnswerQuestion); cmd.Article != "gym" {
		t.Errorf("answered %+v", cmd)
	}
	d.wantText(d.post("/knowledge/try", url.Values{"question": {"有健身房吗"}, "of": {"head/beijing/xicheng"}}), "有把握", "凭工牌免费")

	form.Set("branch", "head/shanghai")
	form.Set("article", "gym2")
	form["to"] = []string{"wang-9.1@wang"}
	w := d.post("/knowledge/gaps/wang-9.1", form)
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "您不能为这个机构写文章", "楼下有，凭工牌免费。")
	form.Set("branch", "head/beijing")
	form.Set("article", "gym")
	form.Set("text", "别的回答")
	w = d.post("/knowledge/gaps/wang-9.1", form)
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "先前已存过一篇不同的文章")
	if len(d.answered()) != 1 {
		t.Errorf("answered %v", d.answered())
	}
}

func TestAnswerMistakesLoseNothing(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for _, c := range []struct{ field, value, wrong string }{
		{"text", " ", "请填写正文"},
		{"text", strings.Repeat("字", conversations.MaxArticle+1), fmt.Sprintf("最多 %d 个", conversations.MaxArticle)},
		{"source", "", "请填写出处"},
		{"source", strings.Repeat("源", 21), "最多 20 个"},
	} {
		form := answers("wang")
		form.Set(c.field, c.value)
		w := d.post("/knowledge/gaps/zhang-9.1", form)
		d.wantCode(w, http.StatusUnprocessableEntity)
		d.wantText(w, c.wrong, `value="wang-9.1@wang" checked`, `value="zhang-9.1@zhang">`)
	}
	w := d.post("/knowledge/gaps/zhang-9.1", answers())
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "请至少勾选一人", "楼下有，凭工牌免费。")

	form := answers("zhang")
	form.Set("text", "我们保证解决户口。")
	w = d.post("/knowledge/gaps/zhang-9.1", form)
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "这些话可能是承诺", "我们保证解决户口")
	if len(d.f.applied) > 0 {
		t.Fatalf("applied %v", d.f.applied)
	}
	form.Set("sure", "1")
	d.wantCode(d.post("/knowledge/gaps/zhang-9.1", form), http.StatusOK)
	if len(d.answered()) != 1 {
		t.Error("what was looked at was not sent")
	}
}

func TestAnswersStayInTheScope(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	form := answers("zhang", "sun")
	form.Add("to", "nonsense")
	w := d.post("/knowledge/gaps/zhang-9.1", form)
	d.wantText(w, "找不到会话，没有发送", "已发送")
	d.wantNoText(w, "孙悦")
	if got := d.answered(); !slices.Equal(got, []string{"zhang-9.1"}) {
		t.Errorf("answered %v", got)
	}
}

func TestOneFailureKeepsNobodyElseFromTheAnswer(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.f.fail = errors.New("the database is away")
	w := d.post("/knowledge/gaps/zhang-9.1", answers("zhang", "liu"))
	d.wantText(w, "没有成功，请稍后再试", "已发送")
	if got := d.answered(); !slices.Equal(got, []string{"liu-9.1"}) {
		t.Errorf("answered %v", got)
	}
}

func TestOneFormAnswersWhatItHolds(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	zhang := d.f.convs["zhang"]
	for i := range mostAnswered {
		zhang.Questions = append(zhang.Questions, conversations.OpenQuestion{ID: fmt.Sprintf("zhang-%d.1", 100+i), Text: "附近有健身房吗", At: testNow()})
	}
	d.f.convs["zhang"] = zhang
	w := d.get("/knowledge/gaps/zhang-9.1")
	d.wantText(w, "共 505 人问过，这次先回答最早的 500 人")
	if n := strings.Count(w.Body.String(), `name="to"`); n != mostAnswered {
		t.Errorf("%d can be ticked", n)
	}
}

// TestShelvesHearOfChanges: of what is above an agent's branch as well.
func TestShelvesHearOfChanges(t *testing.T) {
	t.Parallel()
	for branch, want := range map[string]string{
		"": "event: c.knowledge\ndata: 1\n\n", "head": "event: c.knowledge\ndata: 1\n\n", "head/beijing/xicheng": "event: c.knowledge\ndata: 1\n\n", "head/shanghai": "",
	} {
		w := httptest.NewRecorder()
		page := newBoard().page(conversations.Scope{"head/beijing"}, "", "")
		s := newStream(w, page)
		page.note(conversations.Changed{ID: conversations.ChangedKnowledge, Branch: branch})
		s.tell()
		s.stop()
		if got := w.Body.String(); got != want {
			t.Errorf("of %q it hears %q, want %q", branch, got, want)
		}
	}
}
