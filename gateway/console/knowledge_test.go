package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiebao/conversations"
)

// article is the form of an article in which nothing is wrong.
func article(do, version string, changes ...string) url.Values {
	f := url.Values{
		"do": {do}, "version": {version}, "title": {"员工停车"}, "questions": {"可以停车吗？\r\n\r\n有停车位吗？"}, "text": {"地下四层，\r\n免费。"},
		"branch": {"head/beijing"}, "positions": {"柜员，客户经理"}, "locale": {"zh-CN"}, "source": {"北京分行"},
	}
	for i := 0; i < len(changes); i += 2 {
		f.Set(changes[i], changes[i+1])
	}
	return f
}

func (d *desk) latest(id string) conversations.ArticleVersion {
	d.t.Helper()
	if len(d.f.articles[id]) == 0 {
		d.t.Fatalf("there is no article %s", id)
	}
	return d.f.articles[id][0]
}

func TestShelfShowsWhatConcernsTheAgent(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.get("/knowledge")
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "员工停车", "草稿", "旧版仍在回答", "员工食堂", "已批准", "班车", "已停用", "入职体检须知", "来自文件", "周敏", `href="/knowledge/parking"`)
	d.wantNoText(w, "徐汇支行储物柜", "上海分行着装")
}

func TestShelfFilters(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	for _, c := range []struct {
		q, branch, state string
		want             string
		not              string
	}{
		{"", "*", "retired", "班车", "员工停车"},
		{"", "*", "file", "入职体检须知", "员工停车"},
		{"", "head/beijing", "", "员工停车", "班车"},
		{"", "", "", "入职体检须知", "员工停车"},
		{"食堂 刷工牌", "*", "", "员工食堂", "员工停车"},
		{"没有这个词", "*", "", "没有符合条件的文章", "员工停车"},
	} {
		w := d.htmx("/knowledge", url.Values{"q": {c.q}, "branch": {c.branch}, "state": {c.state}})
		d.wantText(w, c.want)
		d.wantNoText(w, c.not, "<html")
	}
}

func TestTryAQuestion(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	ask := func(words string) string {
		w := d.post("/knowledge/try", url.Values{"question": {words}, "of": {"head/beijing/chaoyang"}, "locale": {"zh-CN"}})
		d.wantCode(w, http.StatusOK)
		return w.Body.String()
	}
	if page := ask("请问体检去哪家医院"); !strings.Contains(page, "有把握") || !strings.Contains(page, "——来自《入职体检须知》（总行，2026-06-01 更新）") {
		t.Errorf("what is certain is not shown: %s", page)
	}
	if page := ask("可以停车吗"); !strings.Contains(page, "地下二层停车") || !strings.Contains(page, `href="/knowledge/parking"`) {
		t.Error("the approved text does not answer while a draft is written")
	}
	if page := ask("可以养猫吗"); !strings.Contains(page, "没找到") {
		t.Error("what nothing answers is answered")
	}
	w := d.htmx("/knowledge/try", url.Values{"question": {"上班穿什么"}, "of": {"head/shanghai"}})
	d.wantNoText(w, "上海分行着装", "<html")
}

func TestSaveADraftAndApprove(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.post("/knowledge/parking", article("save", "2"))
	d.wantCode(w, http.StatusSeeOther)
	d.wantText(d.get(w.Header().Get("Location")), "草稿已保存")
	a := d.latest("parking")
	if a.Version != 3 || a.State != conversations.Draft || a.Serves != 1 || a.By != "ag-bj" || !a.At.Equal(testNow()) {
		t.Errorf("saved %+v", a)
	}
	if a.Text != "地下四层，\n免费。" || len(a.Questions) != 2 || a.Questions[1] != "有停车位吗？" || len(a.Positions) != 2 || a.Positions[0] != "柜员" {
		t.Errorf("saved %+v", a.Article)
	}
	d.wantCode(d.post("/knowledge/parking", article("approve", "3")), http.StatusSeeOther)
	a = d.latest("parking")
	if a.Version != 4 || a.State != conversations.Approved || a.Serves != 4 || a.Updated != conversations.DateOf(testNow()) {
		t.Errorf("approved %+v", a)
	}
	d.wantText(d.get("/knowledge/parking"), "第 4 版", "正在回答", "<ins>")
}

// An article for everybody is cited as the bank's, one for a branch as that
// branch's.
func TestWhoIsCitedUnlessHRSaysOtherwise(t *testing.T) {
	t.Parallel()
	for agent, source := range map[string]string{"ag-head": "京行", "ag-bj": "北京分行"} {
		d := as(t, agent)
		d.wantText(d.get("/knowledge/new"), `name="source" value="`+source+`"`)
	}
}

func TestNewArticleOnceThoughSentTwice(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.get("/knowledge/new")
	d.wantText(w, `action="/knowledge/id-1"`, `name="version" value="0"`)
	d.wantNoText(w, `<option value="head"`, `<option value=""  selected>所有机构`)
	for range 2 {
		d.wantCode(d.post("/knowledge/id-1", article("approve", "0")), http.StatusSeeOther)
	}
	if n := len(d.f.articles["id-1"]); n != 1 || d.latest("id-1").Serves != 1 {
		t.Errorf("%d versions, the latest %+v", n, d.latest("id-1"))
	}
	d.wantCode(d.post("/knowledge/id-1", article("approve", "0", "text", "别的话")), http.StatusConflict)
	d.wantText(d.get("/knowledge/new?id=medical&locale=zh-CN"), "入职体检须知", `action="/knowledge/id-`, "体检要空腹吗？")
}

func TestRetireUndoAndRestore(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for range 2 {
		d.wantCode(d.post("/knowledge/parking", url.Values{"do": {"retire"}, "version": {"2"}}), http.StatusSeeOther)
	}
	if a := d.latest("parking"); a.Version != 3 || a.State != conversations.Retired || a.Serves != 0 {
		t.Errorf("retired %+v", a)
	}
	d.wantCode(d.post("/knowledge/parking", url.Values{"do": {"restore"}, "version": {"3"}, "restore": {"2"}}), http.StatusSeeOther)
	if a := d.latest("parking"); a.Version != 4 || a.State != conversations.Draft || a.Serves != 1 {
		t.Errorf("undone %+v", a)
	}
	d.wantCode(d.post("/knowledge/parking", url.Values{"do": {"restore"}, "version": {"4"}, "restore": {"1"}}), http.StatusSeeOther)
	if a := d.latest("parking"); a.Version != 5 || a.State != conversations.Approved || !strings.Contains(a.Text, "地下二层") {
		t.Errorf("restored %+v", a)
	}
	d.wantCode(d.post("/knowledge/parking", url.Values{"do": {"restore"}, "version": {"5"}, "restore": {"9"}}), http.StatusConflict)
}

func TestStaleEditKeepsTheWords(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	other := d.beside("ag-head")
	other.wantCode(other.post("/knowledge/parking", article("save", "2", "text", "同事写的")), http.StatusSeeOther)
	w := d.post("/knowledge/parking", article("save", "2", "text", "我写了很久的话", "title", ""))
	d.wantCode(w, http.StatusUnprocessableEntity)
	w = d.post("/knowledge/parking", article("save", "2", "text", "我写了很久的话"))
	d.wantCode(w, http.StatusConflict)
	d.wantText(w, "您写的内容还在", "我写了很久的话", "同事写的", `name="version" value="3"`)
	if d.latest("parking").Text != "同事写的" {
		t.Error("the colleague's words are gone")
	}
	d.wantCode(d.post("/knowledge/parking", article("save", "3", "text", "我写了很久的话")), http.StatusSeeOther)
}

func TestArticleMistakesStandNextToTheirField(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for _, c := range []struct{ field, value, wrong string }{
		{"title", "", "请填写标题"},
		{"title", strings.Repeat("题", conversations.MaxArticleTitle+1), "有 41 个字，最多 40 个"},
		{"text", "", "请填写正文"},
		{"text", strings.Repeat("字", conversations.MaxArticle+1), fmt.Sprintf("有 %d 个字，最多 %d 个", conversations.MaxArticle+1, conversations.MaxArticle)},
		{"questions", " \r\n ", "请至少写一个候选人的问法"},
		{"questions", strings.Repeat("问", maxQuestion+1), "有 201 个字，最多 200 个"},
		{"branch", "head/shanghai", "您不能为这个机构写文章"},
		{"branch", "", "您不能为这个机构写文章"},
		{"locale", "xx", "请选择语言"},
		{"source", "", "请填写出处"},
		{"source", strings.Repeat("源", maxSource+1), "最多 20 个"},
		{"positions", strings.Repeat("岗", maxPosition+1), "最多 40 个"},
	} {
		w := d.post("/knowledge/parking", article("approve", "2", c.field, c.value))
		d.wantCode(w, http.StatusUnprocessableEntity)
		d.wantText(w, c.wrong, `id="wrong-`+c.field+`"`, `aria-describedby="wrong-`+c.field+`"`)
		if c.field != "text" {
			d.wantText(w, "地下四层")
		}
	}
	for _, f := range []url.Values{{}, article("burn", "2"), article("save", "x"), article("save", "-1")} {
		d.wantCode(d.post("/knowledge/parking", f), http.StatusUnprocessableEntity)
	}
	d.wantCode(d.post("/knowledge/Not_An_Id", article("save", "0")), http.StatusUnprocessableEntity)
	if n := len(d.f.articles["parking"]); n != 2 {
		t.Errorf("%d versions", n)
	}
	d.wantCode(d.post("/knowledge/parking", article("save", "2", "questions", "", "text", "")), http.StatusSeeOther) // a draft may lack something
}

func TestPromisesAreApprovedKnowinglyOnly(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	promise := article("approve", "2", "text", "放心。我们保证解决户口。")
	w := d.post("/knowledge/parking", promise)
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "这些话可能是承诺", "<q>我们保证解决户口</q>", `name="sure"`)
	if d.latest("parking").Version != 2 {
		t.Error("it was approved")
	}
	promise.Set("sure", "1")
	d.wantCode(d.post("/knowledge/parking", promise), http.StatusSeeOther)
	d.wantText(d.get("/knowledge/parking"), "这些话可能是承诺")
}

func TestArticlesOfOthersAreReadOnlyOrUnseen(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.get("/knowledge/canteen") // of the head office
	d.wantText(w, "这篇由上级机构维护", "刷工牌就餐")
	d.wantNoText(w, `name="do"`)
	d.wantCode(d.post("/knowledge/canteen", article("save", "1")), http.StatusNotFound)
	d.wantCode(d.post("/knowledge/canteen", url.Values{"do": {"retire"}, "version": {"1"}}), http.StatusNotFound)
	d.wantText(d.get("/knowledge/xuhui"), "没有这篇文章")
	d.wantCode(d.get("/knowledge/xuhui"), http.StatusNotFound)
	d.wantCode(d.post("/knowledge/xuhui", article("save", "1")), http.StatusNotFound)
	if w := d.post("/knowledge/xuhui", article("save", "0")); w.Code == http.StatusSeeOther {
		t.Error("another branch's article was overwritten")
	}
	d.wantCode(d.get("/knowledge/file?id=dress&branch=head/shanghai&locale=zh-CN"), http.StatusNotFound)
	d.wantText(d.get("/knowledge/file?id=medical&locale=zh-CN"), "只能在文件里修改")
	if n := len(d.f.articles["canteen"]) + len(d.f.articles["xuhui"]); n != 2 {
		t.Errorf("%d versions of what others write", n)
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ was, is, want string }{
		{"", "", ""},
		{"同样", "同样", "=同样"},
		{"地下二层", "地下三层", "=地下 -二 +三 =层"},
		{"park here", "park there", "=park  -here +there"},
		{"", "新", "+新"},
		{"旧", "", "-旧"},
	} {
		var got []string
		for _, p := range difference(c.was, c.is) {
			got = append(got, string(p.change)+p.text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("from %q to %q: %q, want %q", c.was, c.is, got, c.want)
		}
	}
}
