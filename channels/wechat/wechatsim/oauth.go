package wechatsim

import (
	html "html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// login is an OAuth code ("网页授权": code只能使用一次，5分钟未被使用自动过期).
type login struct {
	OpenID  string    `json:"open_id"`
	Scope   string    `json:"scope"`
	Expires time.Time `json:"expires"`
	Used    bool      `json:"used"`
}

const loginLife = 5 * time.Minute

// authorize is the page /connect/oauth2/authorize of "网页授权", which WeChat's own
// browser answers for the person holding the phone. Here the query names that
// person (openid=…); without it a page offers the account's candidates.
func authorize(c *call) answer {
	q := c.query
	acct, known := c.sim.account(q.Get("appid"))
	back, err := url.Parse(q.Get("redirect_uri"))
	scope := q.Get("scope")
	switch {
	case !known:
		return c.page(http.StatusBadRequest, "AppID 参数错误", nil)
	case err != nil || back.Host == "":
		return c.page(http.StatusBadRequest, "redirect_uri 参数错误", nil)
	case q.Get("response_type") != "code" || scope != "snsapi_base" && scope != "snsapi_userinfo":
		return c.page(http.StatusBadRequest, "scope 参数错误", nil)
	}
	c.acct = acct
	f, code := c.follower(q.Get("openid"))
	if code != errNone {
		return c.page(http.StatusOK, "选择登录的候选人", acct.people(c.r.URL))
	}
	secret := c.sim.random.text(32)
	acct.keepLogin(secret, &login{OpenID: f.openID, Scope: scope, Expires: c.now.Add(loginLife)}, c.now)
	to := back.Query()
	to.Set("code", secret)
	to.Set("state", q.Get("state"))
	back.RawQuery = to.Encode()
	return answer{status: http.StatusFound, header: http.Header{"Location": {back.String()}}}
}

func (a *account) keepLogin(code string, l *login, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k, old := range a.logins {
		if now.Sub(old.Expires) > time.Hour {
			delete(a.logins, k)
		}
	}
	a.logins[code] = l
}

type person struct{ Name, Link string }

func (a *account) people(at *url.URL) []person {
	a.mu.Lock()
	defer a.mu.Unlock()
	var ps []person
	for id, f := range a.followers {
		q := at.Query()
		q.Set("openid", id)
		f.mu.Lock()
		name := f.state.Name
		f.mu.Unlock()
		ps = append(ps, person{name, at.Path + "?" + q.Encode()})
	}
	slices.SortFunc(ps, func(x, y person) int { return strings.Compare(x.Name+x.Link, y.Name+y.Link) })
	return ps[:min(len(ps), 100)]
}

var authorizePage = html.Must(html.New("authorize").Parse(`<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title><h1>{{.Title}}</h1>
<ul>{{range .People}}<li><a href="{{.Link}}">{{.Name}}</a></li>{{end}}</ul></html>
`))

func (c *call) page(status int, title string, ps []person) answer {
	var b strings.Builder
	if err := authorizePage.Execute(&b, struct {
		Title  string
		People []person
	}{title, ps}); err != nil {
		return fail(errBusy)
	}
	return answer{status: status, kind: "text/html; charset=utf-8", body: []byte(b.String())}
}

// oauthToken is "通过code换取网页授权access_token".
func oauthToken(c *call) answer {
	q := c.query
	if code := c.credentials(q.Get("grant_type"), "authorization_code", q.Get("appid"), q.Get("secret")); code != errNone {
		return c.denied(code)
	}
	l, code := c.acct.useLogin(q.Get("code"), c.now)
	if code != errNone {
		return c.fail(code)
	}
	c.openID = l.OpenID
	out := map[string]any{
		"access_token":  "oauth_" + c.sim.random.text(100),
		"refresh_token": "refresh_" + c.sim.random.text(100),
		"expires_in":    int(tokenLife / time.Second),
		"openid":        l.OpenID,
		"scope":         l.Scope,
	}
	if f, ok := c.acct.follower(l.OpenID); ok && l.Scope == "snsapi_userinfo" {
		f.mu.Lock()
		if f.state.UnionID != "" {
			out["unionid"] = f.state.UnionID
		}
		f.mu.Unlock()
	}
	return reply(out)
}

func (a *account) useLogin(code string, now time.Time) (login, int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l, ok := a.logins[code]
	switch {
	case code == "":
		return login{}, errNoCode
	case !ok || !now.Before(l.Expires):
		return login{}, errOAuthCode
	case l.Used:
		return login{}, errCodeUsed
	}
	l.Used = true
	return *l, errNone
}
