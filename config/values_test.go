package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"
)

func TestSecretPrintsNowhere(t *testing.T) {
	t.Parallel()
	const canary = "hunter2"
	type wrapper struct {
		Shown  Secret
		hidden Secret
	}
	secret := NewSecret(canary)
	value := wrapper{secret, secret}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb+"\n", secret, value, &value)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", secret, "value", value)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "secret", secret, "value", value)
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	if text := out.String(); strings.Contains(text, canary) || strings.Contains(text, hex.EncodeToString([]byte(canary))) {
		t.Errorf("the secret shows in:\n%s", text)
	}
	if value.hidden.Reveal() != canary || fmt.Sprint(secret) != "[secret]" || fmt.Sprint(Secret{}) != "" {
		t.Error("a secret must reveal itself on demand, and print as [secret] unless empty")
	}
	if !secret.Equal(NewSecret(canary)) || secret.Equal(Secret{}) || !(Secret{}).Equal(NewSecret("")) {
		t.Error("Equal must compare the values")
	}
}

func TestOfficeHours(t *testing.T) {
	t.Parallel()
	hours := Default().OfficeHours
	for at, want := range map[string]bool{
		"2026-07-06T00:59:59Z": false, // Monday 08:59:59 in Shanghai
		"2026-07-06T01:00:00Z": true,
		"2026-07-06T09:59:59Z": true,
		"2026-07-06T10:00:00Z": false,
		"2026-07-04T02:00:00Z": false, // Saturday
		"2026-07-05T17:30:00Z": false, // Monday 01:30
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := hours.Open(instant); got != want {
			t.Errorf("Open(%s) = %t, want %t", at, got, want)
		}
	}
}

func TestBranchNameFallsBackUpwards(t *testing.T) {
	t.Parallel()
	bank := Bank{Name: "示例银行", Branches: map[string]string{"head/beijing": "北京分行"}}
	for path, want := range map[string]string{
		"head/beijing": "北京分行", "head/beijing/chaoyang": "北京分行", "head/beijingxi": "示例银行", "head": "示例银行", "": "示例银行",
	} {
		if got := bank.BranchName(path); got != want {
			t.Errorf("BranchName(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestKeyAndItsHashAreTheSame(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("key"))
	byKey, byHash := APIKey{Key: NewSecret("key")}, APIKey{SHA256: hex.EncodeToString(sum[:])}
	if byKey.Hash() != sum || byHash.Hash() != sum {
		t.Error("Hash must be the SHA-256 of the key, however the key is given")
	}
}

func TestServerURL(t *testing.T) {
	t.Parallel()
	listening := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4242}
	if got := (Server{}).URL(listening); got != "http://127.0.0.1:4242" {
		t.Errorf("URL() = %q, want the address listened on", got)
	}
	if got := (Server{PublicURL: "https://jiebao.example.com"}).URL(listening); got != "https://jiebao.example.com" {
		t.Errorf("URL() = %q, want the public one", got)
	}
}
