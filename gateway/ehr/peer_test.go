package ehr_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"jiebao/conversations/storetest/testenv"
	"jiebao/gateway/ehr/catalogue"
)

// delivery is one line for peers/verify.mjs.
type delivery struct {
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// TestPeerVerifies lets the Standard Webhooks project's own JavaScript
// library judge an event of every type, and refuse each one altered.
func TestPeerVerifies(t *testing.T) {
	t.Parallel()
	node := testenv.Node(t, "peers")
	e := newEndpoint(t, status(http.StatusNoContent))
	d := deliverer(t, e.URL, noon(), nil)
	for _, entry := range catalogue.Entries() {
		d.Do(t.Context(), item(t, entry.Example))
	}
	var lines []delivery
	var want []string
	for i, a := range e.seen() {
		good := delivery{Secret: secret, Headers: map[string]string{}, Body: string(a.body)}
		for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
			good.Headers[name] = a.header.Get(name)
		}
		altered := good
		altered.Body = string(bytes.Replace(a.body, []byte(`"sequence":`), []byte(`"sequence":9`), 1))
		lines = append(lines, good, altered)
		want = append(want, string(catalogue.Entries()[i].Type()), "refused")
	}
	got := verify(t, node, lines)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("delivery %d of %s: the peer says %q, want %q", i, lines[i].Headers["webhook-id"], got[i], want[i])
		}
	}
}

// verify returns, for each delivery, the event's type or "refused".
func verify(t *testing.T, node string, lines []delivery) []string {
	t.Helper()
	in, err := json.Marshal(lines)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "verify.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = "peers", bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running peers/verify.mjs: %v", err)
	}
	var verdicts []string
	if err := json.Unmarshal(out, &verdicts); err != nil || len(verdicts) != len(lines) {
		t.Fatalf("peers/verify.mjs said %q: %v", out, err)
	}
	return verdicts
}
