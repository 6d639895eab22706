package email

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"jiebao/conversations"
)

// stage is how far a mail had come.
type stage string

const (
	opening   stage = "connecting to the mail server"
	sender    stage = "naming the sender"
	receiver  stage = "naming the recipient"
	beginning stage = "asking to send the mail"
	content   stage = "sending the mail"
	end       stage = "waiting for the mail server to take the mail"
)

// tooFast is how long a server is left alone that asks for it without saying
// for how long, which SMTP has no way to say.
const tooFast = time.Minute

// failed is the error for what went wrong at a stage. Only once the mail was
// sent to its last byte, a server that says nothing legible may have taken it:
// RFC 5321, 4.1.1.4 has it take a mail only then.
func failed(at stage, err error, hidden ...string) *conversations.SendError {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return refusal(at, answer, hidden...)
	}
	e := &conversations.SendError{Reason: conversations.Temporary, Detail: string(at), Err: err}
	switch {
	case at == end:
		e.Reason = conversations.OutcomeUnsure
	case at == opening && needsSomebody(err):
		e.Reason = conversations.Credentials
		e.Detail += "; check host, port, tls and ca_file of the account"
	}
	return e
}

// needsSomebody says whether a connection will fail until somebody acts: the
// certificate is not trusted, or the server offers no TLS or no way to sign in.
func needsSomebody(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		record       tls.RecordHeaderError
		unknown      x509.UnknownAuthorityError
		name         x509.HostnameError
	)
	if errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &unknown) || errors.As(err, &name) {
		return true
	}
	if errors.Is(err, gomail.ErrNoSupportedAuthDiscovered) || errors.Is(err, smtp.ErrUnencrypted) {
		return true
	}
	return strings.Contains(err.Error(), "does not support") // STARTTLS, or the way to sign in
}

// refusal translates a server's answer (RFC 5321, 4.2; RFC 3463).
func refusal(at stage, answer *textproto.Error, hidden ...string) *conversations.SendError {
	enhanced := enhancedCode(answer.Msg)
	e := &conversations.SendError{
		Reason: reasonOf(at, answer.Code, enhanced, answer.Msg),
		Code:   strings.TrimSpace(strconv.Itoa(answer.Code) + " " + enhanced),
		Detail: string(at) + ": " + hide(answer.Msg, hidden...),
	}
	if e.Reason == conversations.Throttled {
		e.RetryAfter = tooFast
	}
	return e
}

// reasonOf translates a code at a stage. The stage says whose fault it is: a
// server that does not let the account in, or not as that sender, or that does
// not relay, will not for any mail; one that does not know a recipient will
// take the next. A recipient who is refused by a rule (5.7.x) is not unknown.
func reasonOf(at stage, code int, enhanced, text string) conversations.Reason {
	class, subject, _ := strings.Cut(enhanced, ".")
	if class == "" {
		subject = ""
	}
	switch {
	case code/100 == 4:
		return passing(at, code, subject)
	case code/100 != 5: // such as 250 to DATA: it does not speak SMTP
		return conversations.Temporary
	case code == 530, code == 534, code == 535, code == 538: // RFC 4954: sign in
		return conversations.Credentials
	case strings.HasPrefix(subject, "3."), code == 552 && at != receiver: // too large
		return conversations.BadContent
	case at == opening, at == sender, at == receiver && relayDenied.MatchString(text):
		return conversations.Credentials
	case at == receiver && strings.HasPrefix(subject, "7."):
		return conversations.BadContent
	case at == receiver, strings.HasPrefix(subject, "1."), strings.HasPrefix(subject, "2."):
		return conversations.BadRecipient
	}
	return conversations.BadContent
}

// passing tells a server that is asked too often from one that cannot now.
// Before a recipient is named, and by 4.7.x, it speaks of the account; a
// recipient that is put off, as by greylisting, holds up nobody else.
func passing(at stage, code int, subject string) conversations.Reason {
	switch {
	case code == 421,
		at == sender && (code == 450 || code == 452),
		at != receiver && at != opening && strings.HasPrefix(subject, "7."):
		return conversations.Throttled
	}
	return conversations.Temporary
}

var (
	relayDenied     = regexp.MustCompile(`(?i)relay`)
	enhancedPattern = regexp.MustCompile(`^([245])\.(\d{1,3})\.(\d{1,3})\b`)
	addressPattern  = regexp.MustCompile(`[^\s<>"'(:]+@[^\s<>"'):]+`)
)

// enhancedCode is the code of RFC 2034 at the beginning of an answer, or "".
func enhancedCode(text string) string { return enhancedPattern.FindString(text) }

// hide keeps an answer to one short line without any address, and without
// what is hidden: servers repeat what they were told.
func hide(text string, hidden ...string) string {
	const longest = 200
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	for _, s := range hidden {
		if s != "" {
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	text = addressPattern.ReplaceAllString(text, "…")
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "")
	}
	return text
}
