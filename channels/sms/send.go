package sms

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// provider calls one provider.
type provider interface {
	// send returns the provider's id of the message. own says of a refusal
	// that it is the provider's trouble, not the message's.
	send(ctx context.Context, o order) (id string, refused *conversations.SendError, own bool)
	// signature is how far the account's signature has come; without a state
	// where the provider does not tell.
	signature(ctx context.Context) (filing, *conversations.SendError)
	// templates is how far those of the templates have come that exist.
	templates(ctx context.Context, ids []string) (map[string]filing, *conversations.SendError)
}

func newProvider(p Provider, o Options) (provider, error) {
	if p.Kind == Tencent {
		return newTencent(p, o)
	}
	return newAliyun(p, o)
}

// line is a provider with what keeps messages from waiting for it.
type line struct {
	provider
	config  Provider
	breaker *carrier.Breaker
}

// order is one message as a provider takes it.
type order struct {
	phone    string // as E.164
	template string // the provider's id of it
	fields   []conversations.TemplateField
	message  string // what the receipt gives back
}

// Send sends one template, by the first provider that takes it.
func (a *Adapter) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	o, refused := a.order(d)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	if err := ctx.Err(); err != nil {
		return conversations.Receipt{}, channels.Temporary("nothing was sent", err)
	}
	var best *conversations.SendError
	for _, l := range a.providers {
		id, refused, next := a.try(ctx, l, o, d.Template.Purpose)
		if refused == nil {
			return conversations.Receipt{PlatformID: platformID(l.config.Kind, id)}, nil
		}
		if !next {
			return conversations.Receipt{}, refused
		}
		if best == nil || hope(refused) > hope(best) {
			best = refused
		}
	}
	return conversations.Receipt{}, best
}

// try sends by one provider; next says that another one may be tried.
func (a *Adapter) try(ctx context.Context, l *line, o order, purpose string) (id string, refused *conversations.SendError, next bool) {
	var ok bool
	if o.template, ok = carrier.Template(l.config.Templates, purpose); !ok {
		return "", channels.BadContent(fmt.Sprintf("purpose %q has no template at %s; add it to templates of the account", purpose, l.config.Kind)), true
	}
	if refused = l.breaker.Allow(); refused != nil {
		return "", refused, true
	}
	id, refused, own := l.send(ctx, o)
	trouble := refused
	if !own && (refused == nil || refused.Reason != conversations.OutcomeUnsure) {
		trouble = nil
	}
	if l.breaker.Done(trouble) {
		a.log.Warn("a provider of text messages is in trouble and passed over for a while; the account's other providers send meanwhile",
			"account", a.account.ID, "provider", l.config.Kind, slog.Any("error", refused))
	}
	return id, refused, own && ctx.Err() == nil
}

// order checks a delivery and puts it as providers take it. The link to the
// candidate's page becomes the last variable, link, without the address before
// it, which stands in the filed template: providers take no addresses in
// variables (Tencent Cloud, 正文模板审核标准; Aliyun, isv.PARAM_NOT_SUPPORT_URL).
func (a *Adapter) order(d conversations.Delivery) (order, *conversations.SendError) {
	phone, valid := carrier.E164(d.To.ID)
	switch {
	case d.To.Account != a.account.ID:
		return order{}, channels.BadRecipient("the address is not one of account " + a.account.ID)
	case !valid:
		return order{}, channels.BadRecipient("the address is no phone number")
	case d.Kind != conversations.Template || d.Template == nil:
		return order{}, channels.BadContent("text messages are sent by filed templates only")
	}
	o := order{phone: phone, message: d.Message, fields: append([]conversations.TemplateField(nil), d.Template.Fields...)}
	if token := linkToken(d.Link); token != "" {
		o.fields = append(o.fields, conversations.TemplateField{Name: "link", Value: token})
	}
	for _, f := range o.fields {
		if n := utf8.RuneCountInString(f.Value); n == 0 || n > maxVariable {
			return order{}, channels.BadContent(fmt.Sprintf("variable %s has %d characters; providers take 1 to %d", f.Name, n, maxVariable))
		}
	}
	return o, nil
}

// maxVariable is the longest value (Aliyun, 短信模板规范: 1~35个字符).
const maxVariable = 35

func linkToken(link string) string {
	return link[strings.LastIndexByte(link, '/')+1:]
}

// platformID keeps two providers' ids apart.
func platformID(kind, id string) string {
	if id == "" {
		return ""
	}
	return kind + ":" + id
}

// hope ranks refusals of several providers by how soon the message may leave:
// the account is in trouble only when all its providers are.
func hope(e *conversations.SendError) int {
	switch e.Reason {
	case conversations.Throttled:
		return 4
	case conversations.Temporary:
		return 3
	case conversations.QuotaUsedUp:
		return 2
	case conversations.Credentials:
		return 1
	}
	return 0
}
