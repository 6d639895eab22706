package pushsim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiebao/channels/push/pushsim"
	"jiebao/conversations/storetest/testenv"
)

// sent is what node-apn made of an answer.
type sent struct {
	Sent      int
	Status    int
	Reason    string
	Timestamp int64
	Error     string
}

// TestPeerClient: node-apn, written by others against Apple, works against the
// simulator.
func TestPeerClient(t *testing.T) {
	t.Parallel()
	node := testenv.Node(t, "peers")
	sim := pushsim.New(pushsim.Options{})
	credentials, err := sim.SetAPNs("com.example.bank")
	if err != nil {
		t.Fatal(err)
	}
	good, gone, other := sim.AddPhone("anna", "apple"), sim.AddPhone("anna", "apple"), sim.AddPhone("anna", "apple")
	gone.Uninstall()
	other.MoveApp("apns", "com.example.other")
	server := httptest.NewUnstartedServer(sim.Handler())
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	address, _ := url.Parse(server.URL)
	port, _ := strconv.Atoi(address.Port())

	step := func(name, token string, more ...string) map[string]string {
		s := map[string]string{"name": name, "token": token}
		for i := 0; i < len(more); i += 2 {
			s[more[i]] = more[i+1]
		}
		return s
	}
	settings, err := json.Marshal(map[string]any{
		"address": address.Hostname(), "port": port,
		"ca":  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})),
		"key": credentials.Key, "keyId": credentials.KeyID, "teamId": credentials.TeamID, "topic": credentials.Topic,
		"steps": []any{
			step("good", good.Token("apns"), "collapse", "m1"),
			step("again", good.Token("apns"), "collapse", "m1"),
			step("gone", gone.Token("apns")),
			step("other app", other.Token("apns")),
			step("bad token", strings.Repeat("ab", 32)),
			step("wrong topic", good.Token("apns"), "topic", "com.example.other"),
			step("too large", good.Token("apns"), "body", strings.Repeat("长", 2000)),
			step("long collapse id", good.Token("apns"), "collapse", strings.Repeat("m", 65)),
			step("foreign key", good.Token("apns"), "keyId", "KEY0000002"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "--no-deprecation", "apn.mjs")
	cmd.Dir, cmd.Stdin = "peers", bytes.NewReader(settings)
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	var got map[string]sent
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	for name, want := range map[string]sent{
		"good": {Sent: 1}, "again": {Sent: 1},
		"gone":             {Status: 410, Reason: "Unregistered"},
		"other app":        {Status: 400, Reason: "DeviceTokenNotForTopic"},
		"bad token":        {Status: 400, Reason: "BadDeviceToken"},
		"wrong topic":      {Status: 400, Reason: "TopicDisallowed"},
		"too large":        {Status: 413, Reason: "PayloadTooLarge"},
		"long collapse id": {Status: 400, Reason: "BadCollapseId"},
		"foreign key":      {Status: 403, Reason: "InvalidProviderToken"},
	} {
		is := got[name]
		if is.Sent != want.Sent || is.Status != want.Status || is.Reason != want.Reason {
			t.Errorf("%s: %+v, want %+v", name, is, want)
		}
	}
	if at := time.UnixMilli(got["gone"].Timestamp); time.Since(at) > time.Minute {
		t.Errorf("the token is gone since %v", at)
	}
	shown := good.Shown()
	if len(shown) != 1 || shown[0].Message != "again" || shown[0].Title != "示例银行招聘" || shown[0].Collapse != "m1" {
		t.Errorf("the phone shows %+v", shown)
	}
}
