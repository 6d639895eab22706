package wecomsim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/channels/wecom/wecomsim"
)

const (
	corp  = "ww1"
	agent = 1000002
	kf    = "wk1"
	aes   = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
)

type object = map[string]any

// platform is a simulator served over HTTP with an app, a 微信客服 account, a
// member and a customer.
type platform struct {
	*wecomsim.Sim
	t    *testing.T
	url  string
	li   *wecomsim.Member
	anna *wecomsim.Customer
}

func start(t *testing.T) *platform {
	t.Helper()
	sim := wecomsim.New(wecomsim.Options{Seed: 1})
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	p := &platform{Sim: sim, t: t, url: server.URL}
	p.must(sim.AddApp(wecomsim.App{CorpID: corp, AgentID: agent, Secret: "secret", Token: "token", EncodingAESKey: aes}))
	p.must(sim.AddKf(corp, agent, wecomsim.Kf{OpenKfID: kf, Name: "客服"}))
	var err error
	p.li, err = sim.AddMember(corp, "LiSi", "李四")
	p.must(err)
	p.anna, err = sim.AddCustomer(corp, "安娜")
	p.must(err)
	return p
}

func (p *platform) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *platform) read(resp *http.Response, err error) object {
	p.t.Helper()
	p.must(err)
	defer resp.Body.Close()
	var out object
	p.must(json.NewDecoder(resp.Body).Decode(&out))
	return out
}

func (p *platform) token() string {
	p.t.Helper()
	out := p.read(http.Get(p.url + "/cgi-bin/gettoken?corpid=" + corp + "&corpsecret=secret"))
	return fmt.Sprint(out["access_token"])
}

func (p *platform) postRaw(path, body string) object {
	p.t.Helper()
	return p.read(http.Post(p.url+"/cgi-bin/"+path+"?access_token="+p.token(), "application/json", strings.NewReader(body)))
}

func (p *platform) post(path string, body object) object {
	p.t.Helper()
	b, err := json.Marshal(body)
	p.must(err)
	return p.postRaw(path, string(b))
}

// want checks the code of an answer.
func (p *platform) want(out object, code int) object {
	p.t.Helper()
	if out["errcode"] != float64(code) {
		p.t.Fatalf("answered %v, want %d", out, code)
	}
	return out
}

func text(to, content string, more ...any) object {
	o := object{"touser": to, "msgtype": "text", "agentid": agent, "text": object{"content": content}}
	for i := 0; i < len(more); i += 2 {
		o[more[i].(string)] = more[i+1]
	}
	return o
}

func TestTokens(t *testing.T) {
	t.Parallel()
	p := start(t)
	first := p.token()
	if p.token() != first {
		t.Error("a repeated call answers another token")
	}
	p.want(p.read(http.Get(p.url+"/cgi-bin/gettoken?corpid=ww0&corpsecret=secret")), 40013)
	p.want(p.read(http.Get(p.url+"/cgi-bin/gettoken?corpid="+corp+"&corpsecret=x")), 40001)
	p.want(p.read(http.Post(p.url+"/cgi-bin/message/send", "", nil)), 41001)
	p.want(p.read(http.Post(p.url+"/cgi-bin/message/send?access_token=x", "", nil)), 40014)
	p.Advance(7200 * time.Second)
	p.want(p.read(http.Post(p.url+"/cgi-bin/message/send?access_token="+first, "", nil)), 42001)
	p.must(p.Configure(wecomsim.App{CorpID: corp, AgentID: agent, Secret: "secret", Token: "token", EncodingAESKey: aes, TrustedIPs: []string{"192.0.2.1"}}))
	p.want(p.read(http.Get(p.url+"/cgi-bin/gettoken?corpid="+corp+"&corpsecret=secret")), 60020)
}

func TestMessages(t *testing.T) {
	t.Parallel()
	p := start(t)
	out := p.want(p.post("message/send", text("LiSi|Nobody", "你好")), 0)
	if out["invaliduser"] != "nobody" || out["msgid"] == "" {
		t.Errorf("answered %v", out)
	}
	p.want(p.post("message/send", text("Nobody", "你好")), 81013)
	p.want(p.post("message/send", text("LiSi", "")), 44004)
	p.want(p.post("message/send", text("LiSi", "你好", "agentid", 9)), 301002)
	p.want(p.post("message/send", text("LiSi", "a<b")), 40033) // encoding/json escapes it
	p.want(p.postRaw("message/send", "{"), 47001)
	p.want(p.postRaw("message/send", ""), 44002)
	if out := p.want(p.post("message/send", text("LiSi", "你好", "agentid", "1000002")), 0); !strings.Contains(out["errmsg"].(string), "wrong json format") {
		t.Errorf("agentid as text is answered %v", out)
	}
	p.want(p.post("message/send", text("LiSi", strings.Repeat("长", 1000))), 0)
	screen := p.li.Screen(agent)
	if last := screen[len(screen)-1]; len(last.Text) > 2048 {
		t.Errorf("a text of %d bytes is shown", len(last.Text))
	}
	p.want(p.post("message/recall", object{"msgid": out["msgid"]}), 0)
	if first := p.li.Screen(agent)[0]; first.Type != "recalled" || first.Text != "" {
		t.Errorf("recalled, it is shown as %+v", first)
	}
}

func TestDuplicatesAreSentOnce(t *testing.T) {
	t.Parallel()
	p := start(t)
	send := func(more ...any) object {
		return p.want(p.post("message/send", text("LiSi", "你好", append([]any{"enable_duplicate_check", 1}, more...)...)), 0)
	}
	first := send()
	if again := send(); again["msgid"] != first["msgid"] {
		t.Errorf("a repeat is %v", again)
	}
	send("id", "2")
	p.Advance(31 * time.Minute)
	send()
	if n := len(p.li.Screen(agent)); n != 3 {
		t.Errorf("%d messages are shown, want 3", n)
	}
}

// What is over 30 a minute is dropped without a word; the journal tells.
func TestTooManyToOneMember(t *testing.T) {
	t.Parallel()
	p := start(t)
	for i := range 35 {
		p.want(p.post("message/send", text("LiSi", fmt.Sprint("第", i))), 0)
	}
	if n := len(p.li.Screen(agent)); n != 30 {
		t.Errorf("%d messages are shown", n)
	}
	dropped := 0
	for _, e := range p.Journal() {
		if e.Note == "dropped" {
			dropped++
		}
	}
	if dropped != 5 {
		t.Errorf("the journal tells of %d", dropped)
	}
	p.Advance(time.Minute)
	p.want(p.post("message/send", text("LiSi", "再来")), 0)
	if n := len(p.li.Screen(agent)); n != 31 {
		t.Errorf("a minute later %d are shown", n)
	}
}

func card(task string, keys ...string) object {
	buttons := []object{}
	for _, k := range keys {
		buttons = append(buttons, object{"text": k, "style": 1, "key": k})
	}
	return object{"touser": "LiSi", "msgtype": "template_card", "agentid": agent, "template_card": object{
		"card_type": "button_interaction", "main_title": object{"title": "可以吗？"}, "task_id": task, "button_list": buttons,
	}}
}

func TestCardsAreUpdatedOnce(t *testing.T) {
	t.Parallel()
	p := start(t)
	code := p.want(p.post("message/send", card("t-1", "可以", "不行")), 0)["response_code"]
	update := object{"userids": []string{"LiSi"}, "agentid": agent, "response_code": code, "button": object{"replace_name": "已选可以"}}
	p.want(p.post("message/update_template_card", update), 0)
	if got := p.li.Screen(agent)[0]; got.Chosen != "已选可以" {
		t.Errorf("shown %+v", got)
	}
	p.want(p.post("message/update_template_card", update), 40058)
	late := p.want(p.post("message/send", card("t-2", "可以")), 0)["response_code"]
	for name, bad := range map[string]object{
		"nobody":             {"agentid": agent, "response_code": late, "button": object{"replace_name": "x"}},
		"somebody unknown":   {"userids": []string{"nobody"}, "agentid": agent, "response_code": late, "button": object{"replace_name": "x"}},
		"nothing to show":    {"userids": []string{"LiSi"}, "agentid": agent, "response_code": late},
		"another app":        {"userids": []string{"LiSi"}, "agentid": agent + 1, "response_code": late, "button": object{"replace_name": "x"}},
		"a code of nobody's": {"userids": []string{"LiSi"}, "agentid": agent, "response_code": "x", "button": object{"replace_name": "x"}},
	} {
		if out := p.post("message/update_template_card", bad); out["errcode"] == 0.0 || p.li.Screen(agent)[1].Chosen != "" {
			t.Errorf("%s: %v", name, out)
		}
	}
	p.Advance(73 * time.Hour)
	update["response_code"] = late
	p.want(p.post("message/update_template_card", update), 40058)
	for name, bad := range map[string]object{
		"no task": card("", "a"), "a strange task": card("任务", "a"), "no buttons": card("t"), "seven": card("t", "1", "2", "3", "4", "5", "6", "7"),
		"one key twice": card("t", "a", "a"), "a long key": card("t", strings.Repeat("k", 1025)),
	} {
		if out := p.post("message/send", bad); out["errcode"] != 40058.0 {
			t.Errorf("%s: %v", name, out)
		}
	}
}

// Each tap has a code of its own, and the card can be tapped until it is
// changed: then it shows what was chosen.
func TestTapsAreShown(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.want(p.post("message/send", card("t-1", "可以", "不行")), 0)
	var codes []string
	for _, choice := range []string{"可以", "不行"} {
		_, err := p.li.Tap(agent, choice)
		p.must(err)
		last := p.Journal()[len(p.Journal())-1].Body
		_, after, _ := strings.Cut(last, "<ResponseCode><![CDATA[")
		code, _, _ := strings.Cut(after, "]]>")
		codes = append(codes, code)
	}
	if codes[0] == "" || codes[0] == codes[1] {
		t.Fatalf("the codes are %q", codes)
	}
	update := object{"userids": []string{"LiSi", "nobody"}, "agentid": agent, "response_code": codes[1], "button": object{"replace_name": "✓ 不行"}}
	if out := p.want(p.post("message/update_template_card", update), 0); fmt.Sprint(out["invaliduser"]) != "[nobody]" {
		t.Errorf("answered %v", out)
	}
	if got := p.li.Screen(agent)[0]; got.Chosen != "✓ 不行" {
		t.Errorf("shown %+v", got)
	}
	if _, err := p.li.Tap(agent, "可以"); err == nil {
		t.Error("a card that shows what was chosen can be tapped")
	}
	p.Advance(72 * time.Hour)
	update["response_code"] = codes[0]
	p.want(p.post("message/update_template_card", update), 40058)
}

func TestMedia(t *testing.T) {
	t.Parallel()
	p := start(t)
	upload := func(kind, name string, data []byte) object {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("media", name)
		p.must(err)
		part.Write(data)
		form.Close()
		return p.read(http.Post(p.url+"/cgi-bin/media/upload?type="+kind+"&access_token="+p.token(), form.FormDataContentType(), &body))
	}
	p.want(upload("picture", "a.png", []byte("123456")), 40004)
	p.want(upload("image", "a.gif", []byte("123456")), 40005)
	p.want(upload("file", "a.pdf", []byte("12345")), 40006)
	p.want(upload("voice", "a.amr", make([]byte, 2<<20+1)), 40006)
	id := p.want(upload("file", "合同.pdf", []byte("%PDF-1.7")), 0)["media_id"].(string)
	resp, err := http.Get(p.url + "/cgi-bin/media/get?media_id=" + id + "&access_token=" + p.token())
	p.must(err)
	got, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || string(got) != "%PDF-1.7" || !strings.Contains(resp.Header.Get("Content-Disposition"), "合同.pdf") {
		t.Errorf("fetched %q as %v, %v", got, resp.Header, err)
	}
	p.Advance(72 * time.Hour)
	p.want(p.read(http.Get(p.url+"/cgi-bin/media/get?media_id="+id+"&access_token="+p.token())), 40007)
}

func kfText(p *platform, id string) object {
	return object{"touser": p.anna.ExternalUserID(), "open_kfid": kf, "msgid": id, "msgtype": "text", "text": object{"content": "您好"}}
}

func TestSessionsAndWindows(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.want(p.post("kf/send_msg", kfText(p, "m0")), 95018)
	_, err := p.anna.Say(kf, "你好")
	p.must(err)
	for i := range 5 {
		p.want(p.post("kf/send_msg", kfText(p, fmt.Sprint("m", i))), 0)
	}
	p.want(p.post("kf/send_msg", kfText(p, "m6")), 95001)
	p.want(p.post("kf/send_msg", kfText(p, "消息")), 40058)
	state := func(to int) object {
		return object{"open_kfid": kf, "external_userid": p.anna.ExternalUserID(), "service_state": to, "servicer_userid": "LiSi"}
	}
	p.want(p.post("kf/service_state/trans", state(1)), 0)
	p.want(p.post("kf/service_state/trans", state(3)), 0)
	p.want(p.post("kf/send_msg", kfText(p, "m7")), 95018)
	p.want(p.post("kf/service_state/trans", state(1)), 95016)
	if out := p.want(p.post("kf/service_state/get", state(0)), 0); out["service_state"] != 3.0 || out["servicer_userid"] != "LiSi" {
		t.Errorf("the session is %v", out)
	}
	p.want(p.post("kf/service_state/trans", state(4)), 0)
	p.want(p.post("kf/service_state/trans", state(0)), 95016)
	_, err = p.anna.Say(kf, "在")
	p.must(err)
	p.want(p.post("kf/send_msg", kfText(p, "m8")), 0)
	p.Advance(48 * time.Hour)
	p.want(p.post("kf/send_msg", kfText(p, "m9")), 95002)
}

func TestLogsReachBackThreeDays(t *testing.T) {
	t.Parallel()
	p := start(t)
	_, err := p.anna.Say(kf, "三天前")
	p.must(err)
	p.Advance(3*24*time.Hour + time.Second)
	_, err = p.anna.Say(kf, "现在")
	p.must(err)
	out := p.want(p.post("kf/sync_msg", object{"open_kfid": kf, "limit": 1000}), 0)
	if list := out["msg_list"].([]any); len(list) != 1 || list[0].(object)["text"].(object)["content"] != "现在" {
		t.Errorf("the log is %v", list)
	}
	if again := p.want(p.post("kf/sync_msg", object{"open_kfid": kf, "cursor": out["next_cursor"]}), 0); len(again["msg_list"].([]any)) > 0 || again["has_more"] != 0.0 {
		t.Errorf("after the cursor there is %v", again)
	}
	p.want(p.post("kf/sync_msg", object{"open_kfid": kf, "token": "ENC"}), 95007)
	p.want(p.post("kf/sync_msg", object{"open_kfid": "wk0"}), 95000)
}

func TestCustomersAndSignIn(t *testing.T) {
	t.Parallel()
	p := start(t)
	ask := object{"external_userid_list": []string{p.anna.ExternalUserID(), "wm0"}, "need_enter_session_context": 1}
	if out := p.want(p.post("kf/customer/batchget", ask), 0); len(out["invalid_external_userid"].([]any)) != 2 {
		t.Errorf("before they came: %v", out)
	}
	link := p.want(p.post("kf/add_contact_way", object{"open_kfid": kf, "scene": "s"}), 0)["url"].(string)
	_, err := p.anna.Enter(link + "&scene_param=nonce%201")
	p.must(err)
	out := p.want(p.post("kf/customer/batchget", ask), 0)
	list := out["customer_list"].([]any)
	if len(list) != 1 || list[0].(object)["unionid"] == "" || list[0].(object)["enter_session_context"].(object)["scene_param"] != "nonce 1" {
		t.Errorf("after they came: %v", out)
	}
	code, err := p.li.Login(agent)
	p.must(err)
	get := func() object {
		return p.read(http.Get(p.url + "/cgi-bin/user/getuserinfo?code=" + code + "&access_token=" + p.token()))
	}
	if got := p.want(get(), 0); got["userid"] != "LiSi" {
		t.Errorf("signed in as %v", got)
	}
	p.want(get(), 40029)
}

// A snapshot brings everything back: tokens, screens, sessions and the log.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	p := start(t)
	token := p.token()
	p.want(p.post("message/send", card("t-1", "可以")), 0)
	_, err := p.anna.Say(kf, "你好")
	p.must(err)
	saved, err := p.Save()
	p.must(err)
	other := start(t)
	changes, cancel := other.Subscribe()
	defer cancel()
	other.must(other.Load(saved))
	<-changes
	if other.token() != token || !other.Now().Equal(p.Now()) {
		t.Error("the token or the clock is another")
	}
	li, err := other.Member(corp, "LiSi")
	other.must(err)
	anna, err := other.Customer(p.anna.ExternalUserID())
	other.must(err)
	if len(li.Screen(agent)) != 1 || len(anna.Screen(kf)) != 1 {
		t.Errorf("shown %v, %v", li.Screen(agent), anna.Screen(kf))
	}
	if _, err := li.Tap(agent, "可以"); err != nil {
		t.Error(err)
	}
	other.anna = anna
	other.want(other.post("kf/send_msg", kfText(other, "m1")), 0)
	if err := other.Load([]byte(`{"version":9}`)); err == nil {
		t.Error("a foreign snapshot is taken")
	}
}
