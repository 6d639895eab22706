package console

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

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
		d.wantCode(d.htmx(path, form), http.StatusGone)
	}
	if len(d.f.applied) > 0 {
		t.Fatalf("commands were applied: %v", d.f.applied)
	}
}

// A candidate who goes to another branch leaves the pages that have them open,
// whatever such a page asks for next.
func TestWhoLeavesTheBranchLeavesThePage(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantCode(d.do(asked(request("GET", "/inbox/zhang/live?view=mine", nil))), http.StatusOK)
	d.f.mu.Lock()
	zhang := d.f.convs["zhang"]
	zhang.Branch = "head/shanghai"
	d.f.convs["zhang"] = zhang
	d.f.mu.Unlock()
	for _, path := range []string{"", "/live", "/told", "/timeline", "/earlier?before=5"} {
		w := d.do(asked(request("GET", "/inbox/zhang"+path, nil)))
		d.wantCode(w, http.StatusGone)
		d.wantText(w, "已经转到别的机构")
		d.wantNoText(w, "张伟", "zhang")
		if h := w.Header(); h.Get("HX-Retarget") != "#main" || h.Get("HX-Reswap") != "outerHTML" || h.Get("HX-Replace-Url") == "" {
			t.Errorf("%s stands in its place: %v", path, h)
		}
	}
	if w := d.do(asked(request("GET", "/inbox/zhang/live?view=mine", nil))); w.Header().Get("HX-Replace-Url") != "/inbox?view=mine" {
		t.Errorf("the page is at %q from then on", w.Header().Get("HX-Replace-Url"))
	}
	d.wantCode(d.do(asked(request("GET", "/inbox/wang/documents/none", nil))), http.StatusNotFound) // the candidate is there
}

// A row that is not listed any more stays in a list that holds still, unless the
// agent may not see it any more.
func TestWhoLeavesTheBranchLeavesTheList(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	shown := url.Values{"view": {"waiting"}, "shown": {"wang zhang sun nobody"}}
	d.wantText(d.htmx("/inbox/list", shown), `data-gone="sun nobody"`)
	d.wantNoText(d.htmx("/inbox/list", url.Values{"shown": {"wang zhang"}}), "data-gone")
}

// What a browser that went away is not told is no failure of the gateway's.
func TestRequestsThatAreGivenUpDoNotFail(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	left, leave := context.WithCancel(t.Context())
	leave()
	for ctx, status := range map[context.Context]int{t.Context(): http.StatusInternalServerError, left: statusLeft} {
		g, _ := gin.CreateTestContext(httptest.NewRecorder())
		g.Request = request("GET", "/inbox/zhang/live", nil).WithContext(ctx)
		d.c.fail(g, d.c.newView(g), fmt.Errorf("reading a conversation: %w", context.Canceled))
		if got := g.Writer.Status(); got != status {
			t.Errorf("the log says %d, want %d", got, status)
		}
	}
}

func asked(r *http.Request) *http.Request {
	r.Header.Set("HX-Request", "true")
	return r
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
	w := d.get("/inbox?view=waiting")
	if n := strings.Count(w.Body.String(), `class="row`); n == 0 || !strings.Contains(w.Body.String(), `id="r-wang"`) || strings.Contains(w.Body.String(), `id="r-zhao"`) {
		t.Errorf("the view of who waits shows other rows")
	}
	d.wantText(w, `/inbox/wang?view=waiting`)
	first := d.get("/inbox?view=all")
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
	w := d.do(request("POST", "/inbox/language", url.Values{"locale": {"en"}, "back": {"/inbox/zhang?view=mine"}}))
	if to := w.Header().Get("Location"); to != "/inbox/zhang?view=mine" {
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
