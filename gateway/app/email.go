package app

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"jiebao/channels/email"
	"jiebao/config"
)

func newEmail(c config.Account, p parts) (*email.Adapter, error) {
	if c.Email == nil {
		return nil, fmt.Errorf("account %q: email is needed: the mail server and the address that mail comes from", c.ID)
	}
	words, err := p.words()
	if err != nil {
		return nil, fmt.Errorf("reading the words: %w", err)
	}
	trust, err := mailTrust(c.Email.CAFile)
	if err != nil {
		return nil, fmt.Errorf("account %q: email.ca_file: %w", c.ID, err)
	}
	e := c.Email
	return email.New(email.Account{
		ID: c.ID, Name: c.Name, Branch: c.Branch, Bank: p.bank,
		Host: e.Host, Port: e.Port, TLS: email.TLS(e.TLS), User: e.User, Password: e.Password.Reveal(),
		From: e.From, FromName: e.FromName, ReplyTo: e.ReplyTo, Hello: e.Hello,
		Connections: e.Connections, PerConnection: e.PerConnection, PerMinute: e.PerMinute, Timeout: e.Timeout,
	}, email.Options{Now: p.now, Words: words, OptOuts: p.optOuts, TLS: trust})
}

// mailTrust is who signs the server's certificate, nil for those that the
// system trusts.
func mailTrust(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", file)
	}
	return &tls.Config{RootCAs: trusted}, nil
}

// mailPage is where candidates end all messages.
func (a *App) mailPage() *email.OptOutPage {
	return &email.OptOutPage{OptOuts: a.files.optOuts, Store: a.store, Words: a.engine.Phrases, Bank: a.cfg.Bank.Name, Log: a.log}
}
