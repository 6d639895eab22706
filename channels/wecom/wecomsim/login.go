package wecomsim

import (
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The login page of websites (Web登录组件): in place of the QR code it lists the
// members, each of whom is a phone that scans it and agrees.

// loginPath is the page's.
const loginPath = "/wwlogin/sso/login"

// loginLife is how long a code works (获取用户登录身份: 5分钟未被使用自动过期).
const loginLife = 5 * time.Minute

var loginPage = template.Must(template.New("login").Parse(`<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>企业微信登录</title></head>
<body><main><h1>企业微信登录</h1>
{{if .Problem}}<p role="alert">{{.Problem}}</p>{{else}}<p>请使用企业微信扫描二维码登录“{{.App}}”（模拟：请选择扫码的成员）</p>
<form method="post">{{range .Members}}<p><button name="user" value="{{.UserID}}">{{.Name}} {{.UserID}}</button></p>{{end}}
<p><button name="user" value="">取消</button></p><p><button name="user" value="*">非企业成员</button></p></form>{{end}}</main></body></html>`))

// stranger stands for somebody who is no member of the company.
const stranger = "*"

// login shows the page and, once somebody agreed or did not, goes back.
func (s *Sim) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	app, problem := s.loginApp(q)
	if problem != "" || r.Method != http.MethodPost {
		s.showLogin(w, app, problem)
		return
	}
	back, _ := url.Parse(q.Get("redirect_uri"))
	answer := back.Query()
	answer.Set("state", q.Get("state"))
	if user := r.PostFormValue("user"); user != "" {
		code, err := s.loginCode(app, user)
		if err != nil {
			s.showLogin(w, app, "该成员不存在")
			return
		}
		answer.Set("code", code)
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// loginApp finds the app that a link is for, or says what is wrong with it.
func (s *Sim) loginApp(q url.Values) (App, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	agentID, _ := strconv.ParseInt(q.Get("agentid"), 10, 64)
	a, ok := s.state.Apps[appKey(q.Get("appid"), agentID)]
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case !ok || q.Get("login_type") != "CorpApp":
		return App{}, "参数错误"
	case err != nil || back.Host == "" || a.LoginDomain != "" && !strings.EqualFold(back.Host, a.LoginDomain):
		return a.App, "redirect_uri 与配置的可信域名不一致"
	}
	return a.App, ""
}

func (s *Sim) showLogin(w http.ResponseWriter, a App, problem string) {
	s.mu.Lock()
	var members []*member
	for _, key := range slices.Sorted(maps.Keys(s.state.Members)) {
		if m := s.state.Members[key]; m.Corp == a.CorpID {
			members = append(members, m)
		}
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if problem != "" {
		w.WriteHeader(http.StatusBadRequest)
	}
	_ = loginPage.Execute(w, map[string]any{"App": a.Name, "Members": members, "Problem": problem})
}

func (s *Sim) loginCode(a App, user string) (string, error) {
	if user != stranger {
		m, err := s.Member(a.CorpID, user)
		if err != nil {
			return "", err
		}
		return m.Login(a.AgentID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.state.Apps[appKey(a.CorpID, a.AgentID)]
	if !ok {
		return "", fmt.Errorf("signing in: %w", errNoSuch)
	}
	return s.codeFor(found, newCode{use: "login", user: stranger, life: loginLife}), nil
}

// loginInfo says who agreed (获取用户登录身份).
func loginInfo(c *call) answer {
	k, ok := c.take(c.query.Get("code"), "login")
	if !ok || k.App != appKey(c.app.CorpID, c.app.AgentID) {
		return c.fail(errOAuthCode)
	}
	if k.User == stranger {
		return c.ok(map[string]any{"openid": "o" + c.text(27)})
	}
	return c.ok(map[string]any{"userid": k.User})
}
