package app

import (
	"strings"
	"testing"

	"jiebao/config"
)

// TestCheck: what would stop the start, or would silently never be sent, is
// found without starting.
func TestCheck(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.Accounts = []config.Account{
		{ID: "good", Platform: "wechat", Templates: map[string]string{"result_passed": "x", "message_waiting": "y"}},
	}
	if err := Check(cfg); err != nil {
		t.Errorf("Check() of a good one = %v", err)
	}
	cfg.Accounts = append(cfg.Accounts,
		config.Account{ID: "typo", Platform: "wechatt"},
		config.Account{ID: "unused", Platform: "wechat", Templates: map[string]string{"result_pased": "x"}},
	)
	cfg.Words = config.Words{TemplatesDir: "no-such-templates", LocalesDir: "no-such-locales"}
	err := Check(cfg)
	for _, want := range []string{
		", is \"wechatt\"",
		"words.locales_dir cannot be used: open no-such-locales",
		"words.templates_dir cannot be used: open no-such-templates",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check() = %v, want %q", err, want)
		}
	}
	cfg.Words = config.Words{}
	if err, want := Check(cfg), "accounts[2].templates.result_pased is unknown; known here: message_waiting, result_passed"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Check() = %v, want %q", err, want)
	}
}

// TestCheckOfRoads: where the EHR stores documents, and where it is asked at
// night, is bounded as endpoints are.
func TestCheckOfRoads(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	secret := config.NewSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	cfg.EHR.Documents.URL, cfg.EHR.Documents.Secret = "https://ehr.example.com/documents", secret
	cfg.EHR.Reconcile.URL, cfg.EHR.Reconcile.Secret = "https://10.1.2.3/beliefs", secret
	cfg.EHR.Reconcile.Proxy = &config.EndpointProxy{URL: "http://proxy.example.com:3128"}
	if err := Check(cfg); err != nil {
		t.Errorf("Check() of a good one = %v", err)
	}
	cfg.EHR.Documents.TLS = &config.EndpointTLS{CA: config.NewSecret("none")}
	cfg.EHR.Reconcile.URL = "https://169.254.169.254/latest"
	cfg.EHR.Reconcile.Proxy.URL = "ftp://proxy.example.com"
	err := Check(cfg)
	for _, want := range []string{"ehr.documents.tls.ca must", "ehr.reconcile.url must", "ehr.reconcile.proxy.url must"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check() = %v, want %q", err, want)
		}
	}
}
