package console

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// desk is a running console and one agent's browser.
type desk struct {
	t       testing.TB
	f       *fake
	c       *Console
	h       http.Handler
	cookies map[string]string
	csrf    string
	locale  string
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	f := newFake(testNow, beijing)
	seed(f, 45)
	c, err := newConsole(f, "http://inbox.test")
	if err != nil {
		t.Fatal(err)
	}
	r := gin.New()
	c.Mount(r)
	return &desk{t: t, f: f, c: c, h: r, cookies: map[string]string{}}
}

// as signs an agent in by a link.
func as(t testing.TB, agent string) *desk {
	t.Helper()
	d := newDesk(t)
	d.signIn(agent)
	return d
}

func (d *desk) signIn(agent string) {
	d.t.Helper()
	link, err := d.c.SignInLink(context.Background(), agent)
	if err != nil {
		d.t.Fatal(err)
	}
	token := link[strings.Index(link, "token=")+len("token="):]
	w := d.do(request("POST", "/signin", url.Values{"token": {token}}))
	if w.Code != http.StatusSeeOther {
		d.t.Fatalf("signing in: %d", w.Code)
	}
	d.csrf = d.f.sessions[hashed(d.cookies["jiebao"])].CSRF
}

func request(method, path string, form url.Values) *http.Request {
	r := httptest.NewRequest(method, "http://inbox.test"+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (d *desk) do(r *http.Request) *httptest.ResponseRecorder {
	for name, value := range d.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if d.locale != "" {
		r.Header.Set("Accept-Language", d.locale)
	}
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	for _, k := range w.Result().Cookies() {
		d.cookies[k.Name] = k.Value
	}
	return w
}

func (d *desk) get(path string) *httptest.ResponseRecorder { return d.do(request("GET", path, nil)) }

// post sends a form with the session's own token.
func (d *desk) post(path string, form url.Values) *httptest.ResponseRecorder {
	form = maps.Clone(form)
	form.Set("csrf", d.csrf)
	return d.do(request("POST", path, form))
}

func (d *desk) htmx(path string, form url.Values) *httptest.ResponseRecorder {
	form = maps.Clone(form)
	form.Set("csrf", d.csrf)
	r := request("POST", path, form)
	r.Header.Set("HX-Request", "true")
	return d.do(r)
}

func (d *desk) wantCode(w *httptest.ResponseRecorder, code int) {
	d.t.Helper()
	if w.Code != code {
		d.t.Fatalf("got %d, want %d: %s", w.Code, code, w.Body)
	}
}

func (d *desk) wantText(w *httptest.ResponseRecorder, words ...string) {
	d.t.Helper()
	for _, s := range words {
		if !strings.Contains(w.Body.String(), s) {
			d.t.Errorf("the page does not say %q", s)
		}
	}
}

func (d *desk) wantNoText(w *httptest.ResponseRecorder, words ...string) {
	d.t.Helper()
	for _, s := range words {
		if strings.Contains(w.Body.String(), s) {
			d.t.Errorf("the page says %q", s)
		}
	}
}

func TestSignInLinkWorksOnceAndOnlyByPost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	link, err := d.c.SignInLink(context.Background(), "ag-bj")
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(link, "http://inbox.test")
	token := path[strings.Index(path, "token=")+len("token="):]
	for range 3 { // a mail gateway, a chat preview, the agent
		w := d.get(path)
		d.wantCode(w, http.StatusOK)
		d.wantText(w, `value="`+token+`"`, "登录")
	}
	d.wantCode(d.do(request("POST", "/signin", url.Values{"token": {token}})), http.StatusSeeOther)
	d.wantCode(d.get("/inbox"), http.StatusOK)

	again := newDesk(t)
	again.f, again.h, again.c = d.f, d.h, d.c
	w := again.do(request("POST", "/signin", url.Values{"token": {token}}))
	again.wantCode(w, http.StatusForbidden)
	again.wantText(w, "链接已经用过")
	again.wantCode(again.get("/inbox"), http.StatusSeeOther)
}

func TestFirstSignInOnlyWhileThereAreNoAgents(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if link, err := d.c.FirstSignIn(context.Background(), "管理员", "head"); err != nil || link != "" {
		t.Fatalf("got %q, %v with agents there", link, err)
	}
	d.f.agents = nil
	link, err := d.c.FirstSignIn(context.Background(), "管理员", "head")
	if err != nil || !strings.HasPrefix(link, "http://inbox.test/signin?token=") {
		t.Fatalf("got %q, %v", link, err)
	}
	if a := d.f.agents[0]; !a.Admin || a.Scope[0] != "head" {
		t.Fatalf("the first agent is %+v", a)
	}
}

func TestSignOutEndsTheSession(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	cookie := d.cookies["jiebao"]
	d.wantCode(d.post("/signout", url.Values{}), http.StatusSeeOther)
	d.cookies["jiebao"] = cookie
	d.wantCode(d.get("/inbox"), http.StatusSeeOther)
}

func TestCookieIsGuarded(t *testing.T) {
	t.Parallel()
	f := newFake(testNow, beijing)
	seed(f, 0)
	c, err := newConsole(f, "https://inbox.test")
	if err != nil {
		t.Fatal(err)
	}
	r := gin.New()
	c.Mount(r)
	link, err := c.SignInLink(context.Background(), "ag-bj")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, request("POST", "/signin", url.Values{"token": {link[strings.Index(link, "=")+1:]}}))
	k := w.Result().Cookies()[0]
	if k.Name != "__Host-jiebao" || !k.HttpOnly || !k.Secure || k.SameSite != http.SameSiteLaxMode || k.Path != "/" {
		t.Fatalf("the session cookie is %v", k)
	}
}

func TestNobodySeesAnythingSignedOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, path := range []string{"/inbox", "/inbox/zhang", "/inbox/zhang/live", "/inbox/zhang/documents/zhang-d1", "/inbox/agents", "/inbox/events",
		"/knowledge", "/knowledge/new", "/knowledge/parking", "/knowledge/count", "/knowledge/gaps", "/knowledge/gaps/zhang-9.1"} {
		w := d.get(path)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/signin" {
			t.Errorf("GET %s: %d %s", path, w.Code, w.Header().Get("Location"))
		}
	}
	r := request("POST", "/inbox/list", url.Values{})
	r.Header.Set("HX-Request", "true")
	if w := d.do(r); w.Header().Get("HX-Redirect") != "/signin" {
		t.Errorf("htmx is not sent to sign in: %d", w.Code)
	}
}

func TestFormsNeedTheSessionsToken(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	paths := []string{
		"/signout", "/inbox", "/inbox/list", "/inbox/agents", "/inbox/agents/ag-bj/link", "/inbox/agents/ag-bj/access", "/inbox/zhang/seen", "/inbox/zhang/phone", "/inbox/zhang/reply",
		"/inbox/zhang/owner", "/inbox/zhang/decide", "/inbox/zhang/claim", "/inbox/zhang/invitation", "/inbox/zhang/documents/zhang-d1",
		"/knowledge", "/knowledge/try", "/knowledge/parking", "/knowledge/gaps/zhang-9.1", "/knowledge/gaps/zhang-9.1/preview", "/knowledge/gaps/zhang-9.1/apart",
	}
	for _, path := range paths {
		for _, token := range []string{"", "wrong"} {
			if w := d.do(request("POST", path, url.Values{"csrf": {token}, "text": {"x"}, "do": {"take"}})); w.Code != http.StatusForbidden {
				t.Errorf("POST %s with token %q: %d", path, token, w.Code)
			}
		}
	}
	if len(d.f.applied) > 0 {
		t.Fatalf("commands were applied: %v", d.f.applied)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	for _, path := range []string{"/signin", "/inbox/language", "/inbox/zhang/owner"} {
		r := request("POST", path, url.Values{"csrf": {d.csrf}, "do": {"take"}})
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Origin", "https://evil.test")
		d.wantCode(d.do(r), http.StatusForbidden)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	for _, path := range []string{"/signin?token=x", "/inbox", "/inbox/zhang", "/inbox/agents", "/inbox/nobody", "/static/app.css"} {
		h := d.get(path).Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, h)
		}
	}
	inline := regexp.MustCompile(`(?i)<script(?:[^>]*[^>]src)?>|\son[a-z]+=|\sstyle=|javascript:`)
	for _, path := range []string{"/signin?token=x", "/inbox", "/inbox/zhang", "/inbox/follower", "/inbox/qian", "/inbox/agents",
		"/knowledge", "/knowledge/parking", "/knowledge/gaps", "/knowledge/gaps/zhang-9.1"} {
		if m := inline.FindString(strings.ReplaceAll(d.get(path).Body.String(), "<script defer src=", "<script-src=")); m != "" {
			t.Errorf("%s holds inline script or style: %s", path, m)
		}
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-sh")
	w := d.get("/inbox")
	d.wantText(w, "孙悦")
	d.wantNoText(w, "张伟", "王芳", "Emma")
	for _, path := range []string{"/inbox/zhang", "/inbox/zhang/live", "/inbox/zhang/earlier?before=5", "/inbox/zhang/documents/zhang-d1"} {
		w := d.get(path)
		d.wantCode(w, http.StatusNotFound)
		d.wantNoText(w, "张伟")
	}
	forms := map[string]url.Values{
		"/inbox/zhang/reply":              {"text": {"hello"}, "key": {"k"}},
		"/inbox/zhang/owner":              {"do": {"take"}},
		"/inbox/zhang/decide":             {"request": {"zhang-r1"}, "verdict": {"approved"}},
		"/inbox/follower/claim":           {"do": {"approve"}, "match": {"qian"}},
		"/inbox/zhang/seen":               {},
		"/inbox/zhang/phone":              {},
		"/inbox/qian/invitation":          {},
		"/inbox/zhang/documents/zhang-d2": {"do": {"accept"}},
	}
	for path, form := range forms {
		d.wantCode(d.post(path, form), http.StatusNotFound)
		d.wantCode(d.htmx(path, form), http.StatusNotFound)
	}
	if len(d.f.applied) > 0 {
		t.Fatalf("commands were applied: %v", d.f.applied)
	}
}

func TestSearchIsNotInAddresses(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.post("/inbox", url.Values{"q": {"张伟"}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, `id="r-zhang"`, `value="张伟"`)
	d.wantNoText(w, `id="r-wang"`)
	for _, path := range []string{"/inbox", "/inbox/zhang", "/inbox/follower"} {
		for _, m := range regexp.MustCompile(`(?:href|src|action|hx-[a-z]+)="([^"]*)"`).FindAllStringSubmatch(d.get(path).Body.String(), -1) {
			if regexp.MustCompile(`%E|1[3-9]\d{9}|张|E2026`).MatchString(m[1]) {
				t.Errorf("%s links to %s", path, m[1])
			}
		}
	}
}

func TestFilterAndMore(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox?filter=waiting")
	if n := strings.Count(w.Body.String(), `class="row`); n == 0 || !strings.Contains(w.Body.String(), `id="r-wang"`) || strings.Contains(w.Body.String(), `id="r-zhao"`) {
		t.Errorf("the waiting filter shows other rows")
	}
	d.wantText(w, `/inbox/wang?filter=waiting`)
	first := d.get("/inbox")
	cursor := regexp.MustCompile(`name="cursor" value="([^"]+)"`).FindStringSubmatch(first.Body.String())
	if cursor == nil {
		t.Fatal("nothing asks for more")
	}
	rest := d.htmx("/inbox/list", url.Values{"cursor": {cursor[1]}})
	rows := regexp.MustCompile(`id="(r-[^"]+)"`)
	seen := map[string]bool{}
	for _, m := range append(rows.FindAllStringSubmatch(first.Body.String(), -1), rows.FindAllStringSubmatch(rest.Body.String(), -1)...) {
		if seen[m[1]] {
			t.Errorf("%s comes twice", m[1])
		}
		seen[m[1]] = true
	}
	if len(seen) != len(d.f.convs) {
		t.Errorf("%d of %d rows", len(seen), len(d.f.convs))
	}
	d.wantNoText(rest, `id="list"`, `cursor`)
	refreshed := d.htmx("/inbox/list", url.Values{"limit": {"53"}})
	if n := len(rows.FindAllString(refreshed.Body.String(), -1)); n != len(d.f.convs) {
		t.Errorf("a live list of 53 rows is refreshed with %d", n)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	for accept, want := range map[string]string{
		"": "待人工", "zh-CN,zh;q=0.9": "待人工", "zh-TW": "待職員", "zh-HK,en;q=0.5": "待職員", "en-US,en": "Waiting", "fr-FR": "待人工", "de, en;q=0.3": "Waiting",
	} {
		d.locale = accept
		if !strings.Contains(d.get("/inbox").Body.String(), want) {
			t.Errorf("%q is not answered with %s", accept, want)
		}
	}
	w := d.do(request("POST", "/inbox/language", url.Values{"locale": {"en"}, "back": {"/inbox/zhang?filter=mine"}}))
	if to := w.Header().Get("Location"); to != "/inbox/zhang?filter=mine" {
		t.Errorf("back to %q", to)
	}
	d.locale = "zh-CN"
	d.wantText(d.get("/inbox"), "Waiting")
	for _, back := range []string{"//evil.test", "https://evil.test", "/inboxevil", `/\evil.test`, ""} {
		w := d.do(request("POST", "/inbox/language", url.Values{"locale": {"xx"}, "back": {back}}))
		if to := w.Header().Get("Location"); to != "/inbox" {
			t.Errorf("back %q leads to %q", back, to)
		}
	}
}

func TestStaticFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	w := d.get(asset("app.css"))
	d.wantCode(w, http.StatusOK)
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("the style sheet comes with %v", w.Header())
	}
	for _, path := range []string{"/static/", "/static/../console.go", "/static/nothing.js", "/static/%2e%2e/console.go"} {
		d.wantCode(d.get(path), http.StatusNotFound)
	}
}

func TestEventsTellOnlyOfTheScope(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-sh")
	s := httptest.NewServer(d.h)
	t.Cleanup(s.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/inbox/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "jiebao", Value: d.cookies["jiebao"]})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	read := func(until string) string {
		var got []byte
		for !strings.Contains(string(got), until) {
			b := make([]byte, 256)
			n, err := res.Body.Read(b)
			if err != nil {
				t.Fatalf("the stream ended after %q: %v", got, err)
			}
			got = append(got, b[:n]...)
		}
		return string(got)
	}
	read("event: sync\ndata: 1\n\n")
	hear(d.f, "zhang", "北京的话")
	hear(d.f, "sun", "上海的话")
	got := read("event: inbox\ndata: 1\n\n")
	if !strings.Contains(got, "event: c.sun\n") || strings.Contains(got, "zhang") || strings.Contains(got, "的话") {
		t.Errorf("the stream says %q", got)
	}
	d.c.Close()
	if rest, err := io.ReadAll(res.Body); err != nil || len(rest) > 0 {
		t.Errorf("closing leaves %q, %v", rest, err)
	}
}

func TestAgents(t *testing.T) {
	t.Parallel()
	plain := as(t, "ag-bj")
	plain.wantCode(plain.get("/inbox/agents"), http.StatusForbidden)
	plain.wantCode(plain.post("/inbox/agents", url.Values{"name": {"x"}, "scope": {"head/beijing"}}), http.StatusForbidden)
	plain.wantCode(plain.post("/inbox/agents/ag-head/link", url.Values{}), http.StatusNotFound)
	plain.wantNoText(plain.get("/inbox"), "/inbox/agents")

	d := as(t, "ag-head")
	d.wantText(d.get("/inbox/agents"), "李娜", "北京分行")
	w := d.post("/inbox/agents", url.Values{"name": {"韩梅"}, "scope": {"head/beijing/chaoyang，head/shanghai"}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "韩梅", "http://inbox.test/signin?token=")
	a := d.f.agents[len(d.f.agents)-1]
	if a.Name != "韩梅" || len(a.Scope) != 2 || a.Admin {
		t.Fatalf("added %+v", a)
	}
	for _, bad := range []url.Values{
		{"name": {""}, "scope": {"head"}}, {"name": {"x"}, "scope": {""}}, {"name": {"x"}, "scope": {"Head Office"}}, {"name": {"x"}, "scope": {"other/bank"}},
	} {
		before := len(d.f.agents)
		d.wantCode(d.post("/inbox/agents", bad), http.StatusUnprocessableEntity)
		if len(d.f.agents) != before {
			t.Errorf("%v was added", bad)
		}
	}
}

func TestAdministratorsStayWithinTheirBranches(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.f.agents = append(d.f.agents, conversations.Agent{ID: "ag-bj-admin", Name: "北京管理员", Scope: conversations.Scope{"head/beijing"}, Admin: true})
	d.signIn("ag-bj-admin")
	w := d.get("/inbox/agents")
	d.wantText(w, "李娜")
	d.wantNoText(w, "周敏", "陈晓")
	d.wantCode(d.post("/inbox/agents/ag-head/link", url.Values{}), http.StatusNotFound)
	d.wantCode(d.post("/inbox/agents", url.Values{"name": {"x"}, "scope": {"head"}}), http.StatusUnprocessableEntity)
}
