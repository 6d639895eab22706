package config

import (
	"strings"
	"testing"
	"time"
)

const pushApp = `accounts:
  - id: bankapp
    platform: push
    branch: head
`

func TestPushAccounts(t *testing.T) {
	t.Parallel()
	cfg, err := loadText(t, pushApp+`    push:
      life: 24h
      apns: {key_id: K, team_id: T, topic: com.example.bank, key: secret}
      jpush: {app_key: A, master_secret: S, vendors: [{name: xiaomi, channel: "1"}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	if p := cfg.Accounts[0].Push; p.Life != 24*time.Hour || p.APNs.Topic != "com.example.bank" || p.FCM != nil || p.JPush.Vendors[0].Channel != "1" {
		t.Errorf("read %+v", p)
	}
	for section, want := range map[string]string{
		"":                                  "accounts[0].push is needed",
		"    push: {title: t}\n":            "accounts[0].push must have a provider",
		"    push: {apns: {key_id: K}}\n":   "accounts[0].push.apns.key must not be empty",
		"    push: {fcm: {channel: c}}\n":   "accounts[0].push.fcm.service_account must not be empty",
		"    push: {jpush: {app_key: A}}\n": "accounts[0].push.jpush.master_secret must not be empty",
		"    push: {jpush: {vendors: [{name: acme}]}}\n":                  "accounts[0].push.jpush.vendors[0].name must be one of",
		"    push: {huawei: {project_id: p, category: WORK}}\n":           "accounts[0].push.huawei.service_account or project_id",
		"    push: {huawei: {service_account: s}}\n":                      "accounts[0].push.huawei.category must not be empty",
		"    push: {open: conversation}\n":                                "accounts[0].push.open must be an address",
		"    push: {life: 400h}\n":                                        "accounts[0].push.life must be at most",
		"    push: {token_life: 48h}\n":                                   "accounts[0].push.token_life must be at most",
		"    push: {prefer: [getui]}\n":                                   "accounts[0].push.prefer must name providers",
		"    push: {jpush: {app_key: A, master_secret: S, vendor: {}}}\n": "accounts[0].push.jpush.vendor is unknown",
	} {
		if _, err := loadText(t, pushApp+section); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", section, err, want)
		}
	}
}
