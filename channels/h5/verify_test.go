package h5_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiebao/channels/h5"
)

func official(o *h5.Options) {
	o.Official = []h5.Official{
		{Kind: h5.OfficialWeChat, Name: "示例银行招聘"}, {Kind: h5.OfficialSMS, Name: "106900001234"}, {Kind: h5.OfficialPhone, Name: "010-8888 0000"},
		{Kind: h5.OfficialEmail, Name: "hr@bank.example.com"}, {Kind: h5.OfficialWeb, Name: "www.bank.example.com"},
	}
}

func (w *world) check(what string, options ...func(*http.Request)) *httptest.ResponseRecorder {
	form := url.Values{"what": {what}}
	r := httptest.NewRequest("POST", "https://bank.example"+h5.VerifyPath, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, o := range options {
		o(r)
	}
	answer := httptest.NewRecorder()
	w.page.ServeVerify(answer, r)
	return answer
}

func TestAnybodyCanCheckWhatCameFromTheBank(t *testing.T) {
	t.Parallel()
	w := newWorld(t, official)
	foreign, err := h5.NewLinks(bytes.Repeat([]byte("x"), 32), "https://bank.example", 24*time.Hour)
	check(t, err)
	own := w.links.Page("c1", noon)
	for name, tt := range map[string]struct{ what, found string }{
		"a link":                      {own, "这个链接来自示例银行"},
		"a link of an upload":         {w.links.Upload("c1", "id_card", noon), "这个链接来自示例银行"},
		"a link without its scheme":   {strings.TrimPrefix(own, "https://"), "这个链接来自示例银行"},
		"a step of a link":            {own + "?choice=confirm", "这个链接来自示例银行"},
		"the end of a link":           {w.links.Token("d4ynsranzryu64p6", noon), "这个链接来自示例银行"},
		"a whole message":             {"【示例银行】张伟您好，请打开 " + own + " 查看。", "这个链接来自示例银行"},
		"a link of nobody":            {w.links.Page("gone", noon), "这个链接来自示例银行"},
		"a link cut off":              {own[:len(own)-2], "这个链接不是我们发出的，或者不完整"},
		"a link by guess":             {foreign.Page("c1", noon), "这个链接不是我们发出的，或者不完整"},
		"our token elsewhere":         {strings.Replace(own, "bank.example", "bank.example.evil.com", 1), "这不是我们的网址"},
		"a name before ours":          {"https://bank.example@evil.com/c/x", "这不是我们的网址"},
		"another site":                {"点击 http://offer-bank.cn/pay 领取", "这不是我们的网址"},
		"a good and a bad one":        {own + " 或 evil.cn/x", "这不是我们的网址"},
		"a code":                      {"查验码：" + w.links.Code("m1", noon), "示例银行在2026年6月24日（星期三）发出了这个查验码"},
		"a code in small letters":     {strings.ToLower(strings.ReplaceAll(w.links.Code("m1", noon), "-", " ")), "示例银行在2026年6月24日（星期三）发出了这个查验码"},
		"a code by guess":             {"ABCD-EFGH-JKMN-PQRS", "没有查到这是我们发的"},
		"another bank's code":         {foreign.Code("m1", noon), "没有查到这是我们发的"},
		"our name":                    {"示例银行招聘", "这是我们的官方渠道"},
		"our number":                  {"来自 1069 0000 1234 的短信", "这是我们的官方渠道"},
		"a longer number":             {"1069000012345", "没有查到这是我们发的"},
		"our telephone":               {"010 8888-0000", "这是我们的官方渠道"},
		"our mail":                    {"HR@bank.example.com", "这是我们的官方渠道"},
		"our site":                    {"https://www.bank.example.com/jobs", "这是我们的官方渠道"},
		"this page":                   {"https://bank.example/verify", "这是我们的官方渠道"},
		"somebody":                    {"13800138001", "没有查到这是我们发的"},
		"money":                       {"恭喜录用，请先转账培训费500元", "这段内容提到了费用"},
		"money beside a good link":    {own + " 请交保证金", "这段内容提到了费用"},
		"markup":                      {"<script>alert(1)</script>", "没有查到这是我们发的"},
		"more than anybody will read": {strings.Repeat("好", 3000) + own, "没有查到这是我们发的"},
	} {
		answer := w.check(tt.what, func(r *http.Request) { r.RemoteAddr = name })
		body := answer.Body.String()
		if answer.Code != http.StatusOK || !strings.Contains(body, tt.found) || strings.Contains(body, "<script>alert") {
			t.Errorf("%s: %d %s", name, answer.Code, body)
		}
		_, told, _ := strings.Cut(body, `class="card stand check`)
		told, _, _ = strings.Cut(told, "</section>")
		for _, private := range []string{"张伟", "综合柜员", "8001"} {
			if strings.Contains(told, private) {
				t.Errorf("%s: tells %s", name, private)
			}
		}
	}
	if len(w.messages) > 0 {
		t.Error("checking left something")
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.links.Code("m1", noon)
	if code != w.links.Code("m1", noon.Add(time.Hour)) || code == w.links.Code("m2", noon) || code == w.links.Code("m1", noon.Add(24*time.Hour)) || len(code) != 19 {
		t.Errorf("the code is %q", code)
	}
	if given, err := w.links.ParseCode(code); err != nil || !given.Equal(time.Date(2026, 6, 24, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("it was given out on %s, %v", given, err)
	}
}

func TestCodesOfMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link := w.links.Page("d4ynsranzryu64p6", noon)
	code := w.links.CodeOf(link, "result_passed")
	if given, err := w.links.ParseCode(code); err != nil || !given.Equal(time.Date(2026, 6, 24, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%q was given out on %s, %v", code, given, err)
	}
	if w.links.CodeOf(link, "offer_reminder") == code || w.links.CodeOf(w.links.Page("c1", noon), "result_passed") == code || w.links.CodeOf("https://bank.example/c/x", "result_passed") != "" {
		t.Error("codes of different messages are the same, or forged links have some")
	}
}

// TestCheckingIsBounded: each visitor can check so often, however much others do.
func TestCheckingIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from := func(who string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = who } }
	for range 20 {
		w.check("x", from("a"))
	}
	if answer := w.check("x", from("a")); answer.Code != http.StatusTooManyRequests {
		t.Errorf("the 21st check of a minute: %d", answer.Code)
	}
	if answer := w.check("x", from("b")); answer.Code != http.StatusOK {
		t.Errorf("somebody else: %d", answer.Code)
	}
	if answer := w.check(" ", from("c")); answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("nothing: %d", answer.Code)
	}
	if answer := w.check("x", from("d"), header("Sec-Fetch-Site", "cross-site")); answer.Code != http.StatusForbidden {
		t.Errorf("from another page: %d", answer.Code)
	}
	answer := httptest.NewRecorder()
	w.page.ServeVerify(answer, httptest.NewRequest("GET", h5.VerifyPath+"?what=x", nil))
	if answer.Code != http.StatusOK || strings.Contains(answer.Body.String(), "没有查到") || answer.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("looking: %d %v", answer.Code, answer.Header())
	}
}

// FuzzCheck: nothing that is pasted breaks the page, or is taken for ours
// without a signature.
func FuzzParseCode(f *testing.F) {
	links, err := h5.NewLinks(bytes.Repeat([]byte("s"), 32), "https://bank.example", 24*time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(links.Code("m1", noon))
	f.Add("ABCD-EFGH-JKMN-PQRS")
	f.Add("")
	f.Fuzz(func(t *testing.T, code string) {
		given, err := links.ParseCode(code)
		if err == nil && strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(code)) != strings.ReplaceAll(links.Code("m1", given), "-", "") && code != links.Code("m1", noon) {
			t.Errorf("%q was given out on %s", code, given)
		}
	})
}
