package app

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiebao/channels/email/emailsim"
	"jiebao/channels/wechat/wechatsim"
	"jiebao/config"
	"jiebao/conversations/clock"
	"jiebao/conversations/documents/clamd/clamdsim"
	"jiebao/gateway/doctor"
)

// clinic is a gateway with an official account and a mailbox at simulated
// platforms.
type clinic struct {
	t      *testing.T
	cfg    config.Config
	now    time.Time
	wechat *wechatsim.Sim
	mail   *emailsim.Sim
	closed string // a path at which the OpenID provider does not answer
}

const (
	clinicApp    = "wx0123456789abcdef"
	clinicSecret = "app-secret-5521"
)

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{t: t, now: time.Now()}
	c.wechat = wechatsim.New(wechatsim.Options{Seed: 1, Start: c.now})
	t.Cleanup(c.wechat.Close)
	platform := httptest.NewServer(c.wechat.Handler())
	t.Cleanup(platform.Close)
	c.must(c.wechat.AddAccount(wechatsim.Account{
		AppID: clinicApp, Secret: clinicSecret, Token: "token", EncodingAESKey: strings.Repeat("a", 43), CallbackURL: platform.URL,
		Templates: map[string]wechatsim.TemplateSpec{
			"T-RESULT":  {Title: "面试结果通知", Content: "姓名：{{thing1.DATA}}\n岗位：{{thing2.DATA}}\n结果：{{phrase3.DATA}}\n日期：{{date4.DATA}}\n地点：{{thing5.DATA}}"},
			"T-WAITING": {Title: "消息提醒", Content: "姓名：{{thing1.DATA}}\n内容：{{thing2.DATA}}\n备注：{{thing9.DATA}}"},
		},
	}))
	c.mail = emailsim.New(emailsim.Options{Users: map[string]string{"hr": "mail-secret-9"}})
	t.Cleanup(c.mail.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	c.must(err)
	go func() { _ = c.mail.Serve(listener) }()
	dir := t.TempDir()
	c.cfg = config.Default()
	c.cfg.Store.Path = filepath.Join(dir, "jiebao.db")
	c.cfg.Documents.Dir, c.cfg.Documents.KeyFile = filepath.Join(dir, "documents"), filepath.Join(dir, "key")
	c.cfg.Bank.Name = "示例银行"
	c.cfg.EHR.Endpoint = config.SoleEndpoint{
		URL: platform.URL, Secret: config.NewSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), Timeout: time.Second, InFlight: 1,
	}
	c.cfg.Accounts = []config.Account{
		{
			ID: "oa", Platform: "wechat", Branch: "head", Name: "招聘", AppID: clinicApp, Secret: config.NewSecret(clinicSecret), Token: config.NewSecret("token"),
			EncodingAESKey: config.NewSecret(strings.Repeat("a", 43)), BaseURL: platform.URL,
			Templates: map[string]string{"result_passed": "T-RESULT", "message_waiting": "T-WAITING"},
		},
		{ID: "mail", Platform: "email", Branch: "head", Name: "招聘", Email: &config.Email{
			Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: config.MailPlain, User: "hr", Password: config.NewSecret("mail-secret-9"), From: "hr@bank.example",
		}},
	}
	return c
}

func (c *clinic) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// run starts the gateway, at an address that the configuration then names.
func (c *clinic) run() {
	c.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	c.must(err)
	c.cfg.Server.PublicURL = "http://" + listener.Addr().String()
	a, err := New(c.t.Context(), c.cfg, Options{Listener: listener})
	c.must(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	c.t.Cleanup(func() {
		stop()
		<-ended
	})
}

// findings are what the doctor finds: by subject and thing, its states.
func (c *clinic) findings() (states map[string]string, said string) {
	c.t.Helper()
	checks := Checks(c.cfg, Options{Clock: clock.System{}})
	r := doctor.Run(c.t.Context(), checks, doctor.Options{Timeout: 20 * time.Second})
	states = map[string]string{}
	for _, f := range r.Findings {
		key := f.Subject + "/" + f.About
		states[key] = strings.TrimSpace(states[key] + " " + string(f.State))
		said += fmt.Sprintln(key, f.State, f.Text, f.Do)
	}
	for _, secret := range []string{clinicSecret, "mail-secret-9", "whsec_"} {
		if strings.Contains(said, secret) {
			c.t.Errorf("a secret is told:\n%s", said)
		}
	}
	return states, said
}

func TestDoctorFindsARunningGatewayWell(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	c.run()
	got, said := c.findings()
	for key, want := range map[string]string{
		"gateway/configuration": "ok", "gateway/database": "ok", "gateway/documents key": "ok", "gateway/documents": "ok",
		"gateway/public address": "warn ok", "endpoint ehr/address": "ok", "account oa/access": "ok", "account oa/callbacks": "ok",
		"account oa/template result_passed": "ok", "account oa/template message_waiting": "fail", "account oa/address": "ok",
		"account mail/access": "ok", "account mail/sender": "ok",
	} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
	if !strings.Contains(said, "it lacks the fields thing3; it has thing1, thing2, thing9") || len(c.mail.Addresses()) > 0 {
		t.Errorf("said\n%s", said)
	}
}

func TestDoctorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	for _, path := range []string{"/cgi-bin/get_api_domain_ip", "/cgi-bin/template/get_all_private_template"} {
		_, err := c.wechat.AddFault(wechatsim.Fault{Match: wechatsim.Match{Path: path}, Mode: "errcode:40164"})
		c.must(err)
	}
	c.cfg.Accounts[1].Email.Password = config.NewSecret("wrong")
	c.cfg.Accounts[0].Templates["result_passed"] = "T-GONE"
	c.cfg.Server.PublicURL = "http://127.0.0.1:1"
	c.cfg.Words.TemplatesDir = "missing"
	got, said := c.findings()
	for key, want := range map[string]string{
		"gateway/configuration": "fail", "gateway/database": "warn", "gateway/documents key": "warn", "gateway/documents": "warn",
		"account oa/access": "fail", "account oa/callbacks": "fail", "account oa/templates": "skip", "account mail/access": "fail",
	} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q", key, got[key], want)
		}
	}
	for _, advice := range []string{"IP白名单", "授权码", "start the gateway"} {
		if !strings.Contains(said, advice) {
			t.Errorf("nobody says %s:\n%s", advice, said)
		}
	}
}

// TestDoctorKnowsWhatTheFirstStartCannotMake: what is not there yet is fine only
// where it can be made, and looking leaves nothing behind.
func TestDoctorKnowsWhatTheFirstStartCannotMake(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	dir := filepath.Dir(c.cfg.Store.Path)
	if got, said := c.findings(); got["gateway/database"] != "warn" || got["gateway/documents key"] != "warn" || got["gateway/documents"] != "warn" {
		t.Errorf("where it can be made:\n%s", said)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("there is %v, %v", left, err)
	}
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("there is no /proc, in which nobody may make files")
	}
	c.cfg.Store.Path = "/proc/jiebao/jiebao.db"
	c.cfg.Documents.Dir, c.cfg.Documents.KeyFile = "/proc/jiebao/documents", "/proc/jiebao/keys/key"
	if got, said := c.findings(); got["gateway/database"] != "fail" || got["gateway/documents key"] != "fail" || got["gateway/documents"] != "fail" {
		t.Errorf("where it cannot:\n%s", said)
	}
}

func TestDoctorLooksAtTheVirusScanner(t *testing.T) {
	t.Parallel()
	daemon, err := clamdsim.Start()
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Documents.Clamd, cfg.Documents.MaxSize = daemon.URL(), config.Megabyte
	look := func() string {
		var b strings.Builder
		for _, f := range (examination{cfg: cfg}).scanner(t.Context()) {
			fmt.Fprintln(&b, f.State, f.Text, f.Do)
		}
		return b.String()
	}
	if said := look(); !strings.Contains(said, "finds the EICAR test file") {
		t.Errorf("of one that works: %s", said)
	}
	daemon.Limit(1000)
	if said := look(); !strings.Contains(said, "StreamMaxLength") {
		t.Errorf("of one that takes short files only: %s", said)
	}
	daemon.Answer("stream: OK")
	if said := look(); !strings.Contains(said, "freshclam") {
		t.Errorf("of one without signatures: %s", said)
	}
	daemon.Close()
	if said := look(); !strings.Contains(said, "see whether clamd runs") {
		t.Errorf("of one that is away: %s", said)
	}
}
