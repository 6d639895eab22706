package email_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jiebao/channels/email"
	"jiebao/channels/email/emailsim"
	"jiebao/conversations"
)

// TestAnswers: what each answer of a server means, by when it comes.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		at     emailsim.Stage
		answer string
		want   conversations.Reason
		code   string
	}{
		{emailsim.Greeting, "421 4.3.2 come back later", conversations.Throttled, "421 4.3.2"},
		{emailsim.Greeting, "554 5.7.1 your address is blocked", conversations.Credentials, "554 5.7.1"},
		{emailsim.Auth, "535 5.7.8 wrong", conversations.Credentials, "535 5.7.8"},
		{emailsim.Auth, "454 4.7.0 later", conversations.Temporary, "454 4.7.0"},
		{emailsim.Mail, "421 4.7.0 too many connections", conversations.Throttled, "421 4.7.0"},
		{emailsim.Mail, "450 4.7.1 too many mails", conversations.Throttled, "450 4.7.1"},
		{emailsim.Mail, "452 4.3.1 no room", conversations.Throttled, "452 4.3.1"},
		{emailsim.Mail, "451 4.3.0 trouble", conversations.Temporary, "451 4.3.0"},
		{emailsim.Mail, "501 mail from address must be same as authorization user", conversations.Credentials, "501"},
		{emailsim.Mail, "552 5.3.4 too large", conversations.BadContent, "552 5.3.4"},
		{emailsim.Rcpt, "450 4.2.0 greylisted", conversations.Temporary, "450 4.2.0"},
		{emailsim.Rcpt, "452 4.2.2 mailbox full", conversations.Temporary, "452 4.2.2"},
		{emailsim.Rcpt, "550 5.1.1 unknown", conversations.BadRecipient, "550 5.1.1"},
		{emailsim.Rcpt, "552 5.2.2 mailbox full", conversations.BadRecipient, "552 5.2.2"},
		{emailsim.Rcpt, "556 5.1.10 takes no mail", conversations.BadRecipient, "556 5.1.10"},
		{emailsim.Rcpt, "554 5.7.1 <" + anna + ">: Relay access denied", conversations.Credentials, "554 5.7.1"},
		{emailsim.Rcpt, "550 relaying denied", conversations.Credentials, "550"},
		{emailsim.Rcpt, "550 5.7.1 blocked by a rule of the recipient", conversations.BadContent, "550 5.7.1"},
		{emailsim.Rcpt, "530 5.7.0 sign in", conversations.Credentials, "530 5.7.0"},
		{emailsim.Data, "451 4.3.0 trouble", conversations.Temporary, "451 4.3.0"},
		{emailsim.Data, "503 5.5.1 no", conversations.BadContent, "503 5.5.1"},
		{emailsim.End, "451 4.7.0 too fast", conversations.Throttled, "451 4.7.0"},
		{emailsim.End, "450 4.3.0 trouble", conversations.Temporary, "450 4.3.0"},
		{emailsim.End, "552 too large", conversations.BadContent, "552"},
		{emailsim.End, "554 5.6.0 cannot be read", conversations.BadContent, "554 5.6.0"},
		{emailsim.End, "550 5.1.1 unknown", conversations.BadRecipient, "550 5.1.1"},
		{emailsim.End, "550-5.7.1 first line\n550 5.7.1 second " + anna, conversations.BadContent, "550 5.7.1"},
	} {
		t.Run(fmt.Sprint(tt.at, " ", tt.answer), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emailsim.Options{Users: map[string]string{user: password}}, func(a *email.Account, _ *email.Options) {
				a.User, a.Password = user, password
			})
			w.Inject(emailsim.Fault{At: tt.at, Mode: emailsim.Answers, Answer: tt.answer})
			e := w.refused(t.Context(), letter("你好"))
			if e.Reason != tt.want || e.Code != tt.code {
				t.Errorf("%v, code %q, want %s and %q", e, e.Code, tt.want, tt.code)
			}
			if e.Reason == conversations.Throttled && e.RetryAfter <= 0 {
				t.Error("it does not say when to try again")
			}
			w.Heal()
			w.sent(letter("你好"))
		})
	}
}

// TestBreaks: only after the last byte nobody can tell.
func TestBreaks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		at   emailsim.Stage
		mode emailsim.Mode
		want conversations.Reason
	}{
		{emailsim.Greeting, emailsim.Reset, conversations.Temporary},
		{emailsim.Greeting, emailsim.Garbage, conversations.Temporary},
		{emailsim.Greeting, emailsim.Stall, conversations.Temporary},
		{emailsim.Mail, emailsim.Garbage, conversations.Temporary},
		{emailsim.Rcpt, emailsim.Reset, conversations.Temporary},
		{emailsim.Data, emailsim.Stall, conversations.Temporary},
		{emailsim.End, emailsim.Reset, conversations.OutcomeUnsure},
		{emailsim.End, emailsim.ResetAfterCommit, conversations.OutcomeUnsure},
		{emailsim.End, emailsim.Garbage, conversations.OutcomeUnsure},
		{emailsim.End, emailsim.Stall, conversations.OutcomeUnsure},
	} {
		t.Run(fmt.Sprint(tt.at, " ", tt.mode), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emailsim.Options{})
			hit := w.Inject(emailsim.Fault{At: tt.at, Mode: tt.mode})
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			if tt.mode == emailsim.Stall {
				go func() {
					<-hit
					giveUp()
				}()
			}
			d := letter(strings.Repeat("很长的一封信。\n", 2000))
			if e := w.refused(ctx, d); e.Reason != tt.want {
				t.Errorf("%v, want %s", e, tt.want)
			}
			w.Heal()
			d.Message = "c1-8"
			w.sent(d)
		})
	}
}

// TestAccountsTimeEnds: a server that never answers does not hold the account.
// The connections are pipes, so that no time passes but the bubble's.
func TestAccountsTimeEnds(t *testing.T) {
	t.Parallel()
	words(t) // before the bubble, which would wait for it
	synctest.Test(t, func(t *testing.T) {
		const limit = 10 * time.Second
		pipes := newPipes()
		w := newWorldAt(t, pipes, 25, emailsim.Options{}, func(a *email.Account, o *email.Options) {
			a.Timeout, a.Connections, o.Dial = limit, 1, pipes.dial
		})
		w.Inject(emailsim.Fault{At: emailsim.End, Mode: emailsim.Stall, Count: 1})
		began := time.Now()
		if e := w.refused(t.Context(), letter("你好")); e.Reason != conversations.OutcomeUnsure {
			t.Errorf("%v", e)
		}
		if took := time.Since(began); took != limit {
			t.Errorf("it was given up after %v, want %v", took, limit)
		}
		w.sent(letter("你好"))
	})
}

// pipes listens for connections that are in memory.
type pipes struct {
	dialed chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{dialed: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.dialed <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.dialed:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{}, func(a *email.Account, _ *email.Options) { a.Connections, a.PerConnection = 3, 10 })
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			d := letter("你好")
			d.Message = fmt.Sprint("c1-", i)
			if _, err := w.adapter.Send(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := len(w.Inbox(anna)); got != 60 {
		t.Errorf("%d mails came", got)
	}
	if got := w.Opened(); got < 6 || got > 9 {
		t.Errorf("%d connections for 60 mails, at most 10 over each", got)
	}
}

// TestClosedMeanwhile: a kept connection that the server has closed costs
// nothing.
func TestClosedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{})
	w.sent(letter("一"))
	w.Drop()
	w.sent(letter("二"))
	w.Inject(emailsim.Fault{At: emailsim.Mail, Mode: emailsim.Answers, Answer: "421 4.4.2 idle for too long", Count: 1})
	w.sent(letter("三"))
}

func TestPrivacyOfTheConnection(t *testing.T) {
	t.Parallel()
	server, client := certificate(t, "mail.bank.example")
	users := map[string]string{user: password}
	for name, tt := range map[string]struct {
		server emailsim.Options
		change func(*email.Account, *email.Options)
		want   conversations.Reason // "" for sent
	}{
		"STARTTLS":              {emailsim.Options{TLS: server, Users: users}, nil, ""},
		"implicit":              {emailsim.Options{TLS: server, Users: users, Implicit: true}, func(a *email.Account, _ *email.Options) { a.TLS = email.Implicit }, ""},
		"not offered":           {emailsim.Options{}, nil, conversations.Credentials},
		"nobody trusts it":      {emailsim.Options{TLS: server, Users: users}, func(_ *email.Account, o *email.Options) { o.TLS = nil }, conversations.Credentials},
		"another's certificate": {emailsim.Options{TLS: server, Users: users}, func(a *email.Account, _ *email.Options) { a.Host = "other.bank.example" }, conversations.Credentials},
		"wrong password":        {emailsim.Options{TLS: server, Users: users}, func(a *email.Account, _ *email.Options) { a.Password = password + "x" }, conversations.Credentials},
		"plain where implicit":  {emailsim.Options{Users: users}, func(a *email.Account, _ *email.Options) { a.TLS = email.Implicit }, conversations.Credentials},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.server, func(a *email.Account, o *email.Options) {
				server := net.JoinHostPort("127.0.0.1", fmt.Sprint(a.Port))
				o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
					return (&net.Dialer{}).DialContext(ctx, network, server)
				}
				a.Host, a.TLS, a.User, a.Password, o.TLS = "mail.bank.example", email.StartTLS, user, password, client
				if tt.change != nil {
					tt.change(a, o)
				}
			})
			if tt.want == "" {
				w.sent(letter("你好"))
				return
			}
			if e := w.refused(t.Context(), letter("你好")); e.Reason != tt.want {
				t.Errorf("%v, want %s", e, tt.want)
			}
			for _, said := range w.Journal() {
				if strings.Contains(said.Command, "MAIL") {
					t.Errorf("the server was told %q", said.Command)
				}
			}
		})
	}
}

func TestInternationalAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{})
	for address, arrivesAt := range map[string]string{
		"anna@候选人.example":     "anna@xn--gmq36a861l.example",
		"李安娜@候选人.example":      "李安娜@xn--gmq36a861l.example",
		"Anna.Li@MAIL.example": "anna.li@mail.example",
	} {
		d := letter("你好")
		d.To.ID = address
		if _, err := w.adapter.Send(t.Context(), d); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if got := w.Inbox(arrivesAt); len(got) != 1 {
			t.Errorf("%s: %d mails came to %s, of %q", address, len(got), arrivesAt, w.Addresses())
		}
	}
	for _, said := range w.Journal() {
		if strings.HasPrefix(said.Command, "MAIL") && strings.Contains(said.Command, "SMTPUTF8") {
			return
		}
	}
	t.Error("no mail was sent as international")
}

func TestServersForASCIIOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{ASCII: true})
	d := letter("你好")
	d.To.ID = "李安娜@candidate.example"
	if e := w.refused(t.Context(), d); e.Reason != conversations.BadRecipient || e.Code != "no_smtputf8" {
		t.Errorf("%v", e)
	}
	w.sent(letter("你好"))
}

func TestAccountsNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := email.New(email.Account{Host: "smtp.bank.example", TLS: email.Plain, User: "x", From: "nobody", ReplyTo: "?", Port: 99999, PerMinute: -1},
		email.Options{Now: now, Words: words(t)})
	for _, want := range []string{"email.id", "email.tls: may be none only", "email.password", "email.from", "email.reply_to", "email.port", "email.per_minute"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
