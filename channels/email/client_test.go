package email_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"jiebao/channels/email/emailsim"
	"jiebao/conversations/storetest/testenv"
)

// TestTheSimulatorTakesOthersMail: a client of others, which knows nothing of
// the adapter, signs in to the simulated server over STARTTLS, and is told
// what the server is told to say.
func TestTheSimulatorTakesOthersMail(t *testing.T) {
	t.Parallel()
	node := testenv.Node(t, "peers")
	server, _ := certificate(t, "localhost")
	w := newWorld(t, emailsim.Options{TLS: server, Users: map[string]string{user: password}})
	send := func(pass, to string) (said struct {
		Accepted []string
		Code     any
		Command  string
		Response string
	}) {
		t.Helper()
		settings, err := json.Marshal(map[string]any{
			"port": w.account.Port, "user": user, "pass": pass,
			"ca": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificates[0].Certificate[0]})),
			"mail": map[string]any{
				"from": "捷报 <hr@bank.example>", "to": to, "subject": "面试通过，恭喜！", "text": "第一行\n.\n..两点", "html": `<p>见 <a href="https://bank.example/?a=1&amp;b=2">页面</a></p>`,
				"icalEvent":   map[string]any{"method": "REQUEST", "content": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u1\r\nSUMMARY:入职\\, 报到\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"},
				"attachments": []map[string]any{{"filename": "说明.txt", "content": "附件"}},
			},
		})
		w.must(err)
		cmd := exec.CommandContext(t.Context(), node, "send.mjs")
		cmd.Dir, cmd.Stdin = "peers", bytes.NewReader(settings)
		out, err := cmd.CombinedOutput()
		if err == nil {
			err = json.Unmarshal(out, &said)
		}
		if err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		return said
	}
	if said := send(password, anna); !slices.Equal(said.Accepted, []string{anna}) || !strings.HasPrefix(said.Response, "250 ") {
		t.Fatalf("the client says %+v", said)
	}
	got := w.Inbox(anna)[0]
	if got.Subject != "面试通过，恭喜！" || got.Text != "第一行\n.\n..两点" || !strings.Contains(got.From, "捷报") ||
		!slices.Equal(got.Links, []emailsim.Link{{Text: "页面", URL: "https://bank.example/?a=1&b=2"}}) {
		t.Errorf("shown: %+v", got)
	}
	if got.Invite == nil || got.Invite.Values["SUMMARY"] != "入职, 报到" || !slices.Contains(got.Files, "说明.txt") {
		t.Errorf("invitation %+v, files %q", got.Invite, got.Files)
	}
	if said := send("wrong", anna); said.Code != 535.0 {
		t.Errorf("with a wrong password the client says %+v", said)
	}
	w.Inject(emailsim.Fault{At: emailsim.Rcpt, Recipient: "gone@candidate.example", Mode: emailsim.Answers, Answer: "550 5.1.1 unknown"})
	if said := send(password, "gone@candidate.example"); said.Code != 550.0 || said.Command != "RCPT TO" {
		t.Errorf("of an unknown address the client says %+v", said)
	}
}
