package console

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jiebao/conversations"
)

func TestViewsAndFiltersStandInTheAddress(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox?view=requests&branch=head/beijing")
	d.wantText(w, `id="r-zhang"`, `id="filter-chips"`, "北京分行", `/inbox/zhang?branch=head%2Fbeijing&amp;view=requests`)
	d.wantNoText(w, `id="r-sun"`)
	if w := d.get("/inbox"); w.Header().Get("Location") != "/inbox?view=requests" {
		t.Errorf("the view that was open last is not remembered: %q", w.Header().Get("Location"))
	}
	d.wantText(d.get("/inbox?view=closed"), "还没有已结束的会话")
	d.wantText(d.get("/inbox?view=all&position=none"), "没有符合筛选条件的会话")
	page := d.get("/inbox/filters?branch=head/beijing")
	d.wantText(page, `<option value="head/beijing" selected>`, "\u2003\u2003北京朝阳支行", "李娜")
	if beijing := d.beside("ag-bj"); strings.Contains(beijing.get("/inbox/filters").Body.String(), "上海") {
		t.Error("Beijing may choose branches of Shanghai")
	}
}

func TestViewsAreSavedUnderANameOfTheAgents(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	here := url.Values{"view": {"waiting"}, "branch": {"head/beijing"}, "name": {" 北京 等人 "}}
	w := d.post("/inbox/views", here)
	if to := w.Header().Get("Location"); to != "/inbox?branch=head%2Fbeijing&view=waiting" {
		t.Errorf("after saving it leads to %q", to)
	}
	d.wantText(d.get("/inbox?view=all"), "北京 等人")
	d.wantNoText(d.beside("ag-bj").get("/inbox?view=all"), "北京 等人")
	id := d.f.saved[0].ID
	d.wantText(d.get("/inbox?view=all"), `id="count-`+id+`"`, `hx-get="/inbox/views/counts"`)
	d.wantText(d.get("/inbox/views/counts"), `<span class="count hot" id="count-`+id+`" data-keep hx-swap-oob="true">2</span>`)
	d.wantNoText(d.beside("ag-bj").get("/inbox/views/counts"), id)
	d.wantCode(d.beside("ag-bj").post("/inbox/views/"+id, url.Values{"do": {"drop"}}), http.StatusNotFound)
	d.wantCode(d.post("/inbox/views", url.Values{"view": {"waiting"}, "name": {"没有筛选"}}), http.StatusUnprocessableEntity)
	d.wantCode(d.post("/inbox/views", url.Values{"view": {"waiting"}, "branch": {"head"}, "name": {strings.Repeat("长", longestView+1)}}), http.StatusUnprocessableEntity)
	d.wantText(d.htmx("/inbox/views/"+id, url.Values{"do": {"rename"}, "name": {"京城"}, "view": {"all"}}), "京城", `id="list"`)
	d.post("/inbox/views/"+id, url.Values{"do": {"drop"}})
	d.wantNoText(d.get("/inbox?view=all"), "京城")
}

func TestSearchShowsPeopleAndTheMessagesWithTheWords(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.htmx("/inbox/list", url.Values{"q": {"年终奖"}})
	d.wantText(w, "聊天内容", `<mark>年终奖</mark>`, `/inbox/wang?at=1#m-1`)
	d.wantNoText(w, `id="r-zhao"`, "候选人</li>")
	d.wantText(d.htmx("/inbox/list", url.Values{"q": {"王芳"}}), "候选人", `<mark>王芳</mark>`)
	d.wantText(d.htmx("/inbox/list", url.Values{"q": {"没有这个词"}}), "没有找到")
	gone := d.htmx("/inbox/list", url.Values{"view": {"mine"}, "go": {"1"}})
	if to := gone.Header().Get("HX-Replace-Url"); to != "/inbox?view=mine" {
		t.Errorf("the address becomes %q", to)
	}
}

func TestMarked(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ text, search, want string }{
		{"年终奖怎么算", "年终奖", "[年终奖]怎么算"},
		{"Hello hello", "HELLO", "[Hello] [hello]"},
		{"a.b(c", "b(", "a.[b(]c"},
		{"入职日期", "日期 入职", "[入职][日期]"},
		{"没有", "别的", "没有"},
		{"\xff坏", "坏", "\xff[坏]"},
	} {
		var b strings.Builder
		for _, p := range marked(x.text, x.search) {
			if p.found {
				b.WriteString("[" + p.text + "]")
			} else {
				b.WriteString(p.text)
			}
		}
		if b.String() != x.want {
			t.Errorf("%q in %q: %q, want %q", x.search, x.text, b.String(), x.want)
		}
	}
}

func FuzzMarked(f *testing.F) {
	f.Add("年终奖怎么算", "年终 奖")
	f.Add("İstanbul", "i")
	f.Fuzz(func(t *testing.T, text, search string) {
		var whole strings.Builder
		for _, p := range marked(text, search) {
			if p.text == "" {
				t.Error("an empty part")
			}
			whole.WriteString(p.text)
		}
		if whole.String() != text {
			t.Errorf("%q became %q", text, whole.String())
		}
	})
}

func TestManyAreAssignedAsWasShown(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	to := d.post("/inbox/bulk", url.Values{"do": {"assign"}, "c": {"zhang", "wang", "zhao"}}).Header().Get("Location")
	if !strings.HasPrefix(to, "/inbox/bulk/") {
		t.Fatalf("it leads to %q", to)
	}
	w := d.get(to)
	d.wantText(w, "张伟", "王芳", "将指派", "已经是这样", "李娜")
	d.wantCode(d.beside("ag-bj").get(to), http.StatusNotFound)
	d.wantCode(d.post(to, url.Values{"to": {"ag-bj"}}), http.StatusSeeOther)
	seal := regexp.MustCompile(`name="seal" value="([^"]+)"`).FindStringSubmatch(d.get(to).Body.String())[1]
	d.wantCode(d.post("/inbox/zhang/owner", url.Values{"do": {"take"}, "epoch": {"0"}}), http.StatusSeeOther)
	stale := d.post(to+"/confirm", url.Values{"seal": {seal}})
	d.wantCode(stale, http.StatusConflict)
	d.wantText(stale, "什么都还没做")
	seal = regexp.MustCompile(`name="seal" value="([^"]+)"`).FindStringSubmatch(stale.Body.String())[1]
	d.wantCode(d.post(to+"/confirm", url.Values{"seal": {seal}}), http.StatusSeeOther)
	d.wantText(d.get(to), "正在进行", `hx-get="`+to+`/live"`)
	d.wantText(d.get("/inbox/bulk"), "指派 3 个会话")
}

func TestOnlyWhoLeadsWritesToMany(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.f.agents[slices.IndexFunc(d.f.agents, func(a conversations.Agent) bool { return a.ID == "ag-bj" })].Role = conversations.RoleAgent
	d.signIn("ag-bj")
	d.wantNoText(d.get("/inbox?view=all"), `value="remind"`, `value="export"`)
	for _, do := range []string{"remind", "template", "export"} {
		d.wantCode(d.post("/inbox/bulk", url.Values{"do": {do}, "c": {"zhang"}}), http.StatusForbidden)
	}
	to := d.post("/inbox/bulk", url.Values{"do": {"assign"}, "c": {"zhang"}}).Header().Get("Location")
	d.wantCode(d.post(to, url.Values{"to": {"ag-head"}}), http.StatusForbidden)
}

func TestExport(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.f.mu.Lock()
	c := d.f.convs["zhang"]
	c.Candidate.Name = "=1+1"
	d.f.convs["zhang"] = c
	d.f.mu.Unlock()
	d.wantText(d.post("/inbox/bulk", url.Values{"do": {"export"}, "c": {"zhang", "sun"}}), `value="phone"`, "138")
	form := url.Values{"c": {"zhang", "sun"}, "column": {"name", "phone"}}
	w := d.post("/inbox/export", form)
	text, ok := strings.CutPrefix(w.Body.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if !ok || err != nil || len(rows) != 2 { // Sun is of Shanghai
		t.Fatalf("the file is %q, %v", w.Body, err)
	}
	if rows[1][0] != "'=1+1" || strings.Contains(rows[1][1], "12345678") {
		t.Errorf("the row is %q", rows[1])
	}
	form.Set("phones", "yes")
	d.wantText(d.post("/inbox/export", form), "13812345678")
	all := d.post("/inbox/export", url.Values{"all": {"yes"}, "view": {"waiting"}, "column": {"name"}})
	d.wantText(all, "王芳")
	d.wantNoText(all, "赵一鸣")
}
