package email_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/bot/phrases"
	"jiebao/channels/email"
	"jiebao/channels/email/emailsim"
	"jiebao/config/locales"
	"jiebao/conversations"
)

const (
	accountID = "mail-head"
	anna      = "anna.li@candidate.example"
	user      = "hr@bank.example"
	password  = "app-password-7321"
)

// monday is a Monday in November, when the tests take place.
var monday = time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))

func now() time.Time { return monday }

// world is a mail server with the adapter of an account at it.
type world struct {
	*emailsim.Sim
	t       *testing.T
	account email.Account
	options email.Options
	adapter *email.Adapter
}

// newWorld starts a server, and lets account and options be changed before
// the adapter is made.
func newWorld(t *testing.T, server emailsim.Options, change ...func(*email.Account, *email.Options)) *world {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newWorldAt(t, listener, listener.Addr().(*net.TCPAddr).Port, server, change...)
}

// newWorldAt starts the server at a listener.
func newWorldAt(t *testing.T, listener net.Listener, port int, server emailsim.Options, change ...func(*email.Account, *email.Options)) *world {
	t.Helper()
	server.Now = now
	w := &world{Sim: emailsim.New(server), t: t}
	go func() { _ = w.Serve(listener) }()
	t.Cleanup(w.Close)
	optOuts, err := email.NewOptOuts([]byte(strings.Repeat("s", 32)), "https://jiebao.bank.example")
	w.must(err)
	w.account = email.Account{
		ID: accountID, Name: "捷报银行招聘", Branch: "head", Bank: "捷报银行", Host: "127.0.0.1",
		Port: port, TLS: email.Plain, From: "hr@bank.example", ReplyTo: "people@bank.example", Hello: "jiebao.bank.example",
	}
	w.options = email.Options{Now: now, Words: words(t), OptOuts: optOuts}
	for _, c := range change {
		c(&w.account, &w.options)
	}
	w.adapter, err = email.New(w.account, w.options)
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// loadWords reads the locales, which takes longer than any test here.
var loadWords = sync.OnceValues(func() (*phrases.Phrases, error) { return phrases.New(locales.Embedded(), nil) })

func words(t *testing.T) *phrases.Phrases {
	t.Helper()
	p, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// letter is an ordinary delivery to Anna.
func letter(text string) conversations.Delivery {
	return conversations.Delivery{
		Message: "c1-7", Conversation: "c1", To: conversations.Address{Account: accountID, ID: anna},
		Kind: conversations.Text, Text: text, Locale: conversations.Chinese,
		Link: "https://jiebao.bank.example/u/token",
	}
}

// result is a notification to Anna.
func result() conversations.Delivery {
	d := letter("李安娜，您好！\n\n恭喜您通过面试。\n入职日期：2026年12月1日")
	d.Kind = conversations.Template
	d.Template = &conversations.TemplateContent{Purpose: conversations.PurposeResult, Title: "面试通过：综合柜员（北京分行营业部，二零二六届校园招聘）"}
	return d
}

// sent sends to Anna and returns what she is shown.
func (w *world) sent(d conversations.Delivery) emailsim.Shown {
	w.t.Helper()
	before := len(w.Inbox(d.To.ID))
	_, err := w.adapter.Send(w.t.Context(), d)
	w.must(err)
	box := w.Inbox(d.To.ID)
	if len(box) != before+1 {
		w.t.Fatalf("%d mails came", len(box)-before)
	}
	return box[before]
}

// refused sends and returns the refusal.
func (w *world) refused(ctx context.Context, d conversations.Delivery) *conversations.SendError {
	w.t.Helper()
	_, err := w.adapter.Send(ctx, d)
	var e *conversations.SendError
	if !errors.As(err, &e) {
		w.t.Fatalf("sending ended with %v, want a *SendError", err)
	}
	for _, secret := range []string{d.To.ID, password, "/u/token"} {
		if strings.Contains(err.Error(), secret) {
			w.t.Errorf("%q is told in %q", secret, err)
		}
	}
	return e
}

// certificate is one of the server's own, and who trusts it.
func certificate(t *testing.T, host string) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}, &tls.Config{RootCAs: trusted}
}
