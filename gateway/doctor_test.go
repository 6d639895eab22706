package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// doctored runs the command with a configuration below a folder.
func doctored(t *testing.T, dir, more string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	file := filepath.Join(dir, "jiebao.yaml")
	text := "store: {path: " + filepath.Join(dir, "jiebao.db") + "}\ndocuments: {dir: " + filepath.Join(dir, "documents") +
		", key_file: " + filepath.Join(dir, "key") + "}\n" + more
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code = run(t.Context(), append([]string{"--config=" + file, "doctor"}, args...), streams{strings.NewReader(""), &out, &errs})
	return code, out.String(), errs.String()
}

func TestDoctorCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code, out, errs := doctored(t, dir, "", "--json", "--only=gateway")
	var report struct {
		OK       bool
		Findings []struct{ Subject, About, State string }
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 0 || !report.OK || len(report.Findings) < 4 || errs != "" {
		t.Fatalf("ended with %d, %q and %q (%v)", code, out, errs, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("looking made %v (%v)", entries, err)
	}
	const away = "ehr: {endpoint: {url: 'http://127.0.0.1:1', secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}}\n"
	code, out, errs = doctored(t, t.TempDir(), away)
	if code != 1 || !strings.Contains(out, "FAIL  address") || !strings.Contains(out, "→ see whether") || !strings.Contains(errs, "do not work") {
		t.Errorf("with the EHR away it ended with %d, %q and %q", code, out, errs)
	}
	if strings.Contains(out+errs, "whsec_") || strings.Contains(out, "\x1b") {
		t.Errorf("a secret, or a colour, is told: %q", out)
	}
	if code, _, errs = doctored(t, t.TempDir(), "", "--only=nobody"); code != 1 || !strings.Contains(errs, "nobody") {
		t.Errorf("of nobody it ended with %d and %q", code, errs)
	}
	if code, _, errs = doctored(t, t.TempDir(), "bogus: 1\n"); code != 2 || !strings.Contains(errs, "bogus is unknown") {
		t.Errorf("a wrong configuration ended with %d and %q", code, errs)
	}
}
