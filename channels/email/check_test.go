package email_test

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"

	"jiebao/channels"
	"jiebao/channels/email"
	"jiebao/channels/email/emailsim"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	server, client := certificate(t, "mail.bank.example")
	records := map[string]string{"bank.example": "v=spf1 -all", "_dmarc.bank.example": "v=DMARC1; p=reject"}
	for name, tt := range map[string]struct {
		fault   emailsim.Fault
		change  func(*email.Account, *email.Options)
		missing string // record
		want    string
		says    string
	}{
		"well":             {want: "access ok, sender ok, SPF ok, DMARC ok"},
		"no SPF":           {missing: "bank.example", want: "access ok, sender ok, SPF warn, DMARC ok", says: "TXT record"},
		"wrong password":   {change: func(a *email.Account, _ *email.Options) { a.Password = "x" + password }, want: "access fail, SPF ok, DMARC ok", says: "授权码"},
		"nobody trusts it": {change: func(_ *email.Account, o *email.Options) { o.TLS = nil }, want: "access fail, SPF ok, DMARC ok", says: "ca_file"},
		"another's address": {fault: emailsim.Fault{At: emailsim.Mail, Mode: emailsim.Answers, Answer: "553 5.7.1 not yours"},
			want: "access ok, sender fail, SPF ok, DMARC ok", says: "give from the address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emailsim.Options{TLS: server, Users: map[string]string{user: password}}, func(a *email.Account, o *email.Options) {
				here := net.JoinHostPort("127.0.0.1", strconv.Itoa(a.Port))
				o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
					return (&net.Dialer{}).DialContext(ctx, network, here)
				}
				o.LookupTXT = func(_ context.Context, name string) ([]string, error) {
					if name == tt.missing {
						return nil, &net.DNSError{IsNotFound: true}
					}
					return []string{"something else", records[name]}, nil
				}
				a.Host, a.TLS, a.User, a.Password, o.TLS = "mail.bank.example", email.StartTLS, user, password, client
				if tt.change != nil {
					tt.change(a, o)
				}
			})
			if tt.fault.At != "" {
				w.Inject(tt.fault)
			}
			var got, said []string
			for _, f := range w.adapter.Check(t.Context()) {
				said = append(said, f.Text, f.Do)
				if f.About != "certificate" { // made a moment ago, and not by the tests' clock
					got = append(got, f.About+" "+string(f.State))
				}
			}
			if strings.Join(got, ", ") != tt.want || !strings.Contains(strings.Join(said, " "), tt.says) || strings.Contains(strings.Join(said, " "), password) {
				t.Errorf("%s, want %s\n%s", got, tt.want, said)
			}
			if len(w.Addresses()) > 0 {
				t.Error("a mail was sent")
			}
		})
	}
}

func TestCheckWithoutNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emailsim.Options{}, func(a *email.Account, o *email.Options) {
		a.Host, a.TLS = "mail.bank.example", email.StartTLS
		o.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no such host") }
		o.LookupTXT = func(context.Context, string) ([]string, error) { return nil, errors.New("no name server") }
	})
	for _, f := range w.adapter.Check(t.Context()) {
		if want := map[string]channels.State{"access": channels.Bad, "SPF": channels.Unchecked, "DMARC": channels.Unchecked}[f.About]; f.State != want {
			t.Errorf("%+v, want %s", f, want)
		}
	}
}
