package email

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"jiebao/conversations"
)

// session is one connection to the server, signed in.
type session struct {
	client *smtp.Client
	mu     sync.Mutex
	conn   net.Conn // beneath any TLS
	ended  bool     // what is under way has run out of time
	mails  int      // sent over it
	used   bool     // it was kept, so that the server may have closed it
	broken bool     // nobody knows where it stands
	expiry *time.Timer
}

// dialer opens sessions of an account.
type dialer struct {
	account Account
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	tls     *tls.Config
}

// signIn are the ways to sign in, the safest first. LOGIN is what several
// Chinese providers offer alone.
var signIn = []gomail.SMTPAuthType{
	gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5,
}

// session connects, and signs in, within the account's time.
func (d dialer) session(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, d.account.Timeout)
	defer cancel()
	s := &session{}
	client, err := d.client(s)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { s.cut() })
	s.client, err = client.DialToSMTPClientWithContext(ctx)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = s.conn.SetDeadline(time.Time{}) // the library's own; each mail has its own
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// client is the library's, for one connection that s keeps.
func (d dialer) client(s *session) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(d.account.Port), gomail.WithTimeout(d.account.Timeout),
		gomail.WithTLSConfig(d.tlsConfig()), gomail.WithDialContextFunc(d.connect(s)),
	}
	switch d.account.TLS {
	case Implicit:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if d.account.User != "" {
		options = append(options, gomail.WithOpportunisticSMTPAuth(signIn...),
			gomail.WithUsername(d.account.User), gomail.WithPassword(d.account.Password))
	}
	if d.account.Hello != "" {
		options = append(options, gomail.WithHELO(d.account.Hello))
	}
	return gomail.NewClient(d.account.Host, options...)
}

func (d dialer) tlsConfig() *tls.Config {
	config := &tls.Config{}
	if d.tls != nil {
		config = d.tls.Clone()
	}
	config.ServerName, config.MinVersion = d.account.Host, tls.VersionTLS12
	return config
}

// connect dials, and keeps the connection where s can cut it.
func (d dialer) connect(s *session) gomail.DialContextFunc {
	dial := d.dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		s.keep(conn)
		if d.account.TLS != Implicit {
			return conn, nil
		}
		secured := tls.Client(conn, d.tlsConfig())
		return secured, secured.HandshakeContext(ctx)
	}
}

// keep remembers the connection. It is cut at once if its time has run out.
func (s *session) keep(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn = conn
	if s.ended {
		_ = conn.SetDeadline(longAgo)
	}
}

// cut ends what is under way on the connection.
func (s *session) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	if s.conn != nil {
		_ = s.conn.SetDeadline(longAgo)
	}
}

// longAgo as a deadline ends what is under way.
var longAgo = time.Unix(1, 0)

// send hands the mail over, within the account's time and that of ctx. It
// returns what went wrong, and at which stage.
func (s *session) send(ctx context.Context, limit time.Duration, from string, to recipient, mail []byte) (stage, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { s.cut() })
	at, err := s.transact(from, to, mail)
	if !stop() {
		s.broken = true // the deadline may fall on what comes next
	}
	s.mails++
	return at, err
}

// transact is the transaction of RFC 5321, 3.3. After a refusal it leaves the
// session ready for the next.
func (s *session) transact(from string, to recipient, mail []byte) (stage, error) {
	s.client.SkipSMTPUTF8(!to.international)
	if err := s.client.Mail("<" + from + ">"); err != nil {
		return sender, s.reset(err)
	}
	if err := s.client.Rcpt("<" + to.address + ">"); err != nil {
		return receiver, s.reset(err)
	}
	w, err := s.client.Data()
	if err != nil {
		return beginning, s.reset(err)
	}
	if _, err := w.Write(mail); err != nil {
		s.broken = true
		return content, err
	}
	if err := w.Close(); err != nil {
		s.broken = !isAnswer(err)
		return end, err
	}
	return "", nil
}

// reset ends a transaction that was refused, and returns the refusal.
func (s *session) reset(refusal error) error {
	s.broken = !isAnswer(refusal) || s.client.Reset() != nil
	return refusal
}

// takes says whether the server takes mail to such an address.
func (s *session) takes(to recipient) bool {
	ok, _ := s.client.Extension("SMTPUTF8")
	return ok || !to.international
}

// close says goodbye without waiting for the answer.
func (s *session) close() {
	if s.client != nil && !s.broken {
		_, _ = s.client.Text.Cmd("QUIT")
	}
	if s.conn != nil {
		s.conn.Close()
	}
}

// tooInternational is for an address that the server cannot be told.
func tooInternational() *conversations.SendError {
	return &conversations.SendError{
		Reason: conversations.BadRecipient, Code: "no_smtputf8",
		Detail: "the address has characters outside ASCII before its @, and the mail server does not take such addresses",
	}
}
