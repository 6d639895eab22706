package emailsim

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

const (
	hostname = "mail.sim.example"
	maxLine  = 4096
	maxMail  = 10 << 20
)

// errGone ends a connection.
var errGone = errors.New("the connection ends")

// talk is one connection.
type talk struct {
	sim    *Sim
	conn   net.Conn
	in     *bufio.Reader
	secure bool
	greets bool // it said EHLO or HELO
	signed bool // in
	from   *string
	to     []string
	utf8   bool
}

func (s *Sim) handle(conn net.Conn) {
	defer func() {
		conn.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.connections, conn)
	}()
	t := &talk{sim: s, conn: conn}
	if s.options.TLS != nil && s.options.Implicit {
		t.encrypt()
	}
	t.in = bufio.NewReaderSize(t.conn, maxLine)
	if t.fail(Greeting, nil) != nil || t.say("220 "+hostname+" ESMTP") != nil {
		return
	}
	for {
		line, err := t.line()
		if err != nil {
			return
		}
		if err := t.obey(line); err != nil {
			return
		}
	}
}

func (t *talk) encrypt() {
	t.conn, t.secure = tls.Server(t.conn, t.sim.options.TLS), true
}

func (t *talk) line() (string, error) {
	line, err := t.in.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}

func (t *talk) say(answer string) error {
	_, err := io.WriteString(t.conn, strings.ReplaceAll(answer, "\n", "\r\n")+"\r\n")
	return err
}

// reply answers a command.
func (t *talk) reply(command, answer string) error {
	t.sim.note(command, answer)
	return t.say(answer)
}

func (t *talk) obey(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb = strings.ToUpper(verb); verb {
	case "EHLO":
		t.greets, t.from, t.to = true, nil, nil
		return t.reply(line, t.extensions())
	case "HELO":
		t.greets, t.from, t.to = true, nil, nil
		return t.reply(line, "250 "+hostname)
	case "STARTTLS":
		return t.startTLS(line)
	case "AUTH":
		return t.auth(rest)
	case "MAIL":
		return t.mail(line, rest)
	case "RCPT":
		return t.rcpt(line, rest)
	case "DATA":
		return t.data(line)
	case "RSET":
		t.from, t.to = nil, nil
		return t.reply(line, "250 2.0.0 forgotten")
	case "NOOP":
		return t.reply(line, "250 2.0.0 here")
	case "QUIT":
		_ = t.reply(line, "221 2.0.0 goodbye")
		return errGone
	case "VRFY":
		return t.reply(line, "252 2.5.0 send it and see")
	}
	return t.reply(line, "500 5.5.1 unknown command")
}

func (t *talk) extensions() string {
	o := t.sim.options
	lines := []string{hostname, "8BITMIME", "ENHANCEDSTATUSCODES", fmt.Sprintf("SIZE %d", maxMail)}
	if o.TLS != nil && !t.secure {
		lines = append(lines, "STARTTLS")
	}
	if len(o.Users) > 0 && (t.secure || o.TLS == nil) {
		lines = append(lines, "AUTH PLAIN LOGIN")
	}
	if !o.ASCII {
		lines = append(lines, "SMTPUTF8")
	}
	for i := range lines {
		sep := "-"
		if i == len(lines)-1 {
			sep = " "
		}
		lines[i] = "250" + sep + lines[i]
	}
	return strings.Join(lines, "\n")
}

func (t *talk) startTLS(line string) error {
	if t.sim.options.TLS == nil || t.secure {
		return t.reply(line, "502 5.5.1 not offered")
	}
	if err := t.reply(line, "220 2.0.0 go ahead"); err != nil {
		return err
	}
	t.encrypt()
	t.in = bufio.NewReaderSize(t.conn, maxLine)
	t.greets, t.from, t.to = false, nil, nil
	return nil
}

func (t *talk) auth(rest string) error {
	if err := t.fail(Auth, nil); err != nil {
		return skipped(err)
	}
	if t.sim.options.TLS != nil && !t.secure {
		return t.reply("AUTH", "538 5.7.11 encrypt first")
	}
	mechanism, initial, _ := strings.Cut(rest, " ")
	var user, password string
	var err error
	switch strings.ToUpper(mechanism) {
	case "PLAIN":
		user, password, err = t.plain(initial)
	case "LOGIN":
		user, password, err = t.login(initial)
	default:
		return t.reply("AUTH", "504 5.5.4 unknown mechanism")
	}
	switch want, known := t.sim.options.Users[user]; {
	case err != nil:
		return t.reply("AUTH", "501 5.5.2 cannot be read")
	case !known || want != password:
		return t.reply("AUTH", "535 5.7.8 wrong user name or password of "+user)
	}
	t.signed = true
	return t.reply("AUTH", "235 2.7.0 welcome")
}

func (t *talk) plain(initial string) (user, password string, err error) {
	text := initial
	if text == "" {
		if text, err = t.ask(""); err != nil {
			return "", "", err
		}
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	parts := strings.Split(string(decoded), "\x00")
	if err != nil || len(parts) != 3 {
		return "", "", errors.Join(err, errors.New("no PLAIN response"))
	}
	return parts[1], parts[2], nil
}

func (t *talk) login(initial string) (user, password string, err error) {
	if initial == "" {
		if initial, err = t.ask("Username:"); err != nil {
			return "", "", err
		}
	}
	answer, err := t.ask("Password:")
	if err != nil {
		return "", "", err
	}
	name, err1 := base64.StdEncoding.DecodeString(initial)
	secret, err2 := base64.StdEncoding.DecodeString(answer)
	return string(name), string(secret), errors.Join(err1, err2)
}

func (t *talk) ask(what string) (string, error) {
	if err := t.say("334 " + base64.StdEncoding.EncodeToString([]byte(what))); err != nil {
		return "", err
	}
	return t.line()
}

func (t *talk) mail(line, rest string) error {
	address, parameters, ok := path(rest, "FROM:")
	switch {
	case !t.greets:
		return t.reply(line, "503 5.5.1 say hello first")
	case len(t.sim.options.Users) > 0 && !t.signed:
		return t.reply(line, "530 5.7.0 sign in first")
	case !ok:
		return t.reply(line, "501 5.5.4 no address")
	case t.from != nil:
		return t.reply(line, "503 5.5.1 one at a time")
	}
	if err := t.fail(Mail, nil); err != nil {
		return skipped(err)
	}
	t.from, t.to, t.utf8 = &address, nil, strings.Contains(strings.ToUpper(parameters), "SMTPUTF8")
	if t.utf8 && t.sim.options.ASCII {
		t.from = nil
		return t.reply(line, "555 5.5.4 SMTPUTF8 is not offered")
	}
	return t.reply(line, "250 2.1.0 ok")
}

func (t *talk) rcpt(line, rest string) error {
	address, _, ok := path(rest, "TO:")
	switch {
	case t.from == nil:
		return t.reply(line, "503 5.5.1 from whom?")
	case !ok || address == "":
		return t.reply(line, "501 5.1.3 no address")
	case !t.utf8 && strings.ContainsFunc(address, func(r rune) bool { return r > 0x7f }):
		return t.reply(line, "553 5.6.7 not without SMTPUTF8")
	}
	if err := t.fail(Rcpt, []string{address}); err != nil {
		return skipped(err)
	}
	t.to = append(t.to, address)
	return t.reply(line, "250 2.1.5 ok")
}

func (t *talk) data(line string) error {
	if len(t.to) == 0 {
		return t.reply(line, "503 5.5.1 to whom?")
	}
	if err := t.fail(Data, t.to); err != nil {
		return skipped(err)
	}
	if err := t.reply(line, "354 until a line of one dot"); err != nil {
		return err
	}
	raw, err := t.content()
	if err != nil {
		return err
	}
	to := t.to
	t.from, t.to = nil, nil
	f, wrong := t.sim.fault(End, to)
	if wrong && (f.Mode == Answers || f.Mode == Reset || f.Mode == Stall) {
		return skipped(t.act(f))
	}
	if len(raw) > maxMail {
		return t.reply(".", "552 5.3.4 too large")
	}
	if err := t.sim.deliver(to, raw); err != nil {
		return t.reply(".", "554 5.6.0 this is no mail: "+err.Error())
	}
	if wrong {
		return skipped(t.act(f))
	}
	return t.reply(".", "250 2.0.0 queued")
}

// content reads a mail to its end (RFC 5321, 4.5.2).
func (t *talk) content() ([]byte, error) {
	var b bytes.Buffer
	for {
		line, err := t.in.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if f, wrong := t.sim.fault(Content, t.to); wrong {
			return nil, t.act(f)
		}
		if string(line) == ".\r\n" {
			return b.Bytes(), nil
		}
		if b.Len() <= maxMail {
			b.Write(bytes.TrimPrefix(line, []byte(".")))
		}
	}
}

// errAnswered says that a fault has answered the command.
var errAnswered = errors.New("answered")

// skipped goes on after a fault that has answered.
func skipped(err error) error {
	if errors.Is(err, errAnswered) {
		return nil
	}
	return err
}

// fail lets a fault happen, if there is one for the stage.
func (t *talk) fail(at Stage, recipients []string) error {
	if f, wrong := t.sim.fault(at, recipients); wrong {
		return t.act(f)
	}
	return nil
}

func (t *talk) act(f Fault) error {
	switch f.Mode {
	case Answers:
		return errors.Join(errAnswered, t.reply(string(f.At), f.Answer))
	case Garbage:
		return errors.Join(errAnswered, t.reply(string(f.At), "<html>502 Bad Gateway</html>"))
	case Stall:
		_, _ = io.Copy(io.Discard, t.in)
	case Reset, ResetAfterCommit:
		if c, ok := t.conn.(interface{ SetLinger(int) error }); ok {
			_ = c.SetLinger(0)
		}
	}
	return errGone
}

// path reads the address of MAIL and RCPT, and what follows it.
func path(rest, keyword string) (address, parameters string, ok bool) {
	if len(rest) < len(keyword) || !strings.EqualFold(rest[:len(keyword)], keyword) {
		return "", "", false
	}
	rest = strings.TrimSpace(rest[len(keyword):])
	address, parameters, ok = strings.Cut(strings.TrimPrefix(rest, "<"), ">")
	return address, parameters, ok && strings.HasPrefix(rest, "<")
}
