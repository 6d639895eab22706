package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

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
	if a := d.f.agents[0]; a.Role != conversations.RoleHeadOffice || a.Scope[0] != "head" {
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
