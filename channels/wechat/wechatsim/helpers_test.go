package wechatsim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

const (
	appID    = "wxba5fad812f8e6fb9"
	secret   = "0123456789abcdef0123456789abcdef"
	token    = "AAAAA"
	aesKey   = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
	original = "gh_97417a04a28d"
	result   = "tmpl-result"
)

// platform is a simulator served over HTTP, with one account and one
// candidate.
type platform struct {
	*wechatsim.Sim
	t    *testing.T
	url  string
	anna *wechatsim.Phone
}

func newAccount(callback string) wechatsim.Account {
	return wechatsim.Account{
		AppID: appID, Secret: secret, Token: token, EncodingAESKey: aesKey, Mode: wechatsim.Secure,
		CallbackURL: callback, Original: original, Name: "华东银行招聘",
		Templates: map[string]wechatsim.TemplateSpec{result: {
			Title:   "面试结果通知",
			Content: "岗位：{{thing1.DATA}}\n结果：{{phrase2.DATA}}\n编号：{{character_string3.DATA}}\n时间：{{time4.DATA}}",
		}},
	}
}

// start serves a simulator whose callbacks go to handle; nil answers success.
func start(t *testing.T, o wechatsim.Options, change func(*wechatsim.Account), handle http.HandlerFunc) *platform {
	t.Helper()
	if handle == nil {
		handle = func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "success") }
	}
	account := httptest.NewServer(handle)
	t.Cleanup(account.Close)
	o.Seed = 7
	sim := wechatsim.New(o)
	t.Cleanup(sim.Close)
	a := newAccount(account.URL + "/callbacks/oa")
	if change != nil {
		change(&a)
	}
	if err := sim.AddAccount(a); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(sim.Handler())
	t.Cleanup(srv.Close)
	sim.SetPublicURL(srv.URL)
	anna, err := sim.AddCandidate(appID, wechatsim.Candidate{Name: "安娜", OpenID: "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", UnionID: "u1"})
	if err != nil {
		t.Fatal(err)
	}
	return &platform{sim, t, srv.URL, anna}
}

// said is any answer of the platform.
type said struct {
	Code    int    `json:"errcode"`
	Msg     string `json:"errmsg"`
	Token   string `json:"access_token"`
	Expires int    `json:"expires_in"`
	MsgID   int64  `json:"msgid"`
	MediaID string `json:"media_id"`
	Ticket  string `json:"ticket"`
	URL     string `json:"url"`
	OpenID  string `json:"openid"`
}

func (p *platform) do(r *http.Request) (said, error) {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return said{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return said{}, err
	}
	var s said
	if err := json.Unmarshal(b, &s); err != nil {
		return said{}, fmt.Errorf("status %d, %q: %w", resp.StatusCode, b, err)
	}
	return s, nil
}

func (p *platform) get(path string) said {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodGet, p.url+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	s, err := p.do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

func (p *platform) tryPost(path string, body any) (said, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return said{}, err
	}
	r, err := http.NewRequest(http.MethodPost, p.url+path, bytes.NewReader(b))
	if err != nil {
		return said{}, err
	}
	return p.do(r)
}

func (p *platform) post(path string, body any) said {
	p.t.Helper()
	s, err := p.tryPost(path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

type object = map[string]any

func (p *platform) stable(force bool) said {
	p.t.Helper()
	return p.post("/cgi-bin/stable_token", object{
		"grant_type": "client_credential", "appid": appID, "secret": secret, "force_refresh": force,
	})
}

// with adds a good token to a path.
func (p *platform) with(path string) string {
	p.t.Helper()
	return path + "?access_token=" + p.stable(false).Token
}

func goodTemplate(openID, clientMsgID string) object {
	return object{
		"touser": openID, "template_id": result, "client_msg_id": clientMsgID, "url": "https://bank.example/i/1",
		"data": object{
			"thing1": object{"value": "客户经理"}, "phrase2": object{"value": "已通过"},
			"character_string3": object{"value": "R-2026-0001"}, "time4": object{"value": "2026年3月2日 09:00"},
		},
	}
}

func (p *platform) sendTemplate(clientMsgID string) said {
	p.t.Helper()
	return p.post(p.with("/cgi-bin/message/template/send"), goodTemplate(p.anna.OpenID(), clientMsgID))
}

func (p *platform) sendText(text string) said {
	p.t.Helper()
	return p.post(p.with("/cgi-bin/message/custom/send"), object{
		"touser": p.anna.OpenID(), "msgtype": "text", "text": object{"content": text},
	})
}

func (p *platform) follow() {
	p.t.Helper()
	if _, err := p.anna.Follow(""); err != nil {
		p.t.Fatal(err)
	}
}

func (p *platform) fault(f wechatsim.Fault) int {
	p.t.Helper()
	id, err := p.AddFault(f)
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

func want(t *testing.T, s said, code int) said {
	t.Helper()
	if s.Code != code {
		t.Fatalf("errcode %d (%s), want %d", s.Code, s.Msg, code)
	}
	return s
}

// inbox collects what a callback server was sent.
type inbox struct {
	mu   sync.Mutex
	reqs []received
}

type received struct {
	query map[string]string
	body  string
}

func (in *inbox) take(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	q := map[string]string{}
	for k := range r.URL.Query() {
		q[k] = r.URL.Query().Get(k)
	}
	in.mu.Lock()
	in.reqs = append(in.reqs, received{q, string(b)})
	in.mu.Unlock()
	io.WriteString(w, "success")
}

func (in *inbox) all() []received {
	in.mu.Lock()
	defer in.mu.Unlock()
	return append([]received(nil), in.reqs...)
}

var day0 = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func itoa(n int64) string { return fmt.Sprint(n) }

func (p *platform) say(text string) wechatsim.Exchange {
	p.t.Helper()
	x, err := p.anna.Say(text)
	if err != nil {
		p.t.Fatal(err)
	}
	return x
}

// signalling is in.take with a signal after each callback.
func signalling(in *inbox, got chan<- struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in.take(w, r)
		got <- struct{}{}
	}
}
