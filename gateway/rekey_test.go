package main

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiebao/config"
	"jiebao/conversations/documents"
	"jiebao/gateway/app"
)

func TestRekeyCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, keys := filepath.Join(dir, "documents"), filepath.Join(dir, "key")
	old, err := documents.KeyFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := documents.OpenDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	store, err := documents.New(t.Context(), bucket, old...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Put(t.Context(), "d1", strings.NewReader("%PDF-1.4\n%%EOF\n"), documents.Limits{}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "jiebao.yaml")
	settings := "documents: {dir: " + folder + ", key_file: " + keys + "}\nstore: {path: " + filepath.Join(dir, "jiebao.db") + "}\n"
	tell := "ehr: {endpoints: [{id: payroll, url: https://payroll.example.com/, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}]}\n"
	if err := os.WriteFile(file, []byte(settings+tell), 0o600); err != nil {
		t.Fatal(err)
	}
	begin := func() {
		t.Helper()
		cfg, err := config.Load(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Server.Listen = "127.0.0.1:0"
		a, err := app.New(t.Context(), cfg, app.Options{})
		if err != nil {
			t.Fatal(err)
		}
		a.Close()
	}
	begin() // an endpoint is kept, sealed with the key
	text, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	fresh := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)) + "\n"
	if err := os.WriteFile(keys, append([]byte(fresh), text...), 0o600); err != nil {
		t.Fatal(err)
	}
	rekey := func(args ...string) (int, string) {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"--config=" + file, "rekey"}, args...), streams{strings.NewReader(""), &out, &errs})
		return code, out.String() + errs.String()
	}
	if code, said := rekey("--dry-run"); code != 0 || said != "1 endpoints' secrets to change.\n2 files looked at, 2 to change.\n" {
		t.Errorf("a dry run ended with %d and %q", code, said)
	}
	if code, said := rekey(); code != 0 || said != "1 endpoints' secrets changed.\n2 files looked at, 2 changed.\nOnly the first key is needed now.\n" {
		t.Errorf("it ended with %d and %q", code, said)
	}
	if err := os.WriteFile(keys, []byte(fresh), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, said := rekey(); code != 0 || !strings.HasPrefix(said, "2 files looked at, 0 changed.") {
		t.Errorf("with the new key alone it ended with %d and %q", code, said)
	}
	if err := os.WriteFile(keys, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, said := rekey(); code != 1 || !strings.Contains(said, "another key") {
		t.Errorf("with the old key alone it ended with %d and %q", code, said)
	}
}
