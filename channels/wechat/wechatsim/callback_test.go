package wechatsim_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

func textReply(to, text string) string {
	return "<xml><ToUserName><![CDATA[" + to + "]]></ToUserName><FromUserName><![CDATA[" + original +
		"]]></FromUserName><CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[" + text + "]]></Content></xml>"
}

func plain(a *wechatsim.Account) { a.Mode = wechatsim.Plain }

func TestPassiveReplyIsShownAndCostsNothing(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, plain, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, textReply(r.URL.Query().Get("openid"), `确认请点<a href="weixin://bizmsgmenu?msgmenucontent=确认&msgmenuid=yes">确认</a>`))
	})
	p.follow()
	x := p.say("你好")
	if x.Outcome != wechatsim.Answered || x.Reply == nil || x.Reply.Source != wechatsim.SourcePassive {
		t.Fatalf("exchange %+v", x)
	}
	if len(x.Reply.Choices) != 1 || x.Reply.Choices[0].ID != "yes" || x.Reply.Choices[0].Content != "确认" {
		t.Fatalf("the tappable text was read as %+v", x.Reply.Choices)
	}
	if sc := p.anna.Screen(); sc.Credit != 8 { // 3 of the follow, 5 of the text
		t.Fatalf("credit %d, want 8", sc.Credit)
	}
	if _, err := p.anna.Tap("yes"); err != nil {
		t.Fatal(err)
	}
}

func TestThreeTriesWithTheSameMsgID(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]func(w http.ResponseWriter, r *http.Request){
		"status":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"garbage": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"ok":true}`) },
		"foreign": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, textReply("oOther", "hi")) },
		"timeout": func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in inbox
			p := start(t, wechatsim.Options{CallbackTimeout: 100 * time.Millisecond}, plain, func(w http.ResponseWriter, r *http.Request) {
				var skip discard
				b, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(strings.NewReader(string(b)))
				in.take(skip, r)
				if strings.Contains(string(b), "subscribe") {
					return
				}
				bad(w, r)
			})
			p.follow()
			x := p.say("你好")
			if x.Outcome != wechatsim.Failed || len(x.Attempts) != 3 {
				t.Fatalf("outcome %s after %d tries, want failed after 3", x.Outcome, len(x.Attempts))
			}
			tag := "<MsgId>" + x.MsgID + "</MsgId>"
			for _, r := range in.all()[1:] {
				if !strings.Contains(r.body, tag) {
					t.Errorf("a try lacks %s", tag)
				}
			}
			sc := p.anna.Screen()
			if last := sc.Messages[len(sc.Messages)-1]; last.Text != wechatsim.Notice {
				t.Errorf("phone shows %+v, want the notice", last)
			}
		})
	}
}

// discard is a ResponseWriter that writes nothing.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

func TestSecondTryMayAnswer(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	p := start(t, wechatsim.Options{}, plain, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 2 { // the first is the subscribe
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		io.WriteString(w, textReply(r.URL.Query().Get("openid"), "在"))
	})
	p.follow()
	x := p.say("在吗")
	if x.Outcome != wechatsim.Answered || len(x.Attempts) != 2 || x.Reply.Text != "在" {
		t.Fatalf("exchange %+v", x)
	}
}

func TestEventFields(t *testing.T) {
	t.Parallel()
	var in inbox
	p := start(t, wechatsim.Options{}, plain, in.take)
	code := want(t, p.post(p.with("/cgi-bin/qrcode/create"), object{
		"action_name": "QR_STR_SCENE", "expire_seconds": 600, "action_info": object{"scene": object{"scene_str": "nonce-1"}},
	}), 0)
	menu := object{"button": []object{{"type": "click", "name": "我的面试", "key": "MY"}, {"type": "view", "name": "官网", "url": "https://bank.example/"}}}
	want(t, p.post(p.with("/cgi-bin/menu/create"), menu), 0)
	png := onePixel(t)
	for _, act := range []struct {
		do   func() (wechatsim.Exchange, error)
		want []string
	}{
		{func() (wechatsim.Exchange, error) { return p.anna.Scan(code.URL) }, []string{"[subscribe]", "<EventKey><![CDATA[qrscene_nonce-1]]>", "<Ticket><![CDATA[" + code.Ticket}},
		{func() (wechatsim.Exchange, error) { return p.anna.Scan("nonce-1") }, []string{"[SCAN]", "<EventKey><![CDATA[nonce-1]]>"}},
		{func() (wechatsim.Exchange, error) { return p.anna.Say("a]]>b<c>&\x01") }, []string{"<Content><![CDATA[a]]]]><![CDATA[>b<c>&]]></Content>", "<MsgId>"}},
		{func() (wechatsim.Exchange, error) { return p.anna.ClickMenu("MY") }, []string{"[CLICK]", "<EventKey><![CDATA[MY]]>"}},
		{func() (wechatsim.Exchange, error) { return p.anna.ClickMenu("https://bank.example/") }, []string{"[VIEW]", "https://bank.example/"}},
		{func() (wechatsim.Exchange, error) { return p.anna.SendImage(png) }, []string{"[image]", "<PicUrl><![CDATA[" + p.url + "/_sim/media/", "<MediaId>"}},
		{func() (wechatsim.Exchange, error) { return p.anna.SendVoice([]byte("#!AMR"), "三月九号") }, []string{"[voice]", "<Format><![CDATA[amr]]>", "<Recognition><![CDATA[三月九号]]>"}},
		{func() (wechatsim.Exchange, error) { return p.anna.SendFile("学历.pdf", []byte("%PDF")) }, []string{"[file]", "<Title><![CDATA[学历.pdf]]>", "<FileTotalLen>4</FileTotalLen>"}},
		{p.anna.Unfollow, []string{"[unsubscribe]"}},
	} {
		if _, err := act.do(); err != nil {
			t.Fatal(err)
		}
		all := in.all()
		body := all[len(all)-1].body
		for _, part := range append(act.want, "<FromUserName><![CDATA["+p.anna.OpenID()+"]]>", "<ToUserName><![CDATA["+original+"]]>", "<CreateTime>") {
			if !strings.Contains(body, part) {
				t.Errorf("callback lacks %q:\n%s", part, body)
			}
		}
		if strings.Contains(act.want[0], "file") && strings.Contains(body, "MediaId") {
			t.Error("a file has no MediaId")
		}
	}
	if _, err := p.anna.Say("还在吗"); err == nil {
		t.Error("spoke to an account that is not followed")
	}
}

func TestModesAreSignedAndSealed(t *testing.T) {
	t.Parallel()
	for _, mode := range []wechatsim.Mode{wechatsim.Plain, wechatsim.Compat, wechatsim.Secure} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			var in inbox
			p := start(t, wechatsim.Options{Start: day0}, func(a *wechatsim.Account) { a.Mode = mode }, in.take)
			p.follow()
			r := in.all()[0]
			if r.query["openid"] != p.anna.OpenID() || r.query["timestamp"] != "1772413200" || len(r.query["signature"]) != 40 {
				t.Errorf("query %v", r.query)
			}
			sealed := mode != wechatsim.Plain
			if (r.query["encrypt_type"] == "aes") != sealed || (len(r.query["msg_signature"]) == 40) != sealed {
				t.Errorf("query %v in mode %s", r.query, mode)
			}
			if strings.Contains(r.body, "<Encrypt>") != sealed || strings.Contains(r.body, "FromUserName") == (mode == wechatsim.Secure) {
				t.Errorf("body %s in mode %s", r.body, mode)
			}
		})
	}
}

func TestVerifyCallback(t *testing.T) {
	t.Parallel()
	answer := "echo"
	p := start(t, wechatsim.Options{}, nil, func(w http.ResponseWriter, r *http.Request) {
		if answer == "echo" {
			io.WriteString(w, r.URL.Query().Get("echostr"))
		}
	})
	if err := p.VerifyCallback(context.Background(), appID); err != nil {
		t.Fatal(err)
	}
	answer = "nothing"
	if p.VerifyCallback(context.Background(), appID) == nil {
		t.Fatal("verified without the echostr")
	}
}
