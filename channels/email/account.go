package email

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"strings"
	"time"

	"jiebao/conversations"
)

// TLS is how the connection to the server is kept private.
type TLS string

// The ways. Plain is for a server on this machine only.
const (
	StartTLS TLS = "starttls" // required: without it nothing is said, the default
	Implicit TLS = "implicit" // TLS from the first byte (RFC 8314)
	Plain    TLS = "none"
)

// Account is one mailbox as configured.
type Account struct {
	ID     string // in Jiebao
	Name   string
	Branch string
	Bank   string // as candidates know it, at the top of every mail

	Host     string
	Port     int // 0: 587, or 465 for Implicit
	TLS      TLS // empty: StartTLS
	User     string
	Password string // of User; without a user nobody signs in
	From     string // the address that mail comes from
	FromName string // what that address is called; empty: Name
	ReplyTo  string // where what candidates write goes; empty: From
	Hello    string // the name given to the server; empty: this machine's

	Connections   int           // kept to the server at once; 0: 4
	PerConnection int           // mails over one connection; 0: 100
	PerMinute     int           // mails of the account; 0: any number
	Timeout       time.Duration // of connecting, and of each mail; 0: 30 s
}

const (
	submissionPort  = 587 // RFC 6409
	submissionsPort = 465 // RFC 8314
	someConnections = 4
	someMails       = 100
	someTime        = 30 * time.Second
	// perRecipient is how many mails one candidate gets in a minute: a few at
	// once, such as a result and its first day, and no flood.
	perRecipient = 30
)

// LogValue shows which account it is and none of its secrets.
func (a Account) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID), slog.String("host", a.Host), slog.String("tls", string(a.TLS)))
}

// String keeps the secrets out of formatted text.
func (a Account) String() string { return "e-mail account " + a.ID + " (" + a.Host + ")" }

// GoString keeps the secrets out of formatted text.
func (a Account) GoString() string { return a.String() }

func (a Account) withDefaults() Account {
	if a.TLS == "" {
		a.TLS = StartTLS
	}
	if a.Port == 0 {
		a.Port = submissionPort
		if a.TLS == Implicit {
			a.Port = submissionsPort
		}
	}
	for value, most := range map[*int]int{&a.Connections: someConnections, &a.PerConnection: someMails} {
		if *value == 0 {
			*value = most
		}
	}
	if a.Timeout == 0 {
		a.Timeout = someTime
	}
	return a
}

// Validate names every setting that is wrong, what is wrong with it and what
// it looks like when it is right. It never repeats a secret.
func (a Account) Validate() error {
	a = a.withDefaults()
	var errs []error
	must := func(holds bool, setting, problem string) {
		if !holds {
			errs = append(errs, fmt.Errorf("account %q: email.%s: %s", a.ID, setting, problem))
		}
	}
	must(a.ID != "", "id", "is required, such as mail-head")
	must(a.Branch == "" || conversations.ValidBranch(a.Branch), "branch", "is no branch path, such as head/beijing")
	must(a.Host != "" && !strings.ContainsAny(a.Host, "/: \r\n"), "host", "is required: the mail server's name, such as smtp.exmail.qq.com")
	must(a.Port > 0 && a.Port < 1<<16, "port", "is no port, such as 587")
	must(a.TLS == StartTLS || a.TLS == Implicit || a.TLS == Plain, "tls", "is none of starttls, implicit and none")
	must(a.TLS != Plain || loopback(a.Host), "tls", "may be none only for a server on this machine: what is sent is personal")
	must((a.User == "") == (a.Password == ""), "password", "is required with a user, and only then")
	must(goodAddress(a.From), "from", "is no address, such as hr@bank.example")
	must(a.ReplyTo == "" || goodAddress(a.ReplyTo), "reply_to", "is no address, such as hr@bank.example")
	must(!strings.ContainsAny(a.Hello, " \r\n"), "hello", "is no name, such as jiebao.bank.example")
	must(a.Connections > 0 && a.Connections <= 64, "connections", "is not between 1 and 64")
	must(a.PerConnection > 0, "per_connection", "is not at least 1")
	must(a.PerMinute >= 0, "per_minute", "is negative")
	must(a.Timeout > 0, "timeout", "is not more than nothing")
	return errors.Join(errs...)
}

// domain is the part of the sender's address that identifiers end in.
func (a Account) domain() string { return a.From[strings.LastIndexByte(a.From, '@')+1:] }

func goodAddress(s string) bool {
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Name == "" && parsed.Address == s && strings.Contains(s, "@")
}

// loopback says whether a host is this machine by what it is called.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
