package wecom

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// FuzzRead: whatever comes in is read or refused, and what the scanner reads
// encoding/xml reads alike.
func FuzzRead(f *testing.F) {
	for _, doc := range []string{
		"<xml><ToUserName><![CDATA[ww1]]></ToUserName><AgentID>1000002</AgentID><Encrypt><![CDATA[x]]></Encrypt></xml>",
		"<xml><Event><![CDATA[template_card_event]]></Event><SelectedItems><SelectedItem><QuestionKey>q</QuestionKey></SelectedItem></SelectedItems><TaskId>t</TaskId></xml>",
		"<xml><Event>kf_msg_or_event</Event><Token>ENC</Token><OpenKfId>wk1</OpenKfId></xml>",
		`{"ToUserName":"ww1","AgentID":"1000002","Encrypt":"x"}`, `{"encrypt":"x"}`, `{"MsgId":7000000000000000001,"Content":"<>&\u0000"}`,
		`{"a":{"Content":"x"}}`, "{", "{}{}", "", " {}", "<xml>", "null",
	} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if _, isJSON, err := read(src); isJSON && err == nil && !strings.Contains(src, "{") {
			t.Fatalf("%q is taken for JSON", src)
		}
		src = tencent.Legible(src)
		scanned, ok := tencent.ScanXML[document](src)
		decoded, err := tencent.DecodeXML[document](src)
		if ok && (err != nil || scanned != decoded) {
			t.Fatalf("the scanner reads %q otherwise (%v):\n%s", src, err, cmp.Diff(decoded, scanned))
		}
	})
}

// FuzzButton: what a button carries is read back as it was.
func FuzzButton(f *testing.F) {
	f.Add("confirm:2026-12-01", "可以", "可以")
	f.Add("a&b=c%", "x\ny;z", "1")
	f.Fuzz(func(t *testing.T, id, text, label string) {
		want := chosen{conversations.Choice{ID: id, Text: text}, label}
		got, ok := readButton(want.key())
		if ok != (id != "" && label != "") || ok && got != want {
			t.Fatalf("%+v is read as %+v, %t", want, got, ok)
		}
		readButton(text)
	})
}

func TestReasons(t *testing.T) {
	t.Parallel()
	for want, codes := range map[conversations.Reason][]int64{
		conversations.Temporary:    {-1},
		conversations.Credentials:  {40001, 40013, 48002, 50003, 60020, 301002, 95000, 95004, 95017},
		conversations.BadRecipient: {40003, 60111, 81013, 84061, 43004},
		conversations.MediaExpired: {40007},
		conversations.Throttled:    {45009, 45033},
		conversations.WindowClosed: {95001, 95002, 95013, 95018},
		conversations.BadContent:   {40033, 40058, 45002, 95008, 99999},
	} {
		for _, code := range codes {
			if got := reasonOf(code); got != want {
				t.Errorf("%d is %s, want %s", code, got, want)
			}
			if (pause(code) > 0) != (want == conversations.Throttled) {
				t.Errorf("after %d the platform is left alone for %v", code, pause(code))
			}
		}
	}
}

func TestMessageIDs(t *testing.T) {
	t.Parallel()
	for id, same := range map[string]bool{"c-1": true, strings.Repeat("a", 32): true, strings.Repeat("a", 33): false, "c:1": false, "消息": false} {
		got := messageID(id)
		if (got == id) != same || len(got) > 32 || strings.Trim(got, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != "" {
			t.Errorf("%q goes out as %q", id, got)
		}
	}
	if messageID("c:1") == messageID("c:2") {
		t.Error("two messages have one id")
	}
}

// What no card can hold is found before it is cut.
func TestCards(t *testing.T) {
	t.Parallel()
	one := []conversations.Choice{{ID: "a", Text: "可以"}}
	for name, c := range map[string]struct {
		text    string
		choices []conversations.Choice
		heading string
		fits    bool
	}{
		"a question":               {"可以吗？", one, "捷报银行", true},
		"a title and more":         {"结果\n" + strings.Repeat("长", 160), one, "捷报银行", true},
		"too much below the title": {"结果\n" + strings.Repeat("长", 161), one, "捷报银行", false},
		"no title":                 {strings.Repeat("长", 40), one, "", false},
		"no choices":               {"可以吗？", nil, "捷报银行", false},
		"seven choices":            {"可以吗？", make([]conversations.Choice, 7), "捷报银行", false},
		"a choice without id":      {"可以吗？", []conversations.Choice{{Text: "可以"}}, "捷报银行", false},
		"a choice without end":     {"可以吗？", []conversations.Choice{{ID: "a", Text: strings.Repeat("长", 200)}}, "捷报银行", false},
	} {
		if made, ok := newCard(c.text, c.choices, "task-1", c.heading); ok != c.fits {
			t.Errorf("%s: fits: %t, %+v", name, ok, made)
		}
	}
}

func TestAccountsAreChecked(t *testing.T) {
	t.Parallel()
	const key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
	good := Account{
		ID: "wecom", CorpID: "ww1", AgentID: 1000002, Secret: "s3cr3t-value", Token: "callback-token", EncodingAESKey: key,
		Kf: []KfAccount{{ID: "kf", OpenKfID: "wk1"}},
	}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(a *Account){
		"id:": func(a *Account) { a.ID = "" }, "corp_id": func(a *Account) { a.CorpID = "" }, "agent_id": func(a *Account) { a.AgentID = 0 },
		"secret": func(a *Account) { a.Secret = "" }, "token": func(a *Account) { a.Token = "" }, "branch": func(a *Account) { a.Branch = "A B" },
		"base_url": func(a *Account) { a.BaseURL = "qyapi" }, "encoding_aes_key": func(a *Account) { a.EncodingAESKey = "short" },
		"previous_encoding_aes_key": func(a *Account) { a.PreviousEncodingAESKey = "short" },
		"kf[0].id":                  func(a *Account) { a.Kf = []KfAccount{{ID: "wecom", OpenKfID: "wk1"}} },
		"kf[1].open_kfid":           func(a *Account) { a.Kf = append(a.Kf, KfAccount{ID: "kf2", OpenKfID: "wk1"}) },
	} {
		a := good
		spoil(&a)
		_, _, err := New(a, Options{Now: time.Now})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, _, err := New(good, Options{}); err == nil {
		t.Error("without a clock it is set up")
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("set up", "account", good)
	for _, shown := range []string{b.String(), good.String(), good.GoString()} {
		if strings.Contains(shown, good.Secret) || strings.Contains(shown, good.Token) || strings.Contains(shown, key) {
			t.Errorf("a secret is shown in %q", shown)
		}
	}
}

// FuzzEntry: whatever stands in a log, its entry is taken or left out, and what
// is taken says who, what and when.
func FuzzEntry(f *testing.F) {
	for _, entry := range []string{
		`{"msgid":"1","open_kfid":"wk1","external_userid":"wm1","send_time":1615478585,"origin":3,"msgtype":"text","text":{"content":"你好","menu_id":"go"}}`,
		`{"msgid":"2","open_kfid":"wk1","external_userid":"wm1","send_time":1615478585,"origin":3,"msgtype":"location","location":{"latitude":23.1,"longitude":113.3,"name":"a","address":"b"}}`,
		`{"msgid":"3","send_time":1615478585,"origin":4,"msgtype":"event","event":{"event_type":"enter_session","open_kfid":"wk1","external_userid":"wm1","scene":"s","scene_param":"nonce","welcome_code":"c"}}`,
		`{"msgid":"4","send_time":99999999999,"origin":4,"msgtype":"event","event":{"event_type":"msg_send_fail","open_kfid":"wk1","external_userid":"wm1","fail_msgid":"c-1","fail_type":4}}`,
		`{"msgid":"5","origin":5,"text":"x"}`, `null`, `{"send_time":-1e9}`,
	} {
		f.Add([]byte(entry))
	}
	now := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	_, all, err := New(Account{
		ID: "wecom", CorpID: "ww1", AgentID: 1, Secret: "s", Token: "t", EncodingAESKey: strings.Repeat("a", 43),
		Kf: []KfAccount{{ID: "kf", OpenKfID: "wk1"}},
	}, Options{Now: func() time.Time { return now }})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, entry []byte) {
		out := all[0].read(t.Context(), page{Items: []json.RawMessage{entry}})
		if len(out.Inbound)+len(out.Receipts) > 1 {
			t.Fatalf("%q says %+v", entry, out)
		}
		for _, in := range out.Inbound {
			if in.Dedupe == "" || in.Address.Account != "kf" || in.Address.ID == "" || in.Gesture == "" || in.At.After(now.Add(tencent.Fresh)) || in.At.IsZero() {
				t.Fatalf("%q says %+v", entry, in)
			}
		}
		for _, r := range out.Receipts {
			if r.Report.Status != conversations.Failed || r.Report.Reason == "" || r.Report.At.IsZero() {
				t.Fatalf("%q says %+v", entry, r)
			}
		}
	})
}

func TestTheLoginPageIsWeComs(t *testing.T) {
	t.Parallel()
	a := &App{account: Account{CorpID: "wwcorp", AgentID: 1000002}.withDefaults()}
	const want = "https://login.work.weixin.qq.com/wwlogin/sso/login?agentid=1000002&appid=wwcorp&lang=zh&login_type=CorpApp&redirect_uri=https%3A%2F%2Fjiebao.example.com%2Fback&state=s"
	if got := a.LoginURL("https://jiebao.example.com/back", "s", "zh"); got != want {
		t.Errorf("the login page is %s", got)
	}
}

func FuzzReadMember(f *testing.F) {
	f.Add([]byte(`{"errcode":0,"errmsg":"ok","userid":"LiSi"}`))
	f.Add([]byte(`{"errcode":0,"errmsg":"ok","openid":"o1","external_userid":"wm1"}`))
	f.Add([]byte(`{"userid":7}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if who, err := readMember(body); err == nil && len(who) > longestUserID || err != nil && who != "" {
			t.Errorf("%q is %q (%v)", body, who, err)
		}
	})
}
