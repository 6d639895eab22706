package voice_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"jiebao/channels/channeltest"
	"jiebao/channels/voice"
	"jiebao/channels/voice/voicesim"
	"jiebao/conversations"
)

const (
	accountID   = "voice-head"
	callbackKey = "7c1e5b0a9f3d42c8b6e4"
	accessKey   = "LTAI5tExampleVoice"
	accessSec   = "voicesecretvoicesecretvoice"
	phone       = "13900139000"
)

// world is the simulated platform with an account, a phone, and the adapter.
type world struct {
	*voicesim.Sim
	t         *testing.T
	server    *httptest.Server
	gate      *channeltest.Gate
	transport *http.Transport
	adapter   *voice.Adapter
	logged    *channeltest.Journal
}

func newWorld(t *testing.T, callbacks string, change ...func(*voicesim.Account)) *world {
	t.Helper()
	sim := voicesim.New(voicesim.Options{Start: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)})
	t.Cleanup(sim.Close)
	gate := channeltest.NewGate(http.StripPrefix("/voice", sim.Handler()), nil)
	w := &world{Sim: sim, t: t, gate: gate, server: httptest.NewServer(gate), logged: &channeltest.Journal{}}
	t.Cleanup(w.server.Close)
	account := voicesim.Account{
		AccessKeyID: accessKey, AccessKeySecret: accessSec, ShowNumbers: []string{"057188886666"}, Balance: 100,
		Templates: map[string]voicesim.Template{"TTS_1": {Content: "${name}"}, "TTS_2": {Content: "${name}，按时到岗请按1，想换日期请按2，找人工请按0。"}},
		ReportURL: callbacks + "/?key=" + callbackKey,
	}
	for _, c := range change {
		c(&account)
	}
	sim.AddAccount(account)
	w.transport = http.DefaultTransport.(*http.Transport).Clone()
	var err error
	w.adapter, err = voice.New(voice.Account{
		ID: accountID, Name: "示例银行电话", Branch: "head", KeyID: accessKey, Secret: accessSec, ShowNumber: "057188886666",
		BaseURL: w.server.URL + "/voice", CallbackKey: callbackKey,
		Templates: map[string]string{conversations.PurposeResult: "TTS_1", "offer_reminder": "TTS_2", "documents_reminder": "TTS_2"},
	}, voice.Options{HTTPClient: &http.Client{Transport: w.transport}, Now: sim.Now, Log: slog.New(slog.NewTextHandler(w.logged, nil))})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fault(f voicesim.Fault) {
	w.t.Helper()
	w.must(w.AddFault(f))
}

// heard returns what was read on the phone.
func (w *world) heard() []string {
	var heard []string
	for _, m := range w.Inbox(phone) {
		if m.Text != "" {
			heard = append(heard, m.Text)
		}
	}
	return heard
}

func content(purpose, name string) *conversations.TemplateContent {
	c := &conversations.TemplateContent{Purpose: purpose, Fields: []conversations.TemplateField{{Name: "name", Value: name}}}
	if purpose != "documents_reminder" {
		c.Fields = append(c.Fields, conversations.TemplateField{Name: "date", Value: "2026年12月1日"})
	}
	return c
}

func delivery(message, purpose string) conversations.Delivery {
	return conversations.Delivery{Message: message, Conversation: "c", To: conversations.Address{Account: accountID, ID: phone}, Kind: conversations.Template, Template: content(purpose, "李四")}
}
