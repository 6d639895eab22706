package email

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"jiebao/channels"
	"jiebao/conversations"
)

// Check looks whether the server lets the account in and takes mail from its
// address, and whether those who get mail can tell that it is the bank's. No
// mail is sent.
func (a *Adapter) Check(ctx context.Context) []channels.Finding {
	return append(a.checkServer(ctx), a.checkDomain(ctx)...)
}

func (a *Adapter) checkServer(ctx context.Context) []channels.Finding {
	const access, from = "access", "sender"
	s, err := a.pool.open(ctx)
	if err != nil {
		e := failed(opening, err, a.account.User, a.account.Password)
		return []channels.Finding{channels.Fault(access, e.Error(), remedy(e, a.account))}
	}
	defer s.close()
	signed := "nobody signs in"
	if a.account.User != "" {
		signed = "it takes user and password"
	}
	out := []channels.Finding{channels.Found(access, "the mail server answers, and "+signed)}
	if state, err := s.client.GetTLSConnectionState(); err == nil && len(state.PeerCertificates) > 0 {
		out = append(out, channels.Certificate("certificate", state.PeerCertificates[0].NotAfter, a.now()))
	}
	stop := context.AfterFunc(ctx, s.cut)
	defer stop()
	if err := s.client.Mail("<" + a.account.From + ">"); err != nil {
		e := failed(sender, err, a.account.User, a.account.Password)
		return append(out, channels.Fault(from, e.Error(), "give from the address of the mailbox that signs in, or let the server allow the other"))
	}
	s.broken = s.client.Reset() != nil
	return append(out, channels.Found(from, "the server takes mail from the configured address"))
}

// remedy says what to do about a server that does not let the account in.
func remedy(e *conversations.SendError, a Account) string {
	switch {
	case strings.HasPrefix(e.Code, "535"), strings.HasPrefix(e.Code, "534"):
		return "check user and password; many providers want an app password (授权码), made where SMTP is switched on, in place of the mailbox's"
	case e.Code != "":
		return "ask whoever runs the server about this answer"
	case e.Reason == conversations.Credentials:
		return fmt.Sprintf("check that port %d and tls: %s belong together (465 implicit, 587 starttls), and ca_file for a certificate of the bank's own", a.Port, a.TLS)
	}
	return "see whether this machine reaches the server: name resolution, firewall, port"
}

// checkDomain looks for the records by which receivers believe a sender: SPF
// (RFC 7208) and DMARC (RFC 7489). DKIM's cannot be looked for without the
// server's selector.
func (a *Adapter) checkDomain(ctx context.Context) []channels.Finding {
	domain := a.account.domain()
	if loopback(a.account.Host) {
		return nil
	}
	return []channels.Finding{
		a.record(ctx, "SPF", domain, "v=spf1", "enter the mail server in a TXT record of the domain, such as v=spf1 include:spf.mail.qq.com -all"),
		a.record(ctx, "DMARC", "_dmarc."+domain, "v=DMARC1", "enter a TXT record such as v=DMARC1; p=quarantine, once DKIM is set up"),
	}
}

func (a *Adapter) record(ctx context.Context, about, name, begins, do string) channels.Finding {
	texts, err := a.lookupTXT(ctx, name)
	var none *net.DNSError
	switch {
	case slices.ContainsFunc(texts, func(s string) bool { return strings.HasPrefix(s, begins) }):
		return channels.Found(about, name+" has a record")
	case err == nil, errors.As(err, &none) && none.IsNotFound:
		return channels.Doubt(about, name+" has no record, so that mail may be taken for spam", do)
	}
	return channels.Finding{About: about, State: channels.Unchecked, Text: "the name server of this machine does not tell about " + name}
}
