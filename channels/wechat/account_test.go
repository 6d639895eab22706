package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// Every wrong setting is named, and no secret is repeated.
func TestWrongSettings(t *testing.T) {
	t.Parallel()
	if err := testAccount(Secure).Validate(); err != nil {
		t.Fatal(err)
	}
	for setting, spoil := range map[string]func(a *Account){
		"id":                        func(a *Account) { a.ID = "" },
		"app_id":                    func(a *Account) { a.AppID = "" },
		"secret":                    func(a *Account) { a.Secret = "" },
		"token":                     func(a *Account) { a.Token = "" },
		"branch":                    func(a *Account) { a.Branch = "总行" },
		"base_url":                  func(a *Account) { a.BaseURL = "api.weixin.qq.com" },
		"mode":                      func(a *Account) { a.Mode = "none" },
		"templates":                 func(a *Account) { a.Templates = map[string]string{"result_passed": ""} },
		"encoding_aes_key":          func(a *Account) { a.EncodingAESKey = "" },
		"encoding_aes_key: is not":  func(a *Account) { a.EncodingAESKey = testKey[1:] },
		"encoding_aes_key: is  not": func(a *Account) { a.EncodingAESKey = strings.Replace(testKey, "a", "*", 1) },
		"previous_encoding_aes_key": func(a *Account) { a.PreviousEncodingAESKey = testKey + "=" },
	} {
		a := testAccount(Secure)
		spoil(&a)
		_, err := New(a, Options{Now: func() time.Time { return epoch }})
		if err == nil || !strings.Contains(err.Error(), strings.ReplaceAll(setting, "  ", " ")) {
			t.Errorf("%s: %v", setting, err)
		}
		if err != nil && (strings.Contains(err.Error(), testSecret) || strings.Contains(err.Error(), testKey[1:])) {
			t.Errorf("%s: a secret is told: %v", setting, err)
		}
	}
	if _, err := New(testAccount(Secure), Options{}); err == nil {
		t.Error("an adapter without a clock")
	}
	all := Account{Mode: "x"}.Validate()
	for _, setting := range []string{"id:", "app_id:", "secret:", "token:", "mode:"} {
		if !strings.Contains(all.Error(), setting) {
			t.Errorf("%s is not named in %v", setting, all)
		}
	}
}

func TestInvite(t *testing.T) {
	t.Parallel()
	const path = "/cgi-bin/qrcode/create"
	p := newPlatform(t)
	p.answerText(path, `{"ticket":"gQH47joAAAA+/=","expire_seconds":2592000,"url":"http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI"}`)
	a := p.adapter(t, Options{})
	got, err := a.Invite(context.Background(), "nonce-1")
	if err != nil {
		t.Fatal(err)
	}
	want := conversations.Invited{
		Scene: "nonce-1", QR: p.URL + "/cgi-bin/showqrcode?ticket=gQH47joAAAA%2B%2F%3D",
		Link: "http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI", Expires: epoch.AddDate(0, 0, 30),
	}
	if got != want {
		t.Errorf("invited %+v\nwant %+v", got, want)
	}
	if body := p.to(path)[0].body; body != `{"expire_seconds":2592000,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"nonce-1"}}}` {
		t.Errorf("posted %s", body)
	}
	for _, scene := range []string{"", strings.Repeat("x", 65)} {
		if _, err := a.Invite(context.Background(), scene); err == nil {
			t.Errorf("invited with scene %q", scene)
		}
	}
	p.answer(path, drop)
	var e *conversations.SendError
	if _, err := a.Invite(context.Background(), "nonce-2"); !errors.As(err, &e) || e.Reason != conversations.Temporary {
		t.Errorf("broken off: %v", err)
	}
}

func TestQRCodesAreShownByTheirOwnHost(t *testing.T) {
	t.Parallel()
	a := testAccount(Secure)
	if got := newAdapter(t, a, Options{}).qrBase; got != "https://mp.weixin.qq.com" {
		t.Errorf("shown at %s", got)
	}
	a.BaseURL = "http://127.0.0.1:8090/"
	if got := newAdapter(t, a, Options{}).qrBase; got != "http://127.0.0.1:8090" {
		t.Errorf("shown at %s", got)
	}
	if got := newAdapter(t, a, Options{QRBase: "https://qr.bank.example"}).qrBase; got != "https://qr.bank.example" {
		t.Errorf("shown at %s", got)
	}
}

// The menu is set once, and again only when somebody changed it.
func TestPrepare(t *testing.T) {
	t.Parallel()
	const read, set = "/cgi-bin/menu/get", "/cgi-bin/menu/create"
	p := newPlatform(t)
	menu := ""
	p.answer(read, func(w http.ResponseWriter, _ *http.Request) {
		if menu == "" {
			io.WriteString(w, `{"errcode":46003,"errmsg":"menu no exist"}`)
			return
		}
		io.WriteString(w, `{"menu":`+menu+`}`)
	})
	p.answer(set, func(w http.ResponseWriter, _ *http.Request) {
		menu = p.calls[len(p.calls)-1].body
		io.WriteString(w, accepted)
	})
	a := p.adapter(t, Options{})
	for range 3 {
		if err := a.Prepare(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.to(set)); n != 1 {
		t.Fatalf("set %d times", n)
	}
	var posted struct {
		Button []struct{ Type, Name, Key string }
	}
	if err := json.Unmarshal([]byte(menu), &posted); err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	for _, b := range posted.Button {
		keys[b.Name] = b.Type + " " + b.Key
		if len(b.Name) > 16 {
			t.Errorf("%s is longer than the 16 bytes the platform shows", b.Name)
		}
	}
	if keys["我的面试"] != "click my_interview" || keys["提交材料"] != "click documents" || keys["人工服务"] != "click human" || len(keys) != 3 {
		t.Errorf("set %v", keys)
	}
	p.mu.Lock()
	menu = strings.Replace(menu, "我的面试", "My interview", 1)
	p.mu.Unlock()
	if err := a.Prepare(context.Background()); err != nil || len(p.to(set)) != 2 {
		t.Errorf("set %d times, %v", len(p.to(set)), err)
	}
	p.answerText(read, `{"errcode":48001,"errmsg":"api unauthorized"}`)
	var e *conversations.SendError
	if err := a.Prepare(context.Background()); !errors.As(err, &e) || e.Reason != conversations.Credentials {
		t.Errorf("without permission: %v", err)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	got := newAdapter(t, testAccount(Secure), Options{}).Describe()
	want := conversations.Description{
		Platform: "wechat", Account: testID, Name: "测试公众号", Branch: "head",
		Medium: conversations.Chat, MaxRunes: 512, Choices: 10, Templates: true, OnceTemplates: true, OnceFor: 10 * time.Minute, Receipts: true, Invites: true,
	}
	if got != want {
		t.Errorf("%+v", got)
	}
}
