package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
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

// filled is a form with what its page puts into it: the session's own token,
// and in whose hands the conversation is.
func (d *desk) filled(path string, form url.Values) url.Values {
	form = maps.Clone(form)
	form.Set("csrf", d.csrf)
	if m := regexp.MustCompile(`^/inbox/(\w+)/(reply|owner|assign|snooze|close|template|remind)(\?|$)`).FindStringSubmatch(path); m != nil && !form.Has("epoch") {
		d.f.mu.Lock()
		defer d.f.mu.Unlock()
		form.Set("epoch", fmt.Sprint(d.f.convs[m[1]].Owner.Epoch))
	}
	return form
}

// post sends a form as a browser does.
func (d *desk) post(path string, form url.Values) *httptest.ResponseRecorder {
	form = d.filled(path, form)
	return d.do(request("POST", path, form))
}

func (d *desk) htmx(path string, form url.Values) *httptest.ResponseRecorder {
	form = d.filled(path, form)
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
