package email

import (
	"bytes"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"jiebao/conversations"
)

// message writes a letter as a mail (RFC 5322): text and HTML side by side,
// with an invitation both beside them, for programs that show one, and as a
// file, for those that do not.
func (a *Adapter) message(l letter, to recipient) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&mail.Address{Name: a.account.sender(), Address: a.account.From})
	m.ToMailAddress(&mail.Address{Address: to.address})
	m.ReplyToMailAddress(&mail.Address{Name: a.account.sender(), Address: a.account.replyTo()})
	m.Subject(l.subject)
	m.SetDateWithValue(a.now())
	a.headers(m, l)
	head := a.letterhead(l.locale)
	html, err := l.html(head)
	if err != nil {
		return nil, err
	}
	m.SetBodyString(gomail.TypeTextPlain, canonical(l.plain(head)))
	m.AddAlternativeString(gomail.TypeTextHTML, canonical(html))
	if l.calendar != nil {
		if err := a.invite(m, *l.calendar, to); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	_, err = m.WriteTo(&b)
	return b.Bytes(), err
}

// headers says which mail it is, what it belongs to, that no program needs to
// answer it (RFC 3834), and how to get no more (RFC 2369, RFC 8058).
func (a *Adapter) headers(m *gomail.Msg, l letter) {
	set := func(name, value string) { m.SetGenHeader(gomail.Header(name), value) }
	m.SetMessageIDWithValue(l.id)
	set("In-Reply-To", "<"+l.thread+">")
	set("References", "<"+l.thread+">")
	set("Content-Language", string(l.locale))
	if !l.human {
		set("Auto-Submitted", "auto-generated")
		set("X-Auto-Response-Suppress", "All")
	}
	if l.optOut == "" {
		return
	}
	set("List-Unsubscribe", "<"+l.optOut+">")
	if strings.HasPrefix(l.optOut, "https://") {
		set("List-Unsubscribe-Post", oneClick)
	}
}

func (a *Adapter) invite(m *gomail.Msg, c conversations.Calendar, to recipient) error {
	i := invitation{
		Calendar: c, organizer: mail.Address{Name: a.account.sender(), Address: a.account.replyTo()},
		attendee: to.address, stamp: a.now(), domain: a.account.domain(),
	}
	text := i.text()
	m.AddAlternativeString(gomail.ContentType("text/calendar; method="+i.method()), text)
	return m.AttachReader("invite.ics", strings.NewReader(text), gomail.WithFileContentType("application/ics"))
}

// sender is the name that mail comes from.
func (a Account) sender() string {
	if a.FromName != "" {
		return a.FromName
	}
	return a.Name
}

func (a Account) replyTo() string {
	if a.ReplyTo != "" {
		return a.ReplyTo
	}
	return a.From
}

// canonical ends lines as mail does (RFC 2049).
func canonical(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}
