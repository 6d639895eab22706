package channels

import (
	"context"
	"fmt"
	"time"

	"jiebao/conversations"
)

// Checker is for adapters that can look, at the platform itself, whether their
// account works. A check sends nothing to any candidate, changes nothing at
// the platform, and may be made beside a running gateway.
type Checker interface {
	Adapter
	// Check looks at everything the account needs. It ends soon after ctx
	// does, and returns what it found until then.
	Check(ctx context.Context) []Finding
}

// Caller is for adapters that call their platform over HTTP.
type Caller interface {
	Adapter
	// Calls are the addresses, such as https://api.weixin.qq.com, whose
	// certificates and clocks are looked at.
	Calls() []string
}

// TemplateLister is for platforms that tell which templates an account has.
type TemplateLister interface {
	Adapter
	// Templates are the fields of each template, by the platform's id of it.
	// Errors are *conversations.SendError.
	Templates(ctx context.Context) (map[string][]string, error)
}

// Rehearser is for adapters that can tell, without sending anything and without
// asking anybody, what would become of a delivery.
type Rehearser interface {
	Adapter
	// Rehearse returns as how many messages the delivery would be billed, 0
	// where nothing is, and, as *conversations.SendError, why it would be
	// refused, as far as that can be told.
	Rehearse(d conversations.Delivery) (parts int, err error)
}

// Finding is what was found about one thing. It holds no secret and nothing
// about any candidate.
type Finding struct {
	About string `json:"about"` // what was looked at, such as "access token"
	State State  `json:"state"`
	Text  string `json:"text"`         // what was found
	Do    string `json:"do,omitempty"` // what to do about it
}

// State says how good what was found is.
type State string

// The states.
const (
	Good      State = "ok"
	Doubtful  State = "warn" // it works, or may, and somebody should look
	Bad       State = "fail" // it does not work
	Unchecked State = "skip" // nobody can tell from here
)

// Found is a good finding.
func Found(about, text string) Finding { return Finding{About: about, State: Good, Text: text} }

// Doubt is a finding that somebody should look at.
func Doubt(about, text, do string) Finding { return Finding{about, Doubtful, text, do} }

// Fault is a finding that keeps the account from working.
func Fault(about, text, do string) Finding { return Finding{about, Bad, text, do} }

// soon is how many days before its end a certificate is to be renewed.
const soon = 21

// Certificate is the finding on a certificate that ends at notAfter.
func Certificate(about string, notAfter, now time.Time) Finding {
	days := int(notAfter.Sub(now) / (24 * time.Hour))
	text := fmt.Sprintf("the certificate is good for %d days, until %s", days, notAfter.UTC().Format(time.DateOnly))
	switch {
	case !now.Before(notAfter):
		return Fault(about, "the certificate ended on "+notAfter.UTC().Format(time.DateOnly), "renew it")
	case days < soon:
		return Doubt(about, text, "renew it, and see why nobody has")
	}
	return Found(about, text)
}
