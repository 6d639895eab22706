package h5_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels/h5"
	"jiebao/conversations"
)

// TestNothingIsShownWithoutProof asks for pages as link scanners, guessers and
// people to whom a link was forwarded do. Nobody learns anything of anybody.
func TestNothingIsShownWithoutProof(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own, foreign := w.path("c1"), w.path("c2")
	erased := w.path("gone")
	pass := w.pass()
	for name, tt := range map[string]struct {
		method, path string
		with         func(*http.Request)
		status       int
		words        string
	}{
		"a fresh link":               {"GET", own, nil, 200, "请先确认是您本人"},
		"a scanner":                  {"HEAD", own, nil, 200, ""},
		"digits in the address":      {"GET", own + "?digits=8001", nil, 200, "请先确认是您本人"},
		"files in the address":       {"GET", own + "/files?item=id_card", nil, 200, "请先确认是您本人"},
		"another candidate's pass":   {"GET", foreign, pass, 200, "请先确认是您本人"},
		"a forged link":              {"GET", "/c/forged", nil, 404, "链接不完整"},
		"a link cut off":             {"GET", own[:len(own)-3], nil, 404, "链接不完整"},
		"a link with more behind it": {"GET", own + "/../" + foreign, nil, 404, "链接不完整"},
		"nothing":                    {"GET", "/c/", nil, 404, "链接不完整"},
		"somebody who is gone":       {"GET", erased, nil, 410, "链接已过期"},
		"files without a pass":       {"POST", own + "/files", nil, 403, "请先确认是您本人"},
		"files with a foreign pass":  {"POST", foreign + "/files", pass, 403, "请先确认是您本人"},
		"a reloaded upload":          {"GET", own + "/files", nil, 200, "请先确认是您本人"},
		"the conversation":           {"GET", own + "/chat", nil, 200, "请先确认是您本人"},
		"words without a pass":       {"POST", own + "/chat", nil, 403, "请先确认是您本人"},
		"an answer without a pass":   {"POST", own + "/answer", nil, 403, "请先确认是您本人"},
		"an answer in the address":   {"GET", own + "?do=confirm", nil, 200, "请先确认是您本人"},
		"the live news":              {"GET", own + "/events", nil, 403, ""},
		"another method":             {"DELETE", own, pass, 405, ""},
		"a file of ours":             {"GET", "/c/static/../page.go", nil, 404, ""},
		"a style":                    {"GET", "/c/static/page.css", nil, 200, "--accent"},
		"a style to change":          {"POST", "/c/static/page.css", nil, 404, ""},
	} {
		if tt.with == nil {
			tt.with = func(*http.Request) {}
		}
		answer := w.do(tt.method, tt.path, nil, tt.with)
		body := answer.Body.String()
		if answer.Code != tt.status || !strings.Contains(body, tt.words) {
			t.Errorf("%s: %d %s", name, answer.Code, body)
		}
		for _, private := range []string{"张伟", "综合柜员", "身份证", "8001"} {
			if strings.Contains(body, private) {
				t.Errorf("%s shows %s", name, private)
			}
		}
	}
	for _, id := range []string{"c1", "c2"} {
		if c := w.conversation(id); c.Entry != nil || len(c.Application().Checklist[0].Documents) > 0 {
			t.Errorf("looking changed %+v", c)
		}
	}
	w.advance(8 * 24 * time.Hour)
	if answer := w.do("GET", own, nil, pass); answer.Code != http.StatusGone {
		t.Errorf("a link that is over: %d", answer.Code)
	}
}

func TestDoor(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		digits string
		status int
		words  string
	}{
		"right":           {"8001", 303, ""},
		"full width":      {"８００１", 303, ""},
		"with a space":    {" 80 01", 303, ""},
		"wrong":           {"1234", 403, "还可以试 4 次"},
		"too few":         {"800", 422, "请输入 4 位数字"},
		"too many":        {"80011", 422, "请输入 4 位数字"},
		"letters":         {"８００l", 422, "请输入 4 位数字"},
		"nothing":         {"", 422, "请输入 4 位数字"},
		"more than a lot": {strings.Repeat("8", 5000), 400, "出了点问题"},
	} {
		w := newWorld(t)
		answer := w.enter(w.path("c1"), tt.digits)
		if answer.Code != tt.status || !strings.Contains(answer.Body.String(), tt.words) {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
}

func TestDoorWithoutAPhoneNumberOrAStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(candidate("c1", ""))
	if answer := w.enter(w.path("c1"), "8001"); answer.Code != http.StatusNotFound || !strings.Contains(answer.Body.String(), "没有您的手机号") {
		t.Errorf("without a phone number: %d %s", answer.Code, answer.Body)
	}
	w.broken = errors.New("the disk is full")
	if answer := w.enter(w.path("c1"), "8001"); answer.Code != http.StatusInternalServerError || strings.Contains(answer.Body.String(), "disk") {
		t.Errorf("without a store: %d %s", answer.Code, answer.Body)
	}
}

// TestTriesAreCountedHoweverTheyCome: at once, and over the links of two days.
func TestTriesAreCountedHoweverTheyCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	paths := []string{w.path("c1")}
	w.advance(24 * time.Hour)
	paths = append(paths, w.path("c1"))
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() { w.enter(paths[i%2], "0000") })
	}
	all.Wait()
	if e := w.conversation("c1").Entry; e == nil || e.Wrong != 5 {
		t.Errorf("after 40 tries at once: %+v", e)
	}
	for _, path := range paths {
		if answer := w.enter(path, "8001"); answer.Code != http.StatusTooManyRequests || len(answer.Result().Cookies()) > 0 {
			t.Errorf("the right digits while locked: %d", answer.Code)
		}
		if answer := w.do("GET", path, nil); answer.Code != http.StatusTooManyRequests {
			t.Errorf("a locked page: %d", answer.Code)
		}
	}
	w.advance(time.Hour)
	if answer := w.enter(paths[1], "8001"); answer.Code != http.StatusSeeOther {
		t.Errorf("an hour later: %d", answer.Code)
	}
}

func TestPass(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer := w.enter(w.path("c1"), "8001")
	k := answer.Result().Cookies()[0]
	if !k.HttpOnly || !k.Secure || k.SameSite != http.SameSiteLaxMode || k.Path != "/c/" || !strings.HasPrefix(k.Name, "__Secure-") || k.MaxAge != 3600 {
		t.Errorf("the cookie is %s", k)
	}
	pass := func(r *http.Request) { r.AddCookie(k) }
	if page := w.do("GET", w.path("c1"), nil, pass); !strings.Contains(page.Body.String(), "张伟c1，您好") || !strings.Contains(page.Body.String(), "还缺：身份证、学历证书") {
		t.Errorf("the page is %s", page.Body)
	}
	w.advance(time.Hour)
	if page := w.do("GET", w.path("c1"), nil, pass); strings.Contains(page.Body.String(), "张伟") {
		t.Error("the pass has no end")
	}
}

// TestForeignPagesCannotPost sends what browsers say of forms on other pages,
// and what old phones say of our own: only where they are.
func TestForeignPagesCannotPost(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		field, value string
		status       int
	}{
		"a foreign page":             {"Sec-Fetch-Site", "cross-site", 403},
		"a neighbour":                {"Sec-Fetch-Site", "same-site", 403},
		"our own":                    {"Sec-Fetch-Site", "same-origin", 303},
		"an old phone, foreign page": {"Origin", "https://evil.example", 403},
		"an old phone, hidden page":  {"Origin", "null", 403},
		"an old phone, our own":      {"Origin", "https://bank.example", 303},
		"a phone behind a proxy":     {"X-Nothing", "", 303},
	} {
		w := newWorld(t)
		if answer := w.enter(w.path("c1"), "8001", header(tt.field, tt.value)); answer.Code != tt.status {
			t.Errorf("%s: %d", name, answer.Code)
		}
	}
	w := newWorld(t)
	proxied := func(r *http.Request) { r.Host = "10.0.0.7:8080"; r.Header.Set("Origin", "https://bank.example") }
	if answer := w.enter(w.path("c1"), "8001", proxied); answer.Code != http.StatusSeeOther {
		t.Errorf("behind a proxy that names another host: %d", answer.Code)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{w.path("c1"), "/c/forged", "/c/static/nothing"} {
		h := w.do("GET", path, nil).Header()
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY", "X-Robots-Tag": "noindex, nofollow", "Strict-Transport-Security": "max-age=31536000",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: the policy is %q", path, csp)
		}
	}
}

// TestPagesNeedNothingFromElsewhere holds the pages to their policy: no inline
// script or style, no address of another host; and to a cheap phone's budget.
func TestPagesNeedNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	v.press(v.get("/chat"), "/chat", "text", "我想改到8月3号")
	for _, below := range []string{"", "/files", "/date?day=2026-08-03", "/decline", "/chat", "/suspect"} {
		answer := v.do("GET", v.path+below, nil, v.pass)
		page := answer.Body.String()
		if answer.Code != http.StatusOK {
			t.Errorf("%q: %d", below, answer.Code)
		}
		if found := regexp.MustCompile(`(?i)\sstyle=|\son\w+=|<style|<script>|javascript:|https?://`).FindAllString(page, -1); found != nil {
			t.Errorf("%q has %q", below, found)
		}
		weight, packed := len(page), gzipped(page)
		assets := regexp.MustCompile(`/c/static/[^"]+`).FindAllString(page, -1)
		if len(assets) != 2 {
			t.Errorf("%q asks for %q", below, assets)
		}
		for _, path := range assets {
			answer := v.do("GET", path, nil)
			if answer.Code != http.StatusOK || !strings.Contains(answer.Header().Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d, %v", path, answer.Code, answer.Header())
			}
			weight += answer.Body.Len()
			packed += gzipped(answer.Body.String())
		}
		if weight > 60<<10 {
			t.Errorf("%q weighs %d bytes", below, weight)
		}
		t.Logf("%q weighs %d bytes, %d compressed", below, weight, packed)
	}
}

func gzipped(s string) int {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.Len()
}

// TestLocales shows every page in every language: words that lack a key or an
// argument fail to render, or are missed in the log.
func TestLocales(t *testing.T) {
	t.Parallel()
	for locale, hello := range map[conversations.Locale]string{conversations.Chinese: "您好", conversations.Traditional: "您好", conversations.English: "Hello"} {
		w := newWorld(t)
		c := candidate("c1", "13800138001")
		c.Candidate.Locale = locale
		c.Application().Checklist[0].Documents = []conversations.Document{{ID: "d1", State: conversations.DocumentAccepted}}
		c.Application().Checklist[1].Documents = []conversations.Document{{ID: "d2", State: conversations.DocumentRejected, Reason: "too_large"}}
		w.put(c)
		pass := w.pass()
		in := header("Accept-Language", string(locale))
		pages := []string{
			w.do("GET", w.path("c1"), nil).Body.String(),
			w.enter(w.path("c1"), "1234").Body.String(),
			w.enter(w.path("c1"), "x").Body.String(),
			w.do("GET", w.path("c1"), nil, pass).Body.String(),
			w.upload("degree", pass).Body.String(),
			w.upload("degree", pass, sent{"a.pdf", pdf("a")}, sent{"a.pdf", pdf("a")}, sent{"a.exe", []byte("MZ")}).Body.String(),
			w.check("x", in).Body.String(), w.check(w.links.Page("c1", noon), in).Body.String(), w.check(w.links.Code("m", noon), in).Body.String(), w.check("evil.cn 付款", in).Body.String(),
		}
		pages = append(pages, w.everyState(pass)...)
		if !strings.Contains(pages[3], hello) {
			t.Errorf("%s: the page is %s", locale, pages[3])
		}
		for i, page := range pages {
			if !strings.Contains(page, `<html lang="`+string(locale)+`"`) || strings.Contains(page, "page.") && strings.Contains(page, "<no value>") {
				t.Errorf("%s: page %d is %s", locale, i, page)
			}
		}
		if log := w.log.String(); strings.Contains(log, "words") {
			t.Errorf("%s: %s", locale, log)
		}
	}
	w := newWorld(t)
	for asked, want := range map[string]string{"": "zh-CN", "zh-TW": "zh-HK", "zh-HK,en": "zh-HK", "en-GB": "en", "fr": "zh-CN", strings.Repeat("x", 5000): "zh-CN"} {
		page := w.do("GET", "/c/forged", nil, header("Accept-Language", asked)).Body.String()
		if !strings.Contains(page, `lang="`+want+`"`) {
			t.Errorf("a browser of %q reads %s", asked[:min(9, len(asked))], page)
		}
	}
}

// TestNothingPrivateIsLogged: neither who came nor the address, which lets in.
func TestNothingPrivateIsLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pass := w.pass()
	path := w.path("c1")
	w.files.broken = errors.New("the bucket is gone")
	w.upload("id_card", pass, sent{"张伟的身份证.pdf", pdf("secret")})
	w.files.broken, w.broken = nil, errors.New("the database is gone")
	w.upload("id_card", pass, sent{"张伟的身份证.pdf", pdf("secret")})
	w.enter(path, "1234")
	log := w.log.String()
	if !strings.Contains(log, "bucket is gone") || !strings.Contains(log, "database is gone") {
		t.Errorf("engineers read %q", log)
	}
	for _, private := range []string{strings.TrimPrefix(path, h5.Path), "张伟", "身份证", "8001", "1234", "secret"} {
		if strings.Contains(log, private) {
			t.Errorf("the log has %s: %s", private, log)
		}
	}
}

// everyState shows c1's pages in all states that an offer can be in.
func (w *world) everyState(pass func(*http.Request)) []string {
	home := strings.TrimPrefix(w.links.Page("c1", w.time()), "https://bank.example")
	request := &conversations.ScheduleRequest{ID: "r1", Date: monday.AddDays(28), Counter: monday.AddDays(14), Note: "好的"}
	var pages []string
	for _, answer := range []conversations.Answer{conversations.Open, conversations.Confirmed, conversations.Requested, conversations.Countered, conversations.Declined, conversations.Withdrawn} {
		w.change(func(app *conversations.Application) { app.Answer, app.Request = answer, request })
		for _, below := range []string{"", "/chat", "/files", "/suspect"} {
			pages = append(pages, w.do("GET", home+below, nil, pass).Body.String())
		}
		if !answer.Over() {
			pages = append(pages, w.do("GET", home+"/decline", nil, pass).Body.String())
			for _, day := range []string{"", "2026-07-06", "2026-08-03", "2026-07-12", "2020-01-01", "x"} {
				pages = append(pages, w.do("GET", home+"/date?day="+day, nil, pass).Body.String())
			}
		}
	}
	w.change(func(app *conversations.Application) {
		app.Answer, app.Offer = conversations.Open, conversations.Offer{}
	})
	return append(pages, w.do("GET", home, nil, pass).Body.String(), w.do("GET", home+"/date", nil, pass).Body.String())
}

// TestAWithdrawnOffer shows that it is over, and takes no answer on it.
func TestAWithdrawnOffer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pass := w.pass()
	w.change(func(app *conversations.Application) { app.Answer = conversations.Withdrawn })
	home := strings.TrimPrefix(w.links.Page("c1", w.time()), "https://bank.example")
	page := w.do("GET", home, nil, pass).Body.String()
	if !strings.Contains(page, "这份录用已撤回") || strings.Contains(page, "confirm:") || strings.Contains(page, home+"/files") || strings.Contains(page, "恭喜") {
		t.Errorf("the page is %s", page)
	}
	for _, below := range []string{"/date", "/decline"} {
		if got := w.do("GET", home+below, nil, pass); got.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", below, got.Code)
		}
	}
}

func TestEveryPartIsNeeded(t *testing.T) {
	t.Parallel()
	if _, err := h5.New(h5.Options{}); err == nil {
		t.Error("pages of nothing are served")
	}
}
