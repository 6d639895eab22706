package console

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/signin"
)

const phrase = "correct horse battery staple"

// moving is a clock that tests move.
type moving struct {
	mu  sync.Mutex
	now time.Time
}

func (m *moving) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *moving) advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

// movingDesk is newDesk with a clock that moves.
func movingDesk(t *testing.T, change ...func(*signin.Options)) (*desk, *moving) {
	t.Helper()
	m := &moving{now: testNow()}
	f := newFake(m.Now, beijing)
	seed(f, 0)
	c, err := newConsole(f, "http://inbox.test", change...)
	if err != nil {
		t.Fatal(err)
	}
	r := gin.New()
	c.Mount(r)
	return &desk{t: t, f: f, c: c, h: r, cookies: map[string]string{}}, m
}

func (d *desk) password(name, password string) *httptest.ResponseRecorder {
	return d.do(request("POST", "/signin", url.Values{"name": {name}, "password": {password}}))
}

// stranger is a browser that nobody used.
func (d *desk) stranger() *desk {
	return &desk{t: d.t, f: d.f, c: d.c, h: d.h, cookies: map[string]string{}}
}

// resume reads the form's token of whoever signed in.
func (d *desk) resume() { d.csrf = d.f.sessions[hashed(d.cookies["jiebao"])].CSRF }

func (d *desk) wantTo(w *httptest.ResponseRecorder, to string) {
	d.t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		d.t.Fatalf("got %d to %q, want to be led to %q: %s", w.Code, w.Header().Get("Location"), to, w.Body)
	}
}

// app is an authenticator app (RFC 6238).
func app(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(secret, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/30)
	sum := mac.Sum(nil)
	at4 := sum[sum[19]&15:]
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(at4)&0x7fffffff%1e6)
}

func group(t *testing.T, w *httptest.ResponseRecorder, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(w.Body.String())
	if m == nil {
		t.Fatalf("the page has no %s: %s", pattern, w.Body)
	}
	return m[1]
}

// TestFromTheLinkToThePassword is a colleague's first day.
func TestFromTheLinkToThePassword(t *testing.T) {
	t.Parallel()
	d, clock := movingDesk(t)
	link, err := d.c.SignInLink(t.Context(), "ag-bj")
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(link, "token=")
	d.wantTo(d.do(request("POST", "/signin", url.Values{"token": {token}, "then": {"password"}})), "/me#password")
	d.resume()
	d.wantNoText(d.get("/me"), `name="old"`)
	for _, bad := range []url.Values{{"name": {"x y"}, "new": {phrase}}, {"name": {"li.na"}, "new": {"password1234"}}, {"name": {"li.na"}, "new": {"short"}}} {
		d.wantCode(d.post("/me/password", bad), http.StatusUnprocessableEntity)
	}
	d.wantTo(d.post("/me/password", url.Values{"name": {"li.na"}, "new": {phrase}}), "/me?done=password")
	d.wantText(d.get("/me?done=password"), "密码已保存", `value="li.na"`)
	clock.advance(freshFor)
	d.wantText(d.get("/me"), `name="old"`)
	d.wantText(d.post("/me/password", url.Values{"name": {"li.na"}, "old": {"wrong"}, "new": {phrase + "!"}}), "原密码不正确")

	other := d.stranger()
	other.wantText(other.password("li.na", "wrong"), "登录名或密码不正确", `value="li.na"`)
	other.wantTo(other.password("LI.NA", phrase), "/inbox")
	other.wantCode(other.get("/inbox/zhang"), http.StatusOK)
}

func TestThePageThatWasWanted(t *testing.T) {
	t.Parallel()
	d, _ := movingDesk(t)
	d.wantTo(d.get("/inbox/zhang?filter=mine"), "/signin")
	link, err := d.c.SignInLink(t.Context(), "ag-bj")
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(link, "token=")
	d.wantTo(d.do(request("POST", "/signin", url.Values{"token": {token}})), "/inbox/zhang?filter=mine")
	if d.cookies["jiebao_wanted"] != "" {
		t.Error("the page is wanted still")
	}
}

func TestGuessersAreToldToWait(t *testing.T) {
	t.Parallel()
	d, _ := movingDesk(t)
	for range 6 {
		d.wantCode(d.password("nobody", "guess"), http.StatusForbidden)
	}
	w := d.password("nobody", "guess")
	d.wantCode(w, http.StatusTooManyRequests)
	d.wantText(w, "14:37")
}

func TestTwoSteps(t *testing.T) {
	t.Parallel()
	d, clock := movingDesk(t)
	d.signIn("ag-bj")
	d.wantTo(d.post("/me/password", url.Values{"name": {"li.na"}, "new": {phrase}}), "/me?done=password")
	page := d.get("/me/factor")
	d.wantText(page, `<svg class="qr"`)
	secret, token := group(t, page, `<code class="secret"[^>]*>([^<]+)</code>`), group(t, page, `name="token" value="([^"]+)"`)
	wrong := d.post("/me/factor", url.Values{"token": {token}, "code": {"12345"}})
	d.wantCode(wrong, http.StatusUnprocessableEntity)
	if again := group(t, wrong, `<code class="secret"[^>]*>([^<]+)</code>`); again != secret {
		t.Error("a wrong code changed the secret that was scanned")
	}
	codes := d.post("/me/factor", url.Values{"token": {token}, "code": {app(t, secret, clock.Now())}})
	d.wantCode(codes, http.StatusOK)
	recovery := group(t, codes, `<li><code>([^<]+)</code></li>`)
	d.wantText(d.get("/me"), "已开启", "剩余 10 个备用码")

	other := d.stranger()
	step := other.password("li.na", phrase)
	other.wantCode(step, http.StatusOK)
	other.wantTo(other.get("/inbox"), "/signin")
	next := group(t, step, `name="next" value="([^"]+)"`)
	code := func(c string) *httptest.ResponseRecorder {
		return other.do(request("POST", "/signin/code", url.Values{"next": {next}, "code": {c}}))
	}
	w := code("000000")
	other.wantCode(w, http.StatusForbidden)
	other.wantText(w, "验证码不正确", next)
	clock.advance(time.Minute)
	other.wantTo(code(app(t, secret, clock.Now())), "/inbox")
	other.wantCode(other.get("/inbox"), http.StatusOK)

	third := d.stranger()
	next = group(t, third.password("li.na", phrase), `name="next" value="([^"]+)"`)
	third.wantTo(third.do(request("POST", "/signin/code", url.Values{"next": {next}, "code": {recovery}})), "/inbox")
	clock.advance(6 * time.Minute)
	w = third.do(request("POST", "/signin/code", url.Values{"next": {next}, "code": {recovery}}))
	third.wantText(w, "登录超时")

	d.wantText(d.post("/me/factor/remove", url.Values{"code": {"000000"}}), "验证码不正确")
	d.wantTo(d.post("/me/factor/remove", url.Values{"code": {app(t, secret, clock.Now())}}), "/me?done=factor_removed")
	fourth := d.stranger()
	fourth.wantTo(fourth.password("li.na", phrase), "/inbox")
}

func TestWhereTheBankDemandsTwoSteps(t *testing.T) {
	t.Parallel()
	d, clock := movingDesk(t, func(o *signin.Options) { o.FactorRequired = true })
	d.signIn("ag-bj")
	for _, path := range []string{"/inbox", "/inbox/zhang", "/knowledge", "/inbox/events"} {
		d.wantTo(d.get(path), "/me/factor")
	}
	d.wantTo(d.post("/inbox/zhang/reply", url.Values{"text": {"x"}}), "/me/factor")
	page := d.get("/me/factor")
	d.wantText(page, "本行要求开启两步验证")
	secret, token := group(t, page, `<code class="secret"[^>]*>([^<]+)</code>`), group(t, page, `name="token" value="([^"]+)"`)
	d.wantCode(d.post("/me/factor", url.Values{"token": {token}, "code": {app(t, secret, clock.Now())}}), http.StatusOK)
	d.wantCode(d.get("/inbox/zhang"), http.StatusOK)
	clock.advance(time.Minute)
	d.wantCode(d.post("/me/factor/remove", url.Values{"code": {app(t, secret, clock.Now())}}), http.StatusForbidden)
}

// visit goes to another system and comes back with what it says.
func (d *desk) visit(from, code string) *httptest.ResponseRecorder {
	d.t.Helper()
	w := d.get(from)
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusSeeOther || to.Host != "sso.test" {
		d.t.Fatalf("%s: %d to %s", from, w.Code, to)
	}
	back := to.Query().Get("back")
	q := url.Values{"state": {to.Query().Get("state")}}
	if code != "" {
		q.Set("code", code)
	}
	return d.get(strings.TrimPrefix(back, "http://inbox.test") + "?" + q.Encode())
}

func TestSigningInElsewhere(t *testing.T) {
	t.Parallel()
	d, _ := movingDesk(t)
	d.wantText(d.get("/signin"), `href="/signin/oidc"`, `href="/signin/wecom"`, `name="password"`)
	d.wantTo(d.get("/inbox/zhang"), "/signin")
	d.wantTo(d.visit("/signin/oidc", "u1"), "/inbox/zhang")
	d.resume()
	w := d.get("/me")
	d.wantText(w, "吴迪", "北京分行", "经统一认证登录")
	d.wantNoText(w, `action="/me/password"`, "/me/factor")
	d.wantCode(d.post("/me/password", url.Values{"name": {"x.y"}, "new": {phrase}}), http.StatusForbidden)
	out := d.post("/signout", url.Values{})
	d.wantCode(out, http.StatusOK)
	d.wantText(out, `href="https://sso.test/end"`)
	d.wantSignedOut(d.get("/inbox"))

	other := d.stranger()
	for code, words := range map[string]string{"": "没有完成授权", "LiSi": "这个账号还没有开通"} {
		w := other.visit("/signin/wecom", code)
		other.wantCode(w, http.StatusForbidden)
		other.wantText(w, words)
	}
	other.wantText(other.get("/signin/wecom/back?state=x&code=LiSi"), "登录超时")
	other.wantSignedOut(other.get("/inbox"))
}

func TestAddingAWeComAccount(t *testing.T) {
	t.Parallel()
	d, _ := movingDesk(t)
	d.signIn("ag-bj")
	d.wantTo(d.visit("/me/wecom", "LiNa"), "/me?done=bound")
	d.wantText(d.get("/me"), "LiNa")
	other := d.stranger()
	other.wantTo(other.visit("/signin/wecom", "LiNa"), "/inbox")
	other.wantCode(other.get("/inbox/zhang"), http.StatusOK)
	colleague := d.beside("ag-sh")
	colleague.wantTo(colleague.visit("/me/wecom", "LiNa"), "/me?done=taken")

	// Whoever is signed in when the browser comes back has to be who it left as.
	begun := colleague.get("/me/wecom")
	to, _ := url.Parse(begun.Header().Get("Location"))
	colleague.signIn("ag-head")
	colleague.wantText(colleague.get("/signin/wecom/back?code=X&state="+to.Query().Get("state")), "登录超时")
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	d, clock := movingDesk(t)
	d.signIn("ag-bj")
	clock.advance(time.Hour)
	other := d.beside("ag-bj")
	third := d.beside("ag-bj")
	sessions := func() []conversations.Session {
		all, _ := d.f.Sessions(t.Context(), "ag-bj", clock.Now(), time.Time{})
		return all
	}
	d.wantText(d.get("/me"), "已登录的浏览器", "本机")
	id := d.f.sessions[hashed(other.cookies["jiebao"])].ID
	d.wantTo(d.post("/me/sessions/"+id, url.Values{}), "/me?done=ended")
	other.wantSignedOut(other.get("/inbox"))
	third.wantCode(third.get("/inbox"), http.StatusOK)
	d.wantTo(d.post("/me/sessions", url.Values{}), "/me?done=ended")
	third.wantSignedOut(third.get("/inbox"))
	if left := sessions(); len(left) != 1 {
		t.Fatalf("left are %v", left)
	}

	admin := d.beside("ag-head")
	mine := sessions()[0].ID
	admin.wantText(admin.get("/inbox/agents/ag-bj"), mine, "李娜")
	admin.wantTo(admin.post("/inbox/agents/ag-bj/sessions/"+mine, url.Values{}), "/inbox/agents/ag-bj?done=ended")
	d.wantSignedOut(d.get("/inbox"))
}

func TestSessionsThatNobodyUses(t *testing.T) {
	t.Parallel()
	d, clock := movingDesk(t)
	d.signIn("ag-bj")
	clock.advance(11 * time.Hour)
	d.wantCode(d.get("/inbox"), http.StatusOK) // is used
	clock.advance(11 * time.Hour)
	d.wantCode(d.get("/inbox/zhang/live"), http.StatusOK) // renews itself
	clock.advance(time.Hour)
	d.wantSignedOut(d.get("/inbox"))

	d.signIn("ag-bj")
	for range 8 * 24 {
		clock.advance(time.Hour)
		if d.get("/inbox").Code != http.StatusOK {
			break
		}
	}
	if since := clock.Now().Sub(testNow()); since < 7*24*time.Hour || since > 9*24*time.Hour {
		t.Errorf("a session that is used lasts %s", since)
	}
}

func TestAColleagueGetsAnotherRole(t *testing.T) {
	t.Parallel()
	d, _ := movingDesk(t)
	d.signIn("ag-head")
	other := d.beside("ag-bj")
	change := func(role, scope, wecom string) *httptest.ResponseRecorder {
		return d.post("/inbox/agents/ag-bj", url.Values{"name": {"李娜"}, "role": {role}, "scope": {scope}, "wecom": {wecom}})
	}
	d.wantTo(change("auditor", "head/shanghai", "LiNa"), "/inbox/agents/ag-bj?done=changed")
	other.wantCode(other.get("/inbox/zhang"), http.StatusNotFound)
	other.wantCode(other.post("/inbox/sun/reply", url.Values{"text": {"x"}}), http.StatusForbidden)
	if a := d.f.agents[1]; a.Role != conversations.RoleAuditor || !slices.Equal(a.Scope, conversations.Scope{"head/shanghai"}) {
		t.Errorf("the colleague is %+v", a)
	}
	d.wantText(d.get("/inbox/agents/ag-bj"), `value="LiNa"`)
	for _, bad := range []url.Values{
		{"name": {"李娜"}, "role": {"king"}, "scope": {"head"}}, {"name": {""}, "role": {"agent"}, "scope": {"head"}},
		{"name": {"李娜"}, "role": {"agent"}, "scope": {"other"}}, {"name": {"李娜"}, "role": {"agent"}, "scope": {""}},
	} {
		d.wantCode(d.post("/inbox/agents/ag-bj", bad), http.StatusUnprocessableEntity)
	}
	d.wantCode(d.post("/inbox/agents/ag-head", url.Values{"name": {"周敏"}, "role": {"agent"}, "scope": {"head"}}), http.StatusUnprocessableEntity)
	d.wantTo(d.post("/inbox/agents/ag-head", url.Values{"name": {"周敏敏"}, "role": {"head_office"}, "scope": {"head"}}), "/inbox/agents/ag-head?done=changed")
	w := d.post("/inbox/agents/ag-sh", url.Values{"name": {"陈晓"}, "role": {"agent"}, "scope": {"head/shanghai"}, "wecom": {"LiNa"}})
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "已绑定给另一位同事")
}

func TestAForgottenPhone(t *testing.T) {
	t.Parallel()
	d, _ := movingDesk(t)
	d.signIn("ag-head")
	if err := d.f.SetFactor(t.Context(), "ag-bj", "sealed", 1, nil, testNow()); err != nil {
		t.Fatal(err)
	}
	d.wantText(d.get("/inbox/agents/ag-bj"), "重置两步验证")
	d.wantTo(d.post("/inbox/agents/ag-bj/factor", url.Values{}), "/inbox/agents/ag-bj?done=factor_removed")
	d.wantNoText(d.get("/inbox/agents/ag-bj"), "/inbox/agents/ag-bj/factor")
}
