package config

import (
	"net"
	"net/mail"
	"strings"
	"time"
)

// How the connection to a mail server is kept private.
const (
	MailStartTLS = "starttls" // required: without it nothing is said
	MailImplicit = "implicit" // TLS from the first byte
	MailPlain    = "none"     // for a server on this machine
)

// Email is a mailbox and the server that its mail goes through.
type Email struct {
	// Host and Port are the server's; port 0 means 587, or 465 for
	// [MailImplicit].
	Host string `koanf:"host"`
	Port int    `koanf:"port"`
	// TLS is [MailStartTLS], [MailImplicit] or [MailPlain]; empty means the
	// first.
	TLS string `koanf:"tls"`
	// CAFile holds the certificates, in PEM, that the server's is signed by;
	// empty means those that the system trusts.
	CAFile string `koanf:"ca_file"`
	// User and Password sign in; without a user nobody does.
	User     string `koanf:"user"`
	Password Secret `koanf:"password"`
	// From is the address that mail comes from, and FromName what it is
	// called; empty means the account's name.
	From     string `koanf:"from"`
	FromName string `koanf:"from_name"`
	// ReplyTo is the mailbox that people read; empty means From.
	ReplyTo string `koanf:"reply_to"`
	// Hello is how the gateway calls itself to the server; empty means the
	// machine's name.
	Hello string `koanf:"hello"`
	// Connections are kept to the server at once, each for PerConnection
	// mails; 0 means 4 and 100.
	Connections   int `koanf:"connections"`
	PerConnection int `koanf:"per_connection"`
	// PerMinute is how many mails the server takes; 0 means any number.
	PerMinute int `koanf:"per_minute"`
	// Timeout is how long connecting, and each mail, may take; 0 means 30s.
	Timeout time.Duration `koanf:"timeout"`
}

// maxMailConnections is more than any server lets one sender open.
const maxMailConnections = 64

func (e *Email) check(c *checker, at string) {
	if e == nil {
		c.must(false, at, "is needed: the mail server and the address that mail comes from")
		return
	}
	c.must(e.Host != "" && !strings.ContainsAny(e.Host, "/: "), at+".host", "must be the name of the mail server, is %q", e.Host)
	c.must(e.Port >= 0 && e.Port < 1<<16, at+".port", "must be a port, is %d", e.Port)
	if e.TLS != "" {
		c.oneOf(at+".tls", e.TLS, MailStartTLS, MailImplicit, MailPlain)
	}
	ip := net.ParseIP(e.Host)
	here := e.Host == "localhost" || ip != nil && ip.IsLoopback()
	c.must(e.TLS != MailPlain || here, at+".tls", "must not be none, but for a server on this machine: mail is personal")
	c.must((e.User == "") == e.Password.Empty(), at+".password", "must be given with a user, and only then")
	c.must(mailAddress(e.From), at+".from", "must be an address, is %q", e.From)
	c.must(e.ReplyTo == "" || mailAddress(e.ReplyTo), at+".reply_to", "must be an address, is %q", e.ReplyTo)
	c.must(!strings.ContainsAny(e.Hello, " \r\n"), at+".hello", "must be a name, is %q", e.Hello)
	c.must(e.Connections >= 0 && e.Connections <= maxMailConnections, at+".connections", "must be between 1 and %d", maxMailConnections)
	c.must(e.PerConnection >= 0, at+".per_connection", "must not be negative")
	c.must(e.PerMinute >= 0, at+".per_minute", "must not be negative")
	c.must(e.Timeout >= 0 && e.Timeout <= 5*time.Minute, at+".timeout", "must be at most 5m; a candidate's other messages wait as long")
}

func mailAddress(s string) bool {
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Name == "" && parsed.Address == s
}
