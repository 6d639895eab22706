package sms_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/channels/channeltest"
	"jiebao/channels/sms"
	"jiebao/channels/sms/smssim"
	"jiebao/conversations"
)

const (
	accountID   = "sms-head"
	callbackKey = "3f0c9a51d2b84e67a1c5"
	accessKey   = "LTAI5tExampleKeyId"
	accessSec   = "aliyunsecretaliyunsecretaliyun"
	secretID    = "AKIDexampleSecretId"
	secretKey   = "tencentsecrettencentsecret"
	sdkAppID    = "1400006666"
	sign        = "示例银行"
	phone       = "13800138000"
)

// world is both simulated providers with an account each, and the adapter of
// an account that uses some of them.
type world struct {
	*smssim.Sim
	t         *testing.T
	server    *httptest.Server
	gate      *channeltest.Gate
	transport *http.Transport
	adapter   *sms.Adapter
	logged    *channeltest.Journal
}

// newWorld has the adapter use the providers of those kinds, in that order.
// The simulators are mounted below a path, as behind a proxy.
func newWorld(t *testing.T, callbacks string, kinds ...string) *world {
	t.Helper()
	sim := smssim.New(smssim.Options{Start: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)})
	t.Cleanup(sim.Close)
	gate := channeltest.NewGate(http.StripPrefix("/sms", sim.Handler()), nil)
	w := &world{Sim: sim, t: t, gate: gate, server: httptest.NewServer(gate), logged: &channeltest.Journal{}}
	t.Cleanup(w.server.Close)
	push := callbacks + "/?key=" + callbackKey
	sim.AddAliyun(smssim.Aliyun{AccessKeyID: accessKey, AccessKeySecret: accessSec, Account: smssim.Account{
		Signs:     map[string]smssim.Filing{sign: smssim.Approved},
		Templates: map[string]smssim.Template{"SMS_1": {Content: "${name}"}, "SMS_2": {Content: "${name}您好，请打开 https://jiebao.example.com/c/${link} 查看"}, "SMS_9": {Content: "x", Filing: smssim.Pending}},
		ReportURL: push, ReplyURL: push, Balance: 1000,
	}})
	sim.AddTencent(smssim.Tencent{SecretID: secretID, SecretKey: secretKey, SdkAppID: sdkAppID, Account: smssim.Account{
		Signs:     map[string]smssim.Filing{sign: smssim.Approved},
		Templates: map[string]smssim.Template{"101": {Content: "{1}"}, "102": {Content: "{1}您好，请打开 https://jiebao.example.com/c/{2} 查看"}},
		ReportURL: push, ReplyURL: push, Balance: 1000,
	}})
	w.transport = http.DefaultTransport.(*http.Transport).Clone()
	w.adapter = w.open(kinds...)
	return w
}

func (w *world) open(kinds ...string) *sms.Adapter {
	w.t.Helper()
	account := sms.Account{ID: accountID, Name: "示例银行短信", Branch: "head", CallbackKey: callbackKey}
	for _, kind := range kinds {
		p := sms.Provider{Kind: kind, KeyID: accessKey, Secret: accessSec, Sign: sign, BaseURL: w.server.URL + "/sms",
			Templates: map[string]string{conversations.PurposeResult: "SMS_1", "linked": "SMS_2", "unfiled": "SMS_9"}}
		if kind == sms.Tencent {
			p.KeyID, p.Secret, p.AppID = secretID, secretKey, sdkAppID
			p.Templates = map[string]string{conversations.PurposeResult: "101", "linked": "102", "unfiled": "101"}
		}
		account.Providers = append(account.Providers, p)
	}
	a, err := sms.New(account, sms.Options{HTTPClient: &http.Client{Transport: w.transport}, Now: w.Now, Log: slog.New(slog.NewTextHandler(w.logged, nil))})
	w.must(err)
	return a
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fault(f smssim.Fault) {
	w.t.Helper()
	w.must(w.AddFault(f))
}

// shown returns the messages on the phone without their signature.
func (w *world) shown() []string {
	var shown []string
	for _, m := range w.Inbox(phone) {
		if m.Kind == "sms" {
			shown = append(shown, strings.TrimPrefix(m.Text, "【"+sign+"】"))
		}
	}
	return shown
}

func content(shown string) *conversations.TemplateContent {
	return &conversations.TemplateContent{Purpose: conversations.PurposeResult, Fields: []conversations.TemplateField{{Name: "name", Value: shown}}}
}

func delivery(shown string) conversations.Delivery {
	return conversations.Delivery{Message: "c-1", Conversation: "c", To: conversations.Address{Account: accountID, ID: phone}, Kind: conversations.Template, Template: content(shown)}
}
