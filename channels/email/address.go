package email

import (
	"net/mail"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"jiebao/channels"
	"jiebao/conversations"
)

// longestAddress is RFC 5321, 4.5.3.1.3: a path of 256 octets with its < and >.
const longestAddress = 254

// recipient is an address as the envelope and the headers take it.
type recipient struct {
	address string // its domain in ASCII
	// international says that the part before the @ is not ASCII, so that the
	// server has to speak SMTPUTF8 (RFC 6531).
	international bool
}

// readRecipient reads a candidate's address. Nothing in it can end a line or
// add a header: what is no plain address is refused.
func readRecipient(s string) (recipient, *conversations.SendError) {
	bad := channels.BadRecipient("the candidate's e-mail address is none; correct it in the EHR")
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || strings.ContainsFunc(s, unicode.IsControl) {
		return recipient{}, bad
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], s[at+1:]
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || local == "" || strings.ContainsAny(local, " \"<>\\") {
		return recipient{}, bad
	}
	to := recipient{address: local + "@" + ascii, international: !isASCII(local)}
	if len(to.address) > longestAddress {
		return recipient{}, bad
	}
	return to, nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
