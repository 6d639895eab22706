package wechatsim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxBody  = 1 << 20
	maxMedia = 24 << 20
	// jsonType is how the platform labels JSON, with its odd parameter.
	jsonType = "application/json; encoding=utf-8"
)

// route is one interface of the platform.
type route struct {
	method string // GET, POST or "" for both
	open   bool   // called without access_token
	body   int64  // largest body; zero: maxBody
	run    func(*call) answer
}

// call is one API request on its way through the platform.
type call struct {
	sim    *Sim
	acct   *account // nil when the route is open
	token  *token
	r      *http.Request
	query  url.Values
	body   []byte
	now    time.Time
	openID string // whom it concerns, once known
	fault  *struck
	after  []event // pushed once the answer has been written
}

// answer is what the platform says.
type answer struct {
	status int // zero: 200
	kind   string
	header http.Header
	body   []byte
	code   int // errcode, for the journal
}

func (s *Sim) apiRoutes() map[string]route {
	const get, post = http.MethodGet, http.MethodPost
	return map[string]route{
		"/cgi-bin/token":                             {method: get, open: true, run: issueToken},
		"/cgi-bin/stable_token":                      {method: post, open: true, run: issueStableToken},
		"/cgi-bin/message/template/send":             {method: post, run: sendTemplate},
		"/cgi-bin/template/get_all_private_template": {method: get, run: listTemplates},
		"/cgi-bin/message/custom/send":               {method: post, run: sendCustom},
		"/cgi-bin/message/custom/typing":             {method: post, run: typing},
		"/cgi-bin/media/upload":                      {method: post, body: maxMedia, run: uploadMedia},
		"/cgi-bin/media/get":                         {method: get, run: getMedia},
		"/cgi-bin/qrcode/create":                     {method: post, run: createCode},
		"/cgi-bin/showqrcode":                        {method: get, open: true, run: showCode},
		"/cgi-bin/menu/create":                       {method: post, run: createMenu},
		"/cgi-bin/menu/get":                          {method: get, run: getMenu},
		"/cgi-bin/menu/delete":                       {method: get, run: deleteMenu},
		"/cgi-bin/user/info":                         {method: get, run: userInfo},
		"/cgi-bin/clear_quota":                       {method: post, run: clearQuota},
		"/cgi-bin/getcallbackip":                     {method: get, run: callbackIP},
		"/cgi-bin/get_api_domain_ip":                 {method: get, run: callbackIP},
		"/cgi-bin/ticket/getticket":                  {method: get, run: getTicket},
		"/connect/oauth2/authorize":                  {method: get, open: true, run: authorize},
		"/sns/oauth2/access_token":                   {method: get, open: true, run: oauthToken},
	}
}

// serveAPI answers one call, with whatever fault lies in wait for it.
func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request) {
	rt, known := s.routes[r.URL.Path]
	c := &call{sim: s, r: r, query: r.URL.Query(), now: s.clock.Now()}
	var a answer
	if err := c.read(w, rt); err != nil {
		a = fail(errEmptyBody)
		a.status = http.StatusRequestEntityTooLarge
	} else {
		c.fault = s.faults.strike(c)
		s.pause(r.Context(), s.random.within(s.opts.Latency))
		a = c.answer(rt, known)
	}
	s.journal.call(c, a)
	if c.fault.breaks() {
		c.push()
		drop(w)
		return
	}
	a.write(w)
	c.push()
}

func (c *call) read(w http.ResponseWriter, rt route) error {
	limit := rt.body
	if limit == 0 {
		limit = maxBody
	}
	var err error
	c.body, err = io.ReadAll(http.MaxBytesReader(w, c.r.Body, limit))
	if err != nil {
		return fmt.Errorf("reading the body of %s: %w", c.r.URL.Path, err)
	}
	return nil
}

// answer runs the call between the faults that precede and follow it.
func (c *call) answer(rt route, known bool) answer {
	if a, done := c.fault.before(c); done {
		return a
	}
	a := c.run(rt, known)
	return c.fault.behind(a)
}

func (c *call) run(rt route, known bool) answer {
	switch {
	case !known:
		return c.fail(errURL)
	case rt.method == http.MethodPost && c.r.Method != http.MethodPost:
		return c.fail(errWantPost)
	case rt.method == http.MethodGet && c.r.Method != http.MethodGet && c.r.Method != http.MethodHead:
		return c.fail(errWantGet)
	}
	if !rt.open {
		if code := c.authorise(); code != errNone {
			return c.fail(code)
		}
	}
	return rt.run(c)
}

// authorise finds the account the access_token belongs to.
func (c *call) authorise() int {
	value := c.query.Get("access_token")
	if value == "" {
		return errNoToken
	}
	t, code := c.sim.tokens.check(value, c.now)
	if code != errNone {
		return code
	}
	acct, ok := c.sim.account(t.AppID)
	if !ok {
		return errAppID
	}
	c.acct, c.token = acct, t
	return errNone
}

// follower finds the follower behind an openid of this account; an openid of
// another account, or of nobody, is 40003.
func (c *call) follower(openID string) (*follower, int) {
	c.openID = openID
	f, ok := c.acct.follower(openID)
	if !ok {
		return nil, errOpenID
	}
	return f, errNone
}

// decode reads the JSON body into v, or says which error the platform answers.
func (c *call) decode(v any) int {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return errEmptyBody
	}
	if err := json.Unmarshal(c.body, v); err != nil {
		return errDataFormat
	}
	return errNone
}

// push delivers the events the call caused.
func (c *call) push() {
	for _, ev := range c.after {
		c.sim.push(ev)
	}
}

// fail answers an error the way the platform does since 2020, with a request
// id at the end of errmsg.
func (c *call) fail(code int) answer { return c.failf(code, "%s", errmsg(code)) }

func (c *call) failf(code int, format string, args ...any) answer {
	rid := hexDigest(fmt.Sprint(c.now.UnixNano(), c.sim.exchanges.Load()))
	msg := fmt.Sprintf(format, args...)
	return reply(status{Code: code, Msg: fmt.Sprintf("%s rid: %x-%s-%s", msg, c.now.Unix(), rid[:8], rid[8:16])})
}

type status struct {
	Code int    `json:"errcode"`
	Msg  string `json:"errmsg"`
}

func (s status) errcode() int { return s.Code }

func ok() answer { return reply(status{Msg: errmsg(errNone)}) }

func fail(code int) answer { return reply(status{code, errmsg(code)}) }

// reply answers v as JSON. Like the platform, it does not escape HTML.
func reply(v any) answer {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fail(errBusy)
	}
	a := answer{kind: jsonType, body: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}
	if s, ok := v.(interface{ errcode() int }); ok {
		a.code = s.errcode()
	}
	return a
}

func (a answer) write(w http.ResponseWriter) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	if a.kind != "" {
		w.Header().Set("Content-Type", a.kind)
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
		panic(http.ErrAbortHandler) // net/http then closes the connection itself
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) // a reset rather than an orderly end
	}
	conn.Close()
}

// pause waits on the wall clock, for latency and the "slow" fault.
func (s *Sim) pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// clientIP is the caller's address, for the whitelist.
func (c *call) clientIP() string {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return c.r.RemoteAddr
	}
	return strings.TrimPrefix(host, "::ffff:")
}

var errNoSuch = errors.New("no such thing here")
