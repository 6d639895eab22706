package wire_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"jiebao/conversations/storetest/testenv"
	"jiebao/gateway/ehr/wire"
)

// TestPeerVerifiesThroughRotation lets the Standard Webhooks project's own
// JavaScript library judge what is sent while two secrets are live: it
// believes with either, and with no other.
func TestPeerVerifiesThroughRotation(t *testing.T) {
	t.Parallel()
	const peers = "../peers"
	node := testenv.Node(t, peers)
	e := serve(t, status(http.StatusNoContent))
	s, added := settings(e.URL).Rotate(time.Now(), time.Hour)
	s.Mapping = `{"type": event.type, "text": event.data.message.text}`
	if _, err := open(t, s, wire.Options{Reach: loopback()}).Post(t.Context(), id, []byte(event)); err != nil {
		t.Fatal(err)
	}
	r := e.last(t)
	if n := len(strings.Fields(r.Header.Get("webhook-signature"))); n != 2 {
		t.Errorf("%d signatures, want 2", n)
	}
	type delivery struct {
		Secret  string            `json:"secret"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	headers := map[string]string{}
	for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
		headers[name] = r.Header.Get(name)
	}
	in, err := json.Marshal([]delivery{
		{added.Value.Reveal(), headers, r.body}, {secret, headers, r.body},
		{wire.NewSecret("x", time.Time{}).Value.Reveal(), headers, r.body}, {secret, headers, r.body + " "},
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "verify.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = peers, bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running verify.mjs: %v", err)
	}
	var verdicts []string
	if err := json.Unmarshal(out, &verdicts); err != nil {
		t.Fatal(err)
	}
	if want := []string{"message.received", "message.received", "refused", "refused"}; !reflect.DeepEqual(verdicts, want) {
		t.Errorf("the peer says %q, want %q", verdicts, want)
	}
}
