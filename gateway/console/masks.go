package console

import (
	"strings"

	"jiebao/conversations"
)

// maskedAddress keeps as much of an address as tells two apart; "" where the
// address says nothing.
func maskedAddress(r conversations.Reach) string {
	id := r.Address.ID
	switch {
	case r.Address.Account == conversations.PageAccount, r.Contact == conversations.ByEHR:
		return ""
	case r.Contact == conversations.ByPhone:
		return masked(id)
	case strings.Contains(id, "@"):
		return maskedMail(id)
	}
	return maskedID(id)
}

// maskedMail keeps the first letter and the domain.
func maskedMail(address string) string {
	name, domain, _ := strings.Cut(address, "@")
	if r := []rune(name); len(r) > 1 {
		name = string(r[:1])
	}
	return name + "•••@" + domain
}

// maskedID keeps both ends of an identity of a platform's, such as an openid.
func maskedID(id string) string {
	r := []rune(id)
	if len(r) < 10 {
		return strings.Repeat("•", len(r))
	}
	return string(r[:4]) + "••••" + string(r[len(r)-4:])
}
