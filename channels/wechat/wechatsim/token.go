package wechatsim

import (
	"slices"
	"sync"
	"time"
)

// Lifetimes and limits of access tokens.
const (
	tokenLife     = 7200 * time.Second // "获取接口调用凭据": expires_in 7200
	tokenGrace    = 5 * time.Minute    // 新旧access_token 5分钟内都可用
	tokenLength   = 150                // 存储空间至少保留512字符; today's have about this many
	tokensPerDay  = 2000               // "接口调用频次限制说明"
	stablePerMin  = 10_000             // "获取稳定版接口调用凭据": 1万次每分钟
	stablePerDay  = 500_000            // 每天50万次
	forcesPerDay  = 20                 // 强制刷新模式每天限用20次
	forceInterval = 30 * time.Second   // 且需间隔30秒
)

// token is one issued access token.
type token struct {
	Value   string    `json:"value"`
	AppID   string    `json:"app_id"`
	Stable  bool      `json:"stable"`
	Expires time.Time `json:"expires"`
	Revoked time.Time `json:"revoked"` // zero: not replaced
}

// tokenTable holds the tokens of every account. "stable_token" and "token"
// are isolated from each other (互相隔离).
type tokenTable struct {
	mu      sync.RWMutex
	byValue map[string]*token
	normal  map[string]*issuer // by appid
	stable  map[string]*issuer
}

// issuer is one account's current token of one kind, and its counters.
type issuer struct {
	Current  *token    `json:"current"`
	Day      string    `json:"day"`
	Calls    int       `json:"calls"`
	Minute   int64     `json:"minute"`
	InMinute int       `json:"in_minute"`
	Forces   int       `json:"forces"`
	Forced   time.Time `json:"forced"`
}

func (t *tokenTable) init() {
	t.byValue = map[string]*token{}
	t.normal = map[string]*issuer{}
	t.stable = map[string]*issuer{}
}

// check returns the live token of that value, or the error to answer: 40014
// for one never issued, 40001 for one replaced, 42001 for one expired. Which
// of 40001 and 40014 a made-up token gets varies in the field [?].
func (t *tokenTable) check(value string, now time.Time) (*token, int) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	tok, ok := t.byValue[value]
	switch {
	case !ok:
		return nil, errAccessToken
	case !tok.Revoked.IsZero() && !now.Before(tok.Revoked):
		return nil, errBadCredential
	case !now.Before(tok.Expires):
		return nil, errTokenExpired
	}
	return tok, errNone
}

// issue makes a new current token; the one before lives on for grace.
func (t *tokenTable) issue(is *issuer, fresh *token, grace time.Duration, now time.Time) {
	if old := is.Current; old != nil {
		old.Revoked = now.Add(grace)
	}
	is.Current = fresh
	t.byValue[fresh.Value] = fresh
	for v, old := range t.byValue { // a handful: tokens are issued seldom
		if now.Sub(old.Expires) > 24*time.Hour {
			delete(t.byValue, v)
		}
	}
}

// kill ends every token of an account at once.
func (t *tokenTable) kill(appID string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tok := range t.byValue {
		if tok.AppID == appID {
			tok.Revoked = now
		}
	}
	delete(t.normal, appID)
	if is := t.stable[appID]; is != nil {
		is.Current = nil
	}
}

// count counts a call and says whether the day or the minute is used up.
func (is *issuer) count(now time.Time, daily, perMinute int) int {
	if d := day(now); is.Day != d {
		is.Day, is.Calls, is.Forces = d, 0, 0
	}
	if m := now.Unix() / 60; is.Minute != m {
		is.Minute, is.InMinute = m, 0
	}
	is.Calls++
	is.InMinute++
	switch {
	case is.Calls > daily:
		return errDailyQuota
	case perMinute > 0 && is.InMinute > perMinute:
		return errTooFast
	}
	return errNone
}

func issuerOf(m map[string]*issuer, appID string) *issuer {
	is := m[appID]
	if is == nil {
		is = &issuer{}
		m[appID] = is
	}
	return is
}

type grant struct {
	Token   string `json:"access_token"`
	Expires int    `json:"expires_in"`
}

func granted(t *token, now time.Time) answer {
	return reply(grant{t.Value, int(t.Expires.Sub(now) / time.Second)})
}

func (c *call) newToken(appID string, stable bool) *token {
	return &token{
		Value:   "80_" + c.sim.random.text(tokenLength),
		AppID:   appID,
		Stable:  stable,
		Expires: c.now.Add(tokenLife),
	}
}

// credentials checks what a token call presents, in the platform's order.
func (c *call) credentials(grantType, wantGrant, appID, secret string) int {
	acct, known := c.sim.account(appID)
	var con *console
	if known {
		con = acct.console()
	}
	switch {
	case grantType != wantGrant:
		return errGrantType
	case appID == "":
		return errNoAppID
	case !known:
		return errAppID
	case secret == "":
		return errNoSecret
	case secret != con.Secret:
		return errSecret
	case len(con.AllowedIPs) > 0 && !slices.Contains(con.AllowedIPs, c.clientIP()):
		return errIP
	}
	c.acct = acct
	return errNone
}

// denied answers a failed token call; the whitelist error names the address.
func (c *call) denied(code int) answer {
	if code == errIP {
		ip := c.clientIP()
		return c.failf(code, "invalid ip %s ipv6 ::ffff:%s, not in whitelist", ip, ip)
	}
	return c.fail(code)
}

// issueToken is "获取接口调用凭据": every call makes a new token.
func issueToken(c *call) answer {
	q := c.query
	appID := q.Get("appid")
	if code := c.credentials(q.Get("grant_type"), "client_credential", appID, q.Get("secret")); code != errNone {
		return c.denied(code)
	}
	fresh := c.newToken(appID, false)
	t := &c.sim.tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	is := issuerOf(t.normal, appID)
	if code := is.count(c.now, tokensPerDay, 0); code != errNone {
		return c.fail(code)
	}
	t.issue(is, fresh, tokenGrace, c.now)
	return granted(fresh, c.now)
}

// issueStableToken is "获取稳定版接口调用凭据".
func issueStableToken(c *call) answer {
	var in struct {
		GrantType string `json:"grant_type"`
		AppID     string `json:"appid"`
		Secret    string `json:"secret"`
		Force     bool   `json:"force_refresh"`
	}
	if code := c.decode(&in); code != errNone {
		return c.fail(code)
	}
	if code := c.credentials(in.GrantType, "client_credential", in.AppID, in.Secret); code != errNone {
		return c.denied(code)
	}
	fresh := c.newToken(in.AppID, true)
	t := &c.sim.tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	is := issuerOf(t.stable, in.AppID)
	if code := is.count(c.now, stablePerDay, stablePerMin); code != errNone {
		return c.fail(code)
	}
	cur := is.Current
	switch {
	case cur == nil || !c.now.Before(cur.Expires):
		is.Current = nil
		t.issue(is, fresh, 0, c.now)
	case in.Force:
		return c.force(t, is, fresh)
	case cur.Expires.Sub(c.now) <= tokenGrace:
		// 普通模式下平台会提前5分钟更新; the old one keeps its own end.
		is.Current = nil
		t.issue(is, fresh, 0, c.now)
	}
	return granted(is.Current, c.now)
}

// force refreshes at once and kills the token before (会导致上次获取的
// access_token失效); within 30 seconds of the last it changes nothing
// (否则不会刷新).
func (c *call) force(t *tokenTable, is *issuer, fresh *token) answer {
	switch {
	case c.now.Sub(is.Forced) < forceInterval:
		return granted(is.Current, c.now)
	case is.Forces >= forcesPerDay:
		return c.fail(errDailyQuota)
	}
	is.Forces++
	is.Forced = c.now
	t.issue(is, fresh, 0, c.now)
	return granted(fresh, c.now)
}
