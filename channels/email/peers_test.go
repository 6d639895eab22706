package email_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"jiebao/channels/email"
	"jiebao/channels/email/emailsim"
	"jiebao/conversations"
	"jiebao/conversations/storetest/testenv"
)

// received is a mail as the peers read it.
type received struct {
	From                        struct{ Address, Name string }
	To, ReplyTo, Subject        string
	ID, InReplyTo               string
	References                  any
	Text, HTML, AutoSubmitted   string
	Structure                   []string
	List                        map[string]map[string]string
	Files                       []struct{ Name, Type, Disposition string }
	Invitations                 []map[string]any
	Secure                      bool
	User, Envelope, Date, Error string
}

// sink is the peers' server.
type sink struct {
	t     *testing.T
	lines *bufio.Scanner
}

func (s sink) next(into any) {
	s.t.Helper()
	if !s.lines.Scan() {
		s.t.Fatalf("the peers ended: %v", s.lines.Err())
	}
	if err := json.Unmarshal(s.lines.Bytes(), into); err != nil {
		s.t.Fatalf("%s: %v", s.lines.Bytes(), err)
	}
}

func (s sink) mail() received {
	s.t.Helper()
	var line struct {
		Mail  received
		Error string
	}
	s.next(&line)
	if line.Error != "" {
		s.t.Fatal(line.Error)
	}
	return line.Mail
}

// startSink starts the peers and returns the adapter of an account there.
func startSink(t *testing.T) (sink, *email.Adapter) {
	node := testenv.Node(t, "peers")
	server, client := certificate(t, "localhost")
	key, err := x509.MarshalECPrivateKey(server.Certificates[0].PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	settings, err := json.Marshal(map[string]string{
		"key":  string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key})),
		"cert": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificates[0].Certificate[0]})),
		"user": user, "password": password,
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "sink.mjs")
	cmd.Dir, cmd.Stderr = "peers", os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	if _, err := io.WriteString(in, string(settings)+"\n"); err != nil {
		t.Fatal(err)
	}
	s := sink{t, bufio.NewScanner(out)}
	s.lines.Buffer(nil, 1<<20)
	var line struct{ Port int }
	s.next(&line)
	w := newWorld(t, emailsim.Options{}, func(a *email.Account, o *email.Options) {
		a.Host, a.Port, a.TLS, a.User, a.Password, o.TLS = "localhost", line.Port, email.StartTLS, user, password, client
		o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, fmt.Sprint("127.0.0.1:", line.Port))
		}
	})
	return s, w.adapter
}

// TestPeers has a mail server, a mail reader and a calendar reader of others
// take what is sent.
func TestPeers(t *testing.T) {
	t.Parallel()
	peers, adapter := startSink(t)
	d := result()
	d.Calendar = entry()
	if _, err := adapter.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	got := peers.mail()
	for what, pair := range map[string][2]string{
		"from": {got.From.Name + " " + got.From.Address, "捷报银行招聘 hr@bank.example"}, "to": {got.To, anna}, "envelope": {got.Envelope, anna},
		"answers to": {got.ReplyTo, "people@bank.example"}, "subject": {got.Subject, d.Template.Title},
		"identity": {got.ID, "<c1-7@bank.example>"}, "thread": {got.InReplyTo, "<c1@bank.example>"}, "refers to": {fmt.Sprint(got.References), "<c1@bank.example>"},
		"automatic": {got.AutoSubmitted, "auto-generated"}, "date": {got.Date, "2026-11-23T01:30:00.000Z"}, "user": {got.User, user},
		"unsubscribe": {got.List["unsubscribe-post"]["name"], "List-Unsubscribe=One-Click"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q, want %q", what, pair[0], pair[1])
		}
	}
	if !got.Secure || !strings.HasPrefix(got.Text, d.Text) || !strings.Contains(got.HTML, "恭喜您通过面试。<br>") {
		t.Errorf("secure: %t, text %q, HTML %q", got.Secure, got.Text, got.HTML)
	}
	if want := []string{"multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"}; !slices.Equal(got.Structure, want) {
		t.Errorf("parts %q, want %q", got.Structure, want)
	}
	if len(got.Invitations) != 2 {
		t.Fatalf("%d invitations among %+v", len(got.Invitations), got.Files)
	}
	for _, i := range got.Invitations {
		for name, want := range map[string]any{
			"method": "REQUEST", "uid": "start-c1@bank.example", "sequence": 3.0, "summary": d.Calendar.Title, "location": d.Calendar.Place,
			"description": d.Calendar.Details, "organizer": "mailto:people@bank.example", "organizerName": "捷报银行招聘",
			"start": "2026-12-31", "end": "2027-01-01", "wholeDay": true, "status": "CONFIRMED",
		} {
			if i[name] != want {
				t.Errorf("the invitation's %s: %v, want %v", name, i[name], want)
			}
		}
	}
	for local, want := range map[string]conversations.Reason{"busy": conversations.Temporary, "nobody": conversations.BadRecipient} {
		d := letter("你好")
		d.To.ID = local + "@candidate.example"
		_, err := adapter.Send(t.Context(), d)
		if e, ok := err.(*conversations.SendError); !ok || e.Reason != want {
			t.Errorf("to %s: %v, want %s", local, err, want)
		}
	}
	if _, err := adapter.Send(t.Context(), letter("完")); err != nil {
		t.Fatal(err)
	}
	if got := peers.mail(); !strings.HasPrefix(got.Text, "完\n") {
		t.Errorf("after the refusals: %q", got.Text)
	}
}
