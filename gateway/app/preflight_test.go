package app

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/gateway/preflight"
)

// TestPreflight looks ahead with the templates, policies and accounts that a
// gateway comes with.
func TestPreflight(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := config.Default()
	cfg.Store.Path = filepath.Join(dir, "jiebao.db")
	cfg.Documents.Dir, cfg.Documents.KeyFile = filepath.Join(dir, "documents"), filepath.Join(dir, "key")
	cfg.Server.PublicURL, cfg.Bank.Name = "https://jiebao.bank.example", "示例银行"
	cfg.Accounts = []config.Account{
		{
			ID: "oa", Platform: "wechat", Branch: "head", Name: "招聘", AppID: "wx0123456789abcdef", Secret: config.NewSecret("secret"), Token: config.NewSecret("token"),
			EncodingAESKey: config.NewSecret(strings.Repeat("a", 43)), Templates: map[string]string{"message_waiting": "T"},
		},
		{ID: "sms", Platform: "sms", Branch: "head", Name: "短信", SMS: &config.SMS{
			CallbackKey: config.NewSecret(strings.Repeat("k", 32)), Price: 0.045,
			Providers: []config.SMSProvider{{Kind: config.Aliyun, KeyID: "id", Secret: config.NewSecret("secret"), Sign: "示例银行", Templates: map[string]string{"result_passed": "SMS_1"}}},
		}},
		{ID: "mail", Platform: "email", Branch: "head", Name: "招聘", Email: &config.Email{Host: "127.0.0.1", TLS: config.MailPlain, From: "hr@bank.example"}},
	}
	v := clock.NewVirtual(time.Date(2026, 6, 22, 2, 0, 0, 0, time.UTC))
	a, err := New(t.Context(), cfg, Options{Offline: true, Clock: v})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	result := func(id string, change func(*conversations.Result)) preflight.Item {
		r := conversations.Result{
			ID: id, Branch: "head/beijing", Position: conversations.Position{Title: "综合柜员"}, Interview: conversations.Interview{Passed: true},
			Candidate: conversations.Candidate{ID: "c-" + id, Name: "王小明", Phone: "13800138000", Locale: conversations.Chinese},
			Offer:     conversations.Offer{StartDate: conversations.Date{Year: 2026, Month: time.July, Day: 6}, Workplace: "建国路1号", ContactName: "李娜", ContactPhone: "010-12345678"},
		}
		if change != nil {
			change(&r)
		}
		return preflight.Item{Result: r, Digest: id}
	}
	report, err := a.newPreflight().Look(t.Context(), conversations.Scope{"head"}, []preflight.Item{
		result("text", nil),
		result("chat", func(r *conversations.Result) { r.Addresses = []conversations.Address{{Account: "oa", ID: "o1"}} }),
		result("long", func(r *conversations.Result) {
			r.Offer.Workplace = "北京市朝阳区建国路1号国贸大厦A座12层（地铁A口）"
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	text, chat, long := report.Rows[0], report.Rows[1], report.Rows[2]
	if text.Verdict != preflight.Told || text.First.By != conversations.SMS || text.Parts < 1 || text.Cost != int64(text.Parts)*45 {
		t.Errorf("by text message: %+v", text)
	}
	// The account has no template for results, so that chat gives way at once.
	if chat.Verdict != preflight.Told || chat.First.By != conversations.SMS || !strings.Contains(chat.Steps[0].Refused, "no template id configured") {
		t.Errorf("by chat: %+v", chat)
	}
	if long.Verdict != preflight.Refused || long.Problems[0].Limit != 20 || long.Problems[0].Template != "wechat/result_passed.zh-CN.yaml" || long.Problems[0].Slot != "thing5" ||
		!strings.HasPrefix(long.Problems[0].Suggestion, "leave out what stands in brackets") {
		t.Errorf("too long: %+v", long)
	}
	if inbox, err := a.store.Inbox(t.Context(), conversations.InboxQuery{Scope: conversations.Scope{"head"}}); err != nil || len(inbox.Rows) > 0 {
		t.Errorf("something was stored: %+v, %v", inbox, err)
	}
}
