package email

import (
	"context"
	"errors"
	"net"
	"net/textproto"

	"jiebao/channels"
	"jiebao/conversations"
)

// Send sends one mail. The receipt's PlatformID is its Message-ID.
//
// An answer of the server is a refusal; a connection that breaks is
// conversations.Temporary until the last byte of the mail was sent, and
// conversations.OutcomeUnsure from then on.
func (a *Adapter) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	if d.To.Account != a.account.ID {
		return conversations.Receipt{}, channels.BadRecipient("the address is not one of account " + a.account.ID)
	}
	to, refused := readRecipient(d.To.ID)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	l, refused := a.compose(d)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	mail, err := a.message(l, to)
	if err != nil {
		return conversations.Receipt{}, &conversations.SendError{Reason: conversations.BadContent, Detail: "it cannot be written as a mail", Err: err}
	}
	if refused := a.deliver(ctx, to, mail, d.Link); refused != nil {
		return conversations.Receipt{}, refused
	}
	return conversations.Receipt{PlatformID: l.id}, nil
}

// deliver hands the mail to the server, once more over a new connection if
// the kept one turns out to be closed.
func (a *Adapter) deliver(ctx context.Context, to recipient, mail []byte, link string) *conversations.SendError {
	for fresh := false; ; fresh = true {
		s, err := a.pool.get(ctx, fresh)
		if err != nil {
			return failed(opening, err, a.account.User, a.account.Password)
		}
		if !s.takes(to) {
			a.pool.put(s)
			return tooInternational()
		}
		at, err := s.send(ctx, a.account.Timeout, a.account.From, to, mail)
		stale := err != nil && s.used && at == sender && closed(err) && ctx.Err() == nil
		a.pool.put(s)
		if stale && !fresh {
			continue
		}
		if err != nil {
			return failed(at, err, to.address, link, a.account.User, a.account.Password)
		}
		return nil
	}
}

// closed says whether an error is that of a connection which the server had
// closed before: at once, or with an answer of 421 (RFC 5321, 3.8).
func closed(err error) bool {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answer.Code == 421
	}
	var trouble net.Error
	return !errors.As(err, &trouble) || !trouble.Timeout()
}

func isAnswer(err error) bool {
	var answer *textproto.Error
	return errors.As(err, &answer)
}
