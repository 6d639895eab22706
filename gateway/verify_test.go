package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiebao/conversations/documents"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/daily"
)

// TestVerifyCommand checks a feed's file by the configuration's keys and by the
// public key that stands beside it.
func TestVerifyCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32))
	key, err := documents.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := key.Derive(daily.Purpose)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := daily.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 6, 24, 10, 0, 0, 0, time.UTC)
	w := daily.Writer{Dir: dir, Endpoint: "archive", Zone: time.UTC, Signer: signer, Read: func(_ context.Context, after int64, _ int) ([]relay.Record, error) {
		if after > 0 {
			return nil, nil
		}
		return []relay.Record{{Position: 1, At: day, Body: json.RawMessage(`{}`)}}, nil
	}}
	if _, err := w.Write(t.Context(), day.AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "jiebao.yaml")
	if err := os.WriteFile(config, []byte("documents: {key: "+text+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "archive-2026-06-24.jsonl")
	verify := func(args ...string) (code int, out string) {
		var said, errs bytes.Buffer
		code = run(t.Context(), append([]string{"verify", "--config", config}, args...), streams{strings.NewReader(""), &said, &errs})
		return code, said.String() + errs.String()
	}
	if code, out := verify(file); code != 0 || !strings.Contains(out, "1 events of 2026-06-24, positions above 0 up to 1") {
		t.Errorf("it ended with %d: %s", code, out)
	}
	if code, out := verify("--public-key", filepath.Join(dir, "archive.public-key.pem"), file); code != 0 {
		t.Errorf("with the public key it ended with %d: %s", code, out)
	}
	if err := os.WriteFile(file, []byte("{ }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := verify(file); code != 1 || !strings.Contains(out, "FAIL") || !strings.Contains(out, "not what was signed") {
		t.Errorf("of a changed file it ended with %d: %s", code, out)
	}
}
