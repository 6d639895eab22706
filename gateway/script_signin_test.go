package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"jiebao/config"
	"jiebao/gateway/signin/oidc/oidcsim"
)

// How HR gets in, each colleague with a browser of their own:
//
//	sso                            from now on the gateway believes an OpenID provider, with HR's groups
//	employs SUBJECT NAME GROUP...  the provider knows somebody
//	qr                             members of the WeCom app sign in by scanning a QR code
//	staffs NAME ROLE BRANCH        the administrator adds a colleague, who follows the link
//	chooses NAME LOGIN PASSWORD    a colleague chooses a password
//	signs NAME STATUS LOGIN PASSWORD   a colleague signs in with it, in another browser
//	via NAME STATUS oidc|wecom USER    a colleague signs in on another system's word
//	adds NAME USER                 a colleague adds their WeCom account
//	opens NAME STATUS PATH REGEXP...   a colleague opens a page; {X} in it is the conversation of candidate X
//	bars NAME                      the administrator disables a colleague
func signInCommands() map[string]func(*script) {
	return map[string]func(*script){
		"sso": (*script).sso, "employs": (*script).employs, "qr": (*script).qr, "staffs": (*script).staffs, "chooses": (*script).chooses,
		"signs": (*script).signs, "via": (*script).via, "adds": (*script).adds, "opens": (*script).opens, "bars": (*script).bars,
	}
}

// colleagues are HR's browsers by name, and the bank's provider.
type colleagues struct {
	browsers map[string]*http.Client
	provider *oidcsim.Provider
}

func (s *script) colleagues() *colleagues {
	if s.w.colleagues == nil {
		s.w.colleagues = &colleagues{browsers: map[string]*http.Client{}}
	}
	return s.w.colleagues
}

// newBrowser gives a colleague a browser that nobody used.
func (s *script) newBrowser(name string) *http.Client {
	jar, err := cookiejar.New(nil)
	s.Check(err)
	c := &http.Client{Jar: jar, Timeout: patient}
	s.colleagues().browsers[name] = c
	return c
}

// fetched is what a browser gets in the end, wherever it is led.
func (s *script) fetched(by *http.Client, method, address string, form url.Values) (int, *url.URL, string) {
	req, err := http.NewRequestWithContext(s.w.t.Context(), method, address, strings.NewReader(form.Encode()))
	s.Check(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := by.Do(req)
	s.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	s.Check(err)
	return res.StatusCode, res.Request.URL, string(body)
}

var formToken = regexp.MustCompile(`name="csrf" value="([^"]*)"`)

// posts sends a form of a page.
func (s *script) posts(by *http.Client, page, path string, form url.Values) (int, string) {
	_, _, body := s.fetched(by, http.MethodGet, s.w.app.URL()+page, nil)
	token := formToken.FindStringSubmatch(body)
	if token == nil {
		s.Fatalf("%s shows no form: %s", page, shortened(body))
	}
	form.Set("csrf", token[1])
	code, _, body := s.fetched(by, http.MethodPost, s.w.app.URL()+path, form)
	return code, body
}

func (s *script) sso() {
	var h http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	s.Defer(server.Close)
	s.w.cfg.Console.SignIn.OIDC = &config.OIDC{
		Name: "示范银行统一认证", Issuer: server.URL, ClientID: "jiebao", ClientSecret: config.NewSecret("sso-secret"), SignOut: true,
		Rules: []config.RoleRule{
			{Value: "hr-head", Role: "head_office", Branches: []string{"head"}},
			{Value: "hr-beijing", Role: "agent", Branches: []string{"head/beijing"}},
			{Value: "audit", Role: "auditor", Branches: []string{"head"}},
		},
	}
	s.restart()
	var err error
	s.colleagues().provider, err = oidcsim.New(oidcsim.Options{
		Issuer: server.URL, ClientID: "jiebao", ClientSecret: "sso-secret", Redirects: []string{s.w.app.URL() + "/signin/oidc/back"}, Now: s.w.clock.Now,
	})
	s.Check(err)
	h = s.colleagues().provider.Handler()
}

func (s *script) employs() {
	s.colleagues().provider.Put(oidcsim.User{Subject: s.arg(0), Name: s.arg(1), Groups: s.args[2:]})
}

func (s *script) qr() {
	s.w.cfg.Console.SignIn.WeCom = "wecom"
	s.restart()
}

func (s *script) staffs() {
	code, body := s.posts(s.w.http, "/inbox/agents", "/inbox/agents", url.Values{"name": {s.arg(0)}, "role": {s.arg(1)}, "scope": {s.arg(2)}})
	link := regexp.MustCompile(`/signin\?token=([A-Z0-9]+)`).FindStringSubmatch(body)
	if code != http.StatusOK || link == nil {
		s.Fatalf("adding a colleague: %d %s", code, shortened(body))
	}
	code, at, _ := s.fetched(s.newBrowser(s.arg(0)), http.MethodPost, s.w.app.URL()+"/signin", url.Values{"token": {link[1]}})
	if code != http.StatusOK || at.Path == "/signin" {
		s.Fatalf("following the link: %d at %s", code, at)
	}
}

func (s *script) browserOf(name string) *http.Client {
	c, ok := s.colleagues().browsers[name]
	if !ok {
		s.Fatalf("%s has no browser", name)
	}
	return c
}

func (s *script) chooses() {
	code, body := s.posts(s.browserOf(s.arg(0)), "/me", "/me/password", url.Values{"name": {s.arg(1)}, "new": {s.arg(2)}})
	if code != http.StatusOK || !strings.Contains(body, "密码已保存") {
		s.Fatalf("choosing a password: %d %s", code, shortened(body))
	}
}

func (s *script) signs() {
	code, _, _ := s.fetched(s.newBrowser(s.arg(0)), http.MethodPost, s.w.app.URL()+"/signin", url.Values{"name": {s.arg(2)}, "password": {s.arg(3)}})
	s.status(code, s.arg(1))
}

// agrees is somebody who agrees at another system, and what that comes to.
func (s *script) agrees(by *http.Client, path, user string) (int, string) {
	code, at, body := s.fetched(by, http.MethodGet, s.w.app.URL()+path, nil)
	if code != http.StatusOK || strings.HasPrefix(at.String(), s.w.app.URL()) {
		s.Fatalf("%s leads to %s: %d %s", path, at, code, shortened(body))
	}
	code, _, body = s.fetched(by, http.MethodPost, at.String(), url.Values{"user": {user}})
	return code, body
}

func (s *script) via() {
	code, _ := s.agrees(s.newBrowser(s.arg(0)), "/signin/"+s.arg(2), s.arg(3))
	s.status(code, s.arg(1))
}

func (s *script) adds() {
	code, body := s.agrees(s.browserOf(s.arg(0)), "/me/wecom", s.arg(1))
	if code != http.StatusOK || !strings.Contains(body, "企业微信已绑定") {
		s.Fatalf("adding a WeCom account: %d %s", code, shortened(body))
	}
}

func (s *script) opens() {
	path := regexp.MustCompile(`\{(.*)\}`).ReplaceAllStringFunc(s.arg(2), func(name string) string { return s.conversation(strings.Trim(name, "{}")) })
	code, at, body := s.fetched(s.browserOf(s.arg(0)), http.MethodGet, s.w.app.URL()+path, nil)
	if at.Path == "/signin" && path != "/signin" {
		code = http.StatusUnauthorized
	}
	s.status(code, s.arg(1))
	s.match("the page", body, s.args[3:])
}

func (s *script) bars() {
	_, _, body := s.fetched(s.w.http, http.MethodGet, s.w.app.URL()+"/inbox/agents", nil)
	link := regexp.MustCompile(`href="/inbox/agents/([^"]+)">` + regexp.QuoteMeta(s.arg(0)) + `<`).FindStringSubmatch(body)
	if link == nil {
		s.Fatalf("the list of colleagues has no %s", s.arg(0))
	}
	code, _ := s.posts(s.w.http, "/inbox/agents", "/inbox/agents/"+link[1]+"/access", url.Values{"do": {"disable"}})
	s.status(code, "200")
}
