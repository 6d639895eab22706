package wecomsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const maxUpload = 24 << 20

// route is one interface of the platform. run holds the lock.
type route struct {
	method string
	open   bool // called without access_token
	run    func(*call) answer
}

// call is one API request on its way through the platform.
type call struct {
	*Sim
	app   *app // nil when the route is open
	r     *http.Request
	query url.Values
	body  []byte
	at    time.Time
	note  string // for the journal
	after []func()
}

// answer is what the platform says.
type answer struct {
	status int // zero: 200
	kind   string
	name   string // of a file
	body   []byte
	code   int
}

func apiRoutes() map[string]route {
	const get, post = http.MethodGet, http.MethodPost
	return map[string]route{
		"/cgi-bin/gettoken":                     {get, true, issueToken},
		"/cgi-bin/agent/get":                    {get, false, describeApp},
		"/cgi-bin/menu/create":                  {post, false, createMenu},
		"/cgi-bin/menu/get":                     {get, false, getMenu},
		sendPath:                                {post, false, sendMessage},
		"/cgi-bin/message/update_template_card": {post, false, updateCard},
		"/cgi-bin/message/recall":               {post, false, recall},
		"/cgi-bin/media/upload":                 {post, false, uploadMedia},
		"/cgi-bin/media/get":                    {get, false, getMedia},
		"/cgi-bin/user/getuserinfo":             {get, false, userInfo},
		"/cgi-bin/auth/getuserinfo":             {get, false, loginInfo},
		"/cgi-bin/kf/account/list":              {post, false, listKf},
		"/cgi-bin/kf/add_contact_way":           {post, false, addContactWay},
		"/cgi-bin/kf/sync_msg":                  {post, false, syncMessages},
		"/cgi-bin/kf/send_msg":                  {post, false, sendKf},
		"/cgi-bin/kf/send_msg_on_event":         {post, false, sendOnEvent},
		"/cgi-bin/kf/service_state/get":         {post, false, getServiceState},
		"/cgi-bin/kf/service_state/trans":       {post, false, transServiceState},
		"/cgi-bin/kf/customer/batchget":         {post, false, getCustomers},
	}
}

// serve answers one call, with whatever fault lies in wait for it.
func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	f := s.faults.strike(r, body)
	if f.waits(r, s.faults.stalled) {
		s.journal.add(Entry{At: s.Now(), Kind: "call", What: r.URL.Path, Fault: f.Mode})
		panic(http.ErrAbortHandler)
	}
	c := &call{Sim: s, r: r, query: r.URL.Query(), body: body}
	if r.URL.Path == sendPath {
		c.queue()
	}
	a := s.run(c, f)
	e := Entry{At: c.at, Kind: "call", What: r.URL.Path, Code: a.code, Note: c.note, Fault: f.Mode}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		e.Body = string(body)
	}
	s.journal.add(e)
	for _, do := range c.after {
		do()
	}
	switch {
	case f.kind == "reset" || f.kind == "reset_after_commit":
		drop(w)
	case f.kind == "garbage_json":
		answer{kind: jsonType, body: []byte(`{"errcode":0,"errms`)}.write(w)
	default:
		a.write(w)
	}
}

// run runs the call under the lock, unless a fault keeps it from happening.
func (s *Sim) run(c *call, f fault) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.at = s.now()
	rt, known := s.routes[c.r.URL.Path]
	switch f.kind {
	case "errcode":
		return c.fail(f.n)
	case "http":
		return answer{status: f.n, kind: "text/html", body: []byte("<html><h1>" + http.StatusText(f.n) + "</h1></html>")}
	case "reset":
		return answer{}
	case "token_kill":
		clear(s.state.Tokens)
	case "expire_media":
		clear(s.state.Media)
	}
	switch {
	case !known:
		return c.fail(errURL)
	case rt.method == http.MethodPost && c.r.Method != http.MethodPost:
		return c.fail(errWantPost)
	case rt.method == http.MethodGet && c.r.Method != http.MethodGet:
		return c.fail(errWantGet)
	case !rt.open:
		if code := c.authorise(); code != 0 {
			return c.fail(code)
		}
	}
	return rt.run(c)
}

const jsonType = "application/json; charset=UTF-8"

// ok answers errcode 0 with members, a warning included if there is one.
func (c *call) ok(members map[string]any) answer {
	out := map[string]any{"errcode": 0, "errmsg": "ok"}
	maps.Copy(out, members)
	return answer{kind: jsonType, body: encode(out)}
}

// fail answers an error the way the platform does, with a hint and the
// caller's address.
func (c *call) fail(code int) answer {
	msg := fmt.Sprintf("%s, hint: [%d%09d], from ip: %s, more info at https://open.work.weixin.qq.com/devtool/query?e=%d",
		errmsg(code), c.at.Unix(), c.serial(), c.ip(), code)
	return answer{kind: jsonType, code: code, body: encode(map[string]any{"errcode": code, "errmsg": msg})}
}

func (c *call) ip() string {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return c.r.RemoteAddr
	}
	return strings.TrimPrefix(host, "::ffff:")
}

func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // maps of strings and numbers
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// escaped is what the platform refuses (全局错误码, 40033: 不合法的请求字符, 不能
// 包含\uxxxx格式的字符).
var escaped = regexp.MustCompile(`[^\\]\\u00(3c|3e|26)`)

// decode reads the JSON body into v.
func (c *call) decode(v any) int {
	switch {
	case len(bytes.TrimSpace(c.body)) == 0:
		return errEmptyBody
	case escaped.Match(c.body):
		return errEscaped
	case json.Unmarshal(c.body, v) != nil:
		return errFormat
	}
	return 0
}

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.kind)
	if a.name != "" {
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", a.name))
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	w.Write(a.body)
}

// drop cuts the connection without an answer.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) // a reset rather than an orderly end
	}
	conn.Close()
}

// token is one issued access token of an app.
type token struct {
	App     string    `json:"app"`
	Expires time.Time `json:"expires"`
}

const tokenLife = 7200 * time.Second // 获取access_token: expires_in 7200

// issueToken is 获取access_token. The page no longer says that a repeated call
// answers the same token [?]: here it does, for as long as it lives.
func issueToken(c *call) answer {
	known := false
	for key, a := range c.state.Apps {
		if a.CorpID != c.query.Get("corpid") {
			continue
		}
		known = true
		if a.Secret != c.query.Get("corpsecret") {
			continue
		}
		if len(a.TrustedIPs) > 0 && !slices.Contains(a.TrustedIPs, c.ip()) {
			return c.fail(errIP)
		}
		value, t := c.tokenOf(key)
		return c.ok(map[string]any{"access_token": value, "expires_in": int(t.Expires.Sub(c.at) / time.Second)})
	}
	if !known {
		return c.fail(errCorpID)
	}
	return c.fail(errSecret)
}

func (c *call) tokenOf(app string) (string, *token) {
	for value, t := range c.state.Tokens {
		if t.App == app && c.at.Before(t.Expires) {
			return value, t
		}
	}
	value, t := c.text(214), &token{App: app, Expires: c.at.Add(tokenLife)}
	c.state.Tokens[value] = t
	return value, t
}

// authorise finds the app that the access_token belongs to.
func (c *call) authorise() int {
	value := c.query.Get("access_token")
	t, ok := c.state.Tokens[value]
	switch {
	case value == "":
		return errNoToken
	case !ok:
		return errToken
	case !c.at.Before(t.Expires):
		return errTokenExpired
	}
	c.app = c.state.Apps[t.App]
	if len(c.app.TrustedIPs) > 0 && !slices.Contains(c.app.TrustedIPs, c.ip()) {
		return errIP
	}
	return 0
}

// describeApp is 获取指定的应用详情.
func describeApp(c *call) answer {
	if c.query.Get("agentid") != strconv.FormatInt(c.app.AgentID, 10) {
		return c.fail(errForeignAgent)
	}
	users := []map[string]string{}
	for _, m := range c.state.Members {
		if m.Corp == c.app.CorpID && !m.Hidden {
			users = append(users, map[string]string{"userid": m.UserID})
		}
	}
	return c.ok(map[string]any{
		"agentid": c.app.AgentID, "name": c.app.Name, "close": 0, "allow_userinfos": map[string]any{"user": users},
		"allow_partys": map[string]any{"partyid": []int{}}, "allow_tags": map[string]any{"tagid": []int{}},
	})
}

// MenuButton is one entry of an app's menu.
type MenuButton struct {
	Type string `json:"type"`
	Name string `json:"name"`
	Key  string `json:"key,omitempty"`
	URL  string `json:"url,omitempty"`
}

const maxMenuButtons = 3 // 创建菜单: 1 to 3

// createMenu is 创建菜单. What a menu that breaks its rules is answered with is
// one code here [?].
func createMenu(c *call) answer {
	var in struct{ Button []MenuButton }
	if code := c.decode(&in); code != 0 {
		return c.fail(code)
	}
	if c.query.Get("agentid") != strconv.FormatInt(c.app.AgentID, 10) {
		return c.fail(errForeignAgent)
	}
	if len(in.Button) == 0 || len(in.Button) > maxMenuButtons {
		return c.fail(errArgument)
	}
	c.app.Menu = in.Button
	return c.ok(nil)
}

// getMenu is 获取菜单. That an app without one is answered so is said nowhere [?].
func getMenu(c *call) answer {
	if c.query.Get("agentid") != strconv.FormatInt(c.app.AgentID, 10) {
		return c.fail(errForeignAgent)
	}
	if len(c.app.Menu) == 0 {
		return c.fail(errNoMenu)
	}
	return c.ok(map[string]any{"button": c.app.Menu})
}

// Menu is the menu of an app.
func (s *Sim) Menu(corpID string, agentID int64) []MenuButton {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.state.Apps[appKey(corpID, agentID)]; ok {
		return slices.Clone(a.Menu)
	}
	return nil
}

// userInfo is 获取访问用户身份.
func userInfo(c *call) answer {
	k, ok := c.take(c.query.Get("code"), "login")
	if !ok || k.App != appKey(c.app.CorpID, c.app.AgentID) {
		return c.fail(errOAuthCode)
	}
	return c.ok(map[string]any{"userid": k.User, "UserId": k.User, "user_ticket": c.text(64)})
}

// take uses a code up, if it is one of that use and alive.
func (c *call) take(value, use string) (*code, bool) {
	k, ok := c.state.Codes[value]
	if !ok || k.Use != use || !c.at.Before(k.Expires) {
		return nil, false
	}
	delete(c.state.Codes, value)
	return k, true
}
