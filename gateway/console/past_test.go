package console

import (
	"net/http"
	"strings"
	"testing"

	"jiebao/conversations"
)

// part asks for a part of a page, as scripts do.
func (d *desk) part(path string) string {
	d.t.Helper()
	r := request("GET", path, nil)
	r.Header.Set("HX-Request", "true")
	w := d.do(r)
	d.wantCode(w, http.StatusOK)
	return w.Body.String()
}

func wants(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, s := range words {
		if !strings.Contains(page, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
}

func TestPanelTellsHowTheStartDateCameAbout(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	page := d.get("/inbox/emma").Body.String()
	wants(t, page, "银行提供", "7月13日 周一", "候选人希望", "8月1日 周六", "Could I start on 1 August?", "当天休息", "银行提议", "7月20日 周一", "A class starts that day.")
	if strings.Index(page, "候选人希望") > strings.Index(page, "银行提议") {
		t.Error("the steps are not in their order")
	}
	// A request whose event is long ago is there all the same.
	wants(t, d.get("/inbox/zhang").Body.String(), "候选人希望", "8月1日 周六", "决定改期申请：8月1日 周六", "审核 2 份材料")
}

func TestTimelineIsForThoseWhoMayReadTheConversation(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for _, what := range []string{"timeline", "consent", "promises"} {
		d.wantCode(d.get("/inbox/emma/"+what), http.StatusNotFound)
	}
}

func TestTimelineIsShortInThePanelAndWholeAsAPage(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	part := d.part("/inbox/emma/timeline")
	wants(t, part, "今天", "昨天", "转人工：候选人要求人工", "审核了学历学位证书：已通过", "候选人申请改到 8月1日 周六 入职", "我的决定：已另提（7月20日 周一）", "绑定 京行招聘（扫码）", `data-keep="emma"`)
	if strings.Contains(part, "候选人来信") || strings.Contains(part, "<html") {
		t.Error("the panel's timeline repeats the talk")
	}
	if strings.Index(part, "转人工") > strings.Index(part, "绑定") {
		t.Error("the newest is not first")
	}
	wants(t, d.get("/inbox/emma/timeline").Body.String(), "<html", "候选人来信", "结果通知已送达（京行招聘）")
}

func TestConsentTellsByWhichWords(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	part := d.part("/inbox/emma/consent")
	wants(t, part, "候选人退订，不再接收消息", "Please stop", "I want messages again", "EHR 提供联系方式")
	if strings.Contains(part, "转人工") {
		t.Error("what is no consent is told")
	}
}

func TestPromisesAreNotificationsAndWhatNamesADayOrAnAmount(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	part := d.part("/inbox/emma/promises")
	wants(t, part, "<mark>HK$28,000</mark>", "<mark>20 July 2026</mark>", "已送达", "京行招聘")
	if strings.Contains(part, "You are welcome") {
		t.Error("small talk is a promise")
	}
	wants(t, d.part("/inbox/zhang/promises"), "面试结果", "<mark>2026年7月13日</mark>")
}

func TestPassages(t *testing.T) {
	t.Parallel()
	for words, want := range map[string][]string{
		"月薪 18,000 元，年终奖按 20% 计":      {"18,000 元", "20%"},
		"请在7月13日或 2026-07-15 前答复":     {"7月13日", "2026-07-15"},
		"安家费10万，另有 ￥3000 补贴":          {"10万", "￥3000"},
		"安家费10万元":                     {"10万元"},
		"Starts July 6, 2026 at 9:00": {"July 6, 2026"},
		"共3项材料，请尽快":                   nil,
		"7月報到：7月6號":                   {"7月6號"},
	} {
		var got []string
		whole := ""
		for _, p := range passages(words) {
			whole += p.text
			if p.firm {
				got = append(got, p.text)
			}
		}
		if whole != words || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}

func FuzzPassages(f *testing.F) {
	f.Add("月薪 18,000 元，7月13日")
	f.Add("￥￥￥1 年 月 日")
	f.Fuzz(func(t *testing.T, words string) {
		whole := ""
		for _, p := range passages(words) {
			if p.text == "" {
				t.Error("an empty part")
			}
			whole += p.text
		}
		if whole != words {
			t.Errorf("%q became %q", words, whole)
		}
	})
}

func TestEveryEventHasASentence(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	for _, l := range locales() {
		v := &view{words: strict{t, d.c.o.Words}, locale: l, now: testNow(), channels: d.f, branch: d.c.o.BranchName}
		c := d.f.convs["emma"]
		for _, e := range everyEvent() {
			if o := v.occasion(&c, e); o.words == string(e.Type) || strings.Contains(o.words, "%!") || iconPaths(o.icon) == "" {
				t.Errorf("%s in %s: %+v", e.Type, l, o)
			}
		}
	}
}

func TestMasksTellAddressesApart(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]conversations.Reach{
		"oABc••••wxyz":     {Address: conversations.Address{Account: "gzh", ID: "oABcdefghijklmnopwxyz"}},
		"138••••5678":      {Address: conversations.Address{Account: "sms", ID: "13812345678"}, Contact: conversations.ByPhone},
		"z•••@example.com": {Address: conversations.Address{Account: "mail", ID: "zhang@example.com"}, Contact: conversations.ByEmail},
		"":                 {Address: conversations.Address{Account: "push", ID: "E1"}, Contact: conversations.ByEHR},
		"•••••":            {Address: conversations.Address{Account: "gzh", ID: "short"}},
	} {
		if got := maskedAddress(r); got != want {
			t.Errorf("%v is shown as %q, want %q", r.Address.ID, got, want)
		}
	}
}

func TestPanelSectionsStayAsTheAgentLeftThem(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	open := `id="fold-channels" class="fold" data-fold="channels" open`
	d.wantText(d.get("/inbox/zhang"), open)
	d.cookies[foldCookie] = ".channels-timeline"
	w := d.get("/inbox/zhang")
	d.wantNoText(w, open)
	d.wantText(w, `id="fold-timeline" class="fold" data-fold="timeline" open`)
}
