package wecom_test

import (
	"errors"
	"strings"
	"testing"

	"jiebao/channels"
	"jiebao/channels/wecom/wecomsim"
	"jiebao/conversations"
)

// What is wrong is found at the platform, with what to do about it.
func TestChecks(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	for name, c := range map[string]channels.Checker{"the app": w.app, "微信客服": w.kf} {
		if found := c.Check(t.Context()); len(found) != 1 || found[0].State != channels.Good {
			t.Errorf("%s: %+v", name, found)
		}
	}
	for code, want := range map[string]string{"60020": "企业可信IP", "40001": "Secret", "40013": "企业ID", "301002": "AgentId", "48002": "可调用接口的应用", "-1": "base_url"} {
		for path, c := range map[string]channels.Checker{"/agent/get": w.app, "/kf/account/list": w.kf} {
			w.fault(wecomsim.Fault{Path: path, Mode: "errcode:" + code, Count: 1})
			found := c.Check(t.Context())
			if len(found) != 1 || found[0].State != channels.Bad || !strings.Contains(found[0].Do, want) || strings.Contains(found[0].Text, secret) {
				t.Errorf("%s at %s: %+v", code, path, found)
			}
		}
	}
	w.li.Hide(true)
	if found := w.app.Check(t.Context()); len(found) != 2 || found[1].State != channels.Doubtful || !strings.Contains(found[1].Do, "可见范围") {
		t.Errorf("without members: %+v", found)
	}
	other := newWorld(t, wecomsim.XML, "")
	w.kf = other.kf
	w.must(other.Load(func() []byte {
		empty := wecomsim.New(wecomsim.Options{})
		w.must(empty.AddApp(wecomsim.App{CorpID: corpID, AgentID: agentID, Secret: secret, Token: token, EncodingAESKey: key}))
		saved, err := empty.Save()
		w.must(err)
		return saved
	}()))
	if found := w.kf.Check(t.Context()); len(found) != 1 || found[0].State != channels.Bad || !strings.Contains(found[0].Do, "可调用接口的应用") {
		t.Errorf("an account the app may not call: %+v", found)
	}
}

// What would be refused is known before it is sent.
func TestRehearsals(t *testing.T) {
	t.Parallel()
	w, _ := open(t, wecomsim.XML)
	w.did(w.anna.Say(openKfID, "你好"))
	for name, c := range map[string]struct {
		kind     conversations.Kind
		text     string
		template *conversations.TemplateContent
		fits     bool
	}{
		"a text":               {conversations.Text, "您好", nil, true},
		"nothing":              {conversations.Text, "", nil, false},
		"too long a text":      {conversations.Text, strings.Repeat("长", 700), nil, false},
		"a notice":             {conversations.Template, "您好", &conversations.TemplateContent{Title: "结果", URL: "https://bank.example"}, true},
		"too long a notice":    {conversations.Template, strings.Repeat("长", 700), &conversations.TemplateContent{Title: "结果"}, false},
		"a notice of no words": {conversations.Template, "", &conversations.TemplateContent{Title: "结果"}, false},
	} {
		member, customer := w.toMember(c.kind, c.text), w.toCustomer(c.kind, c.text)
		for _, one := range []struct {
			a channels.Rehearser
			d conversations.Delivery
		}{{w.app, member}, {w.kf, customer}} {
			one.d.Message, one.d.Template = "r-"+name, c.template
			_, err := one.a.Rehearse(one.d)
			var e *conversations.SendError
			if (err == nil) != c.fits || err != nil && !errors.As(err, &e) {
				t.Errorf("%s: rehearsed %v", name, err)
			}
			if _, sent := one.a.Send(t.Context(), one.d); (sent == nil) != c.fits {
				t.Errorf("%s: sent %v", name, sent)
			}
		}
	}
}
