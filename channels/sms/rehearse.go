package sms

import (
	"fmt"
	"strings"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// Rehearse says as how many messages a delivery would be billed by the first
// provider that has a template for it, and whether any has. The link, which our
// words only speak of, counts with the address before it.
func (a *Adapter) Rehearse(d conversations.Delivery) (parts int, err error) {
	o, refused := a.order(d)
	if refused != nil {
		return 0, refused
	}
	for _, l := range a.providers {
		if _, filed := carrier.Template(l.config.Templates, d.Template.Purpose); !filed {
			continue
		}
		text := "【" + l.config.Sign + "】" + d.Text + d.Link
		if strings.HasPrefix(o.phone, "+86") {
			return Segments(text), nil
		}
		return SegmentsAbroad(text), nil
	}
	return 0, channels.BadContent(fmt.Sprintf("purpose %q has no template at any provider; add it to templates of the account", d.Template.Purpose))
}
