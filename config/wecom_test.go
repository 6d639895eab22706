package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const weComApp = `accounts:
  - id: wecom
    platform: wecom
    branch: head
    secret: s
    token: token
    encoding_aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG
`

func loadText(t *testing.T, text string) (Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "jiebao.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(file, nil)
}

func TestWeComAccounts(t *testing.T) {
	t.Parallel()
	cfg, err := loadText(t, weComApp+"    wecom: {corp_id: ww1, agent_id: 1000002, kf: [{id: kf-1, open_kfid: wk1}]}\n")
	if err != nil {
		t.Fatal(err)
	}
	if w := cfg.Accounts[0].WeCom; w.CorpID != "ww1" || w.AgentID != 1000002 || len(w.Kf) != 1 || w.Kf[0].OpenKfID != "wk1" {
		t.Errorf("read %+v", w)
	}
	for section, want := range map[string]string{
		"":                                   "accounts[0].wecom is needed",
		"    wecom: {agent_id: 1}\n":         "accounts[0].wecom.corp_id must not be empty",
		"    wecom: {corp_id: ww1}\n":        "accounts[0].wecom.agent_id must be",
		"    wecom: {corp: ww1}\n":           "accounts[0].wecom.corp is unknown",
		"    wecom: {kf: [{id: wecom}]}\n":   "accounts[0].wecom.kf[0].id is used twice",
		"    wecom: {kf: [{id: A}]}\n":       "accounts[0].wecom.kf[0].id must be",
		"    wecom: {kf: [{id: kf-1}]}\n":    "accounts[0].wecom.kf[0].open_kfid must not be empty",
		"    wecom: {kf: [{open: wk1}]}\n":   "accounts[0].wecom.kf[0].open is unknown",
		"    wecom: {kf: [{branch: A/B}]}\n": "accounts[0].wecom.kf[0].branch must be",
	} {
		if _, err := loadText(t, weComApp+section); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", section, err, want)
		}
	}
}
