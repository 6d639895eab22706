package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/channels/push/pushsim"
	"jiebao/config"
	"jiebao/conversations"
)

const backendKey = "backend-key-with-at-least-32-characters"

// bank is a running gateway with the bank's app: its backend, and one phone.
type bank struct {
	t     *testing.T
	url   string
	sim   *pushsim.Sim
	phone *pushsim.Phone
	cfg   config.Config
	app   *App
}

// newBank runs a gateway whose app is known to APNs and JPush.
func newBank(t *testing.T) *bank {
	t.Helper()
	b := &bank{t: t, sim: pushsim.New(pushsim.Options{AnyHTTP: true})}
	providers := httptest.NewServer(b.sim.Handler())
	t.Cleanup(providers.Close)
	apns, err := b.sim.SetAPNs("com.example.bank")
	b.must(err)
	jpush := b.sim.SetJPush()
	b.phone = b.sim.AddPhone("C1", "apple")

	cfg, dir := config.Default(), t.TempDir()
	cfg.Server.Listen = "127.0.0.1:0"
	cfg.Store.Path = filepath.Join(dir, "jiebao.db")
	cfg.Documents.Dir, cfg.Documents.KeyFile = filepath.Join(dir, "documents"), filepath.Join(dir, "key")
	cfg.Bank.Name = "示例银行"
	cfg.API.Keys = []config.APIKey{{Name: "backend", Key: config.NewSecret(backendKey), Branch: "head"}}
	cfg.Accounts = []config.Account{{
		ID: "bankapp", Platform: "push", Branch: "head", Name: "示例银行App", BaseURL: providers.URL,
		Push: &config.Push{
			Title: "示例银行招聘", Open: "bankapp://jiebao/conversation", Acknowledges: true, TokenLife: 2 * time.Hour,
			APNs:  &config.PushAPNs{KeyID: apns.KeyID, TeamID: apns.TeamID, Topic: apns.Topic, Key: config.NewSecret(apns.Key)},
			JPush: &config.PushJPush{AppKey: jpush.AppKey, MasterSecret: config.NewSecret(jpush.MasterSecret)},
		},
	}}
	b.cfg = cfg
	b.app, err = New(t.Context(), cfg, Options{})
	b.must(err)
	b.url = b.app.URL()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.app.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bank) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// call calls the gateway and decodes what it answers.
func (b *bank) call(token, method, path string, body any, want int) map[string]any {
	b.t.Helper()
	var content bytes.Buffer
	if body != nil {
		b.must(json.NewEncoder(&content).Encode(body))
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, &content)
	b.must(err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	b.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	b.must(err)
	if resp.StatusCode != want {
		b.t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, text)
	}
	var v map[string]any
	_ = json.Unmarshal(text, &v)
	return v
}

// banner waits until the phone shows n banners and returns the last.
func (b *bank) banner(n int) pushsim.Shown {
	b.t.Helper()
	changed, leave := b.sim.Subscribe()
	defer leave()
	late := time.After(30 * time.Second)
	for {
		if shown := b.phone.Shown(); len(shown) >= n {
			return shown[n-1]
		}
		select {
		case <-changed:
		case <-late:
			b.t.Fatalf("the phone shows %+v, want %d banners", b.phone.Shown(), n)
		}
	}
}

// TestBankApp: a result comes as a banner that tells nothing, is read and
// answered in the app, and HR and EHR hear of it.
func TestBankApp(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	for _, provider := range []string{"apns", "jpush"} { // before anybody knows the candidate
		b.call(backendKey, http.MethodPost, "/v1/devices", map[string]string{
			"candidate_id": "C1", "provider": provider, "token": b.phone.Token(provider), "handset": b.phone.ID(),
		}, http.StatusOK)
	}
	b.call(backendKey, http.MethodPost, "/v1/results", map[string]any{
		"id": "R1", "branch": "head/beijing", "urgency": "urgent", // told by night as well
		"candidate": map[string]any{"id": "C1", "name": "王小明", "phone": "13800138000"},
		"position":  map[string]any{"id": "teller", "title": "综合柜员"},
		"interview": map[string]any{"score": 86.5, "passed": true},
		"offer": map[string]any{
			"start_date": time.Now().AddDate(0, 1, 0).Format(time.DateOnly), "workplace": "建国路1号", "contact_name": "李娜", "contact_phone": "010-12345678",
		},
	}, http.StatusCreated)

	notice := b.banner(1)
	if notice.Title != "示例银行招聘" || strings.Contains(notice.Text, "通过") || notice.Text == "" || notice.Provider != "apns" {
		t.Errorf("the lock screen shows %+v", notice)
	}
	if !strings.HasPrefix(notice.Open, "bankapp://jiebao/conversation?message=") || !strings.HasPrefix(notice.Page, b.url) {
		t.Errorf("it leads to %q and %q", notice.Open, notice.Page)
	}

	token := b.call(backendKey, http.MethodPost, "/v1/candidates/C1/token", nil, http.StatusOK)["token"].(string)
	messages := b.call(token, http.MethodGet, "/v1/app/messages", nil, http.StatusOK)["messages"].([]any)
	first := messages[0].(map[string]any)
	if first["id"] != notice.Message || !strings.Contains(first["text"].(string), "恭喜您通过示例银行“综合柜员”岗位的面试") {
		t.Errorf("the app shows %v", first)
	}
	b.call(token, http.MethodPost, "/v1/app/messages/"+notice.Message+"/delivered", nil, http.StatusNoContent)
	b.call(token, http.MethodPost, "/v1/app/messages/"+notice.Message+"/read", nil, http.StatusNoContent)
	if result := b.call(backendKey, http.MethodGet, "/v1/results/R1", nil, http.StatusOK); result["status"] != "read" {
		t.Errorf("the EHR sees %v", result["status"])
	}

	before := len(b.phone.Shown())
	b.call(token, http.MethodPost, "/v1/app/messages", map[string]string{"client_id": "1", "text": "可以，准时入职"}, http.StatusCreated)
	if answer := b.banner(before + 1); strings.Contains(answer.Text, "入职") {
		t.Errorf("the answer's banner tells %q", answer.Text)
	}
	c, err := b.app.store.Candidate(t.Context(), conversations.Everything, "C1")
	b.must(err)
	if app := c.Application(); app.Answer != conversations.Confirmed {
		t.Errorf("the candidate's yes came to %q; last %q", app.Answer, c.Last)
	}
	entries := b.sim.Journal()
	for _, e := range entries {
		if strings.Contains(e.Body, "王小明") || strings.Contains(e.Body, "综合柜员") {
			t.Errorf("%s is told personal data: %s", e.Provider, e.Body)
		}
	}
}

// TestPushIsExamined: the doctor asks every provider, and shows nobody anything.
func TestPushIsExamined(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	examine := func() map[string]channels.State {
		states := map[string]channels.State{}
		for _, c := range Checks(b.cfg, Options{}) {
			if c.Subject == "account bankapp" && c.Name == "access" {
				for _, f := range c.Run(t.Context()) {
					states[f.About] = f.State
				}
			}
		}
		return states
	}
	if found := examine(); found["apns"] != channels.Good || found["jpush"] != channels.Good {
		t.Errorf("found %v", found)
	}
	b.cfg.Accounts[0].Push.JPush.MasterSecret = config.NewSecret("another-secret")
	if found := examine(); found["apns"] == channels.Bad || found["jpush"] != channels.Bad {
		t.Errorf("with a wrong secret it found %v", found)
	}
	if n := len(b.phone.Shown()); n != 0 {
		t.Errorf("the phone shows %d banners", n)
	}
}
